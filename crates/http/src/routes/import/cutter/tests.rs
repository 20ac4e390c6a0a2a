//! The lines of a body do not depend on the pieces it comes in.

use super::*;

fn lines(pieces: &[&[u8]]) -> Vec<(u64, Option<Vec<u8>>)> {
    let mut cutter = Cutter::default();
    let mut lines = Vec::new();
    for piece in pieces {
        let mut rest = *piece;
        while let Some(cut) = cutter.cut(&mut rest) {
            lines.push((cut.number, cut.text));
        }
    }
    lines.extend(cutter.last().map(|cut| (cut.number, cut.text)));
    lines
}

#[test]
fn lines_are_the_same_in_whatever_pieces_they_come() {
    let body = b"one\n\ntwo \r\nthree";
    let expected: Vec<(u64, Option<Vec<u8>>)> = [&b"one"[..], b"", b"two \r", b"three"]
        .iter()
        .zip(1..)
        .map(|(line, number)| (number, Some(line.to_vec())))
        .collect();
    for cut in 0..body.len() {
        for other in cut..body.len() {
            let (first, rest) = body.split_at(cut);
            let (second, third) = rest.split_at(other - cut);
            assert_eq!(lines(&[first, second, third]), expected, "{cut} {other}");
        }
    }
    assert!(lines(&[b"", b""]).is_empty());
}

#[test]
fn a_line_that_is_too_long_is_let_go_of_alone() {
    let longest = vec![b'x'; IMPORT_LINE_BYTES_MAX];
    let body = [
        &b"a\n"[..],
        &longest,
        b"\n",
        &longest,
        b"x\nb\n",
        &longest,
        b"y",
    ]
    .concat();
    let pieces: Vec<&[u8]> = body.chunks(65_536).collect();
    let found = lines(&pieces);
    let is_whole: Vec<bool> = found.iter().map(|(_, text)| text.is_some()).collect();
    assert_eq!(is_whole, [true, true, false, true, false]);
    assert_eq!(found[3], (4, Some(b"b".to_vec())));
}
