//! A payment as a row of a query, or the `data` of a webhook, tells it.
#![forbid(unsafe_code)]

use super::identity::PROVIDER;
use crate::model::json::Object;
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;

/// The payment that a row tells, in today's names or the older ones.
pub fn payment(row: &Object<'_>, raw: Raw) -> Payment {
    let filled = |name: &str| row.scalar(name).filter(|text| !text.trim().is_empty());
    let either = |one: &str, two: &str| filled(one).or_else(|| filled(two));
    let customer = row.object("customer").unwrap_or_default();
    let payer = filled("paymentPhoneNumber")
        .or_else(|| customer.filled("customerPhoneNumber"))
        .or_else(|| customer.filled("phone"));
    Payment {
        amount: either("collectedAmount", "amount"),
        currency: either("collectedCurrency", "currency"),
        reference: filled("orderReference"),
        transaction_id: either("id", "paymentId"),
        receipt: filled("paymentReference"),
        payer: payer.map(|payer| phone::mask(&payer)),
        message: filled("message"),
        raw,
        ..Payment::of(PROVIDER, status_of(&filled("status").unwrap_or_default()))
    }
}

pub fn status_of(text: &str) -> Status {
    match text.trim().to_ascii_uppercase().as_str() {
        "PENDING" => Status::Pending,
        // ON-HOLD waits for the merchant, with the money on its way.
        "PROCESSING" | "ON-HOLD" | "ON HOLD" => Status::Processing,
        "SUCCESS" | "SETTLED" => Status::Succeeded,
        "FAILED" => Status::Failed,
        "REFUNDED" => Status::Refunded,
        "REVERSED" => Status::Reversed,
        _ => Status::Unknown,
    }
}
