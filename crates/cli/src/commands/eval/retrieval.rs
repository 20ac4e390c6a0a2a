//! `eval retrieval`: loads conversations, one user each, asks every question with its own user's
//! key and then with everybody else's.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

use anchorhold_memory::Recipe;
use anchorhold_model::limits::BATCH_MAX;
use clap::Args;
use serde::Serialize;

use super::figures::Figures;
use super::locomo::{self, Conversation};
use super::progress::Progress;
use super::report::{Foreign, Report};
use super::through::{self, Through, Way};
use crate::exit::Error;
use crate::output::Output;

/// Ranked memories that are asked for; the run file promises at least so many where they exist.
const RANKED: usize = 50;

/// How well recall finds the turns of conversations that answer questions.
#[derive(Args)]
pub(crate) struct Retrieval {
    /// A file in the layout of LoCoMo
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Where to write what was found, one question on a line
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// The way into the throw-away server
    #[arg(long, value_enum, default_value_t = Way::Library)]
    through: Way,
    /// Also measure without each step of the ranking; goes through the library alone
    #[arg(long)]
    ablation: bool,
}

/// One line of the run file.
#[derive(Serialize)]
struct RunLine<'a> {
    conv: &'a str,
    q: usize,
    ranked: &'a [String],
}

impl Retrieval {
    /// Measures and reports; the figures decide about nothing.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        if self.ablation && self.through == Way::Http {
            let message =
                "--ablation changes the ranking, which no request can: use --through library";
            return Err(Error::Usage(message.to_owned()));
        }
        let conversations = locomo::read(&self.data)?;
        let server = through::start(self.through, &conversations, self.ablation)?;
        let own = load(server.as_ref(), &conversations)?;
        let mut run = RunFile::create(self.run.as_deref())?;
        let recipe = Recipe::default();
        let figures = ask_own(server.as_ref(), &conversations, &recipe, &mut run)?;
        run.finish()?;
        let foreign = ask_others(server.as_ref(), &conversations, &own)?;
        let mut report = Report::new(self.through, figures.averages(), foreign);
        if self.ablation {
            for (step, switch_off) in Recipe::STEPS {
                let mut recipe = Recipe::default();
                switch_off(&mut recipe);
                let nowhere = &mut RunFile::create(None)?;
                let figures = ask_own(server.as_ref(), &conversations, &recipe, nowhere)?;
                report.without(step, figures.averages());
            }
        }
        server.stop()?;
        report.show(output)
    }
}

/// Keeps every turn with its own user; gives the ids of each user's memories.
pub(super) fn load(
    server: &dyn Through,
    conversations: &[Conversation],
) -> Result<Vec<BTreeSet<String>>, Error> {
    let turns = conversations.iter().map(|one| one.turns.len()).sum();
    let mut progress = Progress::new("turns kept", turns);
    let mut all = Vec::with_capacity(conversations.len());
    for (user, conversation) in conversations.iter().enumerate() {
        let mut ids = BTreeSet::new();
        for batch in conversation.turns.chunks(BATCH_MAX) {
            ids.extend(server.keep(user, batch)?);
            progress.advance(batch.len());
        }
        all.push(ids);
    }
    progress.finish();
    Ok(all)
}

/// Asks every question with its own user's key.
fn ask_own(
    server: &dyn Through,
    conversations: &[Conversation],
    recipe: &Recipe,
    run: &mut RunFile,
) -> Result<Figures, Error> {
    let questions = conversations.iter().map(|one| one.questions.len()).sum();
    let mut progress = Progress::new("questions", questions);
    let mut figures = Figures::default();
    for (user, conversation) in conversations.iter().enumerate() {
        for question in &conversation.questions {
            let found = server.ask(user, &question.text, RANKED, recipe)?;
            let ranked: Vec<String> = found.into_iter().map(|found| found.dia_id).collect();
            if !question.gold.is_empty() {
                figures.add(question.category, &ranked, &question.gold);
            }
            run.line(&RunLine {
                conv: &conversation.id,
                q: question.position,
                ranked: &ranked,
            })?;
            progress.advance(1);
        }
    }
    progress.finish();
    Ok(figures)
}

/// Asks every question with every other user's key and counts what is not that user's own.
fn ask_others(
    server: &dyn Through,
    conversations: &[Conversation],
    own: &[BTreeSet<String>],
) -> Result<Foreign, Error> {
    let questions: usize = conversations.iter().map(|one| one.questions.len()).sum();
    let others = conversations.len().saturating_sub(1);
    let mut progress = Progress::new("other keys", questions * others);
    let recipe = Recipe::default();
    let mut foreign = Foreign::default();
    for (asker, own) in own.iter().enumerate() {
        for (_, conversation) in conversations
            .iter()
            .enumerate()
            .filter(|(user, _)| *user != asker)
        {
            for question in &conversation.questions {
                let found = server.ask(asker, &question.text, RANKED, &recipe)?;
                foreign.asked += 1;
                foreign.results += found.len();
                foreign.hits += found
                    .iter()
                    .filter(|found| !own.contains(&found.id))
                    .count();
                progress.advance(1);
            }
        }
    }
    progress.finish();
    Ok(foreign)
}

/// The run file, if one is wanted.
struct RunFile(Option<std::io::BufWriter<std::fs::File>>);

impl RunFile {
    fn create(path: Option<&std::path::Path>) -> Result<Self, Error> {
        let create = |path: &std::path::Path| {
            let file = std::fs::File::create(path)
                .map_err(|error| Error::Configuration(format!("{}: {error}", path.display())))?;
            Ok::<_, Error>(std::io::BufWriter::new(file))
        };
        Ok(Self(path.map(create).transpose()?))
    }

    fn line(&mut self, line: &RunLine<'_>) -> Result<(), Error> {
        if let Some(file) = &mut self.0 {
            let text = serde_json::to_string(line)
                .map_err(|error| Error::Failed(format!("cannot write JSON: {error}")))?;
            writeln!(file, "{text}")?;
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Error> {
        match self.0 {
            Some(mut file) => Ok(file.flush()?),
            None => Ok(()),
        }
    }
}
