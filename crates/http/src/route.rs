//! A route: how it is reached, what it takes, gives and refuses, and what it runs. The router and
//! the OpenAPI document are both made from it, so they cannot differ.

use std::sync::Arc;

use anchorhold_identity::Door;
use anchorhold_wire::Code;
use axum::routing::MethodFilter;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use crate::call::Call;
use crate::query::Parameter;
use crate::refusal::Refusal;
use crate::relay;
use crate::reply::Reply;
use crate::stream::Sink;

/// A schema by its name.
pub(crate) type Named = (String, RefOr<Schema>);

/// A type of a body, as the document knows it.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    /// The name of its schema.
    pub(crate) name: fn() -> String,
    /// Pushes its schema and those it refers to.
    pub(crate) collect: fn(&mut Vec<Named>),
}

impl Shape {
    pub(crate) fn of<T: ToSchema>() -> Self {
        Self {
            name: || T::name().into_owned(),
            collect: |schemas| {
                schemas.push((T::name().into_owned(), T::schema()));
                T::schemas(schemas);
            },
        }
    }
}

/// One answer that is no refusal.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) description: &'static str,
    /// Its JSON body; none for text.
    pub(crate) shape: Option<Shape>,
    /// Its media type if that is not JSON; of NDJSON the shape is that of a line.
    pub(crate) media_type: Option<&'static str>,
}

/// What a route takes as its body.
#[derive(Clone, Copy)]
pub(crate) enum Takes {
    /// JSON, read whole.
    Json(Shape),
    /// Pieces of one of these media types, as long as they come; the shape is that of a line.
    Pieces(&'static [&'static str], Option<Shape>),
}

/// What answers a call.
pub(crate) type Verb = fn(&Call) -> Result<Reply, Refusal>;

/// What a route runs, on a worker.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// The body was read before.
    Whole(Verb),
    /// The same; what can be answered from memory is answered at once, by the first of the two.
    Quick(fn(&Call) -> Option<Reply>, Verb),
    /// The body is read afterwards, into what this gives.
    Fed(Begin),
    /// The request goes on to a model server.
    Passed(relay::Begin),
    /// The body is a message of the Model Context Protocol.
    Spoken,
}

/// Gives what takes the body of a request.
pub(crate) type Begin = fn(Arc<Call>) -> Result<Box<dyn Sink>, Refusal>;

/// Who may come at all. What they may do is for the gate to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Everybody; the route reads no store.
    Open,
    /// A program on this machine without a key, others with one.
    KeyUnlessLocal,
    /// Whoever has a key.
    Key,
    /// Whoever has an invitation; the route takes no body.
    Invitation,
}

/// Which headers say who the request speaks for, for the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speaks {
    /// The key alone.
    ForKey,
    /// A user, or the key in a named namespace.
    ForUser,
}

/// One route of one listener.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) filter: MethodFilter,
    pub(crate) template: &'static str,
    /// The word in the audit log and the operation's id in the document.
    pub(crate) verb: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) guard: Guard,
    /// The door in the audit log.
    pub(crate) door: Door,
    pub(crate) speaks: Speaks,
    /// Whether its body may say who the user is: not where a user in a body is whom a request is about.
    pub(crate) body_speaks: bool,
    pub(crate) if_match: bool,
    pub(crate) query: &'static [Parameter],
    pub(crate) takes: Option<Takes>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) codes: Vec<Code>,
    /// Whether it needs room for a stream.
    pub(crate) streams: bool,
    pub(crate) run: Run,
}

macro_rules! constructors {
    ($($name:ident $filter:ident $method:literal)*) => {$(
        /// A route for this method, for whoever has a key.
        pub(crate) fn $name(
            template: &'static str,
            verb: &'static str,
            run: Verb,
        ) -> Self {
            Self::new($method, MethodFilter::$filter, template, verb, Run::Whole(run))
        }
    )*};
}

impl Route {
    constructors! {
        get GET "get"
        post POST "post"
        patch PATCH "patch"
        delete DELETE "delete"
    }

