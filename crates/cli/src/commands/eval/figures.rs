//! The figures: recall, hit rate, reciprocal rank and gain, averaged over questions.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// What is shown, in this order; the macro mean over questions of each.
pub(super) const NAMES: [&str; 9] = [
    "R@5", "R@10", "R@20", "Hit@5", "Hit@10", "Hit@20", "All@10", "MRR", "nDCG@10",
];

/// The figures of one question, in the order of [`NAMES`].
type Scores = [f64; NAMES.len()];

/// The averages of one group of questions.
#[derive(Clone, Default, Serialize)]
pub(super) struct Average {
    /// How many questions.
    pub(super) n: usize,
    #[serde(flatten)]
    values: BTreeMap<&'static str, f64>,
}

impl Average {
    /// One figure.
    pub(super) fn value(&self, name: &str) -> f64 {
        self.values.get(name).copied().unwrap_or(0.0)
    }
}

/// The averages of every group: each category, `overall` (1 to 4) and `all5`.
#[derive(Default)]
pub(super) struct Figures {
    groups: BTreeMap<String, (usize, Scores)>,
}

impl Figures {
    /// Adds a question: what was found, best first, and what answers it.
    pub(super) fn add(&mut self, category: u64, ranked: &[String], gold: &BTreeSet<String>) {
        let scores = scores(ranked, gold);
        let peers = (category != 5).then(|| "overall".to_owned());
        let groups = [Some(category.to_string()), peers, Some("all5".to_owned())];
        for group in groups.into_iter().flatten() {
            let (questions, sums) = self.groups.entry(group).or_default();
            *questions += 1;
            for (sum, score) in sums.iter_mut().zip(scores) {
                *sum += score;
            }
        }
    }

    /// The averages by group, categories first.
    pub(super) fn averages(&self) -> BTreeMap<String, Average> {
        let mean = |sum: f64, questions: usize| sum / number(questions).max(1.0);
        let average = |(group, (questions, sums)): (&String, &(usize, Scores))| {
            let values = NAMES.into_iter().zip(sums);
            let average = Average {
                n: *questions,
                values: values
                    .map(|(name, sum)| (name, mean(*sum, *questions)))
                    .collect(),
            };
            (group.clone(), average)
        };
        self.groups.iter().map(average).collect()
    }
}

fn scores(ranked: &[String], gold: &BTreeSet<String>) -> Scores {
    let mut seen = BTreeSet::new();
    let ranks: Vec<usize> = ranked
        .iter()
        .enumerate()
        .filter(|(_, turn)| gold.contains(*turn) && seen.insert(*turn))
        .map(|(rank, _)| rank)
        .collect();
    let within = |k: usize| ranks.iter().filter(|&&rank| rank < k).count();
    let recall = |k: usize| number(within(k)) / number(gold.len()).max(1.0);
    let truth = |held: bool| if held { 1.0 } else { 0.0 };
    let gain = |rank: usize| 1.0 / (number(rank) + 2.0).log2();
    let ideal: f64 = (0..gold.len().min(10)).map(gain).sum();
    let gained: f64 = ranks
        .iter()
        .filter(|&&rank| rank < 10)
        .map(|&rank| gain(rank))
        .sum();
    [
        recall(5),
        recall(10),
        recall(20),
        truth(within(5) > 0),
        truth(within(10) > 0),
        truth(within(20) > 0),
        truth(within(10) == gold.len()),
        ranks
            .first()
            .map_or(0.0, |&rank| 1.0 / (number(rank) + 1.0)),
        if ideal > 0.0 { gained / ideal } else { 0.0 },
    ]
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, Figures, NAMES, scores};

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn one_of_two_found_at_rank_two() {
        let gold: BTreeSet<String> = texts(&["a", "b"]).into_iter().collect();
        let found = scores(&texts(&["x", "a", "y", "z", "u", "v", "b"]), &gold);
        let gain = |rank: f64| 1.0 / (rank + 2.0).log2();
        let ndcg = (gain(1.0) + gain(6.0)) / (gain(0.0) + gain(1.0));
        let expected = [0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, ndcg];
        for ((name, found), expected) in NAMES.iter().zip(found).zip(expected) {
            assert!(
                (found - expected).abs() < 1e-12,
                "{name}: {found} {expected}"
            );
        }
    }

    #[test]
    fn nothing_found_is_nought() {
        let gold = texts(&["a"]).into_iter().collect();
        assert!(
            scores(&texts(&["x"]), &gold)
                .iter()
                .all(|score| score.abs() < 1e-12)
        );
    }

    #[test]
    fn adversarial_questions_count_in_all5_alone() {
        let gold: BTreeSet<String> = texts(&["a"]).into_iter().collect();
        let mut figures = Figures::default();
        figures.add(1, &texts(&["a"]), &gold);
        figures.add(5, &texts(&["x"]), &gold);
        let averages = figures.averages();
        assert_eq!((averages["overall"].n, averages["all5"].n), (1, 2));
        assert!((averages["all5"].value("R@5") - 0.5).abs() < 1e-12);
    }
}
