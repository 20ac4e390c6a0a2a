//! Files in the layout of LoCoMo: conversations in sessions, and questions with their evidence.

use std::collections::BTreeSet;
use std::path::Path;

use anchorhold_model::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{date, evidence};
use crate::exit::Error;

/// One conversation and the questions about it.
pub(super) struct Conversation {
    pub(super) id: String,
    pub(super) turns: Vec<Turn>,
    pub(super) questions: Vec<Question>,
}

/// One turn.
pub(super) struct Turn {
    /// Names the turn within its conversation.
    pub(super) dia_id: String,
    /// `session_N`.
    pub(super) session: String,
    pub(super) speaker: String,
    pub(super) text: String,
    pub(super) time: Option<Timestamp>,
}

/// One question.
pub(super) struct Question {
    /// Its place in the list of the conversation.
    pub(super) position: usize,
    pub(super) text: String,
    pub(super) category: u64,
    /// The turns that answer it; empty when the data name none that exist.
    pub(super) gold: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Sample {
    #[serde(rename = "sample_id")]
    id: String,
    conversation: Map<String, Value>,
    qa: Vec<Asked>,
}

#[derive(Deserialize)]
struct Said {
    dia_id: String,
    speaker: String,
    text: String,
    /// What the photo shows that came with the turn, as a program saw it.
    blip_caption: Option<String>,
}

impl Said {
    /// The turn as an application would keep it: a photo is kept by its caption. The caption
    /// stands last, so that the turn's own words come first in the window of the encoder.
    fn kept(&self) -> String {
        match &self.blip_caption {
            Some(caption) => format!("{} [photo: {caption}]", self.text),
            None => self.text.clone(),
        }
    }
}

#[derive(Deserialize)]
struct Asked {
    question: String,
    category: u64,
    #[serde(default)]
    evidence: Vec<String>,
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<Conversation>, Error> {
    let problem = |problem: String| Error::Configuration(format!("{}: {problem}", path.display()));
    let bytes = std::fs::read(path).map_err(|error| problem(error.to_string()))?;
    let samples: Vec<Sample> =
        serde_json::from_slice(&bytes).map_err(|error| problem(error.to_string()))?;
    let read = samples.into_iter().map(conversation);
    read.collect::<Result<_, String>>().map_err(problem)
}

fn conversation(sample: Sample) -> Result<Conversation, String> {
    let mut sessions: Vec<(u64, &String, &Value)> = sample
        .conversation
        .iter()
        .filter_map(|(name, said)| {
            let number = name.strip_prefix("session_")?.parse().ok()?;
            Some((number, name, said))
        })
        .collect();
    sessions.sort_by_key(|(number, _, _)| *number);
    let mut turns = Vec::new();
    for (_, session, said) in sessions {
        let date = sample.conversation.get(&format!("{session}_date_time"));
        let time = date.and_then(Value::as_str).and_then(date::parse);
        let said: Vec<Said> = serde_json::from_value(said.clone())
            .map_err(|error| format!("{} {session}: {error}", sample.id))?;
        turns.extend(said.into_iter().map(|said| Turn {
            text: said.kept(),
            dia_id: said.dia_id,
            session: session.clone(),
            speaker: said.speaker,
            time,
        }));
    }
    let known: BTreeSet<String> = turns.iter().map(|turn| turn.dia_id.clone()).collect();
    let asked = sample.qa.into_iter().enumerate();
    let questions = asked.map(|(position, asked)| Question {
        position,
        gold: evidence::resolve(&asked.evidence, &known),
        text: asked.question,
        category: asked.category,
    });
    Ok(Conversation {
        questions: questions.collect(),
        id: sample.id,
        turns,
    })
}
