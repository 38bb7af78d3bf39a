//! What the failure of a call means.
#![forbid(unsafe_code)]

use super::error::{Code, Error};
use super::outcome::{Delivery, Effect, Outcome};

/// The table of what a failure means: whether money may have moved, whether the same call may be
/// made again without a second thought, and the sentence that says so.
pub fn failure(effect: Effect, delivery: Delivery, code: Code, message: String) -> Error {
    let (outcome, retryable, hint) = match (effect, delivery) {
        (_, Delivery::NotSent) => (Outcome::NotSent, true, Some("Nothing was sent.")),
        (Effect::Reads, Delivery::Refused) => (Outcome::NotSent, code == Code::RateLimited, None),
        (_, Delivery::Refused) => (Outcome::Refused, code == Code::RateLimited, None),
        (Effect::MovesMoney, Delivery::NoAnswer) => (
            Outcome::Unknown,
            false,
            Some(match code {
                Code::DuplicateReference => {
                    "A payment with this reference arrived before, so that payment may have been made: \
                     check its status before you try again."
                }
                _ => "The payment may have been made: check its status before you try again.",
            }),
        ),
        (Effect::Registers, Delivery::NoAnswer) => (
            Outcome::Unknown,
            true,
            Some("It may have been registered; doing it again is harmless."),
        ),
        (Effect::Reads, Delivery::NoAnswer) => {
            (Outcome::NotSent, true, Some("No payment was requested."))
        }
    };
    let message = match hint {
        Some(hint) => format!("{message}. {hint}"),
        None => message,
    };
    Error {
        outcome,
        retryable,
        ..Error::new(code, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lost_payment_is_unknown_and_never_retryable() {
        let of = |effect, delivery| {
            let error = failure(effect, delivery, Code::Timeout, String::new());
            (error.outcome, error.retryable)
        };
        assert_eq!(
            of(Effect::MovesMoney, Delivery::NotSent),
            (Outcome::NotSent, true)
        );
        assert_eq!(
            of(Effect::MovesMoney, Delivery::Refused),
            (Outcome::Refused, false)
        );
        assert_eq!(
            of(Effect::MovesMoney, Delivery::NoAnswer),
            (Outcome::Unknown, false)
        );
        assert_eq!(
            of(Effect::Registers, Delivery::Refused),
            (Outcome::Refused, false)
        );
        assert_eq!(
            of(Effect::Registers, Delivery::NoAnswer),
            (Outcome::Unknown, true)
        );
        assert_eq!(
            of(Effect::Reads, Delivery::Refused),
            (Outcome::NotSent, false)
        );
        assert_eq!(
            of(Effect::Reads, Delivery::NoAnswer),
            (Outcome::NotSent, true)
        );
    }
}
