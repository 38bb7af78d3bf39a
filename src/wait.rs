//! When to ask a gateway again for a payment that is under way.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::provider::Rate;
use crate::retry;

/// `pollMs` when it is not given.
pub const DEFAULT_POLL: Duration = Duration::from_secs(3);
/// Time to wait in all when `timeoutMs` is not given: a prompt on a phone lives for less.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(180);

/// Each delay is longer than the last by this, up to so many times the first.
const GROWTH: f64 = 1.5;
const LONGEST: f64 = 5.0;
/// Delays vary by this share in both directions, so that many waits do not march in step.
const JITTER: f64 = 0.2;

/// The delay before poll number `made` (from 0).
pub fn delay(poll: Duration, made: u32) -> Duration {
    let growth = GROWTH
        .powi(i32::try_from(made.min(20)).unwrap_or(20))
        .min(LONGEST);
    poll.mul_f64(growth * (1.0 - JITTER + 2.0 * JITTER * retry::fraction()))
}

/// Keeps the questions of one SDK object under its gateway's rate limit.
#[derive(Default)]
pub struct Pace(Mutex<Option<Instant>>);

impl Pace {
    /// The moment at which the next question may go. It counts as asked.
    pub fn reserve(&self, rate: Rate) -> Instant {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = next.map_or(now, |next| next.max(now));
        *next = Some(earliest + rate.every);
        rate.turn(earliest, now)
    }

    /// Whether the next question may go now. Only then it counts as asked.
    pub fn take(&self, rate: Rate) -> bool {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = next.map_or(now, |next| next.max(now));
        let may = rate.turn(earliest, now) <= now;
        if may {
            *next = Some(earliest + rate.every);
        }
        may
    }
}

impl Rate {
    /// When the question may go whose turn would be at `earliest` without a burst.
    fn turn(self, earliest: Instant, now: Instant) -> Instant {
        let ahead = self.every * self.burst.saturating_sub(1);
        earliest
            .checked_sub(ahead)
            .map_or(now, |moment| moment.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_bound_with_jitter() {
        for made in 0..100 {
            let delay = delay(DEFAULT_POLL, made).as_secs_f64();
            let exact = 3.0 * GROWTH.powi(made.min(20) as i32).min(LONGEST);
            assert!(
                delay >= exact * 0.799 && delay <= exact * 1.201,
                "{made}: {delay}"
            );
        }
    }

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
