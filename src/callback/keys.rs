//! The gateway's public keys: fetched once, kept for a day, and asked for again when a signature does
//! not verify, but not as often as somebody sends forged callbacks.
#![forbid(unsafe_code)]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::flow::cache::Cached;
use crate::model::error::Error;
use crate::model::signature::{PublicKeys, SignedCallback};

/// How long fetched keys are used.
const KEEP: Duration = Duration::from_secs(24 * 3600);
/// After a signature that did not verify has had the keys fetched again, they are the right ones for this long.
const COOL_DOWN: Duration = Duration::from_secs(60);
/// Fetches that may fail in a row before the next one has to wait.
const FREE_FAILURES: u32 = 3;
/// The longest such wait; it starts at a second and doubles.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// Keeps the keys that callbacks are verified with, and fetches them when they are old or may have been replaced.
#[derive(Default)]
pub struct KeyCache {
    cached: Cached<PublicKeys>,
    throttle: Arc<Mutex<Throttle>>,
}

#[derive(Default)]
struct Throttle {
    /// Until this moment the keys at hand count as the gateway's, whatever they do not verify.
    settled_until: Option<Instant>,
    failures: u32,
    /// The last failure, which is given again without a fetch until this moment.
    failing: Option<(Error, Instant)>,
}

impl KeyCache {
    /// Tells whether the gateway signed `callback`. `fetch` asks it for its keys. Fails when that cannot be decided
    /// for now: there are no keys, or they may no longer be the right ones.
    pub async fn verify<F>(
        &self,
        callback: &SignedCallback,
        fetch: impl Fn() -> F,
    ) -> Result<bool, Error>
    where
        F: Future<Output = Result<PublicKeys, Error>> + Send + 'static,
    {
        let known = self.cached.peek();
        if let Some(keys) = &known {
            if callback.is_signed_by(keys) {
                return Ok(true);
            }
            // They may have been rotated. Whoever comes while they are being asked for waits for them too.
            if !self.cached.is_in_flight() && lock(&self.throttle).is_settled() {
                // Perhaps since they were looked at, on another thread.
                let newer = self.cached.peek().filter(|newer| newer != keys);
                return Ok(newer.is_some_and(|newer| callback.is_signed_by(&newer)));
            }
        }
        let keys = self.fetch(&fetch, known.is_some()).await?;
        Ok(callback.is_signed_by(&keys))
    }

    /// The keys at hand or, without any, those of `fetch`.
    pub async fn get<F>(&self, fetch: impl Fn() -> F) -> Result<PublicKeys, Error>
    where
        F: Future<Output = Result<PublicKeys, Error>> + Send + 'static,
    {
        match self.cached.peek() {
            Some(keys) => Ok(keys),
            None => self.fetch(fetch, false).await,
        }
    }

    pub fn known(&self) -> bool {
        self.cached.peek().is_some()
    }

    /// `again`: there are keys, and they do not verify a signature.
    async fn fetch<F>(&self, fetch: impl Fn() -> F, again: bool) -> Result<PublicKeys, Error>
    where
        F: Future<Output = Result<PublicKeys, Error>> + Send + 'static,
    {
        if let Some(error) = lock(&self.throttle).recent_failure() {
            return Err(error);
        }
        let flight = || {
            let (fetched, throttle) = (fetch(), Arc::clone(&self.throttle));
            // What came of it counts, whether or not its caller still waits.
            async move {
                let fetched = fetched.await.map_err(|error| Error {
                    retryable: true,
                    ..error
                });
                lock(&throttle).note(&fetched, again);
                fetched.map(|keys| (keys, KEEP))
            }
        };
        self.cached.refresh(flight).await
    }
}

