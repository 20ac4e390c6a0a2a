//! Bytes in, bytes out: envelope, seal, digest, token.
