//! Strings that occur nowhere unless somebody wrote down what a caller sent.

use anchorhold_crypto::chain_hash;
use anchorhold_model::{hex, unhex};

use super::needles::Needles;

/// All canaries of a test.
#[derive(Default)]
pub(crate) struct Canaries {
    needles: Needles,
    count: u64,
}

impl Canaries {
    /// A new one of 32 letters and digits, to be used as the thing that `label` says.
    pub(crate) fn plant(&mut self, label: &str) -> String {
        self.count += 1;
        let digits = hex(&chain_hash(
            &[7; 32],
            format!("{label} {}", self.count).as_bytes(),
        ));
        // A letter first: some names must not look like numbers.
        let canary = format!("q{}", &digits[..31]);
        self.needles
            .add(&format!("{label} {canary}"), canary.as_bytes());
        canary
    }

    /// An API key: its text, and the secret bytes in it.
    pub(crate) fn plant_key(&mut self, label: &str, key: &str) {
        let (_, digits) = key.split_once('_').expect("a key has a prefix");
        self.plant_secret(label, &digits[..64]);
    }

    /// The key-encryption key, as its file holds it.
    pub(crate) fn plant_kek(&mut self, digits: &str) {
        self.plant_secret("key-encryption key", digits.trim());
    }

    fn plant_secret(&mut self, label: &str, digits: &str) {
        let secret: [u8; 32] = unhex(digits).expect("64 hexadecimal digits");
        self.needles
            .add(&format!("{label} (digits)"), digits.as_bytes());
        self.needles.add(&format!("{label} (bytes)"), &secret);
    }

    pub(crate) const fn needles(&self) -> &Needles {
        &self.needles
    }
}
