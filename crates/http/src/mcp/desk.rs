//! Does what a tool asks: the route that a program would ask, with the rights of the message.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Weak};

use anchorhold_mcp::{Asked, Desk, Done, Tool};
use anchorhold_model::limits::MCP_RESULT_BYTES_MAX;
use anchorhold_wire::{Code, ErrorDetail, Rejection};
use serde_json::Value;

use crate::body::Received;
use crate::call::Call;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::route::{Route, Run};
use crate::routes::of_tool;
use crate::state::Lane;

/// The route of each tool.
static ROUTES: LazyLock<Vec<(Tool, Arc<Route>)>> = LazyLock::new(|| {
    let routes = Tool::ALL.map(|tool| {
        let mut route = of_tool(tool);
        // What a model says names nobody, wherever a tenant looks for a name.
        route.body_speaks = false;
        (tool, Arc::new(route))
    });
    routes.into()
});

/// The desk of one message.
pub(super) struct AtWork {
    pub(super) call: Arc<Call>,
    pub(super) lane: Lane,
}

impl Desk for AtWork {
    fn act(&self, asked: Asked) -> Done<'_> {
        Box::pin(async move {
            let call = Arc::clone(&self.call);
            let work = self.call.app.lane(self.lane).run(move || run(&call, asked));
            let done = work.await.map_err(Refusal::from);
            let done = done.and_then(|done| done);
            done.map_err(|refusal| refusal.into_detail(&self.call.request_id).1)
        })
    }

    fn refused(&self, rejection: Rejection) -> ErrorDetail {
        Refusal::from(rejection)
            .into_detail(&self.call.request_id)
            .1
    }
}

fn run(call: &Call, asked: Asked) -> Result<Value, Refusal> {
    let found = ROUTES.iter().find(|(tool, _)| *tool == asked.tool);
    let Some((_, route)) = found else {
        return Err(Refusal::internal("a tool has no route"));
    };
    let (Run::Whole(verb) | Run::Quick(_, verb)) = route.run else {
        return Err(Refusal::internal("a tool is a stream"));
    };
    let inner = Call {
        app: Arc::clone(&call.app),
        query: Query::read(asked.query.as_deref(), route.query)?,
        route: Arc::clone(route),
        request_id: call.request_id.clone(),
        headers: call.headers.clone(),
        arrival: Arc::clone(&call.arrival),
        parameters: BTreeMap::new(),
        received: asked.body.map(Received::made).unwrap_or_default(),
        holder: call.holder,
        needs_credential: true,
        client: Weak::clone(&call.client),
    };
    let (_, body, _room) = inner.run(verb)?.into_json()?;
    // What changed something tells little, so that this is never said of what was done.
    if !route.changes() && body.get().len() > MCP_RESULT_BYTES_MAX {
        let message = "what was found is too long to be told at once; ask with a smaller limit";
        return Err(Refusal::new(Code::BodyTooLarge, message));
    }
    let read = serde_json::from_str(body.get());
    read.map_err(|_| Refusal::internal("a reply is no JSON"))
}
