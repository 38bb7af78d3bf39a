//! Values with an expiry, each fetched by one flight at a time however many callers wait.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::model::error::Error;

type Landing<T> = watch::Receiver<Option<Result<T, Error>>>;

/// A cached value that several callers share.
///
/// The fetch runs as a task of its own, so that a caller who gives up neither ends it nor fails the
/// others. It must have a deadline itself.
pub struct Cached<T>(Arc<Mutex<State<T>>>);

struct State<T> {
    value: Option<(T, Instant)>,
    flight: Option<Landing<T>>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            value: None,
            flight: None,
        })))
    }
}

impl<T: Clone + Send + Sync + 'static> Cached<T> {
    /// Gives the cached value or, without one, that of `fetch`, which says how long to keep it. A failure goes to all
    /// who waited for it and is not kept.
    pub async fn get<F>(&self, fetch: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<(T, Duration), Error>> + Send + 'static,
    {
        match self.peek() {
            Some(value) => Ok(value),
            None => self.refresh(fetch).await,
        }
    }

    /// Waits for the fetch under way or starts one. The cached value stays until it succeeds.
    pub async fn refresh<F>(&self, fetch: impl FnOnce() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<(T, Duration), Error>> + Send + 'static,
    {
        let mut landing = self.flight(fetch);
        match landing.wait_for(Option::is_some).await {
            Ok(landed) => landed.clone().unwrap_or_else(|| Err(Error::internal())),
            Err(_) => Err(Error::internal()),
        }
    }

    pub fn is_in_flight(&self) -> bool {
        self.lock().landing().is_some()
    }

    /// The cached value, when there is one that has not expired.
    pub fn peek(&self) -> Option<T> {
        self.lock().fresh()
    }

    /// Keeps a value that was fetched apart.
    pub fn put(&self, value: T, keep: Duration) {
        self.lock().value = Some((value, Instant::now() + keep));
    }

    /// Drops the value if `same` says that it is the one meant: a hundred callers refused with one old token cause
    /// one new login.
    pub fn forget(&self, same: impl FnOnce(&T) -> bool) {
        let mut state = self.lock();
        if state.value.as_ref().is_some_and(|(value, _)| same(value)) {
            state.value = None;
        }
    }

    fn flight<F>(&self, fetch: impl FnOnce() -> F) -> Landing<T>
    where
        F: Future<Output = Result<(T, Duration), Error>> + Send + 'static,
    {
        let mut state = self.lock();
        if let Some(landing) = state.landing() {
            return landing;
        }
        let (sender, landing) = watch::channel(None);
        state.flight = Some(landing.clone());
        let shared = Arc::clone(&self.0);
        let flight = Box::pin(fetch());
        tokio::spawn(async move {
            let landed = flight.await;
            let mut state = lock(&shared);
            state.flight = None;
            if let Ok((value, keep)) = &landed {
                state.value = Some((value.clone(), Instant::now() + *keep));
            }
            drop(state);
            sender.send_replace(Some(landed.map(|(value, _)| value)));
        });
        landing
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        lock(&self.0)
    }
}

/// Cached values by what was asked for.
pub struct Keyed<T>(Mutex<HashMap<String, Arc<Cached<T>>>>);

/// Values of one kind that are kept at one time.
const MAX_KEPT: usize = 100;

impl<T> Default for Keyed<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone + Send + Sync + 'static> Keyed<T> {
    /// The value of `key`, which may have to be fetched.
    pub fn of(&self, key: String) -> Arc<Cached<T>> {
        let mut all = lock(&self.0);
        if all.len() >= MAX_KEPT && !all.contains_key(&key) {
            all.retain(|_, one| one.is_in_flight());
        }
        Arc::clone(all.entry(key).or_default())
    }

    /// Drops what is kept, but for what is being fetched.
    pub fn forget(&self) {
        lock(&self.0).retain(|_, one| one.is_in_flight());
    }
}

