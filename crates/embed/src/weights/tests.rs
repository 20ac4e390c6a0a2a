//! A damaged weight file is refused with the reason, never with a panic.

use proptest::prelude::*;

use super::{ALIGNMENT, FileWriter, Shape, VERSION, Weights, checksum, code_sums, limits, pack};
use crate::Error;
use crate::builtin::{VOCABULARY_FILE, weights_file};
use crate::shape::{HIDDEN, PANEL};

fn refusal(file: &[u8]) -> Option<Error> {
    Weights::read(file, VOCABULARY_FILE).err()
}

/// The header of the built-in file with one byte changed, and the rest of the file.
fn with_header_byte(place: usize) -> Vec<u8> {
    let mut file = weights_file().to_vec();
    file[place] ^= 1;
    file
}

#[test]
fn the_built_in_file_is_accepted() {
    assert_eq!(refusal(weights_file()), None);
}

#[test]
fn each_part_of_the_header_has_its_own_refusal() {
    let length = weights_file().len();
    assert_eq!(refusal(&with_header_byte(0)), Some(Error::WeightsForeign));
    let version = Error::WeightsVersion {
        found: VERSION ^ 1,
        supported: VERSION,
    };
    assert_eq!(refusal(&with_header_byte(8)), Some(version));
    assert_eq!(refusal(&with_header_byte(12)), Some(Error::WeightsShape));
    assert!(matches!(
        refusal(&with_header_byte(36)),
        Some(Error::WeightsLength { .. })
    ));
    assert_eq!(refusal(&with_header_byte(44)), Some(Error::Vocabulary));
    assert_eq!(refusal(&with_header_byte(52)), Some(Error::WeightsChecksum));
    assert_eq!(
        refusal(&with_header_byte(length - 1)),
        Some(Error::WeightsChecksum)
    );
}

#[test]
fn a_file_cut_short_or_too_long_is_refused() {
    let file = weights_file();
    for length in [
        0,
        1,
        ALIGNMENT - 1,
        ALIGNMENT,
        file.len() / 2,
        file.len() - 1,
    ] {
        let refused = refusal(&file[..length]);
        assert!(
            matches!(refused, Some(Error::WeightsLength { .. })),
            "{length}: {refused:?}"
        );
    }
    // Consistent in itself, but without the sections that its shape needs.
    let mut writer = FileWriter::default();
    writer.floats(&[1.0; 100]);
    let refused = refusal(&writer.finish(Shape::BUILTIN, VOCABULARY_FILE));
    assert!(
        matches!(refused, Some(Error::WeightsLength { .. })),
        "{refused:?}"
    );
}

#[test]
fn another_vocabulary_is_refused() {
    let refused = Weights::read(weights_file(), b"a\nb\n").err();
    assert_eq!(refused, Some(Error::Vocabulary));
}

#[test]
fn codes_are_packed_in_fours_of_inputs_and_panels_of_outputs() {
    let codes: Vec<i8> = (0..2 * PANEL * HIDDEN)
        .map(|place| (place % 127) as i8)
        .collect();
    let packed = pack(&codes).expect("two panels");
    for (output, input) in [(0, 0), (0, 5), (1, 0), (63, 383), (64, 0), (100, 77)] {
        let (panel, channel) = (output / PANEL, output % PANEL);
        let place = (panel * HIDDEN + input / 4 * 4) * PANEL + channel * 4 + input % 4;
        assert_eq!(packed[place].cast_signed(), codes[output * HIDDEN + input]);
    }
    assert_eq!(code_sums(&[1; HIDDEN]), [HIDDEN as i32]);
    assert_eq!(pack(&codes[1..]), None);
}

proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in any::<Vec<u8>>()) {
        prop_assert!(refusal(&bytes).is_some());
    }

    #[test]
    fn a_changed_byte_changes_the_checksum(
        mut bytes in proptest::collection::vec(any::<u8>(), 1..300),
        place in any::<prop::sample::Index>(),
        change in 1_u8..,
    ) {
        let before = checksum(&bytes);
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        prop_assert_ne!(checksum(&bytes), before);
    }
}

proptest! {
    #[test]
    fn codes_within_their_limits_keep_two_products_in_16_bits(
        codes in proptest::collection::vec(-127_i8..=127, HIDDEN * PANEL),
    ) {
        let packed = pack(&codes).expect("one panel");
        let limits = limits(packed.first_chunk().expect("one panel"));
        for channel in codes.chunks_exact(HIDDEN) {
            for (weights, limits) in channel.chunks_exact(2).zip(limits.chunks_exact(2)) {
                prop_assert!(limits[0] >= 129 && limits[0] == limits[1]);
                let products = [(0, 1), (1, 0), (1, 1)].map(|(first, second)| {
                    i32::from(limits[0]) * (first * i32::from(weights[0]) + second * i32::from(weights[1]))
                });
                prop_assert!(products.iter().all(|sum| i16::try_from(*sum).is_ok()));
            }
        }
    }
}

#[test]
fn the_limit_is_the_greatest_code_that_fits() {
    let mut codes = vec![0_i8; HIDDEN * PANEL];
    (codes[0], codes[1]) = (100, 60);
    (codes[HIDDEN + 2], codes[HIDDEN + 3]) = (-127, -127);
    let packed = pack(&codes).expect("one panel");
    let limits = limits(packed.first_chunk().expect("one panel"));
    assert_eq!(limits[..6], [204, 204, 129, 129, 255, 255]);
}