    /// A route that takes its body piece by piece, in one of these media types. Of NDJSON the shape
    /// is that of a line.
    pub(crate) fn fed(
        template: &'static str,
        verb: &'static str,
        media_types: &'static [&'static str],
        line: Option<Shape>,
        run: Begin,
    ) -> Self {
        let route = Self::new("post", MethodFilter::POST, template, verb, Run::Fed(run));
        Self {
            streams: true,
            takes: Some(Takes::Pieces(media_types, line)),
            ..route
        }
    }

    /// A route whose requests go on to a model server.
    pub(crate) fn passed(template: &'static str, verb: &'static str, run: relay::Begin) -> Self {
        let run = Run::Passed(run);
        Self::new("post", MethodFilter::POST, template, verb, run)
    }

    /// A route that takes messages of the Model Context Protocol.
    pub(crate) fn spoken(template: &'static str, verb: &'static str) -> Self {
        let route = Self::new("post", MethodFilter::POST, template, verb, Run::Spoken);
        Self {
            door: Door::Mcp,
            ..route
        }
    }

    fn new(
        method: &'static str,
        filter: MethodFilter,
        template: &'static str,
        verb: &'static str,
        run: Run,
    ) -> Self {
        Self {
            method,
            filter,
            template,
            verb,
            summary: "",
            guard: Guard::Key,
            door: Door::Http,
            speaks: Speaks::ForKey,
            body_speaks: false,
            if_match: false,
            query: &[],
            takes: None,
            answers: Vec::new(),
            codes: Vec::new(),
            streams: false,
            run,
        }
    }

    /// Asks `at_hand` first, on no worker: it answers from memory, in about the time that it takes to
    /// go to a worker and back, or not at all. What it does not answer runs as before.
    pub(crate) fn at_hand(mut self, at_hand: fn(&Call) -> Option<Reply>) -> Self {
        if let Run::Whole(run) = self.run {
            self.run = Run::Quick(at_hand, run);
        }
        self
    }

    /// Whether something is different afterwards, so that its answer must be told.
    pub(crate) fn changes(&self) -> bool {
        self.method != "get" && !matches!(self.run, Run::Quick(..))
    }

    pub(crate) fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    pub(crate) fn guard(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    pub(crate) fn speaks(mut self, speaks: Speaks) -> Self {
        self.speaks = speaks;
        self
    }

    /// A JSON body says who the user is where the tenant looks for that.
    pub(crate) fn speaks_in_body(mut self) -> Self {
        self.body_speaks = true;
        self
    }

    pub(crate) fn knows_if_match(mut self) -> Self {
        self.if_match = true;
        self
    }

    pub(crate) fn query(mut self, query: &'static [Parameter]) -> Self {
        self.query = query;
        self
    }

    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Some(Takes::Json(Shape::of::<T>()));
        self
    }

    pub(crate) fn gives<T: ToSchema>(mut self, status: u16, description: &'static str) -> Self {
        self.answers.push(Answer {
            status,
            description,
            shape: Some(Shape::of::<T>()),
            media_type: None,
        });
        self
    }

    pub(crate) fn gives_text(mut self, description: &'static str) -> Self {
        self.answers.push(Answer {
            status: 200,
            description,
            shape: None,
            media_type: None,
        });
        self
    }

    /// Gives no body.
    pub(crate) fn gives_nothing(mut self, status: u16, description: &'static str) -> Self {
        self.answers.push(Answer {
            status,
            description,
            shape: None,
            media_type: None,
        });
        self
    }

    /// Gives a body in pieces; of NDJSON the shape is that of a line.
    pub(crate) fn gives_pieces(
        mut self,
        media_type: &'static str,
        line: Option<Shape>,
        description: &'static str,
    ) -> Self {
        self.streams = true;
        self.answers.push(Answer {
            status: 200,
            description,
            shape: line,
            media_type: Some(media_type),
        });
        self
    }

    /// It takes no place among the streams: it has places of its own.
    pub(crate) fn without_place(mut self) -> Self {
        self.streams = false;
        self
    }

    pub(crate) fn refuses(mut self, codes: &[Code]) -> Self {
        self.codes.extend_from_slice(codes);
        self
    }
}
