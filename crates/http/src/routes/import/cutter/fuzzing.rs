//! Body of a fuzz target: lines do not depend on the pieces they come in.
#![allow(clippy::unwrap_used, reason = "a target fails by panicking")]

use super::Cutter;

/// A body is cut into the same lines whatever pieces it comes in, and the lines are the body. The
/// first bytes are the lengths of the pieces.
pub(crate) fn import_cut(data: &[u8]) {
    let Some((lengths, body)) = data.split_first_chunk::<8>() else {
        return;
    };
    let whole = cut([body].into_iter());
    let mut rest = body;
    let mut lengths = lengths.iter().cycle();
    let pieces = std::iter::from_fn(|| {
        let length = usize::from(*lengths.next()?) % 48 + 1;
        let (piece, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    });
    assert!(cut(pieces) == whole);
    let texts: Vec<&[u8]> = whole.iter().map(|(_, text, _)| text.as_slice()).collect();
    let ends = whole.last().is_some_and(|(_, _, is_open)| *is_open);
    let joined = [texts.join(&b'\n'), if ends { vec![] } else { vec![b'\n'] }].concat();
    assert!(body.is_empty() || joined == body);
    assert!(
        whole
            .iter()
            .map(|(number, ..)| *number)
            .eq(1..=whole.len() as u64)
    );
}

fn cut<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<(u64, Vec<u8>, bool)> {
    let mut cutter = Cutter::default();
    let mut lines = Vec::new();
    for piece in pieces {
        let mut rest = piece;
        while let Some(cut) = cutter.cut(&mut rest) {
            lines.push((cut.number, cut.text.unwrap(), cut.is_open));
        }
    }
    lines.extend(
        cutter
            .last()
            .map(|cut| (cut.number, cut.text.unwrap(), cut.is_open)),
    );
    lines
}
