//! What a failure means for the money.
#![forbid(unsafe_code)]

use super::error::{Code, Error};
use super::outcome::{Delivery, Effect, Outcome};

const NOTHING_SENT: &str = "Nothing was sent.";
const NOT_REQUESTED: &str = "No payment was requested.";
const MAYBE_REGISTERED: &str = "It may have been registered; doing it again is harmless.";
const MAYBE_PAID: &str =
    "The payment may have been made: let recover() say what is safe before you try again.";
const MAYBE_PAID_BEFORE: &str = "A payment with this reference arrived before, so that payment may have been made: \
     let recover() say what is safe before you try again, and pass it this error.";
const STEP_ACCEPTED: &str = "A step before it was accepted, so the payment may have been made: let recover() say what is safe before you try again.";

/// Makes the error of a request: the table of whether money may have moved, whether the same call may be made
/// again without a second thought, and the sentence that says so.
pub fn failure(effect: Effect, delivery: Delivery, code: Code, message: String) -> Error {
    let (outcome, retryable, hint) = match (effect, delivery) {
        (_, Delivery::NotSent) => (Outcome::NotSent, true, Some(NOTHING_SENT)),
        (Effect::Reads, Delivery::Refused) => (Outcome::NotSent, code == Code::RateLimited, None),
        (_, Delivery::Refused) => (Outcome::Refused, code == Code::RateLimited, None),
        (Effect::MovesMoney, Delivery::NoAnswer) => {
            let hint = match code {
                Code::DuplicateReference => MAYBE_PAID_BEFORE,
                _ => MAYBE_PAID,
            };
            (Outcome::Unknown, false, Some(hint))
        }
        (Effect::Registers, Delivery::NoAnswer) => (Outcome::Unknown, true, Some(MAYBE_REGISTERED)),
        (Effect::Reads, Delivery::NoAnswer) => (Outcome::NotSent, true, Some(NOT_REQUESTED)),
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

/// A message whose last sentence, if it is ours, speaks of a `noun` in place of a payment.
pub fn about(message: &str, noun: &str) -> String {
    let hints = [NOT_REQUESTED, MAYBE_PAID, MAYBE_PAID_BEFORE, STEP_ACCEPTED];
    let hint = hints.iter().find(|hint| message.ends_with(**hint));
    let (Some(hint), true) = (hint, noun != "payment") else {
        return message.to_owned();
    };
    let words = message.strip_suffix(hint).unwrap_or_default();
    format!("{words}{}", hint.replace("payment", noun))
}

const NO_REFUND: &str = "No refund was requested.";
const REFUNDED_BEFORE: &str = "A refund of this payment was requested before.";
const MAYBE_REFUNDED: &str = "The refund may have been requested. One request is taken for each payment: \
     when a second one is refused, the first one has probably arrived.";
const MAYBE_REFUNDED_BEFORE: &str = "If an earlier request had no answer, that one may have arrived: one is taken for each payment.";
const MAYBE_CANCELLED: &str = "The order may have been cancelled; asking again is harmless.";

/// The message of a refund that failed. Nothing tells whether one was asked for but a second one, which is refused.
pub fn of_refund(message: &str, code: Code, outcome: Outcome) -> String {
    if (code, outcome) == (Code::Refused, Outcome::Refused) {
        return format!("{}. {MAYBE_REFUNDED_BEFORE}", message.trim_end_matches('.'));
    }
    message
        .replace(NOT_REQUESTED, NO_REFUND)
        .replace(MAYBE_PAID_BEFORE, REFUNDED_BEFORE)
        .replace(MAYBE_PAID, MAYBE_REFUNDED)
}

/// The message of a cancellation that failed.
pub fn of_cancellation(message: &str) -> String {
    message.replace(MAYBE_REGISTERED, MAYBE_CANCELLED)
}

/// Corrects the error of a step that only registers, in an operation that moves money: none was asked for.
pub fn before_money(error: Error) -> Error {
    match error.message.strip_suffix(MAYBE_REGISTERED) {
        Some(words) => Error {
            message: format!("{words}It may have been registered, and no payment was requested."),
            outcome: Outcome::NotSent,
            ..error
        },
        None => error,
    }
}

/// Corrects the error of a step: `done` is the most that the steps before it, all answered, have done.
pub fn after(done: Effect, error: Error) -> Error {
    let hint = match (done, error.outcome) {
        (Effect::MovesMoney, _) => STEP_ACCEPTED,
        (Effect::Registers, Outcome::NotSent) => {
            "A step before it was accepted, and no payment was requested."
        }
        (Effect::Reads, Outcome::NotSent) => NOT_REQUESTED,
        (Effect::Registers | Effect::Reads, _) => return error,
    };
    let hints = [NOTHING_SENT, NOT_REQUESTED, MAYBE_REGISTERED, MAYBE_PAID];
    let bare = hints
        .iter()
        .find_map(|hint| error.message.strip_suffix(hint))
        .unwrap_or(&error.message);
    let message = format!("{}. {hint}", bare.trim_end_matches([' ', '.']));
    let may_have_paid = done == Effect::MovesMoney;
    Error {
        message,
        outcome: if may_have_paid {
            Outcome::Unknown
        } else {
            error.outcome
        },
        retryable: error.retryable && !may_have_paid,
        ..error
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

    #[test]
    fn what_steps_before_have_done_is_not_forgotten() {
        let of = |done, effect, delivery| {
            let error = failure(
                effect,
                delivery,
                Code::ConnectionFailed,
                "cut off".to_owned(),
            );
            let error = after(done, error);
            (error.outcome, error.retryable, error.message)
        };
        let paid = "cut off. A step before it was accepted, so the payment may have been made: let recover() say \
                    what is safe before you try again.";
        for delivery in [Delivery::NotSent, Delivery::Refused, Delivery::NoAnswer] {
            for effect in [Effect::Reads, Effect::Registers, Effect::MovesMoney] {
                let told = of(Effect::MovesMoney, effect, delivery);
                assert_eq!(told, (Outcome::Unknown, false, paid.to_owned()));
            }
        }
        let registered = "cut off. A step before it was accepted, and no payment was requested.";
        assert_eq!(
            of(Effect::Registers, Effect::MovesMoney, Delivery::NotSent),
            (Outcome::NotSent, true, registered.to_owned())
        );
        assert_eq!(
            of(Effect::Registers, Effect::MovesMoney, Delivery::NoAnswer),
            (Outcome::Unknown, false, format!("cut off. {MAYBE_PAID}"))
        );
        assert_eq!(
            of(Effect::Registers, Effect::MovesMoney, Delivery::Refused),
            (Outcome::Refused, false, "cut off".to_owned())
        );
        assert_eq!(
            of(Effect::Reads, Effect::MovesMoney, Delivery::NotSent).2,
            "cut off. No payment was requested."
        );
    }
}
