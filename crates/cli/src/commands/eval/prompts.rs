//! `eval prompts`: asks every question in a chat, and looks how much of what answers it stands in the prompt that
//! the model server gets; and how much stands in a prompt of somebody who remembers nothing of the matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anchorhold_model::limits::CHAT_TOKENS_MAX;
use clap::Args;
use serde::Serialize;

use super::locomo::{self, Conversation};
use super::progress::Progress;
use super::retrieval::load;
use super::through::Http;
use crate::exit::Error;
use crate::output::Output;

/// Questions of which every category is a group, those that can be answered, and all.
const GROUPS: [(&str, &str); 7] = super::report::GROUPS;

/// How much of what answers a question stands in the prompt of a chat.
#[derive(Args)]
pub(crate) struct Prompts {
    /// A file in the layout of LoCoMo
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Tokens that memories may take in a prompt; several are measured one after the other
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_values_t = [400, 800, 1_600])]
    tokens: Vec<usize>,
    /// The least similarity of a memory, in hundredths [default: as a tenant has it]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    threshold_percent: Option<u8>,
}

/// What stood in prompts within so many tokens.
#[derive(Serialize)]
struct Within {
    /// Tokens that memories might take.
    tokens_max: usize,
    groups: BTreeMap<&'static str, Share>,
}

/// The averages over the questions of a group.
#[derive(Clone, Copy, Default, Serialize)]
struct Share {
    /// How many questions.
    n: usize,
    /// The share of the turns that answer a question which stands in its prompt.
    recall: f64,
    /// Questions with one such turn at least.
    hit: f64,
    /// Questions with all of them.
    all: f64,
    /// Tokens that memories took.
    tokens: f64,
    /// Memories in a prompt.
    memories: f64,
    /// Tokens that memories took where somebody else was asked, of whose memories none answers.
    elsewhere: f64,
}

/// What one question found.
struct Asked {
    /// Turns of its prompt that answer it.
    held: usize,
    /// Turns that answer it.
    gold: usize,
    memories: usize,
    tokens: usize,
    elsewhere: usize,
}

impl Prompts {
    /// Measures and reports; the figures decide about nothing.
    pub(crate) fn run(self, output: Output) -> Result<(), Error> {
        if self.tokens.iter().any(|tokens| *tokens > CHAT_TOKENS_MAX) {
            let message = format!("--tokens are at most {CHAT_TOKENS_MAX}");
            return Err(Error::Usage(message));
        }
        let conversations = locomo::read(&self.data)?;
        let users: Vec<&str> = conversations.iter().map(|one| one.id.as_str()).collect();
        let server = Http::start(&users)?;
        load(&server, &conversations)?;
        let mut found = Vec::new();
        for tokens_max in self.tokens {
            server.allow(tokens_max, self.threshold_percent)?;
            found.push(Within {
                tokens_max,
                groups: asked(&server, &conversations)?,
            });
        }
        server.end()?;
        show(&found, output)
    }
}

/// Asks every question that the data say an answer to, in a chat of its own user.
fn asked(
    server: &Http,
    conversations: &[Conversation],
) -> Result<BTreeMap<&'static str, Share>, Error> {
    let questions = conversations.iter().map(|one| one.questions.len()).sum();
    let mut progress = Progress::new("chats", questions);
    let mut groups = BTreeMap::<_, Share>::new();
    for (user, conversation) in conversations.iter().enumerate() {
        for question in &conversation.questions {
            progress.advance(1);
            if question.gold.is_empty() {
                continue;
            }
            let shown = server.chat(user, &question.text)?;
            let turns: BTreeSet<String> = shown.turns.iter().cloned().collect();
            let other = (user + 1) % conversations.len();
            let elsewhere = match other {
                same if same == user => 0,
                other => server.chat(other, &question.text)?.tokens,
            };
            let found = Asked {
                held: question.gold.intersection(&turns).count(),
                gold: question.gold.len(),
                memories: shown.turns.len(),
                tokens: shown.tokens,
                elsewhere,
            };
            for (group, _) in GROUPS {
                let is_in = match group {
                    "overall" => question.category != 5,
                    "all5" => true,
                    category => category == question.category.to_string(),
                };
                if is_in {
                    groups.entry(group).or_default().add(&found);
                }
            }
        }
    }
    progress.finish();
    groups.values_mut().for_each(Share::finish);
    Ok(groups)
}

impl Share {
    fn add(&mut self, question: &Asked) {
        let truth = |held: bool| if held { 1.0 } else { 0.0 };
        self.n += 1;
        self.recall += number(question.held) / number(question.gold);
        self.hit += truth(question.held > 0);
        self.all += truth(question.held == question.gold);
        self.tokens += number(question.tokens);
        self.memories += number(question.memories);
        self.elsewhere += number(question.elsewhere);
    }

    /// Makes averages of the sums.
    fn finish(&mut self) {
        let n = number(self.n);
        for sum in [
            &mut self.recall,
            &mut self.hit,
            &mut self.all,
            &mut self.tokens,
            &mut self.memories,
            &mut self.elsewhere,
        ] {
            *sum /= n;
        }
    }
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn show(found: &[Within], output: Output) -> Result<(), Error> {
    let headings = [
        "tokens",
        "category",
        "n",
        "recall",
        "hit",
        "all",
        "taken",
        "memories",
        "elsewhere",
    ];
    output.either(&found, || {
        let mut rows = Vec::new();
        for within in found {
            let known = GROUPS
                .iter()
                .filter_map(|(group, name)| Some((name, within.groups.get(group)?)));
            for (name, share) in known {
                rows.push(vec![
                    within.tokens_max.to_string(),
                    (*name).to_owned(),
                    share.n.to_string(),
                    format!("{:.4}", share.recall),
                    format!("{:.4}", share.hit),
                    format!("{:.4}", share.all),
                    format!("{:.0}", share.tokens),
                    format!("{:.1}", share.memories),
                    format!("{:.0}", share.elsewhere),
                ]);
            }
        }
        output.table(&headings, &rows)
    })
}

#[cfg(test)]
mod tests {
    use super::{Asked, Share};

    #[test]
    fn shares_are_averages_over_questions() {
        let mut share = Share::default();
        for (held, gold, memories, tokens, elsewhere) in [(1, 2, 10, 300, 0), (1, 1, 20, 500, 60)] {
            share.add(&Asked {
                held,
                gold,
                memories,
                tokens,
                elsewhere,
            });
        }
        share.finish();
        let Share {
            n,
            recall,
            hit,
            all,
            tokens,
            memories,
            elsewhere,
        } = share;
        assert_eq!(n, 2);
        let found = [recall, hit, all, tokens, memories, elsewhere];
        for (found, expected) in found.iter().zip([0.75, 1.0, 0.5, 400.0, 15.0, 30.0]) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
    }
}
