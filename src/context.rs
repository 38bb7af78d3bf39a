//! What a call carries along: when it must end, how it may be cancelled, and who is told.
#![forbid(unsafe_code)]

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::http::{Authorization, NoAnswer, Request, Response};
use crate::model::error::Error;
use crate::model::event::Event;
use crate::model::expectation::Expectation;

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the core asks of the program that embeds it: JavaScript's own functions.
pub trait Host: Send + Sync {
    /// Tells the listeners.
    fn emit(&self, event: Event);
    /// Sends a request by the caller's own `fetch`. Dropping the future aborts it.
    fn fetch(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
    ) -> Later<'_, Result<Response, NoAnswer>>;
    /// Asks the caller's replay store to keep `key`; `false` when it had it already.
    fn set_if_absent(&self, key: String, ttl: Duration) -> Later<'_, Result<bool, Error>>;
    /// Asks the caller's `expect` function what the callback should say; `None` when it knows no such
    /// order. `payment` is the unified payment as JSON text.
    fn expectation(&self, payment: String) -> Later<'_, Result<Option<Expectation>, Error>>;
}

/// The frame of one call.
#[derive(Clone)]
pub struct Context {
    pub deadline: Instant,
    /// The span that ends with the deadline, for messages.
    pub timeout: Duration,
    /// Turns true when the caller aborts.
    pub cancelled: Option<watch::Receiver<bool>>,
    /// There when the call needs it: somebody listens, or the caller brought functions of their own.
    pub host: Option<Arc<dyn Host>>,
    /// Whether somebody listens to events.
    pub observed: bool,
}

/// Why a call ended before its work did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    TimedOut,
    Cancelled,
}

impl Context {
    /// A frame that ends after `timeout`, counted from now.
    pub fn of(timeout: Duration) -> Self {
        let deadline = Instant::now() + timeout;
        Self {
            deadline,
            timeout,
            cancelled: None,
            host: None,
            observed: false,
        }
    }

    /// `work`, unless the deadline or the caller ends it first.
    pub async fn bound<F: Future>(&self, work: F) -> Result<F::Output, Ended> {
        // Held once, though it may end in two ways: these futures are copied on their way to the I/O thread.
        let work = pin!(work);
        let Some(mut cancelled) = self.cancelled.clone() else {
            return timeout_at(self.deadline, work)
                .await
                .map_err(|_| Ended::TimedOut);
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
            done = timeout_at(self.deadline, work) => done.map_err(|_| Ended::TimedOut),
        }
    }

    /// The same frame, ending after `timeout` if it would not end before.
    pub fn at_most(&self, timeout: Duration) -> Self {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match left <= timeout {
            true => self.clone(),
            false => Self {
                deadline: Instant::now() + timeout,
                timeout,
                ..self.clone()
            },
        }
    }

    /// Waits until `moment`, which may lie behind.
    pub async fn sleep_until(&self, moment: Instant) -> Result<(), Ended> {
        self.bound(sleep_until(moment)).await
    }

    /// Tells whoever listens; `event` is made only then.
    pub fn emit(&self, event: impl FnOnce() -> Event) {
        if let Some(host) = self.host.as_ref().filter(|_| self.observed) {
            host.emit(event());
        }
    }

    /// The frame of work that others share: it outlives this call's cancellation and ends after `timeout`.
    pub fn shared(&self, timeout: Duration) -> Self {
        Self {
            host: self.host.clone(),
            observed: self.observed,
            ..Self::of(timeout)
        }
    }
}
