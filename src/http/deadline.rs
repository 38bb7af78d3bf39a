//! When a call must end, and how it may end before.
#![forbid(unsafe_code)]

use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The time of one call.
#[derive(Clone)]
pub struct Deadline {
    pub at: Instant,
    /// The span that ends then, for messages.
    pub timeout: Duration,
    /// Turns true when the caller aborts.
    pub cancelled: Option<watch::Receiver<bool>>,
}

/// Why a call ended before its work did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    TimedOut,
    Cancelled,
}

impl Deadline {
    /// `timeout` from now.
    pub fn of(timeout: Duration) -> Self {
        Self {
            at: Instant::now() + timeout,
            timeout,
            cancelled: None,
        }
    }

    /// `work`, unless the deadline or the caller ends it first. It stays where its caller has pinned it: moved in, it
    /// would have room here twice, and these futures are copied on their way to the I/O thread.
    pub async fn bound<F: Future + Unpin>(&self, work: F) -> Result<F::Output, Ended> {
        let Some(mut cancelled) = self.cancelled.clone() else {
            return timeout_at(self.at, work).await.map_err(|_| Ended::TimedOut);
        };
        let abort = async move {
            // Without a sender nobody can abort any more.
            if cancelled.wait_for(|cancelled| *cancelled).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = abort => Err(Ended::Cancelled),
            done = timeout_at(self.at, work) => done.map_err(|_| Ended::TimedOut),
        }
    }

    /// This deadline, or one after `timeout` if that is earlier.
    pub fn at_most(&self, timeout: Duration) -> Self {
        let left = self.at.saturating_duration_since(Instant::now());
        match left <= timeout {
            true => self.clone(),
            false => Self {
                cancelled: self.cancelled.clone(),
                ..Self::of(timeout)
            },
        }
    }

    /// Waits until `moment`, which may lie behind.
    pub async fn sleep_until(&self, moment: Instant) -> Result<(), Ended> {
        self.bound(pin!(sleep_until(moment))).await
    }
}
