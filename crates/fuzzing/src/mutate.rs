//! Inputs made of other inputs: bits turned, pieces cut, doubled, swapped and put in.

/// Numbers from a seed (SplitMix64); the same on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn byte(&mut self) -> u8 {
        let [byte, ..] = self.next().to_le_bytes();
        byte
    }
}

/// Bytes and texts that parsers have thought little about.
const ODD: [&[u8]; 24] = [
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"..",
    b"/",
    b"//",
    b"%2F",
    b"%00",
    b"%",
    b"*",
    b"**",
    b":",
    b",",
    b"{{",
    b"\\u0000",
    b"\"",
    b"{}",
    b"[]",
    b"null",
    b"1e999",
    b"-0",
    "e\u{301}".as_bytes(),
    "\u{202e}".as_bytes(),
];
const BYTES_MAX: usize = 4_096;

/// One input of the corpus after one to six changes.
pub(crate) fn made_of(corpus: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = pick(corpus, dice).to_vec();
    for _ in 0..=dice.below(6) {
        change(&mut input, corpus, dice);
    }
    input.truncate(BYTES_MAX);
    input
}

fn pick<'a>(corpus: &'a [Vec<u8>], dice: &mut Dice) -> &'a [u8] {
    let chosen = corpus.get(dice.below(corpus.len()));
    chosen.map(Vec::as_slice).unwrap_or_default()
}

fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(input.len() + 1);
    let end = (at + dice.below(17)).min(input.len());
    match dice.below(7) {
        0 => turn_a_bit(input, dice),
        1 => drop(input.drain(at..end)),
        2 => put_in(input, at, &[dice.byte()]),
        3 => {
            let odd = ODD.get(dice.below(ODD.len())).copied();
            put_in(input, at, odd.unwrap_or_default());
        }
        4 => {
            let doubled = input.get(at..end).unwrap_or_default().to_vec();
            put_in(input, at, &doubled);
        }
        5 => {
            let other = pick(corpus, dice);
            let from = dice.below(other.len() + 1);
            let length = dice.below(33);
            let piece: Vec<u8> = other.iter().skip(from).take(length).copied().collect();
            put_in(input, at, &piece);
        }
        _ => {
            let byte = dice.byte();
            if let Some(slot) = input.get_mut(at) {
                *slot = byte;
            }
        }
    }
}

fn turn_a_bit(input: &mut [u8], dice: &mut Dice) {
    let at = dice.below(input.len());
    let bit = dice.below(8);
    if let Some(byte) = input.get_mut(at) {
        *byte ^= 1 << bit;
    }
}

fn put_in(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let tail = input.split_off(at.min(input.len()));
    input.extend_from_slice(piece);
    input.extend(tail);
}
