//! The gateway's public key: fetched once, kept for a day, and asked for again when a signature does
//! not verify, but not at the pace of whoever sends callbacks.
#![forbid(unsafe_code)]

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::cache::Cached;
use crate::error::Error;
use crate::provider::{PublicKey, SignedCallback};

/// How long a fetched key is used.
const KEEP: Duration = Duration::from_secs(24 * 3600);
/// After a re-fetch caused by a signature that did not verify, none follows for this long.
const COOL_DOWN: Duration = Duration::from_secs(5 * 60);
/// Fetches that may fail in a row before the next one has to wait.
const FREE_FAILURES: u32 = 3;
/// The longest such wait; it starts at a second and doubles.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// The key that callbacks are verified with.
#[derive(Default)]
pub struct Keys {
    cached: Cached<PublicKey>,
    pace: Mutex<Pace>,
}

#[derive(Default)]
struct Pace {
    /// A signature that does not verify causes no re-fetch before this moment.
    refetch_from: Option<Instant>,
    failures: u32,
    /// The last failure, repeated without asking until the moment has come.
    failing: Option<(Error, Instant)>,
}

impl Keys {
    /// Whether the gateway signed `callback`. `fetch` asks it for its key; an error means that there
    /// is no key to decide with.
    pub async fn verify<F>(
        &self,
        callback: &SignedCallback,
        fetch: impl Fn() -> F,
    ) -> Result<bool, Error>
    where
        F: Future<Output = Result<PublicKey, Error>> + Send + 'static,
    {
        let Some(key) = self.cached.peek() else {
            let key = self.fetch(&fetch).await?;
            return Ok(callback.is_signed_by(&key));
        };
        if callback.is_signed_by(&key) {
            return Ok(true);
        }
        // The key may have been rotated. Whoever comes while it is being asked for waits for it too.
        if !self.cached.is_in_flight() && !self.pace().may_refetch() {
            return Ok(false);
        }
        let newer = self.fetch(&fetch).await?;
        Ok(newer != key && callback.is_signed_by(&newer))
    }

    async fn fetch<F>(&self, fetch: impl Fn() -> F) -> Result<PublicKey, Error>
    where
        F: Future<Output = Result<PublicKey, Error>> + Send + 'static,
    {
        if let Some(error) = self.pace().recent_failure() {
            return Err(error);
        }
        let leads = !self.cached.is_in_flight();
        let flight = || {
            let fetched = fetch();
            async move { fetched.await.map(|key| (key, KEEP)) }
        };
        let fetched = self.cached.refresh(flight).await;
        if leads {
            self.pace().note(&fetched);
        }
        fetched
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    fn may_refetch(&mut self) -> bool {
        let now = Instant::now();
        if self.refetch_from.is_some_and(|from| now < from) {
            return false;
        }
        self.refetch_from = Some(now + COOL_DOWN);
        true
    }

    fn recent_failure(&self) -> Option<Error> {
        let (error, until) = self.failing.as_ref()?;
        (Instant::now() < *until).then(|| error.clone())
    }

    fn note(&mut self, fetched: &Result<PublicKey, Error>) {
        let Err(error) = fetched else {
            self.failures = 0;
            self.failing = None;
            return;
        };
        self.failures = self.failures.saturating_add(1);
        if let Some(doublings) = self.failures.checked_sub(FREE_FAILURES) {
            let wait = Duration::from_secs(1 << doublings.min(6)).min(MAX_WAIT);
            self.failing = Some((error.clone(), Instant::now() + wait));
        }
    }
}
