//! What a client is told when a model server gives no answer.

use anchorhold_upstream::{Failure, Phase};
use anchorhold_wire::Code;

use crate::refusal::Refusal;

/// The refusal for a failure before an answer began.
pub(super) fn of(failure: Failure) -> Refusal {
    let code = match failure {
        Failure::Unreachable | Failure::Untrusted | Failure::Address | Failure::Broken => {
            Code::UpstreamFailed
        }
        Failure::Late(Phase::Head | Phase::Idle | Phase::Total) => Code::UpstreamTimeout,
        Failure::Resting(rest) => {
            let seconds = rest.as_secs().max(1);
            return Refusal::new(Code::UpstreamUnavailable, failure.to_string())
                .retried_after(seconds);
        }
    };
    let refusal = Refusal::new(code, failure.to_string());
    match failure {
        // The operator has to look.
        Failure::Untrusted | Failure::Address => refusal.because(failure.to_string()),
        _ => refusal,
    }
}

/// The refusal for an answer in which nothing can be read.
pub(super) fn unreadable() -> Refusal {
    Refusal::new(
        Code::UpstreamFailed,
        "the model server gave an answer that cannot be read",
    )
}

/// The refusal for an answer that cannot be passed on.
pub(super) fn unusable(status: u16) -> Refusal {
    match status {
        // It speaks of the server's own key, which is no matter of the client's.
        401 | 403 => Refusal::new(
            Code::UpstreamFailed,
            "the model server does not take the key that it is configured with",
        )
        .because(format!("a model server answered {status} to its own key")),
        300..=399 => Refusal::new(
            Code::UpstreamFailed,
            "the model server sends requests elsewhere, which is not followed",
        )
        .because(format!("a model server answered {status}")),
        429 => Refusal::new(
            Code::RateLimited,
            "the model server takes no more requests now",
        ),
        _ => Refusal::new(
            Code::UpstreamFailed,
            format!("the model server answered with status {status} and no error that can be read"),
        ),
    }
}
