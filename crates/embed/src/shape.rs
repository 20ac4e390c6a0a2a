//! The numbers that define the built-in model; the code is specialised to them.

/// Length of a vector of the built-in encoder.
pub const HIDDEN: usize = 384;
/// Encoder layers.
pub(crate) const LAYERS: usize = 6;
/// Attention heads of a layer.
pub(crate) const HEADS: usize = 12;
/// Length of the query, key and value vector of one head.
pub(crate) const HEAD: usize = HIDDEN / HEADS;
/// Query, key and value of all heads side by side.
pub(crate) const PROJECTED: usize = 3 * HIDDEN;
/// Width of the feed-forward part.
pub(crate) const INTERMEDIATE: usize = 1536;
/// Slices of the feed-forward part, each [`HIDDEN`] wide.
pub(crate) const SLICES: usize = INTERMEDIATE / HIDDEN;
/// Places in a layer where floats become codes: before the projection, before the attention
/// output, before the feed-forward part, and before the output of each slice.
pub(crate) const QUANTISED_PER_LAYER: usize = 3 + SLICES;
/// Word pieces the vocabulary holds.
pub(crate) const VOCABULARY: usize = 30_522;
/// Most word pieces of one window, `[CLS]` and `[SEP]` included (`max_seq_length` of the model).
pub const WINDOW_PIECES: usize = 256;
/// Most word pieces of the text in one window.
pub const WINDOW_CONTENT_PIECES: usize = WINDOW_PIECES - 2;
/// Word pieces that two neighbouring windows of a long text share.
pub const WINDOW_OVERLAP_PIECES: usize = 32;
/// Output channels that lie together in a packed weight matrix.
pub(crate) const PANEL: usize = 64;
/// Inputs that lie together in a packed weight matrix: what one VNNI instruction sums up.
pub(crate) const GROUP: usize = 4;
/// Numbers that the float arithmetic handles side by side, on every processor, so that every
/// sum has the same order everywhere.
pub(crate) const LANES: usize = 16;
/// Epsilon of the layer normalisations (`layer_norm_eps` of the model).
pub(crate) const NORM_EPSILON: f32 = 1e-12;
