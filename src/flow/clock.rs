//! The gateway's clock, where it is another one than this machine's.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// Clocks that differ by less count as the same: `Date` tells whole seconds, and answers take their time.
const TOLERANCE: Duration = Duration::from_secs(30);

/// By how many seconds the gateway's clock is ahead of this machine's, as far as a refusal has shown it.
#[derive(Default)]
pub struct Clock(AtomicI64);

impl Clock {
    /// The time by which a request is signed.
    pub fn now(&self) -> SystemTime {
        let ahead = self.0.load(Ordering::Relaxed);
        let by = Duration::from_secs(ahead.unsigned_abs());
        let now = SystemTime::now();
        let moved = match ahead < 0 {
            true => now.checked_sub(by),
            false => now.checked_add(by),
        };
        moved.unwrap_or(now)
    }

    /// Takes the time of an answer that refuses a signature made `at` that time. Gives a sentence about it where the
    /// two differ.
    pub fn learn(&self, at: SystemTime, date: Option<SystemTime>, brand: &str) -> Option<String> {
        let differs = date?
            .duration_since(at)
            .unwrap_or_else(|past| past.duration());
        if differs < TOLERANCE {
            return None;
        }
        let (ahead, differs, word) = match date?.duration_since(SystemTime::now()) {
            Ok(ahead) => (1, ahead, "behind"),
            Err(behind) => (-1, behind.duration(), "ahead of"),
        };
        let seconds = i64::try_from(differs.as_secs()).ok()?;
        self.0.store(ahead * seconds, Ordering::Relaxed);
        Some(format!(
            "This machine's clock is {seconds} s {word} {brand}'s: the next request is signed by {brand}'s time."
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_differs_is_learnt_and_told_once() {
        let clock = Clock::default();
        let now = SystemTime::now();
        let hour = Duration::from_secs(3600);
        assert_eq!(clock.learn(now, None, "TestPay"), None);
        assert_eq!(clock.learn(now, Some(now + TOLERANCE / 2), "TestPay"), None);
        let told = clock.learn(now, Some(now + hour), "TestPay").unwrap();
        assert!(told.contains(" s behind TestPay's"), "{told}");
        let signed = clock.now();
        assert!(signed.duration_since(now + hour - TOLERANCE).is_ok());
        assert_eq!(clock.learn(signed, Some(now + hour), "TestPay"), None);
        let told = clock.learn(signed, Some(now - hour), "TestPay").unwrap();
        assert!(told.contains(" s ahead of TestPay's"), "{told}");
        assert!(clock.now() < now);
    }
}
