//! The answers' readers: total, and no success that the answer does not tell.

use std::sync::OnceLock;

use crate::http::Response;
use crate::model::operation::{Operation, Output};
use crate::model::payment::{Kind, Payment, PayoutStatus, Status};
use crate::model::payout::Payout;
use crate::provider::{Call, Gateway, Login, Read, Reading};
use serde_json::Value;

use super::examples::examples;
use super::{
    Ask, answer, azampay, clickpesa, digits, is_json, key, pesapal, refusal, selcom, value,
};

const ASKED: &str = "ORDER-1";

pub fn of_pesapal(text: &str) {
    let gateway = pesapal();
    login(&gateway.access().login().unwrap().read, text, "token");
    if let Some(answer) = paid(gateway, text) {
        for name in ["order_tracking_id", "redirect_url"] {
            assert!(is_id(&answer[name]), "{text}");
        }
    }
    let register = gateway.register_ipn("https://shop.example/ipn", "GET");
    if let Reading::Success(id) = (register.expect("a call").read)(text) {
        assert!(!id.trim().is_empty());
        if let Some(answer) = value(text) {
            assert_eq!(answer["ipn_id"], id);
        }
    }
    if let Some((payment, Some(answer))) = status(gateway, text) {
        let code = ["1", "0", "2", "3"].map(|code| says(&answer["status_code"], code));
        let statuses = [
            Status::Succeeded,
            Status::Pending,
            Status::Failed,
            Status::Reversed,
        ];
        let told = statuses.into_iter().zip(code).find(|(_, says)| *says);
        let told = told.map_or(Status::Unknown, |(status, _)| status);
        // Of one that contradicts itself nothing is known.
        let may_differ = matches!(told, Status::Succeeded | Status::Failed);
        let is_unknown = payment.status == Status::Unknown;
        assert!(
            payment.status == told || (may_differ && is_unknown),
            "{text}"
        );
        if payment.status == Status::Succeeded {
            assert!(!says(&answer["status"], "500"), "{text}");
        }
        if let Some(amount) = answer["amount"].as_str() {
            assert_eq!(payment.amount.as_deref(), Some(amount));
        }
    }
    refund(gateway, text);
    words(gateway, text);
    answer::of(gateway, text);
}

/// A refund is asked for only of what has succeeded, and an order is cancelled only by an answer that says 200.
fn refund(gateway: &dyn Gateway, text: &str) {
    let read = |operation| {
        let input = examples(operation).remove(0);
        (gateway.make(operation, &input).expect("a call").read)(text)
    };
    if let Reading::Then(_) = read(Operation::Refund) {
        let answer = value(text).expect("JSON");
        assert!(says(&answer["status_code"], "1"), "{text}");
    }
    if let Reading::Success(_) = read(Operation::Cancel) {
        let answer = value(text).expect("JSON");
        let codes = [&answer["status"], &answer["error"]];
        assert!(codes.iter().any(|code| says(code, "200")), "{text}");
    }
}

pub fn of_clickpesa(text: &str) {
    let gateway = clickpesa();
    login(&gateway.access().login().unwrap().read, text, "token");
    if let Some(answer) = paid(gateway, text) {
        let status = answer["status"].as_str().unwrap_or_default().trim();
        let accepted = ["PENDING", "PROCESSING", "ON-HOLD", "SUCCESS", "SETTLED"];
        let is_under_way = accepted
            .iter()
            .any(|word| status.eq_ignore_ascii_case(word));
        assert!(is_id(&answer["id"]) && is_under_way, "{text}");
    }
    if let Some((payment, Some(answer))) = status(gateway, text) {
        let rows = match (&answer, &answer["data"]) {
            (Value::Array(rows), _) | (_, Value::Array(rows)) => rows.as_slice(),
            (row, _) => std::slice::from_ref(row),
        };
        assert_eq!(payment.reference.as_deref(), Some(ASKED));
        let paid = rows.iter().any(|row| {
            if row["orderReference"] != ASKED {
                return false;
            }
            let status = row["status"].as_str().unwrap_or_default();
            matches!(
                status.trim().to_ascii_uppercase().as_str(),
                "SUCCESS" | "SETTLED"
            )
        });
        // One that is paid beside an error, or was reversed since, is not.
        assert!(payment.status != Status::Succeeded || paid, "{text}");
        if paid && is_plain(text, &answer) {
            assert_eq!(payment.status, Status::Succeeded, "{text}");
        }
        let raw = payment.raw.json().and_then(value).expect("the row");
        assert!(rows.contains(&raw));
    }
    words(gateway, text);
    answer::of(gateway, text);
}

