//! When an access token ends, as the gateways write it.
#![forbid(unsafe_code)]

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Lifetime;

/// A number above this is seconds since 1970, one below it is a lifetime in seconds.
const EPOCH_SECONDS_FROM: u64 = 1_000_000_000;

/// An ISO 8601 time (without a zone: UTC, with any number of fraction digits), seconds since 1970, or
/// a lifetime in seconds.
pub fn parse(text: &str) -> Option<Lifetime> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        let span = Duration::from_secs(seconds);
        return if seconds >= EPOCH_SECONDS_FROM {
            SystemTime::UNIX_EPOCH
                .checked_add(span)
                .map(Lifetime::Until)
        } else {
            Some(Lifetime::For(span))
        };
    }
    let moment = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .ok()?;
    Some(Lifetime::Until(moment.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(seconds: u64, nanos: u32) -> Option<Lifetime> {
        Some(Lifetime::Until(
            SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos),
        ))
    }

    #[test]
    fn every_form_the_gateways_write() {
        assert_eq!(
            parse("2024-03-18T16:25:45.7793772Z"),
            until(1_710_779_145, 779_377_200)
        );
        assert_eq!(
            parse("2024-03-18T16:25:45.28Z"),
            until(1_710_779_145, 280_000_000)
        );
        assert_eq!(parse("2024-03-18T16:25:45Z"), until(1_710_779_145, 0));
        assert_eq!(parse("2024-03-18T19:25:45+03:00"), until(1_710_779_145, 0));
        assert_eq!(
            parse("2024-03-18T16:25:45.7793772"),
            until(1_710_779_145, 779_377_200)
        );
        assert_eq!(parse("1710779145"), until(1_710_779_145, 0));
        assert_eq!(
            parse("21600"),
            Some(Lifetime::For(Duration::from_secs(21_600)))
        );
    }

    #[test]
    fn anything_else_is_unknown() {
        for text in [
            "",
            "soon",
            "-5",
            "2024-13-01T00:00:00Z",
            "99999999999999999999999",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
