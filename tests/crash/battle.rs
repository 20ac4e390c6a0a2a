//! One life of a server under load: counts what happens on all connections and strikes at a
//! moment that was chosen before, by count and not by time.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::dice::Dice;
use crate::process::Server;
use crate::support::{Ask, Reply};

/// When the server dies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moment {
    /// As soon as so many requests were sent, so that the last one is just being read.
    Sent(u64),
    /// As soon as so many answers came, so that the other writers are anywhere.
    Answered(u64),
}

impl Moment {
    /// Early in some rounds, when users get their first memory; later in others.
    pub(crate) fn choose(dice: &mut Dice) -> Self {
        let most = [4, 20, 60, 120][usize::try_from(dice.below(4)).unwrap()];
        let count = 1 + dice.below(most);
        if dice.below(2) == 0 {
            Self::Sent(count)
        } else {
            Self::Answered(count)
        }
    }
}

/// A server, its writers' key, and when it dies.
pub(crate) struct Battle<'a> {
    server: &'a Server,
    key: &'a str,
    moment: Moment,
    sent: AtomicU64,
    answered: AtomicU64,
    is_over: AtomicBool,
}

impl<'a> Battle<'a> {
    pub(crate) fn new(server: &'a Server, key: &'a str, moment: Moment) -> Self {
        Self {
            server,
            key,
            moment,
            sent: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::SeqCst)
    }

    pub(crate) fn ask(&self, method: &str, target: &str, user: &str) -> Ask {
        Ask::new(self.server.tenant, method, target)
            .key(self.key)
            .header("x-anchorhold-user", user)
    }

    /// The answer, or `None` when the server died first.
    pub(crate) fn answer(&self, ask: &Ask) -> Option<Reply> {
        let outcome = ask.attempt(|| {
            let sent = self.sent.fetch_add(1, Ordering::SeqCst) + 1;
            self.strike_if(matches!(self.moment, Moment::Sent(count) if count == sent));
        });
        match outcome {
            Ok(reply) => {
                let answered = self.answered.fetch_add(1, Ordering::SeqCst) + 1;
                self.strike_if(matches!(self.moment, Moment::Answered(count) if count == answered));
                Some(reply)
            }
            Err(_) if self.is_over() => None,
            Err(error) => panic!("a connection broke before the server was killed: {error}"),
        }
    }

    fn strike_if(&self, is_time: bool) {
        if is_time {
            // Said before it is done, so that no writer takes the broken connection for a fault.
            self.is_over.store(true, Ordering::SeqCst);
            self.server.strike();
        }
    }
}
