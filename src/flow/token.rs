//! How long an access token is kept, and what of a failed login is shown.
#![forbid(unsafe_code)]

use std::time::{Duration, SystemTime};

use crate::model::json::Object;
use crate::provider::Lifetime;

/// A token is replaced this long before its end, or after nine tenths of a shorter life.
const MAX_SKEW: Duration = Duration::from_secs(30);
/// No token is kept longer, whatever the gateway says.
const MAX_TOKEN_AGE: Duration = Duration::from_secs(24 * 3600);

/// How long a token that lives for `lifetime` from `now` may be used.
pub fn keep(lifetime: Lifetime, now: SystemTime) -> Duration {
    let left = match lifetime {
        Lifetime::Until(end) => end.duration_since(now).unwrap_or_default(),
        Lifetime::For(span) => span,
    };
    left.saturating_sub(MAX_SKEW.min(left / 10))
        .min(MAX_TOKEN_AGE)
}

/// Whether the answer to a login may hold a token.
pub fn may_hold_token(body: &str) -> bool {
    let Some(body) = Object::parse(body) else {
        return true;
    };
    let in_data = body
        .object("data")
        .and_then(|data| data.filled("accessToken"));
    body.filled("token").or(in_data).is_some()
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

    #[test]
    fn a_login_answer_that_may_hold_a_token_is_known() {
        for body in [
            r#"{"token":"abc"#,
            r#"{"token":"abc"}"#,
            r#"{"data":{"accessToken":"x"}}"#,
            "abc",
        ] {
            assert!(may_hold_token(body), "{body}");
        }
        for body in [r#"{"token":null}"#, r#"{"data":null,"message":"no"}"#, "{}"] {
            assert!(!may_hold_token(body), "{body}");
        }
    }
}
