//! How long work may go on for the JavaScript environment that asked for it.
#![forbid(unsafe_code)]

use tokio::sync::watch;

/// The life of one JavaScript environment. When it ends, the environment's calls, logins and connections
/// are dropped, and no request departs any more.
#[derive(Clone)]
pub struct Life(watch::Sender<bool>);

impl Default for Life {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Life {
    /// Ends it, from any thread.
    pub fn end(&self) {
        self.0.send_replace(true);
    }

    pub fn has_ended(&self) -> bool {
        *self.0.borrow()
    }

    /// Calls `decide` unless the life has ended. It cannot end meanwhile.
    pub fn decide(&self, decision: impl FnOnce() -> bool) -> bool {
        let ended = self.0.borrow();
        !*ended && decision()
    }

    /// Runs `work`, unless the life ends first. It stays where its caller has pinned it: moved in, it would have room
    /// here twice.
    pub async fn bound<F: Future + Unpin>(&self, work: F) -> Option<F::Output> {
        let mut ended = self.0.subscribe();
        tokio::select! {
            biased;
            _ = ended.wait_for(|ended| *ended) => None,
            done = work => Some(done),
        }
    }

    /// Runs `work` as a task of its own, on the current runtime. Boxed, it is not copied when its task begins and ends.
    pub fn spawn<F>(&self, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (life, work) = (self.clone(), Box::pin(work));
        tokio::spawn(async move { life.bound(work).await });
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn work_is_dropped_when_its_life_ends() {
        let (life, other) = (Life::default(), Life::default());
        let held = Arc::new(());
        let hold = |life: &Life| {
            let held = Arc::clone(&held);
            life.spawn(async move {
                std::future::pending::<()>().await;
                drop(held);
            });
        };
        for life in [&life, &life, &other] {
            hold(life);
        }
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&held), 4);
        life.end();
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&held), 2);
        // What comes too late does not begin.
        hold(&life);
        tokio::task::yield_now().await;
        assert_eq!(Arc::strong_count(&held), 2);
        assert_eq!(life.bound(pin!(async { 1 })).await, None);
        assert_eq!(other.bound(pin!(async { 1 })).await, Some(1));
    }

    #[test]
    fn nothing_is_decided_after_the_end() {
        let life = Life::default();
        assert!(life.decide(|| true));
        assert!(!life.decide(|| false));
        life.end();
        assert!(!life.decide(|| true));
    }
}
