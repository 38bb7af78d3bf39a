//! What the merchant's own books say of a payment.
#![forbid(unsafe_code)]

use std::borrow::Cow;

use crate::model::error::{Code, Error};
use crate::model::expectation::{Expectation, Reason};
use crate::model::outcome::Outcome;
use crate::model::payment::Payment;
use crate::provider::reference::is_made_from;

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
    let expected = match expect {
        Expect::Nothing => Some(Cow::default()),
        Expect::Given(expected) => Some(Cow::Borrowed(expected.as_ref())),
        Expect::Asked => {
            let host = context.host.as_ref().ok_or_else(Error::internal)?;
            let asked = context.deadline.bound(host.expectation(payment)).await;
            let asked = asked.unwrap_or_else(|ended| Err(own_function("expect", ended)));
            asked?.map(Cow::Owned)
        }
    };
    Ok(expected.map(|expected| in_its_words(expected, payment)))
}

/// Where the gateway was given another reference, made from the merchant's own, that one is expected.
fn in_its_words<'a>(expected: Cow<'a, Expectation>, payment: &Payment) -> Cow<'a, Expectation> {
    match (&expected.reference, &payment.reference) {
        (Some(own), Some(told)) if own != told && is_made_from(told, own) => {
            Cow::Owned(Expectation {
                reference: Some(told.clone()),
                ..expected.into_owned()
            })
        }
        _ => expected,
    }
}

/// Gives the payment, or fails when it is not the expected one.
pub async fn as_expected(
    payment: Payment,
    expect: &Expect,
    context: &Context,
) -> Result<Payment, Error> {
    let Some(expected) = expected(&payment, expect, context).await? else {
        return Err(not_as_expected(&payment, Reason::ReferenceMismatch, &[]));
    };
    let told = expected.as_told_by(&payment).mismatch(&payment);
    let mismatch = match payment.status.is_final() {
        true => expected.mismatch(&payment),
        // What is not told of a payment under way may still come.
        false => told,
    };
    match (mismatch, told) {
        (None, _) => Ok(payment),
        (Some(reason), Some(_)) => Err(not_as_expected(&payment, reason, &[])),
        (Some(reason), None) => {
            let untold = expected.untold_by(&payment);
            Err(not_as_expected(&payment, reason, &untold))
        }
    }
}

/// `untold`: what the gateway does not tell, when all that it does tell is as expected.
fn not_as_expected(payment: &Payment, reason: Reason, untold: &[&str]) -> Error {
    let (code, what) = match reason {
        Reason::AmountMismatch => (Code::AmountMismatch, "amount"),
        _ => (Code::ReferenceMismatch, "reference or id"),
    };
    let status = payment.status.name();
    let message = match untold {
        [] => format!(
            "the payment, which is {status}, has another {what} than expect says. Do not deliver; look into it."
        ),
        untold => format!(
            "{} says that the payment is {status} and does not tell its {}, which expect has. Deliver after a \
             callback that says so, or expect only what it tells.",
            payment.provider.brand(),
            untold.join(" and ")
        ),
    };
    let raw = payment.raw.json();
    Error {
        outcome: Outcome::Unknown,
        response: raw.map(|raw| Private::default().hide(raw).into()),
        ..Error::new(code, message)
    }
}
