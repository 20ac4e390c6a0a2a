//! Dense, lexical and fused ranking over the arrays of one namespace; pure functions.
