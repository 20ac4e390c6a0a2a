//! The limits of this door, with the values of the one list in `model`; tests inject smaller ones.

use std::time::Duration;

use anchorhold_model::limits;

/// What one listener bears. The defaults are the maxima of [`anchorhold_model::limits`].
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the head of a request; more is answered 431.
    pub head_bytes_max: usize,
    /// Header lines of a request; more are answered 431.
    pub headers_max: usize,
    /// How long a client may take to send a head, and before the first one to agree on TLS; afterwards
    /// the connection is closed.
    pub head_time_max: Duration,
    /// Bytes of a body; more are 413 `body_too_large`.
    pub body_bytes_max: usize,
    /// How long a client may take to send a body; afterwards it is answered 408.
    pub body_time_max: Duration,
    /// Bytes of all bodies that are being read at once; more are 503 `overloaded`.
    pub bodies_bytes_max: usize,
    /// Bytes of all replies that are made as a whole and not yet read; more are 503 `overloaded`.
    pub replies_bytes_max: usize,
    /// How long a client may leave a reply unread; afterwards the connection is closed.
    pub write_time_max: Duration,
    /// Connections of one listener; further ones wait in the kernel's queue.
    pub connections_max: usize,
    /// Requests that may wait for a worker; one more is 503 `overloaded`.
    pub queue_waiters_max: usize,
    /// Bodies and replies of tenants that pass in pieces at once, and as many of operators; more are
    /// 503 `overloaded`.
    pub streams_max: usize,
    /// Chats whose answers pass at once, of all tenants; more are 503 `overloaded`.
    pub chats_max: usize,
    /// How long a chat waits for what is remembered, and its reply until its turn is kept; then it goes on without.
    pub chat_memory_time_max: Duration,
    /// How long the client of a body in pieces is waited for before its pace is looked at.
    pub stream_pace_time: Duration,
    /// Bytes that must come in each second of that time, on average; fewer are answered 408.
    pub stream_bytes_per_second_min: usize,
    /// How long a graceful shutdown waits for requests that run.
    pub shutdown_time_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes_max: limits::HEAD_BYTES_MAX,
            headers_max: limits::HEADERS_MAX,
            head_time_max: Duration::from_secs(limits::HEAD_SECONDS_MAX),
            body_bytes_max: limits::BODY_BYTES_MAX,
            body_time_max: Duration::from_secs(limits::BODY_SECONDS_MAX),
            bodies_bytes_max: 32 * limits::BODY_BYTES_MAX,
            replies_bytes_max: limits::REPLIES_BYTES_MAX,
            write_time_max: Duration::from_secs(limits::BODY_SECONDS_MAX),
            connections_max: limits::CONNECTIONS_MAX,
            queue_waiters_max: limits::QUEUE_WAITERS_MAX,
            streams_max: limits::STREAMS_MAX,
            chats_max: limits::CHATS_MAX,
            chat_memory_time_max: limits::CHAT_MEMORY_TIME_MAX,
            stream_pace_time: Duration::from_secs(limits::STREAM_PACE_SECONDS),
            stream_bytes_per_second_min: limits::STREAM_BYTES_PER_SECOND_MIN,
            shutdown_time_max: Duration::from_secs(limits::SHUTDOWN_SECONDS_MAX),
        }
    }
}
