//! A body that was not understood: the code, the sentence and the field.

use std::fmt;

use crate::{Code, ErrorBody, ErrorDetail};

/// Why a body is refused. It never holds the value of a content field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The reason.
    pub code: Code,
    /// What is wrong and what would be right.
    pub message: String,
    /// The field, such as `memories[3].content`; none when it is the body as a whole.
    pub field: Option<String>,
}

impl Rejection {
    /// About the body as a whole.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
        }
    }

    /// About one field; the message reads `"field" rule`.
    pub fn of_field(code: Code, field: &str, rule: impl fmt::Display) -> Self {
        Self {
            code,
            message: format!("\"{field}\" {rule}"),
            field: Some(field.to_owned()),
        }
    }

    /// A known field whose feature comes with a later version.
    pub fn not_available_yet(field: &str) -> Self {
        Self::of_field(
            Code::NotAvailableYet,
            field,
            "is not available in this version; leave it out",
        )
    }

    /// The same refusal, seen from the body that holds this one at `outer`.
    #[must_use]
    pub fn inside(mut self, outer: &str) -> Self {
        self.field = Some(match self.field {
            Some(field) => format!("{outer}.{field}"),
            None => outer.to_owned(),
        });
        self
    }

    /// The detail of an error body, also used in the results of a batch.
    pub fn into_detail(self, request_id: impl Into<String>) -> ErrorDetail {
        let mut detail = ErrorBody::new(self.code, self.message, request_id).error;
        detail.field = self.field;
        detail
    }

    /// The error body.
    pub fn into_body(self, request_id: impl Into<String>) -> ErrorBody {
        ErrorBody {
            error: self.into_detail(request_id),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Rejection {}
