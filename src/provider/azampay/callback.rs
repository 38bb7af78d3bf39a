//! AzamPay's callback: what it claims and whether the signature covers it.
//!
//! RSA PKCS#1 v1.5 with SHA-256 over `utilityref + externalreference + transactionstatus + operator`,
//! the values exactly as received, without separators. The amount is not covered. Payouts come to the same
//! URL, in this shape or in one of their own.
#![forbid(unsafe_code)]

use crate::model::callback::{Callback, Proof};
use crate::model::expectation::Reason;
use crate::model::json::Object;
use crate::model::payment::{Kind, Payment, PayoutStatus, Raw, Status};
use crate::model::phone;
use crate::provider::read::{repeated, said};
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::identity::PROVIDER;
use super::reading::{self, Operator};
use crate::model::signature::{Cut, SIGNATURE_LENGTHS, SignedCallback};

/// Padding may be missing: some JSON writers and proxies drop it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// All that is read of a callback, what is signed first; the last four are a payout's own.
pub const MEMBERS: [&str; 13] = [
    "utilityref",
    "externalreference",
    "transactionstatus",
    "operator",
    "signature",
    "amount",
    "mnoreference",
    "msisdn",
    "message",
    "initiatorReferenceId",
    "pgReferenceId",
    "fspReferenceId",
    "status",
];

/// Reads a callback of any shape; one that is no object claims nothing.
pub fn read(body: &str) -> Callback {
    let object = Object::parse(body).unwrap_or_default();
    // Form parsers and cloud functions give each member as a list, mostly of one.
    let are_lists = object.members().all(|(_, value)| value.starts_with('['));
    let least = if are_lists { 1 } else { 2 };
    let members = MEMBERS.map(|name| match name {
        "signature" => object
            .string(name)
            .or_else(|| repeated(object.get(name)?, least))
            .unwrap_or_default(),
        _ => said(&object, name).unwrap_or_default(),
    });
    let read = of(members.each_ref().map(String::as_str));
    let raw = match object.is_empty() {
        true => Raw::Untold,
        false => Raw::Callback,
    };
    Callback {
        claim: Payment { raw, ..read.claim },
        ..read
    }
}

/// Reads a callback from its members; one that is absent is empty.
pub fn of(members: [&str; MEMBERS.len()]) -> Callback {
    let [
        utilityref,
        externalreference,
        transactionstatus,
        operator,
        signature,
        amount,
        mnoreference,
        msisdn,
        message,
        initiator,
        payout_id,
        payout_receipt,
        payout_status,
    ] = members;
    let is_empty = |texts: &[&str]| texts.iter().all(|text| text.is_empty());
    let is_payout = is_empty(&[utilityref, externalreference, transactionstatus])
        && !is_empty(&[initiator, payout_id]);
    let (reference, id, text, receipt) = match is_payout {
        true => (initiator, payout_id, payout_status, payout_receipt),
        false => (
            utilityref,
            externalreference,
            transactionstatus,
            mnoreference,
        ),
    };
    let fields = [reference, id, text, operator];
    let told = status(text);
    let (cut, operator) = reading::judge(fields, told != Status::Unknown);
    // Nobody pays who has no account: what has no payer is a payout, or may be one. `null` or `0` is none.
    let msisdn = match msisdn.contains(|c: char| ('1'..='9').contains(&c)) {
        true => msisdn,
        false => "",
    };
    let (kind, cut) = match operator {
        // The signed text does not say that it is about a payout.
        _ if is_payout && cut == Cut::Sure => (Kind::Payout(payout(told)), Cut::IfNamed),
        _ if is_payout => (Kind::Payout(payout(told)), cut),
        Operator::Number if msisdn.is_empty() => (Kind::Payout(payout(told)), cut),
        Operator::Number => (Kind::Payment, Cut::Wrong),
        _ if msisdn.is_empty() && told != Status::Unknown => (Kind::Other, cut),
        _ => (Kind::Payment, cut),
    };
    // All that is signed, as one text: a boundary shifted between two fields is still the same callback.
    let signed = fields.concat();
    let proof = match signature.trim() {
        "" if is_payout => Proof::Absent,
        "" => Proof::Broken(Reason::MissingSignature),
        signature => match decode(signature) {
            Some(signature) => Proof::Signature(SignedCallback {
                message: signed.clone().into_bytes(),
                signature,
                cut,
                knows_operator: operator == Operator::Known,
                status_if_named: (kind == Kind::Other).then_some(told),
            }),
            None => Proof::Broken(Reason::BadSignature),
        },
    };
    let kind = match (kind, &proof) {
        // What became of it is told by nobody who is known.
        (Kind::Payout(_), Proof::Absent) => Kind::Payout(PayoutStatus::Unknown),
        (kind, _) => kind,
    };
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let claim = Payment {
        kind,
        amount: filled(amount),
        // Tanzania's only currency; callbacks do not name it, and numbers for operators are Rwanda's.
        currency: (operator != Operator::Number).then(|| "TZS".to_owned()),
        reference: filled(reference),
        // `transid` and `reference` name the same id, and are not signed.
        transaction_id: filled(id),
        receipt: filled(receipt),
        payer: filled(msisdn).map(|msisdn| phone::mask(&msisdn)),
        message: filled(message),
        raw: Raw::Callback,
        ..Payment::of(
            PROVIDER,
            if kind == Kind::Payment {
                told
            } else {
                Status::Unknown
            },
        )
    };
    Callback {
        claim,
        proof,
        identity: signed.into_bytes(),
        signature: String::new(),
        acknowledgement: None,
    }
}

/// A payout's status, by the words of a payment's.
pub fn payout(status: Status) -> PayoutStatus {
    match status {
        Status::Pending | Status::Processing => PayoutStatus::Processing,
        Status::Succeeded => PayoutStatus::Succeeded,
        Status::Failed => PayoutStatus::Failed,
        Status::Reversed => PayoutStatus::Reversed,
        Status::Refunded => PayoutStatus::Refunded,
        Status::Unknown => PayoutStatus::Unknown,
    }
}

fn decode(base64: &str) -> Option<Vec<u8>> {
    let signature = match base64.bytes().any(|byte| byte.is_ascii_whitespace()) {
        false => BASE64.decode(base64).ok()?,
        true => {
            let base64 = base64.split_ascii_whitespace().collect::<String>();
            BASE64.decode(base64).ok()?
        }
    };
    SIGNATURE_LENGTHS
        .contains(&signature.len())
        .then_some(signature)
}

/// The documentation knows `success` and `failure`; integrations have met the rest.
const STATUSES: &[(&str, Status)] = &[
    ("pend", Status::Pending),
    ("process", Status::Processing),
    ("fail", Status::Failed),
    ("cancel", Status::Failed),
    ("reject", Status::Failed),
    ("declin", Status::Failed),
    ("expir", Status::Failed),
    ("revers", Status::Reversed),
    ("refund", Status::Refunded),
];

/// A status text without regard to case; one that is not known is `unknown`, never a failure.
pub fn status(text: &str) -> Status {
    let text = text.trim().to_ascii_lowercase();
    if text == "success" {
        return Status::Succeeded;
    }
    let known = STATUSES.iter().find(|(start, _)| text.starts_with(start));
    known.map_or(Status::Unknown, |(_, status)| *status)
}
