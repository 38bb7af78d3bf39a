//! What a webhook is about: ClickPesa sends those of payments, payouts, deposits and bills to one URL.
#![forbid(unsafe_code)]

use crate::model::json::Object;
use crate::model::payment::{Kind, Payment, PayoutStatus, Raw, Status};

use super::row;

/// A kind of webhook, without its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Payment,
    Payout,
    Deposit,
    Bill,
    /// An event that this version does not know.
    Other,
}

/// What follows `PAYMENT` in the events of a payment: `RECEIVED`, or the state that `data.status` tells.
const PAYMENT_EVENTS: [&str; 9] = [
    "RECEIVED",
    "PENDING",
    "PROCESSING",
    "ON HOLD",
    "SUCCESS",
    "SETTLED",
    "FAILED",
    "REFUNDED",
    "REVERSED",
];

/// What the event's name, such as `PAYOUT INITIATED`, is about. The state is told by `data.status`.
pub fn by_event(event: &str) -> Subject {
    let event = plain(event);
    let mut words = event.split_whitespace();
    match words.next() {
        Some("PAYMENT") => {
            let rest = words.collect::<Vec<_>>().join(" ");
            match PAYMENT_EVENTS.contains(&rest.as_str()) {
                true => Subject::Payment,
                false => Subject::Other,
            }
        }
        Some("PAYOUT") => Subject::Payout,
        Some("DEPOSIT") => Subject::Deposit,
        Some("BILL" | "BILLPAY") => Subject::Bill,
        _ => Subject::Other,
    }
}

fn plain(event: &str) -> String {
    event.to_ascii_uppercase().replace(['_', '-', '.'], " ")
}

/// `payment` with an unknown state, where `event` ends with the name of another state than its own.
pub fn unless_contradicted(payment: Payment, event: &str) -> Payment {
    let event = plain(event);
    let Some((_, named)) = event.trim().split_once(' ') else {
        return payment;
    };
    let named = named.trim();
    match payment.kind {
        Kind::Payment if differ(payment.status, row::status_of(named), Status::Unknown) => {
            Payment {
                status: Status::Unknown,
                ..payment
            }
        }
        Kind::Payout(told) if differ(told, payout_status(named), PayoutStatus::Unknown) => {
            Payment {
                kind: Kind::Payout(PayoutStatus::Unknown),
                ..payment
            }
        }
        _ => payment,
    }
}

fn differ<T: PartialEq>(told: T, named: T, unknown: T) -> bool {
    named != unknown && named != told
}

/// What only one kind has, in the samples of docs.clickpesa.com: members, and values of `channel`.
const MARKS: [(Subject, &[&str], &[&str]); 4] = [
    (
        Subject::Payment,
        &[
            "collectedAmount",
            "collectedCurrency",
            "paymentId",
            "paymentPhoneNumber",
            "customer",
        ],
        &[
            "TIGO-PESA",
            "M-PESA",
            "AIRTEL-MONEY",
            "HALOPESA",
            "CRDB DIRECT DEBIT MANDATE",
        ],
    ),
    (
        Subject::Payout,
        &[
            "beneficiary",
            "channelProvider",
            "fee",
            "notes",
            "payout",
            "refund",
            "reverse",
            "settlementType",
            "transferType",
        ],
        &["MOBILE MONEY", "BANK TRANSFER", "TIPS LIPA NAMBA"],
    ),
    (Subject::Deposit, &["depositAmount", "depositCurrency"], &[]),
    (
        Subject::Bill,
        &["billPayNumber", "billAmount", "billStatus", "billReference"],
        &[],
    ),
];

/// What the members alone show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Of(Subject),
    /// No member that only one kind has.
    Plain,
    /// Members of several kinds.
    Mixed,
}

pub fn by_shape(row: &Object<'_>) -> Shape {
    let channel = row
        .filled("channel")
        .unwrap_or_default()
        .to_ascii_uppercase();
    let has = |name: &&str| row.get(name).is_some_and(|value| value != "null");
    let mut shown = MARKS
        .iter()
        .filter(|(_, names, channels)| {
            names.iter().any(has) || channels.contains(&channel.as_str())
        })
        .map(|(subject, ..)| *subject);
    match (shown.next(), shown.next()) {
        (Some(_), Some(_)) => Shape::Mixed,
        (Some(subject), None) => Shape::Of(subject),
        // A payment names its id beside `collectedAmount`, or its `paymentId` beside `amount`.
        (None, _) if has(&"id") && has(&"amount") => Shape::Of(Subject::Payout),
        (None, _) => Shape::Plain,
    }
}

/// What `row` tells of such a subject. `raw` is the row itself.
pub fn read(subject: Subject, row: &Object<'_>, raw: Raw) -> Payment {
    let payment = row::payment(row, raw);
    let kind = match subject {
        Subject::Payment => return payment,
        Subject::Payout => Kind::Payout(payout_status(&row.filled("status").unwrap_or_default())),
        Subject::Deposit => Kind::Deposit,
        Subject::Bill => Kind::Bill,
        Subject::Other => Kind::Other,
    };
    let filled = |name: &str| row.scalar(name).filter(|text| !text.trim().is_empty());
    let why = |name: &str| row.object(name).and_then(|inner| inner.filled("message"));
    Payment {
        kind,
        status: Status::Unknown,
        amount: filled("depositAmount")
            .or_else(|| filled("billAmount"))
            .or(payment.amount),
        currency: filled("depositCurrency").or(payment.currency),
        reference: payment.reference.or_else(|| filled("billPayNumber")),
        message: payment
            .message
            .or_else(|| why("refund"))
            .or_else(|| why("reverse")),
        ..payment
    }
}

