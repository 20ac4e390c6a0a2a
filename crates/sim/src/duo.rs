//! Two worlds side by side: one caller does the same in both, and all others act differently.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::caller::{Caller, Who};
use crate::cast::{Side, has_quarantine};
use crate::chance::Dice;
use crate::files;
use crate::others::{Mood, Others};
use crate::request::{Request, Verb};
use crate::world::{Capacity, Layer};

/// What is left out of a run, to find the few steps that matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    /// The only pair that runs.
    pub only: Option<usize>,
    /// Steps of callers that are left out.
    pub steps: BTreeSet<usize>,
    /// Rounds of the others that are left out: side and step.
    pub rounds: BTreeSet<(usize, usize)>,
}

/// One run: a seed, how many callers one after the other, how many steps each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Everything follows from it.
    pub seed: u64,
    /// Callers; each is a pair of traces.
    pub pairs: usize,
    /// Steps of one caller.
    pub steps: usize,
    /// How the worlds are asked.
    pub layer: Layer,
    /// What is left out.
    pub mask: Mask,
}

/// What a run did without finding anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Traces of a caller that were run in both worlds.
    pub pairs: u64,
    /// Steps of callers, each compared.
    pub steps: u64,
    /// Requests of the others, in both worlds.
    pub others: u64,
    /// Namespace files that were compared byte for byte.
    pub files: u64,
    /// Questions that were answered from memory alone, and answered again the ordinary way.
    pub at_hand: u64,
    /// Sandboxes that callers gave to a user.
    pub approvals: u64,
    /// Second names that callers gave to a user.
    pub links: u64,
    /// Moves of callers in which memories were moved.
    pub moves: u64,
}

impl Tally {
    /// Adds another run.
    pub fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.steps += other.steps;
        self.others += other.others;
        self.files += other.files;
        self.at_hand += other.at_hand;
        self.approvals += other.approvals;
        self.links += other.links;
        self.moves += other.moves;
    }

    /// Counts what came of a request.
    fn count(&mut self, request: &Request, body: &Value) {
        match request.verb {
            Verb::SandboxApprove if *body != Value::Null => self.approvals += 1,
            Verb::UserLink if *body != Value::Null => self.links += 1,
            Verb::Move if body["moved"].as_u64() > Some(0) => self.moves += 1,
            _ => {}
        }
    }
}

/// The caller saw something of the others, or the others of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The seed of the run.
    pub seed: u64,
    /// Which caller.
    pub pair: usize,
    /// After which of its steps.
    pub step: usize,
    /// What was compared.
    pub what: String,
    /// What was seen in each world.
    pub seen: [String; 2],
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            pair,
            step,
            what,
            seen: [one, other],
        } = self;
        write!(
            formatter,
            "seed {seed}, caller {pair}, step {step}: {what}\n  one world: {one}\n  the other: {other}"
        )
    }
}

impl Run {
    /// A run of everything that a seed says.
    pub fn new(seed: u64, pairs: usize, steps: usize, layer: Layer) -> Self {
        Self {
            seed,
            pairs,
            steps,
            layer,
            mask: Mask::default(),
        }
    }

    /// How the two worlds of a seed differ, and whether their files may be compared.
    fn moods(&self) -> [(Mood, Capacity); 2] {
        match self.seed % 4 {
            // As different as can be: in one of them nobody stays in memory, and the server restarts.
            0 => [
                (Mood::Quiet, Capacity::AMPLE),
                (Mood::Wild, Capacity::TIGHT),
            ],
            1 => [(Mood::Busy, Capacity::TIGHT), (Mood::Wild, Capacity::AMPLE)],
            // Nothing is closed before the end, so that files are equal too.
            2 => [
                (Mood::Quiet, Capacity::AMPLE),
                (Mood::Busy, Capacity::AMPLE),
            ],
            _ => [(Mood::Busy, Capacity::AMPLE), (Mood::Busy, Capacity::AMPLE)],
        }
    }

    /// Whether files are closed and servers restarted while the run lasts.
    const fn restarts(&self) -> bool {
        self.seed % 4 < 2
    }