/// One row of what ClickPesa documents of every payment, each member once: nothing beside it says otherwise.
fn is_plain(text: &str, answer: &Value) -> bool {
    let plain = ["id", "status", "orderReference", "collectedCurrency"];
    let Some([Value::Object(row)]) = answer.as_array().map(Vec::as_slice) else {
        return false;
    };
    let is_written_once =
        |name: &String| text.matches(&format!("\"{name}\"")).count() == 1 && !text.contains('\\');
    let is_known = |name: &String| plain.contains(&name.as_str()) && is_written_once(name);
    row.keys().all(is_known) && row.values().all(Value::is_string)
}

pub fn of_azampay(text: &str) {
    let gateway = azampay();
    login(&gateway.access().login().unwrap().read, text, "accessToken");
    if let Some(answer) = paid(gateway, text) {
        let success = &answer["success"];
        let is_true = |text: &str| text.eq_ignore_ascii_case("true");
        let yes = success == true || success.as_str().is_some_and(is_true);
        assert!(yes && is_id(&answer["transactionId"]), "{text}");
    }
    if let Some((payment, Some(answer))) = status(gateway, text) {
        let said = answer["data"].as_str().expect("a status").trim();
        assert_eq!(
            payment.status == Status::Succeeded,
            said.eq_ignore_ascii_case("success")
        );
    }
    key::fetched(text);
    words(gateway, text);
    answer::of(gateway, text);
    payout_status(text);
    if let Some((payout, Some(answer))) = paid_out(text) {
        let success = &answer["success"];
        let yes = success == true
            || success
                .as_str()
                .is_some_and(|text| text.eq_ignore_ascii_case("true"));
        let under_way = Kind::Payout(PayoutStatus::Processing);
        assert!(
            yes && is_id(&answer["pgReferenceId"]) && payout.told.kind == under_way,
            "{text}"
        );
    }
}

/// Of a payout only the words of its status say that it succeeded or failed.
fn payout_status(text: &str) {
    let input = &examples(Operation::GetPayoutStatus)[0];
    let call = azampay()
        .make(Operation::GetPayoutStatus, input)
        .expect("a call");
    if let (Reading::Success(Output::Payout(payout)), Some(answer)) =
        ((call.read)(text), value(text))
    {
        let texts = ["status", "data"].map(|name| {
            answer[name]
                .as_str()
                .unwrap_or_default()
                .trim()
                .to_lowercase()
        });
        let says = |word: &str| texts.iter().any(|text| text.starts_with(word));
        match payout.told.kind {
            Kind::Payout(PayoutStatus::Succeeded) => assert!(says("success"), "{text}"),
            Kind::Payout(PayoutStatus::Failed) => assert!(
                !texts.contains(&"success".to_owned()) || says("fail"),
                "{text}"
            ),
            Kind::Payout(_) => {}
            kind => panic!("{kind:?}"),
        }
    }
}

/// What AzamPay's answer to a payout tells.
fn paid_out(text: &str) -> Option<(Payout, Option<Value>)> {
    static CALL: OnceLock<Call<Output>> = OnceLock::new();
    let call = CALL.get_or_init(|| {
        let input = &examples(Operation::Payout)[0];
        let first = azampay().make(Operation::Payout, input).expect("a call");
        let key: Value = serde_json::from_str(KEYS).expect("a fixture");
        match (first.read)(key["publicKeyPem"].as_str().expect("a key")) {
            Reading::Then(call) => call,
            other => panic!("{other:?}"),
        }
    });
    match (call.read)(text) {
        Reading::Success(Output::Payout(payout)) => Some((*payout, value(text))),
        Reading::Success(other) => panic!("{other:?}"),
        _ => None,
    }
}

/// The fixture that holds a key of AzamPay's.
const KEYS: &str = include_str!("../../__test__/fixtures/azampay_callbacks.json");

