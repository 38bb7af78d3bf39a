//! How much an HTTP/2 connection is in use, and how much it may be.
#![forbid(unsafe_code)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::Instant;

use super::lock;

/// Streams that are opened before the gateway has told its own limit: what is beyond that it refuses.
pub const FIRST_STREAMS: usize = 1;

/// How much a connection is in use.
pub struct Use {
    streams: AtomicUsize,
    /// The most that there may be, as far as the gateway has told.
    most: AtomicUsize,
    /// When the last stream ended.
    since: Mutex<Instant>,
}

impl Use {
    pub fn new() -> Self {
        Self {
            streams: AtomicUsize::new(0),
            most: AtomicUsize::new(FIRST_STREAMS),
            since: Mutex::new(Instant::now()),
        }
    }

    pub fn begin(&self) {
        self.streams.fetch_add(1, Ordering::AcqRel);
    }

    pub fn end(&self) {
        *lock(&self.since) = Instant::now();
        self.streams.fetch_sub(1, Ordering::AcqRel);
    }

    /// Takes in how many streams there may be; whether that is news.
    pub fn told(&self, most: usize) -> bool {
        self.most.swap(most, Ordering::AcqRel) != most
    }

    pub fn has_told(&self) -> bool {
        self.most.load(Ordering::Acquire) != FIRST_STREAMS
    }

    pub fn has_room(&self) -> bool {
        self.streams.load(Ordering::Acquire) < self.most.load(Ordering::Acquire)
    }

    /// Since when it has no stream.
    pub fn idle_since(&self) -> Option<Instant> {
        let is_idle = self.streams.load(Ordering::Acquire) == 0;
        is_idle.then(|| *lock(&self.since))
    }
}
