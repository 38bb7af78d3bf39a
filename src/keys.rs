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

    pub fn known(&self) -> bool {
        self.cached.peek().is_some()
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::error::Code;
    use crate::provider::testing::gateway;
    use crate::provider::{Proof, Provider};

    const VECTORS: &str = include_str!("../__test__/fixtures/azampay_callbacks.json");

    fn vector(name: &str) -> serde_json::Value {
        serde_json::from_str::<serde_json::Value>(VECTORS).unwrap()[name].clone()
    }

    fn genuine() -> SignedCallback {
        signed(&vector("callback_valid").to_string())
    }

    fn forged() -> SignedCallback {
        let body = serde_json::json!({ "signature": STANDARD.encode([7_u8; 256]) });
        signed(&body.to_string())
    }

    fn signed(body: &str) -> SignedCallback {
        match gateway(Provider::Azampay, &[])
            .unwrap()
            .callback(body, &[])
            .proof
        {
            Proof::Signature(signed) => signed,
            other => panic!("{other:?}"),
        }
    }

    /// A gateway that serves an old key until it is rotated to the one that signed `genuine`.
    #[derive(Default)]
    struct Source {
        rotated: AtomicBool,
        failing: AtomicBool,
        fetches: AtomicU32,
    }

    impl Source {
        fn fetch(
            self: &Arc<Self>,
        ) -> impl Future<Output = Result<PublicKey, Error>> + Send + use<> {
            let source = Arc::clone(self);
            async move {
                source.fetches.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
                if source.failing.load(Ordering::Relaxed) {
                    return Err(Error::new(Code::GatewayError, "down"));
                }
                let pem = vector("publicKeyPem").as_str().unwrap().to_owned();
                let gateway = gateway(Provider::Azampay, &[("AZAMPAY_PUBLIC_KEY", &pem)]).unwrap();
                let current = gateway.public_key().unwrap();
                let old = PublicKey::new(&[0xC1; 256], &[1, 0, 1]).unwrap();
                Ok(if source.rotated.load(Ordering::Relaxed) {
                    current
                } else {
                    old
                })
            }
        }

        fn fetches(&self) -> u32 {
            self.fetches.load(Ordering::Relaxed)
        }
    }

    fn rotated() -> Arc<Source> {
        let source = Arc::new(Source::default());
        source.rotated.store(true, Ordering::Relaxed);
        source
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_is_fetched_once_a_day() {
        let (keys, source) = (Keys::default(), rotated());
        for _ in 0..100 {
            assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        }
        assert_eq!(source.fetches(), 1);
        tokio::time::advance(KEEP).await;
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        assert_eq!(source.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn forged_callbacks_cause_one_fetch_per_cool_down() {
        let (keys, source) = (Keys::default(), rotated());
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        for _ in 0..1000 {
            assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        }
        assert_eq!(source.fetches(), 2);
        tokio::time::advance(COOL_DOWN).await;
        for _ in 0..1000 {
            assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        }
        assert_eq!(source.fetches(), 3);
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_rotation_right_after_the_first_fetch_is_seen() {
        let (keys, source) = (Keys::default(), Arc::new(Source::default()));
        // Forged, so that the key just fetched does not verify it: no second fetch for that.
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        assert_eq!(source.fetches(), 1);
        source.rotated.store(true, Ordering::Relaxed);
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        assert_eq!(source.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn all_who_come_while_a_rotated_key_is_fetched_wait_for_it() {
        let (keys, source) = (Arc::new(Keys::default()), Arc::new(Source::default()));
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        source.rotated.store(true, Ordering::Relaxed);
        let callers: Vec<_> = (0..50)
            .map(|_| {
                let (keys, source) = (Arc::clone(&keys), Arc::clone(&source));
                tokio::spawn(async move { keys.verify(&genuine(), || source.fetch()).await })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap(), Ok(true));
        }
        assert_eq!(source.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_re_fetch_keeps_the_key_and_starts_the_cool_down() {
        let (keys, source) = (Keys::default(), rotated());
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        source.failing.store(true, Ordering::Relaxed);
        assert!(keys.verify(&forged(), || source.fetch()).await.is_err());
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        assert_eq!(source.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_cannot_be_fetched_is_asked_for_ever_more_rarely() {
        let (keys, source) = (Keys::default(), rotated());
        source.failing.store(true, Ordering::Relaxed);
        for _ in 0..1000 {
            let error = keys.verify(&forged(), || source.fetch()).await.unwrap_err();
            assert_eq!(error.message, "down");
        }
        assert_eq!(source.fetches(), FREE_FAILURES);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(keys.verify(&genuine(), || source.fetch()).await.is_err());
        source.failing.store(false, Ordering::Relaxed);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        assert_eq!(source.fetches(), FREE_FAILURES + 2);
    }
}
