//! Which verb comes next: how often each is asked for, by what a credential is for.

use crate::actor::{Actor, Power};
use crate::chance::Dice;
use crate::request::Verb;

/// How often each is asked for, of all of a table.
type Table = [(usize, Verb)];

/// What everybody asks.
const DATA: &Table = &[
    (22, Verb::Remember),
    (10, Verb::Batch),
    (18, Verb::Recall),
    (6, Verb::Chat),
    (10, Verb::List),
    (7, Verb::Get),
    (8, Verb::Change),
    (6, Verb::Delete),
    (5, Verb::Forget),
    (5, Verb::Erase),
    (3, Verb::Whoami),
    (4, Verb::NamespaceList),
    (6, Verb::Import),
    (4, Verb::Export),
    (6, Verb::Many),
    (1, Verb::Health),
    (1, Verb::Nowhere),
];
/// What the admin of a tenant asks; others try it.
const ADMIN: &Table = &[
    (24, Verb::NamespaceCreate),
    (14, Verb::NamespaceList),
    (10, Verb::NamespaceGet),
    (8, Verb::NamespaceUpdate),
    (6, Verb::NamespaceDelete),
    (14, Verb::KeyCreate),
    (14, Verb::KeyList),
    (8, Verb::KeyRevoke),
];
/// The same of users, their names and their places.
const USERS: &Table = &[
    (14, Verb::UserCreate),
    (8, Verb::UserList),
    (8, Verb::UserLookup),
    (6, Verb::UserGet),
    (5, Verb::UserChange),
    (3, Verb::UserErase),
    (14, Verb::UserLink),
    (10, Verb::UserUnlink),
    (20, Verb::Move),
];
/// The same of those whom the tenant does not know.
const SANDBOXES: &Table = &[
    (20, Verb::SandboxList),
    (10, Verb::SandboxShow),
    (16, Verb::SandboxApprove),
    (8, Verb::SandboxReject),
];

impl Actor {
    /// What is asked with such a credential.
    pub(crate) fn verb(&self, dice: &mut Dice, power: Power) -> Verb {
        let (managing, of_users) = match power {
            Power::Admin => (60, 25),
            Power::Keeper => (100, 100),
            Power::Application | Power::User | Power::Guest => (12, 40),
        };
        let table = match (dice.percent(managing), dice.percent(of_users)) {
            (false, _) => DATA,
            (true, false) => ADMIN,
            (true, true) if self.has_quarantine && dice.percent(50) => SANDBOXES,
            (true, true) => USERS,
        };
        drawn(dice, table)
    }
}

fn drawn(dice: &mut Dice, table: &Table) -> Verb {
    let mut at = dice.below(table.iter().map(|(weight, _)| weight).sum());
    for (weight, verb) in table {
        match at.checked_sub(*weight) {
            Some(rest) => at = rest,
            None => return *verb,
        }
    }
    Verb::Recall
}

/// What may stand in a batch of requests.
pub(crate) fn among_data(dice: &mut Dice) -> Verb {
    *dice.pick(&[
        Verb::Remember,
        Verb::Batch,
        Verb::Recall,
        Verb::List,
        Verb::Get,
        Verb::Change,
        Verb::Delete,
        Verb::Forget,
    ])
}
