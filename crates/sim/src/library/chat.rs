//! Chats: what would go to a model server, as the HTTP door makes it, and what is kept of it.

use anchorhold_memory::{Remembrance, SaidTurn, ShownRecord};
use anchorhold_model::{Content, Placement, Tokenizer};
use anchorhold_proxy::{Chat, Errand, Fit, Prompt, Recollection, Turn, Zones, errand, parts};
use serde_json::json;

use super::{Answer, Call, Refused};

impl Call<'_> {
    /// The prompt, and that it is kept with an answer that says what the model was asked.
    pub(super) fn chat(&self) -> Answer {
        let body = self.request.body.as_ref().unwrap().to_string();
        let chatting = self.gate(None, |ask| self.server.gate.chatting(ask))?;
        let chat = Chat::read(body.as_bytes());
        let chat = chat.map_err(|problem| Refused(format!("rejected: {problem}")))?;
        let engine = &self.server.engine;
        let Some(asked) = chat.asked() else {
            return Ok(json!({"upstream": body}));
        };
        let Ok(mut found) = engine.remembrances(&chatting.reading, &asked.text, 0.2) else {
            return Ok(json!({"upstream": body, "memory": "degraded"}));
        };
        found.retain(|one| !chat.holds(one.memory.content.as_str()));
        let lines: Vec<Recollection> = found.iter().map(line).collect();
        let prompt = Prompt::fitted(&chat, "mirror", &lines, &FIT);
        let prompt = prompt.map_err(|too_long| Refused(format!("rejected: {too_long}")))?;
        let upstream = String::from_utf8(prompt.body).unwrap();
        let shown: Vec<ShownRecord> = prompt
            .injected
            .iter()
            .map(|at| shown(&found[*at]))
            .collect();
        let audit = match &chatting.reading.own {
            Some(scope) if !shown.is_empty() => Some(engine.note_shown(scope, &shown)?),
            _ => None,
        };
        if let (Some(scope), Errand::Talk) = (&chatting.writing, errand(&chat, None)) {
            let turn = Turn::of(&chat, None).unwrap();
            // What cannot be kept is missed and not worth more, as at the door.
            let _ = engine.keep_turn(scope, said(turn, &upstream));
        }
        Ok(json!({"upstream": upstream, "audit": audit}))
    }
}

const FIT: Fit = Fit {
    tokenizer: Tokenizer::Estimate,
    context_tokens: Some(2_000),
    reserve_tokens: 200,
    recent_keep: 2,
    system_tokens_max: None,
    zones: Zones {
        soft_tokens: 300,
        hard_tokens: 600,
    },
    placement: Placement::System,
};

fn line(one: &Remembrance) -> Recollection {
    let facets = &one.memory.facets;
    Recollection {
        content: one.memory.content.as_str().to_owned(),
        speaker: facets.speaker.clone(),
        at: facets.event_time.unwrap_or(facets.created_at),
        importance: facets.importance.value(),
    }
}

fn shown(one: &Remembrance) -> ShownRecord {
    ShownRecord {
        id: one.memory.facets.id,
        version: one.memory.facets.version,
    }
}

fn said(turn: Turn, answered: &str) -> SaidTurn {
    let contents = |text: &str| {
        let parts = parts(text).into_iter().map(Content::new);
        parts.filter_map(Result::ok).collect()
    };
    SaidTurn {
        asked: contents(&turn.asked),
        answered: contents(answered),
        key: turn.key,
        is_named: false,
        conversation: turn.conversation,
        asker: "user".to_owned(),
    }
}
