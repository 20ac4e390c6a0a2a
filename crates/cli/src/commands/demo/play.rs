//! The play itself: every step says who does what, what comes of it, and why.

use std::path::Path;

use anchorhold_client::wire::Code;
use anchorhold_client::wire::key::CreateKey;
use anchorhold_client::wire::memory::CreateMemory;
use anchorhold_client::wire::recall::RecallRequest;
use anchorhold_client::wire::tenant::CreateTenant;
use anchorhold_client::{Client, Config, Error as ClientError, OperatorClient};
use serde::Serialize;

use crate::colour::{Colour, Colours};
use crate::commands::whoami;
use crate::connection::refused;
use crate::exit::Error;
use crate::output::{Output, visible};
use crate::throw_away::ThrowAwayServer;

const FACT: &str = "The spare key to my flat is under the blue flowerpot.";
const QUESTION: &str = "Where is the spare key?";
const ANSWER_OF_BOB: &str = "My spare tyre hangs in the cellar.";

/// One step, for programs.
#[derive(Serialize)]
pub(super) struct Step {
    who: &'static str,
    does: String,
    sees: String,
    why: &'static str,
    /// Whether it came as it must.
    pub(super) held: bool,
}

/// The stage and what was shown on it.
pub(super) struct Play {
    output: Output,
    colours: Colours,
    steps: Vec<Step>,
}