fn payout_status(status: &str) -> PayoutStatus {
    match status.trim().to_ascii_uppercase().as_str() {
        "AUTHORIZED" => PayoutStatus::Authorized,
        "PENDING" | "PROCESSING" => PayoutStatus::Processing,
        "SUCCESS" => PayoutStatus::Succeeded,
        "FAILED" => PayoutStatus::Failed,
        "REFUNDED" => PayoutStatus::Refunded,
        "REVERSED" => PayoutStatus::Reversed,
        _ => PayoutStatus::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_tells_the_kind() {
        for (event, subject) in [
            ("PAYMENT RECEIVED", Subject::Payment),
            (" payment_failed ", Subject::Payment),
            ("PAYMENT ON-HOLD", Subject::Payment),
            ("PAYMENT LINK CREATED", Subject::Other),
            ("PAYMENT", Subject::Other),
            ("PAYOUT INITIATED", Subject::Payout),
            ("Payout.Reversed", Subject::Payout),
            ("DEPOSIT RECEIVED", Subject::Deposit),
            ("BILL CREATED", Subject::Bill),
            ("PAYMENTS RECEIVED", Subject::Other),
            ("", Subject::Other),
        ] {
            assert_eq!(by_event(event), subject, "{event}");
        }
    }

    #[test]
    fn members_tell_the_kind_where_no_event_does() {
        for (row, shape) in [
            (r#"{"collectedAmount":"1"}"#, Shape::Of(Subject::Payment)),
            (
                r#"{"paymentId":"p","amount":"1"}"#,
                Shape::Of(Subject::Payment),
            ),
            (
                r#"{"id":"p","status":"FAILED","channel":"Tigo-Pesa"}"#,
                Shape::Of(Subject::Payment),
            ),
            (
                r#"{"id":"p","amount":"1","currency":"TZS"}"#,
                Shape::Of(Subject::Payout),
            ),
            (
                r#"{"amount":"1","channel":"BANK TRANSFER"}"#,
                Shape::Of(Subject::Payout),
            ),
            (r#"{"depositAmount":"1"}"#, Shape::Of(Subject::Deposit)),
            (r#"{"billPayNumber":"1"}"#, Shape::Of(Subject::Bill)),
            (r#"{"collectedAmount":"1","fee":"1"}"#, Shape::Mixed),
            (
                r#"{"amount":"1","orderReference":"A","status":"SUCCESS","fee":null}"#,
                Shape::Plain,
            ),
        ] {
            assert_eq!(by_shape(&Object::parse(row).unwrap()), shape, "{row}");
        }
    }

    #[test]
    fn an_event_that_names_another_state_leaves_the_state_unknown() {
        let row =
            |status: &str| format!(r#"{{"id":"A1","orderReference":"A","status":"{status}"}}"#);
        let told = |subject, event, status: &str| {
            let row = row(status);
            let payment = read(subject, &Object::parse(&row).unwrap(), Raw::Callback);
            unless_contradicted(payment, event)
        };
        for (event, status, expected) in [
            ("PAYMENT RECEIVED", "SUCCESS", Status::Succeeded),
            ("PAYMENT RECEIVED", "REVERSED", Status::Reversed),
            ("PAYMENT SETTLED", "SUCCESS", Status::Succeeded),
            ("payment.failed", "Failed", Status::Failed),
            ("PAYMENT ON-HOLD", "ON-HOLD", Status::Processing),
            ("PAYMENT", "SUCCESS", Status::Succeeded),
            ("PAYMENT FAILED", "SUCCESS", Status::Unknown),
            ("PAYMENT REFUNDED", "SETTLED", Status::Unknown),
            ("payment_reversed ", "SUCCESS", Status::Unknown),
            ("PAYMENT PENDING", "SUCCESS", Status::Unknown),
            ("PAYMENT SUCCESS", "FAILED", Status::Unknown),
            ("PAYMENT ON HOLD", "SUCCESS", Status::Unknown),
            ("PAYMENT ON-HOLD", "SUCCESS", Status::Unknown),
        ] {
            let payment = told(Subject::Payment, event, status);
            assert_eq!(payment.status, expected, "{event} {status}");
        }
        for (event, status, expected) in [
            ("PAYOUT INITIATED", "SUCCESS", PayoutStatus::Succeeded),
            ("PAYOUT REFUNDED", "REFUNDED", PayoutStatus::Refunded),
            ("PAYOUT REFUNDED", "SUCCESS", PayoutStatus::Unknown),
            ("PAYOUT REVERSED", "SUCCESS", PayoutStatus::Unknown),
        ] {
            let payout = told(Subject::Payout, event, status);
            assert_eq!(payout.kind, Kind::Payout(expected), "{event} {status}");
        }
    }

    #[test]
    fn only_a_payment_has_a_status() {
        let row = r#"{"id":"PAY1","orderReference":"A","amount":"20.00","currency":"TZS","status":"REVERSED","reverse":{"message":"gone"}}"#;
        let object = Object::parse(row).unwrap();
        for subject in [
            Subject::Payout,
            Subject::Deposit,
            Subject::Bill,
            Subject::Other,
        ] {
            assert_eq!(
                read(subject, &object, Raw::Callback).status,
                Status::Unknown
            );
        }
        let payout = read(Subject::Payout, &object, Raw::Callback);
        assert_eq!(payout.kind, Kind::Payout(PayoutStatus::Reversed));
        assert_eq!(
            (payout.amount.as_deref(), payout.message.as_deref()),
            (Some("20.00"), Some("gone"))
        );
        assert_eq!(
            read(Subject::Payment, &object, Raw::Callback).status,
            Status::Reversed
        );
    }
}