/// What is accepted says so by its code, and only an order or a payout whose own state says so has succeeded.
pub fn of_selcom(text: &str) {
    let gateway = selcom();
    let says = |answer: &Value, codes: &[&str]| {
        let code = ["resultcode", "resulcode"].map(|name| &answer[name]);
        let said = |code: &Value, known: &str| {
            code.as_str() == Some(known) || code.as_u64().is_some_and(|n| n.to_string() == known)
        };
        code.iter()
            .any(|code| codes.iter().any(|known| said(code, known)))
    };
    if let Some(answer) = paid(gateway, text) {
        assert!(says(&answer, &["000", "111", "927"]), "{text}");
    }
    if let Some((payment, Some(answer))) = status(gateway, text)
        && payment.status != Status::Pending
    {
        assert!(says(&answer, &["000"]), "{text}");
        let raw = payment.raw.json().and_then(value).expect("the row");
        let word = raw["payment_status"].as_str().unwrap_or_default();
        let paid = ["COMPLETED", "COMPLETE"].contains(&word.trim().to_ascii_uppercase().as_str());
        // One that contradicts itself is not.
        assert!(paid || payment.status != Status::Succeeded, "{text}");
    }
    for input in examples(Operation::GetPayoutStatus) {
        let call = gateway
            .make(Operation::GetPayoutStatus, &input)
            .expect("a call");
        if let (Reading::Success(Output::Payout(payout)), Some(answer)) =
            ((call.read)(text), value(text))
        {
            let succeeded = payout.told.kind == Kind::Payout(PayoutStatus::Succeeded);
            assert!(!succeeded || says(&answer, &["000"]), "{text}");
            assert_ne!(
                payout.told.kind,
                Kind::Payout(PayoutStatus::Failed),
                "{text}"
            );
        }
    }
    for input in examples(Operation::Charge) {
        let call = gateway.make(Operation::Charge, &input).expect("a call");
        if let (Reading::Then(_), Some(answer)) = ((call.read)(text), value(text)) {
            assert!(says(&answer, &["000"]), "{text}");
        }
    }
    words(gateway, text);
    answer::of(gateway, text);
}

/// A token is one line of visible characters, named in the answer.
fn login(read: &Read<Login>, text: &str, name: &str) {
    if let Reading::Success(login) = read(text) {
        let header = login.authorization.reveal();
        assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        let (scheme, token) = header.split_at_checked(7).expect("a scheme");
        assert!(
            scheme.eq_ignore_ascii_case("bearer ") && !token.trim().is_empty(),
            "{text}"
        );
        assert!(text.contains(name) || text.contains('\\'), "{text}");
    }
}

/// The answer to a payment that succeeded, given to the caller exactly as it came.
fn paid(gateway: &dyn Gateway, text: &str) -> Option<Value> {
    let call = gateway.pay(r#"{"notification_id":"x"}"#, None);
    match (call.expect("a call").read)(text) {
        Reading::Success(answer) => {
            assert_eq!(answer, text);
            assert!(is_json(text));
            value(text)
        }
        _ => None,
    }
}

fn status(gateway: &dyn Gateway, text: &str) -> Option<(Payment, Option<Value>)> {
    refusal::holds(gateway, text);
    let call = gateway.status(ASKED, None).expect("a call");
    match (call.read)(text) {
        Reading::Success(payment) => {
            assert_eq!(payment.provider, gateway.provider());
            assert!(payment.raw.json().is_some_and(is_json), "{:?}", payment.raw);
            assert!(
                payment
                    .payer
                    .as_deref()
                    .is_none_or(|payer| digits(payer) <= 8)
            );
            Some((payment, value(text)))
        }
        _ => None,
    }
}

fn words(gateway: &dyn Gateway, text: &str) {
    for status in [200, 400, 401, 502] {
        let response = Response {
            status,
            text: text.to_owned(),
            ..Response::default()
        };
        let words = (gateway.facts().words)(&response);
        if !is_json(text) {
            let short = words.message.unwrap_or_default();
            assert!(
                short.chars().count() <= 200 && !short.contains(['\n', '\r']),
                "{short:?}"
            );
        }
        (gateway.facts().refuses_token)(&response);
    }
}

/// A text that is not blank and does not say that there is none, or a number.
fn is_id(value: &Value) -> bool {
    let text = value.as_str().map(str::trim);
    value.is_number() || text.is_some_and(|text| !matches!(text, "" | "null" | "0"))
}

fn says(code: &Value, expected: &str) -> bool {
    match code {
        Value::String(text) => text == expected,
        Value::Number(number) => number.is_u64() && number.to_string() == expected,
        _ => false,
    }
}
