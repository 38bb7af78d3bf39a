//! What callbacks make us ask their gateway: never the same question twice at one time, and no more than
//! its rate limit bears. Anybody can send a callback; payments and logins must not pay for it.
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::cache::Cached;
use super::pace::Pace;
use crate::model::error::{Code, Error};
use crate::model::payment::Payment;
use crate::provider::Rate;

/// Questions under way at one time.
const MAX_AT_ONCE: usize = 64;

/// The questions of one SDK object.
pub struct Lookups {
    rate: Rate,
    pace: Pace,
    under_way: Mutex<HashMap<String, Arc<Cached<Payment>>>>,
}

impl Lookups {
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            pace: Pace::default(),
            under_way: Mutex::default(),
        }
    }

    /// Waits for the answer to `question`, by `ask` unless it is asked already. Fails at once when there are too
    /// many, so that the callback comes again.
    pub async fn get<F>(&self, question: String, ask: impl FnOnce() -> F) -> Result<Payment, Error>
    where
        F: Future<Output = Result<Payment, Error>> + Send + 'static,
    {
        let flight = self.flight(question)?;
        let ask = || {
            let asked = ask();
            // Nothing is kept: the next callback may bring news.
            async move { Ok((asked.await?, Duration::ZERO)) }
        };
        flight.refresh(ask).await
    }

    /// Whether the gateway may be asked once more at this moment.
    pub fn may_ask(&self) -> bool {
        self.pace.take(self.rate)
    }

    fn flight(&self, question: String) -> Result<Arc<Cached<Payment>>, Error> {
        let mut under_way = self.lock();
        under_way.retain(|_, flight| flight.is_in_flight());
        if let Some(flight) = under_way.get(&question) {
            return Ok(Arc::clone(flight));
        }
        if under_way.len() >= MAX_AT_ONCE || !self.may_ask() {
            return Err(self.too_many());
        }
        let flight = Arc::<Cached<Payment>>::default();
        under_way.insert(question, Arc::clone(&flight));
        Ok(flight)
    }

    fn too_many(&self) -> Error {
        let a_minute = Duration::from_secs(60).as_millis() / self.rate.every.as_millis().max(1);
        Error {
            retryable: true,
            ..Error::new(
                Code::RateLimited,
                format!(
                    "more callbacks came than the gateway may be asked about ({MAX_AT_ONCE} at one time, \
                     {a_minute} a minute): answer 503, so that this one comes again. Nothing was sent."
                ),
            )
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Cached<Payment>>>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::model::payment::Kind;
    use crate::model::provider::TEST;

    const RATE: Rate = Rate {
        every: Duration::from_secs(2),
        burst: 10,
    };

    fn answer() -> Payment {
        Payment::other(TEST, Kind::Payment)
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_question_is_asked_once_at_one_time() {
        let (lookups, asked) = (Arc::new(Lookups::new(RATE)), Arc::new(AtomicUsize::new(0)));
        let ask = || {
            let (lookups, asked) = (Arc::clone(&lookups), Arc::clone(&asked));
            tokio::spawn(async move {
                let answer = || async move {
                    asked.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Ok(answer())
                };
                lookups.get("ORDER-1".to_owned(), answer).await
            })
        };
        for round in 1..=2 {
            let all: Vec<_> = (0..500).map(|_| ask()).collect();
            for one in all {
                assert!(one.await.unwrap().is_ok());
            }
            assert_eq!(asked.load(Ordering::Relaxed), round);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_is_refused_at_once_and_the_pace_comes_back() {
        let lookups = Lookups::new(RATE);
        let mut answered = 0;
        for second in 0..120 {
            for n in 0..100 {
                let told = lookups.get(format!("{second}-{n}"), || async { Ok(answer()) });
                match told.await {
                    Ok(_) => answered += 1,
                    Err(error) => {
                        assert!(error.retryable && error.code == Code::RateLimited);
                        assert!(error.message.contains("30 a minute"), "{error}");
                    }
                }
            }
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert!((69..=71).contains(&answered), "{answered}");
    }

    #[tokio::test(start_paused = true)]
    async fn questions_that_hang_are_bounded() {
        let lookups = Arc::new(Lookups::new(Rate {
            every: Duration::from_millis(1),
            burst: 1000,
        }));
        for n in 0..MAX_AT_ONCE {
            let lookups = Arc::clone(&lookups);
            tokio::spawn(async move { lookups.get(format!("{n}"), std::future::pending).await });
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let refused = lookups
            .get("one more".to_owned(), || async { Ok(answer()) })
            .await;
        assert_eq!(refused.map(drop).unwrap_err().code, Code::RateLimited);
    }
}
