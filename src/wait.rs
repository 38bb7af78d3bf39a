//! When to ask a gateway again for a payment that is under way.
#![forbid(unsafe_code)]

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

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

/// Keeps the polls of one SDK object under its gateway's rate limit, however many payments wait.
#[derive(Default)]
pub struct Pace(Mutex<Option<Instant>>);

/// Polls that may come at once before the pace holds.
const BURST: u32 = 10;

impl Pace {
    /// The moment at which the next poll may go: at most one per `interval` after a short burst.
    pub fn reserve(&self, interval: Duration) -> Instant {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = next.map_or(now, |next| next.max(now));
        *next = Some(earliest + interval);
        earliest
            .checked_sub(interval * (BURST - 1))
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
        let (pace, interval) = (Pace::default(), Duration::from_millis(600));
        let now = Instant::now();
        for _ in 0..BURST {
            assert_eq!(pace.reserve(interval), now);
        }
        assert_eq!(pace.reserve(interval), now + interval);
        assert_eq!(pace.reserve(interval), now + interval * 2);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(pace.reserve(interval), Instant::now());
        assert_eq!(Pace::default().reserve(Duration::ZERO), Instant::now());
    }
}