impl<T: Clone> State<T> {
    fn fresh(&self) -> Option<T> {
        let (value, until) = self.value.as_ref()?;
        (Instant::now() < *until).then(|| value.clone())
    }

    /// The fetch under way. When its sender is gone without a result, it has panicked.
    fn landing(&self) -> Option<Landing<T>> {
        self.flight
            .clone()
            .filter(|landing| landing.has_changed().is_ok())
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::model::error::Code;

    #[derive(Default)]
    struct Source(AtomicU32);

    impl Source {
        fn fetch(
            self: &Arc<Self>,
        ) -> impl Future<Output = Result<(u32, Duration), Error>> + 'static {
            let source = Arc::clone(self);
            async move {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Ok((
                    source.0.fetch_add(1, Ordering::Relaxed) + 1,
                    Duration::from_secs(10),
                ))
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_callers_share_one_fetch() {
        let cache = Arc::new(Cached::default());
        let source = Arc::new(Source::default());
        let callers: Vec<_> = (0..1000)
            .map(|_| {
                let (cache, source) = (Arc::clone(&cache), Arc::clone(&source));
                tokio::spawn(async move { cache.get(|| source.fetch()).await })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap(), Ok(1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_is_kept_until_it_expires() {
        let cache = Cached::default();
        let source = Arc::new(Source::default());
        assert_eq!(cache.get(|| source.fetch()).await, Ok(1));
        tokio::time::advance(Duration::from_millis(9_999)).await;
        assert_eq!(cache.get(|| source.fetch()).await, Ok(1));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(cache.peek(), None);
        assert_eq!(cache.get(|| source.fetch()).await, Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_value_meant_is_forgotten() {
        let cache = Cached::default();
        let source = Arc::new(Source::default());
        assert_eq!(cache.get(|| source.fetch()).await, Ok(1));
        cache.forget(|value| *value == 7);
        assert_eq!(cache.peek(), Some(1));
        cache.forget(|value| *value == 1);
        assert_eq!(cache.get(|| source.fetch()).await, Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_asked_for_by_name_is_kept_within_bounds() {
        let (keyed, source) = (Keyed::default(), Arc::new(Source::default()));
        assert_eq!(keyed.of("a".to_owned()).get(|| source.fetch()).await, Ok(1));
        assert_eq!(keyed.of("b".to_owned()).get(|| source.fetch()).await, Ok(2));
        assert_eq!(keyed.of("a".to_owned()).peek(), Some(1));
        keyed.forget();
        assert_eq!(keyed.of("a".to_owned()).get(|| source.fetch()).await, Ok(3));
        for n in 0..MAX_KEPT {
            let one = keyed.of(n.to_string());
            one.put(0, Duration::from_secs(1));
            assert_eq!(keyed.of(n.to_string()).peek(), Some(0));
        }
        assert!(lock(&keyed.0).len() <= MAX_KEPT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_but_not_kept() {
        let cache = Cached::<u32>::default();
        let failing = || async { Err(Error::new(Code::Timeout, "late")) };
        assert_eq!(cache.get(failing).await.unwrap_err().code, Code::Timeout);
        let source = Arc::new(Source::default());
        assert_eq!(cache.get(|| source.fetch()).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_gives_up_does_not_end_the_flight() {
        let cache = Arc::new(Cached::default());
        let source = Arc::new(Source::default());
        let short = Duration::from_millis(10);
        assert!(
            tokio::time::timeout(short, cache.get(|| source.fetch()))
                .await
                .is_err()
        );
        assert_eq!(cache.get(|| source.fetch()).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flight_that_panics_is_an_error_and_the_next_one_starts_anew() {
        let cache = Cached::<u32>::default();
        let crash = || async { panic!("a defect") };
        assert_eq!(cache.get(crash).await.unwrap_err().code, Code::Internal);
        let source = Arc::new(Source::default());
        assert_eq!(cache.get(|| source.fetch()).await, Ok(1));
    }
}
