//! Export and import, with the lines of the HTTP door.

use anchorhold_identity::{Missing, Scope, Subtree, Write};
use anchorhold_memory::{Arrival, ForeignVector};
use anchorhold_model::{Place, SubScopes};
use anchorhold_wire::export::{ExportLine, ImportLine, ImportedMemory};
use serde_json::{Value, json};

use super::{Answer, Call, Refused, text};

impl Call<'_> {
    pub(super) fn export(&self) -> Answer {
        let named = self.queried()?;
        let gate = &self.server.gate;
        let Subtree { address, scopes } = self.gate(named, |ask| gate.subtree(ask))?;
        let whole = address.map(|address| address.place);
        let mut lines = String::new();
        for piece in self.server.engine.export(scopes)? {
            let piece = piece?;
            let below = match (whole.as_ref(), &piece.place) {
                (Some(Place::User(_, whole)), Place::User(_, below)) if whole != below => {
                    below.clone()
                }
                _ => SubScopes::default(),
            };
            for one in &piece.memories {
                let (scale, values) = (one.vector.scale(), one.vector.values());
                let vector = piece.model.as_deref().map(|model| (model, scale, values));
                let line = ExportLine::new(&one.memory, &below, vector);
                lines.extend([json!(line).to_string().as_str(), "\n"]);
            }
        }
        Ok(lines.into())
    }

    pub(super) fn import(&self) -> Answer {
        let named = self.queried()?;
        let own = self.scope::<Write>(named.clone(), Missing::Reserve)?;
        let own = own.unwrap();
        let lines = self.request.body.as_ref().and_then(Value::as_array);
        let mut results = Vec::new();
        for line in lines.into_iter().flatten() {
            let ImportLine::Memory(memory) = ImportLine::read(line.to_string().as_bytes())? else {
                continue;
            };
            let scope: Scope<Write> = if memory.below == SubScopes::default() {
                own.narrow()
            } else {
                let (gate, below) = (&self.server.gate, memory.below.clone());
                let scope = self.gate(named.clone(), |ask| gate.below(ask, below));
                match scope {
                    Ok(scope) => scope.unwrap(),
                    Err(Refused(error)) => {
                        results.push(error);
                        continue;
                    }
                }
            };
            let imported = self.server.engine.import(&scope, vec![arrival(*memory)])?;
            results.extend(imported.iter().map(text));
        }
        Ok(json!({"results": results}))
    }
}

fn arrival(memory: ImportedMemory) -> Arrival {
    Arrival {
        draft: memory.draft,
        version: memory.version,
        ordinal: memory.ordinal,
        created_at: memory.created_at,
        updated_at: memory.updated_at,
        expires_at: memory.expires_at,
        vector: memory.vector.map(|(model, scale, values)| ForeignVector {
            model,
            scale,
            values,
        }),
    }
}
