//! Every maximum of Anchorhold in one list; units stand last in the name.
//!
//! A door rejects what is above a limit with the error code that the comment names.

use std::time::Duration;

/// Bytes of one part of an address (user id, segment, sub-scope). `name_invalid`.
pub const PART_BYTES_MAX: usize = 256;
/// Segments of a named namespace. `name_invalid`.
pub const NAMESPACE_SEGMENTS_MAX: usize = 8;
/// Bytes of a namespace description. `request_invalid`.
pub const DESCRIPTION_BYTES_MAX: usize = 1_024;
/// Bytes of the content of one memory. `content_too_large`.
pub const CONTENT_BYTES_MAX: usize = 65_536;
/// Tags of one memory. `request_invalid`.
pub const TAGS_MAX: usize = 50;
/// Bytes of one tag. `request_invalid`.
pub const TAG_BYTES_MAX: usize = 256;
/// Bytes of the metadata of one memory as compact JSON. `request_invalid`.
pub const METADATA_BYTES_MAX: usize = 16_384;
/// Keys on the top level of the metadata of one memory. `request_invalid`.
pub const METADATA_KEYS_MAX: usize = 100;
/// Nesting of a JSON body, metadata included. `json_invalid` or `request_invalid`.
pub const JSON_DEPTH_MAX: usize = 32;
/// Bytes of a speaker or conversation label. `request_invalid`.
pub const LABEL_BYTES_MAX: usize = 256;
/// Seconds a memory may live when it has a time to live: 100 years. `request_invalid`.
pub const TTL_SECONDS_MAX: u64 = 3_155_760_000;
/// Numbers of a vector that an application makes itself, at least. `request_invalid`.
pub const VECTOR_NUMBERS_MIN: usize = 8;
/// Numbers of such a vector, at most. `request_invalid`.
pub const VECTOR_NUMBERS_MAX: usize = 4_096;
/// Bytes of the name of a configured embedder. `request_invalid`.
pub const EMBEDDER_NAME_BYTES_MAX: usize = 64;
/// Bytes of a recall query. `request_invalid`.
pub const QUERY_BYTES_MAX: usize = 8_192;
/// Results of one recall. `request_invalid`.
pub const RECALL_LIMIT_MAX: usize = 200;
/// Results of one recall when the request names no limit.
pub const RECALL_LIMIT_DEFAULT: usize = 10;
/// Memories of one page of a list. `request_invalid`.
pub const LIST_LIMIT_MAX: usize = 200;
/// Memories of one page when the request names no limit.
pub const LIST_LIMIT_DEFAULT: usize = 50;
/// Bytes of content of one page of a list; a page ends early above it. At least one memory.
pub const LIST_BYTES_MAX: usize = 4 * 1_024 * 1_024;
/// Memories of one batch. `request_invalid`.
pub const BATCH_MAX: usize = 100;
/// Ids in one forget request. `request_invalid`.
pub const FORGET_IDS_MAX: usize = 1_000;
/// Nodes (operators and fields) of one filter. `filter_invalid`.
pub const FILTER_NODES_MAX: usize = 256;
/// Nesting of one filter. `filter_invalid`.
pub const FILTER_DEPTH_MAX: usize = 16;
/// Values in one `in`, `any` or `all`. `filter_invalid`.
pub const FILTER_VALUES_MAX: usize = 256;
/// Bytes of a request body. `body_too_large`.
pub const BODY_BYTES_MAX: usize = 8 * 1_024 * 1_024;
/// Objects and lists in a request body. `body_too_large`.
pub const BODY_CONTAINERS_MAX: usize = 50_000;
/// Bytes of the head of a request. The connection is answered 431 and closed.
pub const HEAD_BYTES_MAX: usize = 32 * 1_024;
/// Header lines of a request. The connection is answered 431 and closed.
pub const HEADERS_MAX: usize = 100;
/// Seconds a client may take to send the head of a request.
pub const HEAD_SECONDS_MAX: u64 = 10;
/// Seconds a client may take to send the body of a request.
pub const BODY_SECONDS_MAX: u64 = 30;
/// Seconds that a graceful shutdown waits for requests that run.
pub const SHUTDOWN_SECONDS_MAX: u64 = 20;
/// Connections of one listener; further ones wait in the kernel's queue.
pub const CONNECTIONS_MAX: usize = 4_096;
/// Requests that may wait for a worker; one more is `overloaded`.
pub const QUEUE_WAITERS_MAX: usize = 1_024;
/// Bytes of all replies that are made as a whole and not yet read, of those above 64 KiB. `overloaded`.
pub const REPLIES_BYTES_MAX: usize = 256 * 1_024 * 1_024;
/// Bodies and replies of all tenants that pass in pieces at once, such as exports; and as many of
/// operators. `overloaded`.
pub const STREAMS_MAX: usize = 32;
/// Bytes of a streamed body that are worked on at once; fewer in the time of a whole one are too slow.
pub const STREAM_PIECE_BYTES: usize = 16 * 1_024;
/// Seconds that a client is waited for before its stream is measured, and again after each measure.
pub const STREAM_PACE_SECONDS: u64 = 60;
/// Bytes per second of that time; a stream that is slower ends.
pub const STREAM_BYTES_PER_SECOND_MIN: usize = 1_024;
/// Bytes of the answers of a batch after which its further requests are not begun.
pub const BATCH_REPLY_BYTES_MAX: usize = 8 * 1_024 * 1_024;
/// Bytes of one line of an import; a longer one is refused alone.
pub const IMPORT_LINE_BYTES_MAX: usize = 1_024 * 1_024;
/// Bytes of the lines that an import keeps in one commit, beside one more line.
pub const IMPORT_COMMIT_BYTES: usize = 512 * 1_024;
/// Refused lines of an import that its reply names.
pub const IMPORT_ERRORS_MAX: usize = 1_000;
/// Grants of one API key. `request_invalid`.
pub const GRANTS_MAX: usize = 100;
/// Bytes of a signed token. A longer one is a credential of nobody.
pub const JWT_BYTES_MAX: usize = 8 * 1024;
/// Keys of one issuer of signed tokens. `request_invalid`.
pub const JWT_KEYS_MAX: usize = 16;
/// Bytes of the address at which an issuer publishes its keys. `request_invalid`.
pub const JWKS_URL_BYTES_MAX: usize = 2 * 1024;
/// Bytes of the document with the keys of an issuer. A longer one is not read.
pub const JWKS_BYTES_MAX: usize = 256 * 1024;
/// Keys in such a document. One with more is not read.
pub const JWKS_KEYS_MAX: usize = 64;
/// How long the fetch of such a document may take, from the question to its last byte.
pub const JWKS_FETCH_MAX: Duration = Duration::from_secs(5);
/// How long fetched keys are used before they are fetched again.
pub const JWKS_FRESH: Duration = Duration::from_mins(10);
/// How long fetched keys count at most while they cannot be fetched again.
pub const JWKS_STALE_MAX: Duration = Duration::from_hours(1);
/// How long the keys of an issuer are not fetched again, whatever its tokens ask for.
pub const JWKS_WINDOW: Duration = Duration::from_secs(30);
/// Issuers whose published keys are remembered. `overloaded` when all of them were asked within
/// `JWKS_WINDOW`.
pub const JWKS_ISSUERS_MAX: usize = 4_096;
/// Fetches of keys at once, of one issuer of a tenant each.
pub const JWKS_FETCHES_MAX: usize = 4;
/// Requests of one tenant that wait at once for keys that are being fetched; one more is told to come
/// again. `overloaded`.
pub const JWKS_WAITERS_MAX: usize = 7;
/// Seconds by which the clock of an issuer may be off. `request_invalid`.
pub const JWT_LEEWAY_SECONDS_MAX: u64 = 300;
/// Keys with which a tenant's backends sign requests: one, and one to change over to. `request_invalid`.
pub const HMAC_KEYS_MAX: usize = 2;
/// Headers that may name the user of a tenant's requests, the usual ones among them. `request_invalid`.
pub const HEADER_SOURCES_MAX: usize = 16;
/// Bytes of the name of such a header. `request_invalid`.
pub const HEADER_NAME_BYTES_MAX: usize = 64;
/// Networks of proxies that a tenant trusts. `request_invalid`.
pub const TRUSTED_PROXIES_MAX: usize = 64;
/// Bytes of the origin of a page. `request_invalid`.
pub const ORIGIN_BYTES_MAX: usize = 255;
/// Origins that may use one publishable key. `request_invalid`.
pub const ORIGINS_MAX: usize = 32;
/// Seconds without use after which a session may end, at least. `request_invalid`.
pub const SESSION_IDLE_SECONDS_MIN: u64 = 60;
/// The same, at most: a year. `request_invalid`.
pub const SESSION_IDLE_SECONDS_MAX: u64 = 31_536_000;
/// Sessions of a tenant that may be allowed at a time. `request_invalid`.
pub const SESSIONS_LIVE_MAX: u64 = 10_000_000;
/// New sessions in a minute that one peer may be allowed. `request_invalid`.
pub const SESSIONS_NEW_MAX: u64 = 1_000_000;
/// Memories that a sandbox may be allowed. `request_invalid`.
pub const SANDBOX_MEMORIES_MAX: u64 = 2_048;
/// Bytes of a memory in a sandbox: text and metadata. `quota_exceeded`.
pub const SANDBOX_MEMORY_BYTES_MAX: usize = 8 * 1024;
/// Models and servers that a tenant may name as those that get no memories. `request_invalid`.
pub const CHAT_NAMES_MAX: usize = 100;
/// Tokens of a prompt that a tenant may name. `request_invalid`.
pub const CHAT_TOKENS_MAX: usize = 100_000;
/// Messages that a tenant may have kept as they are. `request_invalid`.
pub const CHAT_RECENT_MAX: usize = 1_000;
/// Memories that are looked at for one prompt.
pub const CHAT_RECALLED_MAX: usize = 50;
/// How long a chat waits for what is remembered; then it goes on without.
pub const CHAT_MEMORY_TIME_MAX: Duration = Duration::from_secs(2);
/// Bytes of an answer of a model that is made as a whole; a longer one is refused.
pub const CHAT_ANSWER_BYTES_MAX: usize = 32 * 1_024 * 1_024;
/// Bytes of what is asked, and of what is answered, that are kept of one turn; of more only the beginning is.
pub const CHAT_TURN_BYTES_MAX: usize = 256 * 1_024;
/// Results that a tool for models gives at once. `request_invalid`.
pub const MCP_RESULTS_MAX: usize = 50;
/// The same when a model does not say how many.
pub const MCP_RESULTS_DEFAULT: usize = 10;
/// Messages of a conversation that a model has kept at once. `request_invalid`.
pub const MCP_MESSAGES_MAX: usize = 50;
/// Ids that a model names, or is told, at once. `request_invalid`.
pub const MCP_IDS_MAX: usize = 100;
/// Tokens of a block that a model asks for. `request_invalid`.
pub const MCP_CONTEXT_TOKENS_MAX: usize = 8_192;
/// Bytes of what a tool gives a model. `body_too_large`.
pub const MCP_RESULT_BYTES_MAX: usize = 1_024 * 1_024;
/// Chats whose answers pass at once, of all tenants. `overloaded`.
pub const CHATS_MAX: usize = 4_096;
/// Seconds between two sweeps of sessions that are over.
pub const SESSION_SWEEP_SECONDS: u64 = 60;
/// Bytes of a bearer token that a tenant brings: fewer could be guessed. `request_invalid`.
pub const BEARER_BYTES_MIN: usize = 16;
/// Bytes of a bearer token that a tenant brings. `request_invalid`.
pub const BEARER_BYTES_MAX: usize = 512;
/// Bytes of the name of an API key. `request_invalid`.
pub const KEY_NAME_BYTES_MAX: usize = 256;
/// Hours until an invitation ends, where nobody says otherwise.
pub const INVITE_HOURS_DEFAULT: u32 = 72;
/// Hours until an invitation ends, at most. `request_invalid`.
pub const INVITE_HOURS_MAX: u32 = 720;
/// New users in a minute that one peer may be allowed to register. `request_invalid`.
pub const REGISTRATIONS_MAX: u64 = 1_000;
/// Days until an API key expires. `request_invalid`.
pub const KEY_EXPIRY_DAYS_MAX: u32 = 3_650;
/// Records sealed under one key epoch.
pub const EPOCH_RECORDS_MAX: u64 = 1 << 20;
/// Key epochs of one namespace before they are merged by sealing again.
pub const EPOCHS_MAX: usize = 64;
/// Records in a row whose summaries are sealed together once more, so that a namespace opens fast.
pub const EXTRACT_SPAN: u64 = 64;
/// Hours that a cursor is accepted.
pub const CURSOR_HOURS_MAX: u64 = 24;
/// Open namespace files when the configuration names no other number.
pub const HANDLES_DEFAULT: usize = 2_048;
/// Namespaces in memory when the configuration names no other number.
pub const RESIDENTS_DEFAULT: usize = 4_096;
/// Bytes of all namespaces in memory when the configuration names no other number.
pub const RESIDENT_BYTES_DEFAULT: usize = 2 * 1_024 * 1_024 * 1_024;
/// How long a write waits for another one that is busy with the same ids. `overloaded`.
pub const BUSY_WAIT: Duration = Duration::from_secs(5);
/// Bytes of a write-ahead log before a background checkpoint is due.
pub const WAL_BYTES_MAX: u64 = 64 * 1_024;
/// Seconds a namespace is idle before its write-ahead log is checkpointed.
pub const WAL_IDLE_SECONDS: u64 = 60;
/// Seconds without use after which a namespace leaves memory and its file is closed.
pub const NAMESPACE_IDLE_SECONDS: u64 = 300;
/// Records that one commit of one namespace groups.
pub const COMMIT_RECORDS_MAX: usize = 4_096;

/// Bytes of a JSON pointer to where bodies name their users.
pub const JSON_POINTER_BYTES_MAX: usize = 256;

/// Memories that are moved from one namespace to another in one step.
pub const MOVE_RECORDS_MAX: usize = 250;

/// Tenants whose memories are moved at once. `overloaded`.
pub const MOVES_AT_ONCE_MAX: usize = 4;
