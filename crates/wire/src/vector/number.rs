//! One number of a vector: digits, a point and an exponent, eight digits at a time.
//!
//! Two roundings in 64 bits come within a few steps of the number that is written. Only when that
//! lies so near the middle between two numbers of 32 bits that the steps decide is the standard
//! library asked, which reads every number as the nearest.

/// Powers of ten that 64 bits hold exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
/// Digits that always fit into 64 bits.
const DIGITS_MAX: usize = 19;
/// Bits of a 64-bit number that a 32-bit one has no room for.
const BITS_LOST: u32 = 29;
/// How far two roundings lead at most, and some.
const STEPS_MAX: u64 = 8;

/// Reads the number at the start; gives what stands behind it. Near nothing and beyond the largest
/// numbers the standard library judges.
pub(super) fn number(text: &[u8]) -> Option<(f32, &[u8])> {
    let (is_negative, unsigned) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, text),
    };
    let mut mantissa = 0;
    let mut behind = digits(unsigned, &mut mantissa);
    let mut count = unsigned.len() - behind.len();
    let mut places = 0;
    if let Some((b'.', fraction)) = behind.split_first() {
        behind = digits(fraction, &mut mantissa);
        places = fraction.len() - behind.len();
        count += places;
    }
    if let Some((b'e' | b'E', exponent)) = behind.split_first() {
        let (digit, rest) = match exponent {
            [b'-', b'0', digit, rest @ ..] | [b'-', digit, rest @ ..] => (*digit, rest),
            _ => return by_the_library(text),
        };
        if !digit.is_ascii_digit() || rest.first().is_some_and(u8::is_ascii_digit) {
            return by_the_library(text);
        }
        places += usize::from(digit - b'0');
        behind = rest;
    }
    let value = match POWERS.get(places) {
        Some(power) if (1..=DIGITS_MAX).contains(&count) => nearest(mantissa, *power),
        _ => None,
    };
    match value {
        Some(value) => Some((if is_negative { -value } else { value }, behind)),
        None => by_the_library(text),
    }
}

/// Adds the digits at the start to a number, which wraps when they are too many; gives what stands
/// behind them.
fn digits<'a>(text: &'a [u8], number: &mut u64) -> &'a [u8] {
    let mut rest = text;
    while let Some((eight, behind)) = rest.split_first_chunk()
        && let Some(value) = eight_digits(*eight)
    {
        *number = number.wrapping_mul(100_000_000).wrapping_add(value);
        rest = behind;
    }
    while let Some((digit @ b'0'..=b'9', behind)) = rest.split_first() {
        *number = number
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'));
        rest = behind;
    }
    rest
}

/// Eight digits as one number: neighbours are joined to pairs, pairs to fours, fours to all.
fn eight_digits(text: [u8; 8]) -> Option<u64> {
    let text = u64::from_le_bytes(text);
    let above = text.wrapping_add(0x4646_4646_4646_4646);
    let values = text.wrapping_sub(0x3030_3030_3030_3030);
    if (above | values) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    Some((fours * 10_000 + (fours >> 32)) & 0xffff_ffff)
}

/// The nearest of 32 bits, if 64 bits tell which one it is.
fn nearest(mantissa: u64, power: f64) -> Option<f32> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "the lost bits are counted among the steps"
    )]
    let wide = mantissa as f64 / power;
    let normal = f64::from(f32::MIN_POSITIVE)..=f64::from(f32::MAX);
    let lost = wide.to_bits() & ((1 << BITS_LOST) - 1);
    let is_clear = lost.abs_diff(1 << (BITS_LOST - 1)) > STEPS_MAX;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a vector has 32 bits, and the nearest of them is meant"
    )]
    let narrow = wide as f32;
    (mantissa == 0 || is_clear && normal.contains(&wide)).then_some(narrow)
}

/// The library also knows words such as `inf`, which JSON does not.
fn by_the_library(text: &[u8]) -> Option<(f32, &[u8])> {
    let known = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    let length = text.iter().position(|byte| !known(byte));
    let (number, behind) = text.split_at_checked(length.unwrap_or(text.len()))?;
    let value = std::str::from_utf8(number).ok()?.parse().ok()?;
    Some((value, behind))
}
