//! Keeps questions to a gateway within its rate limit.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::provider::Rate;

/// Keeps the questions of one SDK object under its gateway's rate limit.
#[derive(Default)]
pub struct Pace(Mutex<Option<Instant>>);

impl Pace {
    /// Takes the next turn and gives its moment, at which the question may go.
    pub fn reserve(&self, rate: Rate) -> Instant {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = next.map_or(now, |next| next.max(now));
        *next = Some(earliest + rate.every);
        turn(rate, earliest, now)
    }

    /// Takes the next turn if it is now.
    pub fn take(&self, rate: Rate) -> bool {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = next.map_or(now, |next| next.max(now));
        let may = turn(rate, earliest, now) <= now;
        if may {
            *next = Some(earliest + rate.every);
        }
        may
    }
}

/// When the question may go whose turn would be at `earliest` without a burst.
fn turn(rate: Rate, earliest: Instant, now: Instant) -> Instant {
    let ahead = rate.every * rate.burst.saturating_sub(1);
    earliest
        .checked_sub(ahead)
        .map_or(now, |moment| moment.max(now))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_goes_at_once_and_the_rest_in_step() {
        let every = Duration::from_millis(600);
        let (pace, rate) = (Pace::default(), Rate { every, burst: 10 });
        let now = Instant::now();
        for _ in 0..10 {
            assert_eq!(pace.reserve(rate), now);
        }
        assert!(!pace.take(rate));
        assert_eq!(pace.reserve(rate), now + every);
        assert_eq!(pace.reserve(rate), now + every * 2);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(pace.take(rate));
        assert_eq!(pace.reserve(rate), Instant::now());
        let none = Rate {
            every: Duration::ZERO,
            burst: 0,
        };
        let pace = Pace::default();
        for _ in 0..1000 {
            assert_eq!(pace.reserve(none), Instant::now());
        }
    }
}
