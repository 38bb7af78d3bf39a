//! What the core asks of the program that embeds it.
#![forbid(unsafe_code)]

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::http::{NoAnswer, Request, Response};
use crate::model::error::Error;
use crate::model::event::Event;
use crate::model::expectation::Expectation;
use crate::model::payment::Payment;

pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What became of a claim on a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    Claimed,
    /// Claimed, after a copy of it was claimed and never committed.
    ClaimedAgain,
    /// A copy of it is being handled.
    Busy,
    /// A copy of it was handled.
    Committed,
}

/// What the core asks of the program that embeds it: JavaScript's own functions.
pub trait Host: Send + Sync {
    /// Tells the listeners.
    fn emit(&self, event: Event);
    /// Sends a request by the caller's own `fetch`. Dropping the future aborts it.
    fn fetch(&self, request: &Request) -> Later<'_, Result<Response, NoAnswer>>;
    /// Asks the caller's replay store to keep `key`; `false` when it had it already.
    fn set_if_absent(&self, key: String, ttl: Duration) -> Later<'_, Result<bool, Error>>;
    /// Asks the caller's replay store to claim all of `keys` for `lease`, or none.
    fn claim(
        &self,
        keys: &[String],
        lease: Duration,
        token: &str,
    ) -> Later<'_, Result<Claim, Error>>;
    /// Asks the caller's token store: `["get", name]`, `["set", name, text, ttlMs]`, `["lock", name, ttlMs]` or
    /// `["unlock"]`. Gives its answer as JSON text, or the words of its failure.
    fn token_store(&self, question: String) -> Later<'_, Result<String, String>>;
    /// Asks the caller's `expect` function what the callback should say; `None` when it knows no such
    /// order.
    fn expectation(&self, payment: &Payment) -> Later<'_, Result<Option<Expectation>, Error>>;
}
