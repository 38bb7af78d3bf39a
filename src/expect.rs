//! What a callback should say, by the merchant's own books.
#![forbid(unsafe_code)]

use crate::error::Error;
use crate::json::Object;
use crate::money::Amount;
use crate::payment::{Payment, Status};

/// The order as the merchant knows it; what is absent is not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    pub amount: Option<Amount>,
    pub reference: Option<String>,
    pub transaction_id: Option<String>,
}

/// Why a callback is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No callback at all, or one that names neither a reference nor an id.
    Malformed,
    MissingSignature,
    BadSignature,
    AmountMismatch,
    ReferenceMismatch,
    Replay,
    Unconfirmed,
    /// What is signed can be read in another way.
    Ambiguous,
}

impl Reason {
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::MissingSignature => "MISSING_SIGNATURE",
            Self::BadSignature => "BAD_SIGNATURE",
            Self::AmountMismatch => "AMOUNT_MISMATCH",
            Self::ReferenceMismatch => "REFERENCE_MISMATCH",
            Self::Replay => "REPLAY",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Ambiguous => "AMBIGUOUS",
        }
    }
}

impl Expectation {
    /// Reads `{ amount, reference, transactionId }`; `None` for `null`: no such order is known.
    pub fn parse(text: &str) -> Result<Option<Self>, Error> {
        if matches!(text, "null" | "false") {
            return Ok(None);
        }
        let rule = |what: &str| Error::invalid_request(format!("expect{what}"));
        let fields = Object::parse(text)
            .ok_or_else(|| rule(" must be an object { amount, reference, transactionId }."))?;
        let amount = match fields.get("amount") {
            None | Some("null") => None,
            Some(_) => {
                let amount = fields.scalar("amount").as_deref().and_then(Amount::parse);
                Some(amount.ok_or_else(|| {
                    rule(".amount must be a decimal number such as 1000 or '1000.00'.")
                })?)
            }
        };
        let text_of = |name: &str| match fields.get(name) {
            None | Some("null") => Ok(None),
            Some(_) => match fields.scalar(name).filter(|text| !text.is_empty()) {
                Some(text) => Ok(Some(text)),
                None => Err(rule(&format!(
                    ".{name} must be a string that is not empty."
                ))),
            },
        };
        let expected = Self {
            amount,
            reference: text_of("reference")?,
            transaction_id: text_of("transactionId")?,
        };
        if expected == Self::default() {
            return Err(rule(
                " must hold amount, reference or transactionId: nothing would be compared.",
            ));
        }
        Ok(Some(expected))
    }

    /// Whether it says which payment of the gateway's is meant: by both names that a payment has.
    pub fn names_payment(&self) -> bool {
        self.reference.is_some() && self.transaction_id.is_some()
    }

    /// What in `payment` is not as expected. A part that the gateway does not tell counts as wrong,
    /// but for the amount of a payment that failed.
    pub fn mismatch(&self, payment: &Payment) -> Option<Reason> {
        let differs = |expected: &Option<String>, told: &Option<String>| {
            expected.is_some() && expected != told
        };
        if differs(&self.reference, &payment.reference)
            || differs(&self.transaction_id, &payment.transaction_id)
        {
            return Some(Reason::ReferenceMismatch);
        }
        let expected = self.amount.as_ref()?;
        let right = match payment.amount.as_deref() {
            Some(told) => Amount::parse(told).as_ref() == Some(expected),
            None => payment.status == Status::Failed,
        };
        (!right).then_some(Reason::AmountMismatch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Provider;

    fn payment(amount: Option<&str>, status: Status) -> Payment {
        Payment {
            amount: amount.map(str::to_owned),
            reference: Some("ORDER-1".to_owned()),
            transaction_id: Some("tx".to_owned()),
            ..Payment::of(Provider::Azampay, status)
        }
    }

    fn mismatch(expect: &str, payment: &Payment) -> Option<Reason> {
        Expectation::parse(expect)
            .unwrap()
            .unwrap()
            .mismatch(payment)
    }

    #[test]
    fn amounts_are_decimal_exact() {
        let paid = payment(Some("1000"), Status::Succeeded);
        for right in [
            r#"{"amount":1000}"#,
            r#"{"amount":"1000"}"#,
            r#"{"amount":"1000.00"}"#,
            r#"{"amount":1e3}"#,
        ] {
            assert_eq!(mismatch(right, &paid), None, "{right}");
        }
        for wrong in [
            r#"{"amount":999.99}"#,
            r#"{"amount":"1000.001"}"#,
            r#"{"amount":-1000}"#,
        ] {
            assert_eq!(
                mismatch(wrong, &paid),
                Some(Reason::AmountMismatch),
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_is_not_told_fails_closed_but_for_the_amount_of_a_failure() {
        let expect = r#"{"amount":1000}"#;
        assert_eq!(
            mismatch(expect, &payment(None, Status::Succeeded)),
            Some(Reason::AmountMismatch)
        );
        assert_eq!(
            mismatch(expect, &payment(None, Status::Unknown)),
            Some(Reason::AmountMismatch)
        );
        assert_eq!(
            mismatch(expect, &payment(Some("1,000"), Status::Succeeded)),
            Some(Reason::AmountMismatch)
        );
        assert_eq!(mismatch(expect, &payment(None, Status::Failed)), None);
        let bare = Payment::of(Provider::Azampay, Status::Succeeded);
        assert_eq!(
            mismatch(r#"{"reference":"ORDER-1"}"#, &bare),
            Some(Reason::ReferenceMismatch)
        );
    }

    #[test]
    fn references_are_compared_as_text() {
        let paid = payment(Some("1000"), Status::Succeeded);
        assert_eq!(
            mismatch(r#"{"reference":"ORDER-1","transactionId":"tx"}"#, &paid),
            None
        );
        assert_eq!(
            mismatch(r#"{"reference":"order-1"}"#, &paid),
            Some(Reason::ReferenceMismatch)
        );
        assert_eq!(
            mismatch(r#"{"transactionId":"ty"}"#, &paid),
            Some(Reason::ReferenceMismatch)
        );
    }

    #[test]
    fn an_expectation_that_says_nothing_sure_is_refused() {
        assert_eq!(Expectation::parse("null"), Ok(None));
        for text in [
            "5",
            "[]",
            "{}",
            r#"{"ammount":1}"#,
            "\"x\"",
            r#"{"amount":"1,000"}"#,
            r#"{"amount":{}}"#,
            r#"{"amount":""}"#,
            r#"{"reference":{}}"#,
            r#"{"reference":""}"#,
        ] {
            assert!(Expectation::parse(text).is_err(), "{text}");
        }
    }
}
