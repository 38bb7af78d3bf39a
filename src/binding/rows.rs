//! What crosses as JSON arrays, whose order `index.js` and `lib` know: names would be read anew with each.

use std::time::Duration;

use crate::callback::Verdict;
use crate::model::json::{push_quoted, quote};
use crate::model::operation::{Gives, Operation, Output};
use crate::model::payment::Payment;
use crate::provider::told;

/// Bytes that hold most payments as JSON text.
const USUAL_PAYMENT: usize = 256;
/// Bytes that hold most verdicts as JSON text.
const USUAL_VERDICT: usize = 320;

/// What a call brings, as JSON text.
pub fn output(output: Output) -> String {
    match output {
        Output::Answer(json) => json,
        Output::Text(text) => quote(&text),
        Output::Payment(told) => payment(&told),
        Output::Payout(payout) => told::payout(&payout),
    }
}

/// The members of a payment in the order of its type.
pub fn payment(payment: &Payment) -> String {
    let mut json = String::with_capacity(USUAL_PAYMENT);
    push_payment(&mut json, payment);
    json
}

/// `[reason, acknowledgement, payment, state of what is a payout]`, and of what was to be claimed whether this process
/// keeps it, whether it was claimed before, its id, token and keys.
pub fn verdict(verdict: &Verdict) -> String {
    let mut json = String::with_capacity(USUAL_VERDICT);
    json.push('[');
    push_text(&mut json, verdict.reason.map(|reason| reason.name()));
    json.push(',');
    json.push_str(verdict.acknowledgement.as_deref().unwrap_or("null"));
    json.push(',');
    match &verdict.payment {
        Some(payment) => push_payment(&mut json, payment),
        None => json.push_str("null"),
    }
    let payout = verdict.payment.as_ref().and_then(|p| p.kind.payout());
    if payout.is_some() || verdict.held.is_some() {
        json.push(',');
        push_text(&mut json, payout.map(|payout| payout.name()));
    }
    if let Some(held) = &verdict.held {
        for flag in [held.in_memory, held.is_duplicate] {
            json.push_str(if flag { ",true" } else { ",false" });
        }
        for text in [&held.event_id, &held.token].into_iter().chain(&held.keys) {
            json.push(',');
            push_quoted(&mut json, text);
        }
    }
    json.push(']');
    json
}

/// `[name, whether it gives a payment]` of each operation.
pub fn operations() -> String {
    let rows = Operation::methods().map(|operation| {
        let is_payment = matches!(operation.gives(), Gives::Payment | Gives::FinalPayment);
        format!("[{},{is_payment}]", quote(operation.name()))
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}

/// `[key, ttlMs]` of what a replay store is to keep.
pub fn kept(key: &str, ttl: Duration) -> String {
    format!("[{},{}]", quote(key), ttl.as_millis())
}

/// `[leaseMs, token, key, …]` of what a replay store is to claim.
pub fn claim(keys: &[String], lease: Duration, token: &str) -> String {
    let mut json = format!("[{},{}", lease.as_millis(), quote(token));
    for key in keys {
        json.push(',');
        push_quoted(&mut json, key);
    }
    json.push(']');
    json
}

fn push_payment(json: &mut String, payment: &Payment) {
    json.push('[');
    push_quoted(json, payment.provider.name());
    json.push(',');
    push_quoted(json, payment.kind.name());
    json.push(',');
    push_quoted(json, payment.status.name());
    for text in [
        &payment.amount,
        &payment.currency,
        &payment.reference,
        &payment.transaction_id,
        &payment.receipt,
        &payment.payer,
        &payment.message,
    ] {
        json.push(',');
        push_text(json, text.as_deref());
    }
    // What JavaScript has is left out here; there the callback takes its place.
    if let Some(raw) = payment.raw.json() {
        json.push(',');
        json.push_str(raw);
    }
    json.push(']');
}

fn push_text(json: &mut String, text: Option<&str>) {
    match text {
        Some(text) => push_quoted(json, text),
        None => json.push_str("null"),
    }
}
