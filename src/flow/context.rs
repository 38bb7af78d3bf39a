//! What each call carries along: its deadline, and whom it tells.
#![forbid(unsafe_code)]

use std::sync::Arc;
use std::time::Duration;

use crate::http::deadline::{Deadline, Ended};
use crate::model::error::{Code, Error};
use crate::model::event::Event;

use super::host::Host;

/// The frame of one call.
#[derive(Clone)]
pub struct Context {
    pub deadline: Deadline,
    /// Present when somebody listens, or when the caller passed functions.
    pub host: Option<Arc<dyn Host>>,
    /// Whether somebody listens to events.
    pub observed: bool,
}

impl Context {
    /// A frame that ends after `timeout`, counted from now.
    pub fn of(timeout: Duration) -> Self {
        Self {
            deadline: Deadline::of(timeout),
            host: None,
            observed: false,
        }
    }

    /// This frame with an end after `timeout`, unless it ends earlier by itself.
    pub fn at_most(&self, timeout: Duration) -> Self {
        Self {
            deadline: self.deadline.at_most(timeout),
            ..self.clone()
        }
    }

    /// Tells the listeners. `event` is called only when there are some.
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

/// The error when the caller's own function took too long, or the caller gave up meanwhile.
pub fn own_function(name: &str, ended: Ended) -> Error {
    undecided(ended, format!("{name} did not answer in time"))
}

/// The error of a call that ended before it could decide. `late` says what did not come in time.
pub fn undecided(ended: Ended, late: String) -> Error {
    let (code, what) = match ended {
        Ended::TimedOut => (Code::Timeout, late),
        Ended::Cancelled => (Code::Aborted, "aborted by the caller".to_owned()),
    };
    Error {
        retryable: true,
        ..Error::new(
            code,
            format!("{what}. Nothing is decided: ask again, or let it come again."),
        )
    }
}
