//! The gateway's clock, where it is another one than this machine's.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use crate::provider::DAY;

/// Clocks that differ by less count as the same: `Date` tells whole seconds, and answers take their time.
const TOLERANCE: Duration = Duration::from_secs(30);
/// A clock that differs by more is none to sign by: whoever answers it may be no gateway.
const MOST: Duration = DAY;

/// By how many seconds the gateway's clock is ahead of this machine's, as far as a refusal has shown it.
#[derive(Default)]
pub struct Clock(AtomicI64);

/// The time by which a request is signed.
#[derive(Clone, Copy)]
pub struct Moment {
    pub at: SystemTime,
    /// By how many seconds it is ahead of this machine's clock.
    ahead: i64,
}

impl Clock {
    pub fn now(&self) -> Moment {
        let ahead = self.0.load(Ordering::Relaxed);
        let by = Duration::from_secs(ahead.unsigned_abs());
        let now = SystemTime::now();
        let moved = match ahead < 0 {
            true => now.checked_sub(by),
            false => now.checked_add(by),
        };
        Moment {
            at: moved.unwrap_or(now),
            ahead,
        }
    }

    /// Takes the time of an answer that refuses the time of a signature. Where that was the gateway's own, it is
    /// forgotten. Gives a sentence about what follows.
    pub fn learn(&self, signed: Moment, date: Option<SystemTime>, brand: &str) -> Option<String> {
        if signed.ahead != 0 {
            let order = Ordering::Relaxed;
            // Unless another request has learnt a newer one.
            let _ = self.0.compare_exchange(signed.ahead, 0, order, order);
            return Some(format!(
                "It was signed by {brand}'s time: the next request is signed by this machine's again."
            ));
        }
        let date = date?;
        let (ahead, differs, word) = match date.duration_since(signed.at) {
            Ok(ahead) => (1, ahead, "behind"),
            Err(behind) => (-1, behind.duration(), "ahead of"),
        };
        if differs < TOLERANCE {
            return None;
        }
        let told = format!(
            "This machine's clock is {} s {word} {brand}'s",
            differs.as_secs()
        );
        if differs > MOST {
            return Some(format!(
                "{told}, by its answer: set the clock that is wrong. Nothing is signed by another."
            ));
        }
        let seconds = i64::try_from(differs.as_secs()).ok()?;
        self.0.store(ahead * seconds, Ordering::Relaxed);
        Some(format!(
            "{told}: the next request is signed by {brand}'s time."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_clock_that_differs_is_learnt_and_told_once() {
        let clock = Clock::default();
        let now = clock.now();
        assert_eq!(clock.learn(now, None, "TestPay"), None);
        assert_eq!(
            clock.learn(now, Some(now.at + TOLERANCE / 2), "TestPay"),
            None
        );
        let told = clock.learn(now, Some(now.at + HOUR), "TestPay").unwrap();
        assert!(told.contains("3600 s behind TestPay's: the next"), "{told}");
        let signed = clock.now();
        assert!(signed.at.duration_since(now.at + HOUR - TOLERANCE).is_ok());
        let told = clock.learn(now, Some(now.at - HOUR), "TestPay").unwrap();
        assert!(told.contains("3600 s ahead of TestPay's"), "{told}");
        assert!(clock.now().at < now.at);
    }

    #[test]
    fn a_time_that_was_refused_too_is_forgotten() {
        let clock = Clock::default();
        let own = clock.now();
        clock.learn(own, Some(own.at + HOUR), "TestPay").unwrap();
        let signed = clock.now();
        // One that was signed before says nothing against it.
        clock.learn(own, Some(own.at + HOUR), "TestPay").unwrap();
        assert_eq!(clock.now().ahead, 3600);
        let told = clock.learn(signed, Some(signed.at), "TestPay").unwrap();
        assert!(told.contains("by this machine's again"), "{told}");
        assert_eq!(clock.now().ahead, 0);
        clock.learn(own, Some(own.at - HOUR), "TestPay").unwrap();
        clock.learn(signed, None, "TestPay").unwrap();
        assert_eq!(clock.now().ahead, -3600, "that of another request");
    }

    #[test]
    fn a_time_that_is_no_clocks_changes_nothing() {
        let clock = Clock::default();
        let now = clock.now();
        let year_9999 = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        for date in [
            year_9999,
            SystemTime::UNIX_EPOCH,
            now.at + MOST * 2,
            now.at - MOST * 2,
        ] {
            let told = clock.learn(now, Some(date), "TestPay").unwrap();
            assert!(told.contains("Nothing is signed by another"), "{told}");
            assert_eq!(clock.now().ahead, 0);
        }
    }
}
