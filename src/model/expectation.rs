//! What a callback should say, by the merchant's own books.
#![forbid(unsafe_code)]

use super::error::Error;
use super::json::{self, Object};
use super::money::{Amount, meant};
use super::names;
use super::payment::{Payment, Status};

/// What an expectation may hold.
pub const MEMBERS: [&str; 4] = ["amount", "currency", "reference", "transactionId"];

/// What the merchant expects of a payment. Members that are `None` are not compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    pub amount: Option<Amount>,
    /// Upper case.
    pub currency: Option<String>,
    pub reference: Option<String>,
    pub transaction_id: Option<String>,
}

/// What the merchant's books name of what they expect: it is what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Not,
    ByReference,
    /// By its reference and the gateway's id.
    Wholly,
}

/// Why a callback is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The body is no callback, or names neither a reference nor an id.
    Malformed,
    MissingSignature,
    BadSignature,
    AmountMismatch,
    ReferenceMismatch,
    Replay,
    /// A copy of it is being handled.
    Claimed,
    Unconfirmed,
    /// The signed text can be read in another way.
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
            Self::Claimed => "CLAIMED",
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Ambiguous => "AMBIGUOUS",
        }
    }
}

impl Expectation {
    /// Reads `{ amount, currency, reference, transactionId }`; `None` for `null`: no such order is known.
    pub fn parse(text: &str) -> Result<Option<Self>, Error> {
        if matches!(text, "null" | "false") {
            return Ok(None);
        }
        let refuse = |rule: String| Err(Error::invalid_request(rule));
        let Some(fields) = Object::parse(text) else {
            return refuse(format!(
                "expect must be an object {{ {} }}.",
                MEMBERS.join(", ")
            ));
        };
        let mut expected = Self::default();
        for (name, value) in fields.members() {
            let said = match value.as_bytes().first() {
                Some(b'"') => json::decode_string(value),
                Some(b'-' | b'0'..=b'9') => Some(value.to_owned()),
                _ => None,
            };
            let said = said.filter(|text| !text.is_empty());
            match name {
                "amount" => {
                    expected.amount = said.as_deref().and_then(Amount::parse);
                    if expected.amount.is_none() {
                        let rule =
                            "expect.amount must be a decimal number such as 1000 or '1000.00'.";
                        return refuse(rule.to_owned());
                    }
                }
                "currency" => {
                    if let Some(code) = said.as_deref().and_then(meant) {
                        return refuse(format!("expect.currency must be written '{code}'."));
                    }
                    expected.currency = said
                        .filter(|text| is_currency(text))
                        .map(|text| text.to_ascii_uppercase());
                    if expected.currency.is_none() {
                        return refuse(
                            "expect.currency must be three letters such as 'TZS'.".to_owned(),
                        );
                    }
                }
                "reference" | "transactionId" => {
                    if said.is_none() {
                        return refuse(format!(
                            "expect.{name} must be a string that is not empty: leave it out where you do not have it."
                        ));
                    }
                    match name {
                        "reference" => expected.reference = said,
                        _ => expected.transaction_id = said,
                    }
                }
                other => return refuse(names::unknown("expect has", other, &MEMBERS)),
            }
        }
        if expected == Self::default() {
            return refuse(format!(
                "expect must hold one of {}: nothing would be compared.",
                MEMBERS.join(", ")
            ));
        }
        Ok(Some(expected))
    }

    /// What it names the payment by.
    pub fn named(&self) -> Named {
        match (&self.reference, &self.transaction_id) {
            (Some(_), Some(_)) => Named::Wholly,
            (Some(_), None) => Named::ByReference,
            _ => Named::Not,
        }
    }

    /// The names of the members that `payment` does not tell.
    pub fn untold_by(&self, payment: &Payment) -> Vec<&'static str> {
        let members = [
            ("amount", self.amount.is_some(), &payment.amount),
            ("currency", self.currency.is_some(), &payment.currency),
            ("reference", self.reference.is_some(), &payment.reference),
            (
                "transactionId",
                self.transaction_id.is_some(),
                &payment.transaction_id,
            ),
        ];
        let untold = members
            .iter()
            .filter(|(_, expected, told)| *expected && told.is_none());
        untold.map(|(name, ..)| *name).collect()
    }

    /// Drops what `payment` does not tell.
    pub fn as_told_by(&self, payment: &Payment) -> Self {
        let mut told = self.clone();
        told.amount = told.amount.filter(|_| payment.amount.is_some());
        told.reference = told.reference.filter(|_| payment.reference.is_some());
        told.transaction_id = told
            .transaction_id
            .filter(|_| payment.transaction_id.is_some());
        told.currency = told.currency.filter(|_| payment.currency.is_some());
        told
    }

    /// Gives what in `payment` is not as expected. A part that the gateway does not tell counts as wrong, except the
    /// amount of a payment that failed.
    pub fn mismatch(&self, payment: &Payment) -> Option<Reason> {
        let differs = |expected: &Option<String>, told: &Option<String>| {
            expected.is_some() && expected != told
        };
        if differs(&self.reference, &payment.reference)
            || differs(&self.transaction_id, &payment.transaction_id)
        {
            return Some(Reason::ReferenceMismatch);
        }
        // A failure may come without them.
        let untold = payment.status == Status::Failed;
        let amount_is_right = match (&self.amount, payment.amount.as_deref()) {
            (None, _) => true,
            (Some(expected), Some(told)) => Amount::parse(told).as_ref() == Some(expected),
            (Some(_), None) => untold,
        };
        let currency_is_right = match (&self.currency, &payment.currency) {
            (None, _) => true,
            (Some(expected), Some(told)) => told.trim().eq_ignore_ascii_case(expected),
            (Some(_), None) => untold,
        };
        (!amount_is_right || !currency_is_right).then_some(Reason::AmountMismatch)
    }
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::provider::TEST;

    fn payment(amount: Option<&str>, status: Status) -> Payment {
        Payment {
            amount: amount.map(str::to_owned),
            reference: Some("ORDER-1".to_owned()),
            transaction_id: Some("tx".to_owned()),
            ..Payment::of(TEST, status)
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
        let bare = Payment::of(TEST, Status::Succeeded);
        assert_eq!(
            mismatch(r#"{"reference":"ORDER-1"}"#, &bare),
            Some(Reason::ReferenceMismatch)
        );
    }

    #[test]
    fn a_currency_is_compared_without_regard_to_case() {
        let of = |currency: Option<&str>, status| Payment {
            currency: currency.map(str::to_owned),
            ..payment(Some("1000"), status)
        };
        let expect = r#"{"amount":1000,"currency":"tzs"}"#;
        assert_eq!(mismatch(expect, &of(Some("TZS"), Status::Succeeded)), None);
        for wrong in [Some("USD"), None] {
            let told = of(wrong, Status::Succeeded);
            assert_eq!(mismatch(expect, &told), Some(Reason::AmountMismatch));
        }
        assert_eq!(mismatch(expect, &of(None, Status::Failed)), None);
        let failed = of(Some("USD"), Status::Failed);
        assert_eq!(mismatch(expect, &failed), Some(Reason::AmountMismatch));
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
            r#"{"amount":1,"refrence":"x"}"#,
            r#"{"amount":1,"currency":"shillings"}"#,
            r#"{"currency":null}"#,
            r#"{"reference":true}"#,
            r#"{"reference":"x","amount":[]}"#,
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