    /// Runs both worlds.
    pub fn run(&self) -> Result<Tally, Box<Violation>> {
        let moods = self.moods();
        let mut sides =
            moods.map(|(mood, capacity)| Side::new(self.seed, mood, capacity, self.layer));
        let mut tally = Tally::default();
        let mut past: Vec<[Caller; 2]> = Vec::new();
        for pair in 0..self.pairs {
            if self.mask.only.is_some_and(|only| only != pair) {
                continue;
            }
            let callers = self.pair(&mut sides, pair, &mut tally)?;
            past.push(callers);
            tally.pairs += 1;
        }
        // Whoever came first still sees what it saw, after all that came later.
        for callers in &past {
            let seen = [0, 1].map(|side| callers[side].looks(&sides[side].world));
            let [one, other] = &callers;
            self.compare(one.pair, self.steps, "what is kept, at the end", seen)?;
            debug_assert_eq!(one.pair, other.pair);
        }
        tally.at_hand = sides.iter().map(|side| side.world.answered_at_hand()).sum();
        let [one, other] = &mut sides;
        tally.files += files::compare(self, one, other, &past, !self.restarts())?;
        Ok(tally)
    }

    /// One caller in both worlds.
    fn pair(
        &self,
        sides: &mut [Side; 2],
        pair: usize,
        tally: &mut Tally,
    ) -> Result<[Caller; 2], Box<Violation>> {
        let number = u64::try_from(pair).unwrap();
        let mut dice = Dice::new(self.seed, &[number, 1]);
        let who = Who::of(&mut dice, has_quarantine(self.seed));
        let [one, other] = sides;
        let (mut callers, mut others): (Vec<Caller>, Vec<Others>) = [one, other]
            .map(|side| side.arrive(self.seed, pair, who))
            .into_iter()
            .unzip();
        for step in 0..self.steps {
            let at = u64::try_from(step).unwrap();
            for side in 0..2 {
                if self.mask.rounds.contains(&(side, step)) {
                    continue;
                }
                let mut dice =
                    Dice::new(self.seed, &[number, at, 2 + u64::try_from(side).unwrap()]);
                let (known, secret) = callers[side].overheard();
                let before = others[side].requests;
                let shown = others[side].act(&mut sides[side].world, &mut dice, &known, &secret);
                tally.others += others[side].requests - before;
                if let Some(shown) = shown {
                    let mut seen = [const { String::new() }; 2];
                    seen[side] = shown;
                    return self.found(pair, step, "what others were shown", seen);
                }
            }
            if self.mask.steps.contains(&step) {
                continue;
            }
            let dice = Dice::new(self.seed, &[number, at, 4]);
            // Where files are compared, the server does its chores at the same times.
            let ticks = !self.restarts() && dice.clone().percent(30);
            let replies = [0, 1].map(|side| {
                let world = &sides[side].world;
                world.clock.advance(700);
                if ticks {
                    world.tick();
                }
                callers[side].step(world, &mut dice.clone(), self.restarts())
            });
            tally.steps += 1;
            if let Some((request, reply)) = &callers[0].last {
                tally.count(request, &reply.body);
            }
            let [(request, one), (_, other)] = replies;
            let what = format!("the reply to {request:?}");
            self.compare(pair, step, &what, [one, other])?;
            for side in 0..2 {
                if let Some(shown) = callers[side].haunted() {
                    let mut seen = [const { String::new() }; 2];
                    seen[side] = shown;
                    return self.found(pair, step, "what is erased or not its own", seen);
                }
            }
            let seen = [0, 1].map(|side| callers[side].looks(&sides[side].world));
            self.compare(pair, step, &format!("what is kept after {request:?}"), seen)?;
        }
        // Entries are only ever added and carry their time: a difference after any step is one now.
        let seen = [0, 1].map(|side| callers[side].audited(&sides[side].world, self.restarts()));
        self.compare(pair, self.steps, "the audit log", seen)?;
        Ok(callers.try_into().unwrap_or_else(|_| unreachable!()))
    }

    fn compare(
        &self,
        pair: usize,
        step: usize,
        what: &str,
        seen: [String; 2],
    ) -> Result<(), Box<Violation>> {
        if seen[0] == seen[1] {
            return Ok(());
        }
        // Only where they part.
        let mut lines = seen[0].lines().zip(seen[1].lines());
        let seen = match lines.find(|(one, other)| one != other) {
            Some((one, other)) => [one.to_owned(), other.to_owned()],
            None => seen,
        };
        self.found(pair, step, what, seen)
    }

    /// The end of a run that found something.
    pub(crate) fn found<T>(
        &self,
        pair: usize,
        step: usize,
        what: &str,
        seen: [String; 2],
    ) -> Result<T, Box<Violation>> {
        Err(Box::new(Violation {
            seed: self.seed,
            pair,
            step,
            what: what.to_owned(),
            seen,
        }))
    }
}
