//! What the merchant's own books say of a payment.
#![forbid(unsafe_code)]

use std::borrow::Cow;

use crate::model::error::{Code, Error};
use crate::model::expectation::{Expectation, Reason};
use crate::model::outcome::Outcome;
use crate::model::payment::Payment;

use super::context::{Context, own_function};
use super::redact::Private;

/// What the caller expects: nothing, a value, or a function to ask.
#[derive(Debug, Default)]
pub enum Expect {
    #[default]
    Nothing,
    /// Apart: most calls bring none.
    Given(Box<Expectation>),
    /// The host asks a function of the caller's.
    Asked,
}

/// What the caller expects of `payment`. `None` when the function says that there is no such order.
pub async fn expected<'a>(
    payment: &Payment,
    expect: &'a Expect,
    context: &Context,
) -> Result<Option<Cow<'a, Expectation>>, Error> {
    match expect {
        Expect::Nothing => Ok(Some(Cow::default())),
        Expect::Given(expected) => Ok(Some(Cow::Borrowed(expected))),
        Expect::Asked => {
            let host = context.host.as_ref().ok_or_else(Error::internal)?;
            let asked = context.deadline.bound(host.expectation(payment)).await;
            let asked = asked.unwrap_or_else(|ended| Err(own_function("expect", ended)));
            Ok(asked?.map(Cow::Owned))
        }
    }
}

/// Gives the payment, or fails when it is not the expected one.
pub async fn as_expected(
    payment: Payment,
    expect: &Expect,
    context: &Context,
) -> Result<Payment, Error> {
    let reason = match expected(&payment, expect, context).await? {
        None => Some(Reason::ReferenceMismatch),
        Some(expected) if payment.status.is_final() => expected.mismatch(&payment),
        // What is not told of a payment under way may still come.
        Some(expected) => expected.as_told_by(&payment).mismatch(&payment),
    };
    match reason {
        None => Ok(payment),
        Some(reason) => Err(not_as_expected(&payment, reason)),
    }
}

fn not_as_expected(payment: &Payment, reason: Reason) -> Error {
    let (code, what) = match reason {
        Reason::AmountMismatch => (Code::AmountMismatch, "amount"),
        _ => (Code::ReferenceMismatch, "reference or id"),
    };
    let status = payment.status.name();
    let message = format!(
        "the payment, which is {status}, has another {what} than expect says. Do not deliver; look into it."
    );
    let raw = payment.raw.json();
    Error {
        outcome: Outcome::Unknown,
        response: raw.map(|raw| Private::default().hide(raw).into()),
        ..Error::new(code, message)
    }
}
