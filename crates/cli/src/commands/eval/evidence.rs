//! The turns that answer a question, as the data name them, with the slips of the data mended:
//! `D8:6; D9:17`, `D9:1 D4:4`, `D:11:26`, `D30:05`.

use std::collections::BTreeSet;

/// The turns that exist among those that `evidence` names.
pub(super) fn resolve(evidence: &[String], known: &BTreeSet<String>) -> BTreeSet<String> {
    let named = evidence.iter().flat_map(|text| turns(text));
    named.filter(|turn| known.contains(turn)).collect()
}

/// Every `D<number>:<number>` in a text, without leading zeros.
fn turns(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('D') {
        rest = after;
        let mut scan = Scan(after);
        if let Some((session, turn)) = scan.turn() {
            found.push(format!("D{session}:{turn}"));
            rest = scan.0;
        }
    }
    found
}

struct Scan<'a>(&'a str);

impl Scan<'_> {
    /// `:?`, white space, number, `:`, number.
    fn turn(&mut self) -> Option<(u64, u64)> {
        self.0 = self.0.strip_prefix(':').unwrap_or(self.0).trim_start();
        let session = self.number()?;
        self.0 = self.0.strip_prefix(':')?;
        Some((session, self.number()?))
    }

    fn number(&mut self) -> Option<u64> {
        let end = self.0.find(|character: char| !character.is_ascii_digit());
        let (digits, rest) = self.0.split_at_checked(end.unwrap_or(self.0.len()))?;
        self.0 = rest;
        digits.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::turns;

    #[test]
    fn slips_of_the_data_are_mended() {
        assert_eq!(turns("D8:6; D9:17"), ["D8:6", "D9:17"]);
        assert_eq!(turns("D9:1 D4:4 D4:6"), ["D9:1", "D4:4", "D4:6"]);
        assert_eq!(turns("D:11:26"), ["D11:26"]);
        assert_eq!(turns("D30:05"), ["D30:5"]);
        assert_eq!(turns("D, D1, 3:4, DD2:3"), ["D2:3"]);
        assert!(turns("").is_empty());
    }
}
