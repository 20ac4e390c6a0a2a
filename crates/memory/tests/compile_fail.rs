//! Programs that must not compile: what cannot be written cannot be forgotten in a review.
//!
//! The toolchain is pinned, so the compiler's words are stable. After a change of the toolchain:
//! `TRYBUILD=overwrite cargo test -p anchorhold-memory compile_fail`, then read the difference.

#[test]
fn no_program_makes_widens_copies_or_goes_without_a_scope() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
