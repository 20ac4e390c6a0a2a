//! A client under way: keeps, changes, deletes and reads until the server dies, and remembers what
//! it was told.

use std::collections::BTreeSet;

use super::battle::Battle;
use super::dice::Dice;
use super::history::{Fate, Found, History, Kept, Place};
use super::step::{Step, kept};

/// What a writer does with its time.
enum Habit {
    /// Works on the memories of one user that lives on.
    Stays { user: String },
    /// Makes a user, erases it, and so on.
    Leaves { user: String },
}

/// A client; its ids are its own.
pub(crate) struct Writer {
    number: u64,
    made: u64,
    habit: Habit,
    history: History,
    /// The last request that got no answer, and how it turned out.
    repeat: Option<(Step, Fate)>,
    last: Option<Step>,
}

impl Writer {
    pub(crate) fn staying(number: u64, user: String) -> Self {
        Self::new(number, Habit::Stays { user })
    }

    pub(crate) fn leaving(number: u64) -> Self {
        Self::new(
            number,
            Habit::Leaves {
                user: "leaver 0".to_owned(),
            },
        )
    }

    fn new(number: u64, habit: Habit) -> Self {
        Self {
            number,
            made: 0,
            habit,
            history: History::default(),
            repeat: None,
            last: None,
        }
    }

    pub(crate) const fn history(&self) -> &History {
        &self.history
    }

    /// Who it speaks for now.
    pub(crate) fn user(&self) -> &str {
        match &self.habit {
            Habit::Stays { user } | Habit::Leaves { user } => user,
        }
    }

    /// Compares with what a new server shows.
    pub(crate) fn settle(&mut self, found: &Found, users: &BTreeSet<String>) -> Option<Fate> {
        let fate = self.history.settle(found, users);
        self.repeat = self.last.take().zip(fate);
        fate
    }

    /// Works until the server dies.
    pub(crate) fn work(&mut self, battle: &Battle<'_>, dice: &mut Dice) {
        if let Some((step, fate)) = self.repeat.take() {
            self.repeat_step(battle, step, fate);
        }
        while !battle.is_over() {
            let step = match self.habit {
                Habit::Stays { .. } => self.next_of_many(dice),
                Habit::Leaves { .. } => Some(self.next_life()),
            };
            match step {
                Some(step) => self.take(battle, step),
                None => self.read(battle, dice),
            }
        }
    }

    /// A client that got no answer asks again. What was kept must be a replay, what was not must
    /// be new.
    fn repeat_step(&mut self, battle: &Battle<'_>, mut step: Step, fate: Fate) {
        if step.verb != "remember" {
            return;
        }
        if fate == Fate::Present {
            step.status = 200;
        }
        self.take(battle, step);
    }

    fn take(&mut self, battle: &Battle<'_>, step: Step) {
        let mut ask = battle.ask(step.method, &step.target, self.user());
        if let Some(body) = &step.body {
            ask = ask.json(body);
        }
        self.history.begin(step.changes.clone());
        self.last = Some(step.clone());
        let Some(reply) = battle.answer(&ask) else {
            return;
        };
        assert_eq!(reply.status, step.status, "{}: {reply:?}", step.verb);
        let results = reply.json()["results"].clone();
        for result in results.as_array().into_iter().flatten() {
            assert_eq!(result["status"], 201, "a part of a batch: {result}");
        }
        self.last = None;
        self.history.acknowledge(step.verb);
    }

    /// The next request of a user that stays; `None` is a read.
    fn next_of_many(&mut self, dice: &mut Dice) -> Option<Step> {
        let user = self.user().to_owned();
        let living = self.history.living(&user);
        let one = dice.pick(&living).cloned();
        Some(match (dice.below(100), one) {
            (0..10, Some(_)) => return None,
            (10..25, Some(place)) => {
                let version = self.history.kept(&place)?.version + 1;
                Step::change(place, kept(&user, &self.what("changed"), version))
            }
            (25..37, Some(place)) => Step::delete(place),
            (37..43, Some(_)) if living.len() > 2 => Step::forget(living[..2].to_vec()),
            (43..55, _) => Step::batch((0..3).map(|_| self.fresh(&user)).collect()),
            _ => {
                let (place, kept) = self.fresh(&user);
                Step::remember(place, kept)
            }
        })
    }

    /// The next request of somebody who comes and goes.
    fn next_life(&mut self) -> Step {
        let user = self.user().to_owned();
        let living = self.history.living(&user);
        if living.is_empty() {
            let user = format!("leaver {}", self.made);
            self.habit = Habit::Leaves { user: user.clone() };
            return Step::batch((0..3).map(|_| self.fresh(&user)).collect());
        }
        Step::erase(&user, living)
    }

    fn read(&self, battle: &Battle<'_>, dice: &mut Dice) {
        let living = self.history.living(self.user());
        let Some(place) = dice.pick(&living) else {
            return;
        };
        let target = format!("/v1/memories/{}", place.id);
        let Some(reply) = battle.answer(&battle.ask("GET", &target, self.user())) else {
            return;
        };
        let found = Kept::read(&reply.gives(200));
        assert_eq!(
            Some(&found),
            self.history.kept(place),
            "left is read, right was acknowledged"
        );
    }

    fn fresh(&mut self, user: &str) -> (Place, Kept) {
        self.made += 1;
        let place = Place {
            user: user.to_owned(),
            id: format!("{:08x}-0000-4000-8000-{:012x}", self.number, self.made),
        };
        (place, kept(user, &self.what("note"), 1))
    }

    /// Words that nobody else writes.
    fn what(&mut self, word: &str) -> String {
        self.made += 1;
        format!("{word} {} of writer {}", self.made, self.number)
    }
}
