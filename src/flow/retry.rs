//! Whether a call is made again, and after how long.
#![forbid(unsafe_code)]

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

use super::judge::Failed;
use crate::model::error::Code;
use crate::model::outcome::{Delivery, Effect};

/// The first delay is shorter than this, the second than its double, and so on.
const BASE: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(8);
/// A gateway that asks for more patience than this gets none: its caller decides.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// The attempts of one call.
pub struct Retries {
    left: u32,
    made: u32,
}

impl Retries {
    pub fn new(max_retries: u32) -> Self {
        Self {
            left: max_retries,
            made: 0,
        }
    }

    /// The number of the current attempt, from 1.
    pub fn attempt(&self) -> u32 {
        self.made + 1
    }

    /// How long to wait before the next attempt, when there is one: exponential with full jitter, or
    /// as long as the gateway asks.
    pub fn next(&mut self, failed: &Failed, effect: Effect) -> Option<Duration> {
        if self.left == 0 || !may_retry(failed, effect) {
            return None;
        }
        let delay = match failed.retry_after {
            Some(asked) if asked > LONGEST_ASKED => return None,
            Some(asked) => asked,
            None => BASE
                .saturating_mul(1 << self.made.min(10))
                .min(LONGEST)
                .mul_f64(fraction()),
        };
        self.left -= 1;
        self.made += 1;
        Some(delay)
    }
}

/// A request that never left may be sent again, whatever it is. One that left may only when it reads and the failure
/// may pass. A payment that may have reached the gateway is never sent again.
fn may_retry(failed: &Failed, effect: Effect) -> bool {
    let passes = match failed.error.code {
        Code::ConnectionFailed | Code::GatewayError | Code::RateLimited => true,
        Code::InvalidResponse => !failed.error.status.is_some_and(|s| (300..400).contains(&s)),
        _ => false,
    };
    match (failed.delivery, effect) {
        (Delivery::NotSent, _) => passes,
        (Delivery::NoAnswer | Delivery::Refused, Effect::Reads) => passes,
        (Delivery::NoAnswer | Delivery::Refused, Effect::MovesMoney | Effect::Registers) => false,
    }
}

/// A random number, evenly spread over 0 to 1.
pub fn fraction() -> f64 {
    let mut bytes = [0_u8; 4];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::judge::Token;
    use crate::model::error::Error;

    fn failed(delivery: Delivery, code: Code, status: Option<u16>) -> Failed {
        let error = Error {
            status,
            ..Error::new(code, "")
        };
        Failed {
            error,
            token: Token::Kept,
            delivery,
            retry_after: None,
        }
    }

    #[test]
    fn a_payment_that_may_have_arrived_is_never_made_again() {
        let codes = [
            Code::ConnectionFailed,
            Code::GatewayError,
            Code::RateLimited,
            Code::InvalidResponse,
            Code::Timeout,
            Code::Refused,
        ];
        for code in codes {
            for delivery in [Delivery::NoAnswer, Delivery::Refused] {
                for effect in [Effect::MovesMoney, Effect::Registers] {
                    assert!(!may_retry(&failed(delivery, code, None), effect));
                }
            }
        }
    }

    #[test]
    fn what_never_left_or_moves_nothing_is() {
        for effect in [Effect::MovesMoney, Effect::Registers, Effect::Reads] {
            assert!(may_retry(
                &failed(Delivery::NotSent, Code::ConnectionFailed, None),
                effect
            ));
            assert!(!may_retry(
                &failed(Delivery::NotSent, Code::Timeout, None),
                effect
            ));
            assert!(!may_retry(
                &failed(Delivery::NotSent, Code::Aborted, None),
                effect
            ));
        }
        for (code, status, expected) in [
            (Code::GatewayError, Some(503), true),
            (Code::RateLimited, Some(429), true),
            (Code::ConnectionFailed, None, true),
            (Code::InvalidResponse, Some(200), true),
            (Code::InvalidResponse, Some(302), false),
            (Code::Refused, Some(404), false),
            (Code::Timeout, None, false),
        ] {
            assert_eq!(
                may_retry(&failed(Delivery::NoAnswer, code, status), Effect::Reads),
                expected
            );
        }
    }

    #[test]
    fn delays_grow_within_bounds_and_end() {
        for round in 0..200 {
            let mut retries = Retries::new(10);
            for made in 0..10 {
                assert_eq!(retries.attempt(), made + 1);
                let delay = retries
                    .next(
                        &failed(Delivery::NotSent, Code::ConnectionFailed, None),
                        Effect::Reads,
                    )
                    .unwrap();
                assert!(
                    delay <= LONGEST.min(BASE * 2_u32.pow(made)),
                    "round {round}"
                );
            }
            assert!(
                retries
                    .next(
                        &failed(Delivery::NotSent, Code::ConnectionFailed, None),
                        Effect::Reads
                    )
                    .is_none()
            );
        }
        assert!(
            Retries::new(0)
                .next(
                    &failed(Delivery::NotSent, Code::ConnectionFailed, None),
                    Effect::Reads
                )
                .is_none()
        );
    }

    #[test]
    fn the_gateway_says_how_long() {
        let asks = |seconds| Failed {
            retry_after: Some(Duration::from_secs(seconds)),
            ..failed(Delivery::Refused, Code::RateLimited, Some(429))
        };
        assert_eq!(
            Retries::new(1).next(&asks(7), Effect::Reads),
            Some(Duration::from_secs(7))
        );
        assert_eq!(Retries::new(1).next(&asks(3600), Effect::Reads), None);
    }
}