fn lock(throttle: &Mutex<Throttle>) -> MutexGuard<'_, Throttle> {
    throttle.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Throttle {
    fn is_settled(&self) -> bool {
        self.settled_until
            .is_some_and(|until| Instant::now() < until)
    }

    fn recent_failure(&self) -> Option<Error> {
        let (error, until) = self.failing.as_ref()?;
        (Instant::now() < *until).then(|| error.clone())
    }

    fn note(&mut self, fetched: &Result<PublicKeys, Error>, again: bool) {
        let Err(error) = fetched else {
            self.failures = 0;
            self.failing = None;
            self.settled_until = again.then(|| Instant::now() + COOL_DOWN);
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
    use crate::model::error::Code;
    use crate::model::signature::{Cut, PublicKey};

    const SIGNED: &str = include_str!("../../__test__/fixtures/signed_text.json");

    fn fixture(name: &str) -> String {
        let fixture: serde_json::Value = serde_json::from_str(SIGNED).unwrap();
        fixture[name].as_str().unwrap().to_owned()
    }

    fn genuine() -> SignedCallback {
        signed(STANDARD.decode(fixture("signature")).unwrap())
    }

    fn forged() -> SignedCallback {
        signed(vec![7; 256])
    }

    fn signed(signature: Vec<u8>) -> SignedCallback {
        SignedCallback {
            message: fixture("text").into_bytes(),
            signature,
            cut: Cut::Sure,
            knows_operator: true,
            status_if_named: None,
        }
    }

    fn key(modulus: &[u8]) -> PublicKeys {
        PublicKeys::new(vec![PublicKey::new(modulus, &[1, 0, 1]).unwrap()])
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
        ) -> impl Future<Output = Result<PublicKeys, Error>> + Send + use<> {
            let source = Arc::clone(self);
            async move {
                source.fetches.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
                if source.failing.load(Ordering::Relaxed) {
                    return Err(Error::new(Code::GatewayError, "down"));
                }
                Ok(if source.rotated.load(Ordering::Relaxed) {
                    key(&STANDARD.decode(fixture("modulus")).unwrap())
                } else {
                    key(&[0xC1; 256])
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
        let (keys, source) = (KeyCache::default(), rotated());
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
        let (keys, source) = (KeyCache::default(), rotated());
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
        let (keys, source) = (KeyCache::default(), Arc::new(Source::default()));
        // Forged, so that the key just fetched does not verify it: no second fetch for that.
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        assert_eq!(source.fetches(), 1);
        source.rotated.store(true, Ordering::Relaxed);
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        assert_eq!(source.fetches(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn all_who_come_while_a_rotated_key_is_fetched_wait_for_it() {
        let (keys, source) = (Arc::new(KeyCache::default()), Arc::new(Source::default()));
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
    async fn after_a_re_fetch_that_failed_nothing_is_called_forged_until_one_succeeds() {
        let (keys, source) = (KeyCache::default(), Arc::new(Source::default()));
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        source.rotated.store(true, Ordering::Relaxed);
        source.failing.store(true, Ordering::Relaxed);
        for _ in 0..1000 {
            let error = keys
                .verify(&genuine(), || source.fetch())
                .await
                .unwrap_err();
            assert!(error.retryable);
        }
        assert_eq!(source.fetches(), 1 + FREE_FAILURES);
        source.failing.store(false, Ordering::Relaxed);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        assert_eq!(source.fetches(), 2 + FREE_FAILURES);
    }

    #[tokio::test(start_paused = true)]
    async fn forgers_cannot_have_a_failing_gateway_asked_more_than_once_a_minute() {
        let (keys, source) = (KeyCache::default(), rotated());
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        source.failing.store(true, Ordering::Relaxed);
        for _ in 0..3600 {
            assert!(keys.verify(&forged(), || source.fetch()).await.is_err());
            assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!(source.fetches() < 70, "{} in an hour", source.fetches());
    }

    #[tokio::test(start_paused = true)]
    async fn an_old_key_from_a_cache_is_asked_for_again_after_the_cool_down() {
        let (keys, source) = (KeyCache::default(), Arc::new(Source::default()));
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));
        // The gateway signs with its new key, and still serves the old one.
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(false));
        source.rotated.store(true, Ordering::Relaxed);
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(false));
        tokio::time::advance(COOL_DOWN).await;
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        assert_eq!(source.fetches(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_fetch_counts_whose_caller_gave_up() {
        let (keys, source) = (KeyCache::default(), rotated());
        assert_eq!(keys.verify(&genuine(), || source.fetch()).await, Ok(true));
        for _ in 0..100 {
            let short = Duration::from_millis(1);
            let callback = forged();
            let gone = tokio::time::timeout(short, keys.verify(&callback, || source.fetch()));
            assert_ne!(gone.await, Ok(Ok(true)));
            tokio::time::advance(Duration::from_millis(100)).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(source.fetches(), 2);
        assert_eq!(keys.verify(&forged(), || source.fetch()).await, Ok(false));

        let (keys, source) = (KeyCache::default(), rotated());
        source.failing.store(true, Ordering::Relaxed);
        for _ in 0..10 {
            let short = Duration::from_millis(1);
            let callback = genuine();
            let gone = tokio::time::timeout(short, keys.verify(&callback, || source.fetch()));
            assert!(!matches!(gone.await, Ok(Ok(_))));
            tokio::time::advance(Duration::from_millis(50)).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(source.fetches(), FREE_FAILURES);
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_cannot_be_fetched_is_asked_for_ever_more_rarely() {
        let (keys, source) = (KeyCache::default(), rotated());
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