impl Play {
    pub(super) fn new(output: Output, colours: Colours) -> Self {
        Self {
            output,
            colours,
            steps: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Step> {
        self.steps
    }

    pub(super) fn note(&self, text: &str) -> Result<(), Error> {
        if self.output.is_json() {
            return Ok(());
        }
        self.output.line(&self.colours.paint(Colour::Faint, text))
    }

    fn show(&mut self, step: Step) -> Result<(), Error> {
        if !self.output.is_json() {
            let colour = match step.who {
                "Alice" => Colour::Cyan,
                "Bob" => Colour::Yellow,
                _ => Colour::Faint,
            };
            let (mark, judged) = if step.held {
                ("ok", Colour::Green)
            } else {
                ("BROKEN", Colour::Red)
            };
            let paint = |colour, text: &str| self.colours.paint(colour, text);
            self.output.line(&format!(
                "\n{} {}\n   sees  {}\n   why   {} {}",
                paint(colour, step.who),
                visible(&step.does),
                paint(colour, &visible(&step.sees)),
                paint(Colour::Faint, step.why),
                paint(judged, &format!("[{mark}]")),
            ))?;
        }
        self.steps.push(step);
        Ok(())
    }

    /// All steps, one after the other.
    pub(super) fn act(&mut self, server: &ThrowAwayServer) -> Result<(), Error> {
        let keys = Keys::make(server)?;
        let alice = client(server, &keys.alice, None)?;
        let bob = client(server, &keys.bob, None)?;
        self.introduce("Alice", "alice", &alice)?;
        self.introduce("Bob", "bob", &bob)?;
        let id = self.alice_keeps_and_finds(&alice)?;
        self.bob_asks_the_same(&bob)?;
        self.bob_reads_by_id(&bob, &id)?;
        self.bob_claims_to_be_alice(&client(server, &keys.bob, Some("alice"))?)?;
        self.bob_names_a_namespace(server, &keys.bob)?;
        self.nobody_reads_the_disk(server.path())
    }

    fn introduce(&mut self, who: &'static str, id: &str, client: &Client) -> Result<(), Error> {
        let reply = client.whoami().map_err(refused)?;
        let subject = reply.subject.as_ref().map(|subject| subject.id.as_str());
        let strength = whoami::strength(reply.strength);
        let place = reply
            .namespace
            .as_ref()
            .map(whoami::place)
            .unwrap_or_default();
        self.show(Step {
            who,
            does: "asks who the server thinks is there (whoami)".to_owned(),
            sees: format!(
                "{}, {strength}, in namespace: {place}",
                subject.unwrap_or("nobody")
            ),
            why: "the key is bound to one user, so it proves who asks.",
            held: subject == Some(id) && strength == "proven",
        })
    }

    fn alice_keeps_and_finds(&mut self, alice: &Client) -> Result<String, Error> {
        let kept = remember(alice, FACT)?;
        let sees = ask(alice)?;
        self.show(Step {
            who: "Alice",
            does: format!("keeps: {FACT} Then asks: {QUESTION}"),
            held: sees == [FACT],
            sees: in_words(&sees),
            why: "it is her memory, in her own sealed namespace.",
        })?;
        Ok(kept)
    }

    fn bob_asks_the_same(&mut self, bob: &Client) -> Result<(), Error> {
        let before = ask(bob)?;
        self.show(Step {
            who: "Bob",
            does: format!("asks: {QUESTION}"),
            held: before.is_empty(),
            sees: in_words(&before),
            why: "his namespace is another file under another key, and it is empty.",
        })?;
        remember(bob, ANSWER_OF_BOB)?;
        let after = ask(bob)?;
        self.show(Step {
            who: "Bob",
            does: format!("keeps: {ANSWER_OF_BOB} Then asks again."),
            held: after == [ANSWER_OF_BOB],
            sees: in_words(&after),
            why: "recall looks at his memories and at nothing else, however well hers would fit.",
        })
    }

    fn bob_reads_by_id(&mut self, bob: &Client, id: &str) -> Result<(), Error> {
        let outcome = bob.memory(id).map(|memory| memory.content);
        self.refusal(
            format!("asks for Alice's memory by its id, {id}"),
            outcome,
            Code::MemoryNotFound,
            "an id opens nothing: in his namespace there is no such memory.",
        )
    }

    fn bob_claims_to_be_alice(&mut self, bob_as_alice: &Client) -> Result<(), Error> {
        self.refusal(
            "sends his key and says x-anchorhold-user: alice".to_owned(),
            ask(bob_as_alice)
                .map(|sees| in_words(&sees))
                .map_err(Refusal::from_ours),
            Code::IdentityConflict,
            "a header never outranks the key; two names in one request are refused (403).",
        )
    }

    fn bob_names_a_namespace(&mut self, server: &ThrowAwayServer, key: &str) -> Result<(), Error> {
        let config = Config {
            url: server.url.clone(),
            key: Some(key.to_owned()),
            namespace: Some("alice".to_owned()),
            ..Config::default()
        };
        let client = Client::new(config).map_err(refused)?;
        let outcome = client.memory_list(None, None);
        self.refusal(
            "names the namespace \"alice\"".to_owned(),
            outcome.map(|page| format!("{} memories", page.memories.len())),
            Code::NamespaceForbidden,
            "no grant covers that name; the answer is the same whether it exists or not (403).",
        )
    }

    fn refusal<E: Into<Refusal>>(
        &mut self,
        does: String,
        outcome: Result<String, E>,
        expected: Code,
        why: &'static str,
    ) -> Result<(), Error> {
        let (sees, held) = match outcome.map_err(Into::into) {
            Ok(text) => (text, false),
            Err(Refusal::Code { code, message }) => {
                (format!("{code}: {message}"), code == expected.as_str())
            }
            Err(Refusal::Other(error)) => return Err(error),
        };
        self.show(Step {
            who: "Bob",
            does,
            sees,
            why,
            held,
        })
    }

    fn nobody_reads_the_disk(&mut self, directory: &Path) -> Result<(), Error> {
        let (files, hits) = search(directory, &[FACT, ANSWER_OF_BOB, "alice", "flowerpot"])?;
        self.show(Step {
            who: "A thief",
            does: format!("takes the disk and searches {files} files for what was said"),
            sees: format!("{hits} of them hold a word of it"),
            why: "memories, names and ids are sealed; the key is not among the data.",
            held: hits == 0 && files > 0,
        })
    }
}

/// A refusal by its code, or another failure.
enum Refusal {
    Code { code: String, message: String },
    Other(Error),
}

impl Refusal {
    fn from_ours(error: Error) -> Self {
        match error {
            Error::Refused(refused) => Self::Code {
                code: refused.code,
                message: refused.message,
            },
            error => Self::Other(error),
        }
    }
}

impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Self {
        Self::from_ours(refused(error))
    }
}

struct Keys {
    alice: String,
    bob: String,
}

impl Keys {
    fn make(server: &ThrowAwayServer) -> Result<Self, Error> {
        let key = server.operator_key().to_owned();
        let operator =
            OperatorClient::new(&server.operator_url, Some(key), None).map_err(refused)?;
        let tenant = CreateTenant {
            name: "demo".to_owned(),
            ..CreateTenant::default()
        };
        operator.tenant_create(&tenant).map_err(refused)?;
        let make = |user: &str| {
            let key = CreateKey {
                name: format!("key of {user}"),
                user: Some(user.to_owned()),
                ..CreateKey::default()
            };
            let made = operator.key_create("demo", &key).map_err(refused)?;
            made.key
                .ok_or_else(|| Error::Failed("the server showed no key".to_owned()))
        };
        Ok(Self {
            alice: make("alice")?,
            bob: make("bob")?,
        })
    }
}

fn client(server: &ThrowAwayServer, key: &str, user: Option<&str>) -> Result<Client, Error> {
    let config = Config {
        url: server.url.clone(),
        key: Some(key.to_owned()),
        user: user.map(str::to_owned),
        ..Config::default()
    };
    Client::new(config).map_err(refused)
}

fn remember(client: &Client, text: &str) -> Result<String, Error> {
    let memory = CreateMemory {
        content: text.to_owned(),
        ..CreateMemory::default()
    };
    Ok(client.remember(&memory).map_err(refused)?.id)
}

fn ask(client: &Client) -> Result<Vec<String>, Error> {
    let question = RecallRequest {
        query: QUESTION.to_owned(),
        ..RecallRequest::default()
    };
    let reply = client.recall(&question).map_err(refused)?;
    Ok(reply
        .results
        .into_iter()
        .map(|result| result.memory.content)
        .collect())
}

fn in_words(contents: &[String]) -> String {
    match contents {
        [] => "nothing".to_owned(),
        contents => contents.join(" / "),
    }
}

/// How many files there are below a directory, and how many hold one of the texts.
fn search(directory: &Path, texts: &[&str]) -> Result<(usize, usize), Error> {
    let (mut files, mut hits) = (0, 0);
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            let (below, found) = search(&path, texts)?;
            files += below;
            hits += found;
            continue;
        }
        let bytes = std::fs::read(&path)?;
        let holds = |text: &&str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        files += 1;
        hits += usize::from(texts.iter().any(holds));
    }
    Ok((files, hits))
}
