//! The port: what turns text into a vector.

use crate::Error;

/// Longest text an embedder takes, in bytes: twice the largest content of a memory, so that a
/// title or a date in front of it never trips the limit.
pub const TEXT_BYTES_MAX: usize = 128 * 1024;

/// A vector and how it came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Unit length (Euclidean), every component finite, [`Embedder::dimension`] long.
    pub vector: Vec<f32>,
    /// How many windows the text was read in: 1 for a short text.
    pub windows: usize,
    /// Word pieces of the text, without those the model adds around it; 0 for a blank text.
    pub tokens: usize,
}

/// Turns text into vectors whose dot product says how close two meanings are.
///
/// Inside the house the same text gives the same vector, byte for byte, for the life of the
/// embedder; another house may round as it likes.
pub trait Embedder: Send + Sync {
    /// Names the model and its precision, such as `all-MiniLM-L6-v2/int8`. Vectors of two
    /// embedders may be compared only when this is equal.
    fn model(&self) -> &str;

    /// Length of every vector.
    fn dimension(&self) -> usize;

    /// Embeds one text of at most [`TEXT_BYTES_MAX`] bytes. Nothing is cut off: a long text is
    /// read in several windows. A blank text has a vector too.
    ///
    /// # Errors
    /// [`Error::TextTooLong`] above the limit.
    fn embed(&self, text: &str) -> Result<Embedding, Error>;

    /// Embeds several texts; entry for entry equal to [`Embedder::embed`].
    ///
    /// `goes_on` is asked before every step: before each request that leaves the house, and inside
    /// it at the latest before each text.
    ///
    /// # Errors
    /// The first error of any text; [`Error::Stopped`] once `goes_on` says no.
    fn embed_batch(
        &self,
        texts: &[&str],
        goes_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Embedding>, Error> {
        let embed = |text: &&str| {
            if goes_on() {
                self.embed(text)
            } else {
                Err(Error::Stopped)
            }
        };
        texts.iter().map(embed).collect()
    }
}
