//! Limits of both clients, with and without a SOCKS proxy.
#![forbid(unsafe_code)]

use std::time::Duration;

/// A connection idle for longer is closed by us, before a gateway's front door does it.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(50);
/// Idle connections kept for each host.
pub const MAX_IDLE: usize = 64;
/// The largest head of an answer: four times what Node reads.
pub const MAX_HEAD: usize = 64 << 10;
/// HTTP/2 pings, also while idle, so that a dead connection is noticed before the next payment uses it.
pub const PING_EVERY: Duration = Duration::from_secs(15);
pub const PING_TIMEOUT: Duration = Duration::from_secs(10);
