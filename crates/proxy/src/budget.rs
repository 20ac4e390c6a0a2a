//! How much of the memory stands in a prompt: all that fits below the soft limit, what matters much below the
//! hard one, nothing above it.

/// Importance from which a memory may stand above the soft limit.
const HIGH: f64 = 0.7;

/// How many tokens memories may take in a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zones {
    /// Below it stands every memory that was found.
    pub soft_tokens: usize,
    /// Between the two stand those alone that matter much (importance of 0.7 and more); above it none.
    pub hard_tokens: usize,
}

impl Zones {
    /// The same with no more than so many tokens at all.
    pub(crate) fn within(self, tokens: usize) -> Self {
        Self {
            soft_tokens: self.soft_tokens.min(tokens),
            hard_tokens: self.hard_tokens.min(tokens),
        }
    }
}

/// Which of them stand in the prompt: the best first, each with its tokens and its importance. One that does
/// not fit leaves room for a shorter one behind it.
pub(crate) fn chosen(found: &[(usize, f64)], zones: Zones) -> Vec<usize> {
    let mut used: usize = 0;
    let mut chosen = Vec::new();
    for (number, (tokens, importance)) in found.iter().enumerate() {
        let after = used.saturating_add(*tokens);
        let fits =
            after <= zones.soft_tokens || (after <= zones.hard_tokens && *importance >= HIGH);
        if fits {
            used = after;
            chosen.push(number);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::{Zones, chosen};

    const ZONES: Zones = Zones {
        soft_tokens: 100,
        hard_tokens: 200,
    };

    #[test]
    fn below_the_soft_limit_stands_everything() {
        assert_eq!(chosen(&[(40, 0.1), (40, 0.5), (20, 0.0)], ZONES), [0, 1, 2]);
    }

    #[test]
    fn between_the_limits_stands_what_matters_much() {
        let found = [(60, 0.5), (60, 0.5), (60, 0.7), (60, 0.9), (20, 0.5)];
        assert_eq!(chosen(&found, ZONES), [0, 2, 3]);
    }

    #[test]
    fn above_the_hard_limit_stands_nothing() {
        assert_eq!(chosen(&[(201, 1.0)], ZONES), [0; 0]);
        assert_eq!(chosen(&[(200, 1.0), (1, 1.0)], ZONES), [0]);
        assert_eq!(chosen(&[(10, 1.0)], ZONES.within(9)), [0; 0]);
    }

    #[test]
    fn one_that_does_not_fit_leaves_room_for_a_shorter_one() {
        assert_eq!(chosen(&[(90, 0.1), (20, 0.1), (10, 0.1)], ZONES), [0, 2]);
    }
}
