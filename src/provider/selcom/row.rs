//! An order as a query, a list or a webhook tells it.
#![forbid(unsafe_code)]

use crate::model::json::Object;
use crate::model::payment::{Payment, Raw, Status};
use crate::model::phone;
use crate::provider::testimony::Testimony;
use crate::provider::told::decimal;

use super::identity::PROVIDER;

/// The payment that a row tells. Selcom's own number of it may stand on several, so that it is no id.
pub fn payment(row: &Object<'_>, raw: &str) -> Payment {
    let filled = |name: &str| row.scalar(name).filter(|text| !text.trim().is_empty());
    let told = status(&filled("payment_status").unwrap_or_default());
    let payer = filled("phone").or_else(|| filled("msisdn"));
    Payment {
        amount: decimal(filled("amount")),
        currency: filled("currency").or_else(|| Some("TZS".to_owned())),
        reference: filled("order_id"),
        // Once it is paid, the operator's receipt.
        receipt: filled("transid"),
        payer: payer.map(|payer| phone::mask(&payer)),
        raw: Raw::Told(raw.to_owned()),
        ..Payment::of(
            PROVIDER,
            match told {
                // A success is believed where nothing in its own row says otherwise.
                Status::Succeeded if denies(raw) => Status::Unknown,
                told => told,
            },
        )
    }
}

fn denies(row: &str) -> bool {
    let told = Testimony::of(row);
    told.says_no || !told.codes.is_empty()
}

/// Source: developers.selcommobile.com; `REVERSED` by one integrator.
const STATUSES: &[(&str, Status)] = &[
    ("PENDING", Status::Pending),
    ("INPROGRESS", Status::Processing),
    ("COMPLETED", Status::Succeeded),
    ("COMPLETE", Status::Succeeded),
    ("CANCELLED", Status::Failed),
    ("CANCELED", Status::Failed),
    ("CANCEL", Status::Failed),
    ("USERCANCELLED", Status::Failed),
    ("USERCANCELED", Status::Failed),
    ("REJECTED", Status::Failed),
    ("REVERSED", Status::Reversed),
];

/// A `payment_status`; one that is not known is `unknown`, never a failure.
fn status(text: &str) -> Status {
    let text = text.trim().to_ascii_uppercase();
    let known = STATUSES.iter().find(|(known, _)| *known == text);
    known.map_or(Status::Unknown, |(_, status)| *status)
}
