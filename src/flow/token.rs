//! How long an access token is kept.
#![forbid(unsafe_code)]

use std::time::{Duration, SystemTime};

use crate::provider::Lifetime;

/// A token is replaced this long before its end, or a tenth of its life before, if that is less.
const MAX_SKEW: Duration = Duration::from_secs(30);
/// A token is kept no longer than this, whatever the gateway says.
pub const MAX_TOKEN_AGE: Duration = Duration::from_secs(24 * 3600);

/// How long a token that lives for `lifetime` from `now` may be used.
pub fn keep(lifetime: Lifetime, now: SystemTime) -> Duration {
    let left = match lifetime {
        Lifetime::Until(end) => end.duration_since(now).unwrap_or_default(),
        Lifetime::For(span) => span,
    };
    left.saturating_sub(MAX_SKEW.min(left / 10))
        .min(MAX_TOKEN_AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skew_is_thirty_seconds_or_a_tenth() {
        let kept = |seconds| {
            keep(
                Lifetime::For(Duration::from_secs(seconds)),
                SystemTime::now(),
            )
        };
        assert_eq!(kept(3600), Duration::from_secs(3570));
        assert_eq!(kept(300), Duration::from_secs(270));
        assert_eq!(kept(20), Duration::from_secs(18));
        assert_eq!(kept(0), Duration::ZERO);
        assert_eq!(kept(10_000_000), MAX_TOKEN_AGE);
    }

    #[test]
    fn a_token_that_has_ended_is_not_kept() {
        let now = SystemTime::now();
        assert_eq!(
            keep(Lifetime::Until(now - Duration::from_secs(5)), now),
            Duration::ZERO
        );
        let in_five_minutes = now + Duration::from_secs(300);
        assert_eq!(
            keep(Lifetime::Until(in_five_minutes), now),
            Duration::from_secs(270)
        );
    }
}
