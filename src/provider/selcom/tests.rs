use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use spki::SubjectPublicKeyInfoRef;

use super::{ENTRY, signing, wire};
use crate::http::{Request, Response};
use crate::model::error::Code;
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Outcome;
use crate::model::writer::Writer;
use crate::provider::read::query_of;
use crate::provider::{Call, Gateway, Reading};
use crate::testing::{body, gateway, judged};

const DIGESTS: &str = include_str!("../../../__test__/fixtures/selcom_digests.json");
/// 2026-01-02T03:04:05+03:00.
const SECONDS: u64 = 1_767_312_245;

pub fn digests() -> Value {
    serde_json::from_str(DIGESTS).unwrap()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub fn fields(row: &Value) -> Vec<(String, String)> {
    let pairs = row["fields"].as_array().unwrap().iter();
    let pair = |pair: &Value| (text(&pair[0]).to_owned(), text(&pair[1]).to_owned());
    pairs.map(pair).collect()
}

pub fn selcom(more: &[(&'static str, &str)]) -> Box<dyn Gateway> {
    let mut config = vec![
        ("SELCOM_API_KEY", "demo-api-key-0001"),
        ("SELCOM_API_SECRET", "demo-api-secret-0001"),
        ("SELCOM_VENDOR", "TILL60000001"),
        ("SELCOM_PIN", "0000"),
    ];
    config.extend(more);
    gateway(&ENTRY, &config).unwrap()
}

pub fn ask(operation: Operation, name: &'static str, text: &str) -> Call<Output> {
    let input = Input::default().with(name, text.to_owned());
    selcom(&[]).make(operation, &input).unwrap()
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    let (_, value) = request.headers.iter().find(|(n, _)| *n == name).unwrap();
    value.reveal()
}

#[test]
fn every_known_digest_is_made_of_a_body_and_of_a_query() {
    let digests = digests();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS);
    for row in digests["signed"].as_array().unwrap() {
        let fields = fields(row);
        let body = fields
            .iter()
            .fold(Writer::default(), |body, (name, value)| {
                body.text(name, value)
            });
        let pairs: Vec<_> = fields
            .iter()
            .map(|(n, v)| (n.as_str(), v.clone()))
            .collect();
        let url = "https://gateway.example/v1/x";
        let requests = [
            Request::post(url.to_owned(), body.done()),
            Request::get(format!("{url}{}", query_of(&pairs))),
        ];
        for mut request in requests {
            if text(&row["timestamp"]) != signing::timestamp(at) {
                continue;
            }
            selcom(&[]).dress(&mut request, at, None);
            assert_eq!(header(&request, "digest"), text(&row["digest"]), "{row}");
            assert_eq!(header(&request, "digest-method"), "HS256");
            assert_eq!(header(&request, "timestamp"), text(&row["timestamp"]));
            let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(header(&request, "signed-fields"), names.join(","));
            let authorization = request.authorization.unwrap();
            assert_eq!(authorization.reveal(), text(&digests["authorization"]));
        }
    }
}

#[test]
fn the_text_that_rsa_signs_is_the_same() {
    let digests = digests();
    let row = &digests["signed"][1];
    let signed = signing::signed(text(&row["timestamp"]), &fields(row));
    let der = STANDARD.decode(text(&digests["rsa"]["publicKey"])).unwrap();
    let spki = SubjectPublicKeyInfoRef::try_from(der.as_slice()).unwrap();
    let key = spki.subject_public_key.as_bytes().unwrap();
    let signature = STANDARD.decode(text(&digests["rsa"]["signature"])).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key);
    key.verify(signed.as_bytes(), &signature).unwrap();
}

#[test]
fn a_private_key_that_is_none_is_refused_by_name() {
    for text in [
        "x",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ] {
        let made = gateway(&ENTRY, &[("SELCOM_PRIVATE_KEY", text)]);
        let message = made.err().unwrap().message;
        assert!(
            message.contains("SELCOM_PRIVATE_KEY is not usable"),
            "{message}"
        );
    }
}

#[test]
fn the_base_may_have_its_version_or_a_slash() {
    for base in ["", "/", "/v1", "/v1/"] {
        let base = format!("https://gateway.example{base}");
        let input = Input::default().with("paymentData", r#"{"transid":"T"}"#.to_owned());
        let call = selcom(&[("baseUrl", &base)]).make(Operation::Pay, &input);
        let url = call.unwrap().request.url;
        assert_eq!(url, "https://gateway.example/v1/checkout/wallet-payment");
    }
}

#[test]
fn what_cannot_be_signed_is_not_sent() {
    for (payload, words) in [
        (
            r#"{"transid":null}"#,
            "transid must be a string or a number",
        ),
        (r#"{"transid":true}"#, "transid must be"),
        (r#"{"a":{"b":1}}"#, "flat keys with dots"),
        (r#"{"a":[1]}"#, "a must be"),
        (r#"{"timestamp":"x"}"#, "Signed-Fields"),
        (r#"{"a,b":"x"}"#, "Signed-Fields"),
        (r#"{"a":"x","a":"y"}"#, "Signed-Fields"),
        (r#"{"é":"x"}"#, "Signed-Fields"),
        (r#"{"a":"T\ud800"}"#, "a holds half a character"),
        ("{}", "no field"),
    ] {
        let input = Input::default().with("paymentData", payload.to_owned());
        let error = selcom(&[]).make(Operation::Pay, &input).unwrap_err();
        assert_eq!(error.code, Code::InvalidRequest, "{payload}");
        assert!(
            error.message.contains(words),
            "{payload}: {}",
            error.message
        );
    }
    let call = ask(
        Operation::Pay,
        "paymentData",
        r#"{"amount":1500,"n":-0.50}"#,
    );
    let mut request = call.request;
    selcom(&[]).dress(&mut request, SystemTime::now(), None);
    assert_eq!(header(&request, "signed-fields"), "amount,n");
}

const CHARGE: &str =
    r#"{"amount":"1500","currency":"TZS","phone":"0712345678","reference":"ORD-1001"}"#;
pub const ORDER_MADE: &str = r#"{"reference":"0289999288","resultcode":"000","result":"SUCCESS","message":"Order creation successful","data":[{"payment_token":"80008000"}]}"#;
const PUSHED: &str = r#"{"transid":"ORD-1001","reference":"0289999289","resultcode":"111","result":"PENDING","message":"Request in progress. You will receive a callback shortly.","data":[]}"#;

fn push() -> Call<Output> {
    match (ask(Operation::Charge, "charge", CHARGE).read)(ORDER_MADE) {
        Reading::Then(push) => push,
        other => panic!("{other:?}"),
    }
}

pub fn refusal(code: &str, result: &str, message: &str) -> String {
    format!(
        r#"{{"transid":"ORD-1001","reference":"S20000000001","resultcode":"{code}","result":"{result}","message":"{message}","data":[]}}"#
    )
}

#[test]
fn a_charge_registers_an_order_and_then_moves_money() {
    let order = ask(Operation::Charge, "charge", CHARGE);
    assert_eq!(
        body(&order),
        r#"{"vendor":"TILL60000001","order_id":"ORD-1001","buyer_email":"customer@example.com","buyer_name":"Customer","buyer_phone":"255712345678","amount":"1500","currency":"TZS","no_of_items":"1"}"#
    );
    let push = push();
    assert_eq!(
        body(&push),
        r#"{"transid":"ORD-1001","order_id":"ORD-1001","msisdn":"255712345678"}"#
    );
    let told = judged(selcom(&[]).as_ref(), &push, 200, PUSHED).unwrap();
    let Output::Answer(told) = told else { panic!() };
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["status"], "pending");
    assert_eq!(told["gatewayReference"], "ORD-1001");
}

#[test]
fn a_push_to_mixx_is_of_a_thousand_at_least() {
    let charge = |phone: &str, amount: &str| {
        let charge = CHARGE.replace("0712345678", phone).replace("1500", amount);
        let made = selcom(&[]).make(Operation::Charge, &Input::default().with("charge", charge));
        made.map(|_| ()).map_err(|error| error.message)
    };
    for mixx in ["0712345678", "0652345678", "255672345678"] {
        assert!(
            charge(mixx, "999")
                .unwrap_err()
                .contains("at least 1000 TZS"),
            "{mixx}"
        );
        charge(mixx, "1000").unwrap();
    }
    charge("0742345678", "100").unwrap();
    assert!(
        charge("0742345678", "99")
            .unwrap_err()
            .contains("at least 100 TZS")
    );
}

#[test]
fn only_a_refusal_of_the_time_in_selcoms_own_json_is_one_of_the_clock() {
    let doubts = |status, text: String| {
        wire::doubts_clock(&Response {
            status,
            text,
            ..Response::default()
        })
    };
    for (status, words, is) in [
        (403, "Invalid digest", true),
        (401, "Invalid Timestamp", true),
        (403, "Signature mismatch", true),
        (200, "Timestamp expired", true),
        (412, "Parameter timestamp is invalid or missing", true),
        (412, "Parameter msisdn is invalid or missing", false),
        (200, "Invalid digest", false),
        (403, "Invalid PIN", false),
        (403, "Duplicate transid", false),
        (403, "API User not found", false),
        (403, "Source IP not whitelisted (4032)", false),
        (403, "Unauthorized", false),
        (500, "Invalid timestamp", false),
    ] {
        assert_eq!(
            doubts(status, refusal("403", "FAIL", words)),
            is,
            "{status} {words}"
        );
    }
    assert!(!doubts(200, refusal("000", "SUCCESS", "timestamp")));
    for page in [
        "",
        "<html>Invalid timestamp</html>",
        "Invalid timestamp",
        "[]",
    ] {
        assert!(!doubts(403, page.to_owned()), "{page}");
    }
}

#[test]
fn every_time_can_be_signed() {
    let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    assert_eq!(
        signing::timestamp(at(253_402_287_600)),
        "9999-12-31T23:20:00+03:00"
    );
    for seconds in [253_402_300_799, 253_402_300_800, u64::from(u32::MAX) << 8] {
        assert!(
            signing::timestamp(at(seconds)).starts_with("1970"),
            "{seconds}"
        );
    }
}

#[test]
fn what_each_result_means_for_the_money() {
    let gateway = selcom(&[]);
    let push = push();
    let upstream = "No reponse from upstream system";
    let table: &[(u16, &str, &str, &str, Option<Outcome>)] = &[
        (200, "111", "PENDING", "Request in progress", None),
        (200, "927", "INPROGRESS", "x", None),
        (200, "000", "SUCCESS", "Success", None),
        (200, "999", "AMBIGUOUS", upstream, Some(Outcome::Unknown)),
        (200, "999", "AMBIGOUS", "x", Some(Outcome::Unknown)),
        (200, "999", "FAIL", "x", Some(Outcome::Unknown)),
        (
            200,
            "010",
            "FAIL",
            "Invalid mobile number or operator not supported",
            Some(Outcome::Refused),
        ),
        (
            200,
            "013",
            "FAIL",
            "Payment amount must be greater than or equal to TZS 1,000.",
            Some(Outcome::Refused),
        ),
        (
            200,
            "990",
            "FAIL",
            "Insufficient account balance to complete transaction",
            Some(Outcome::Refused),
        ),
        (
            412,
            "412",
            "FAIL",
            "Parameter msisdn is invalid or missing",
            Some(Outcome::Refused),
        ),
        (
            403,
            "403",
            "FAIL",
            "Source IP not whitelisted (4032)",
            Some(Outcome::Refused),
        ),
        (
            403,
            "403",
            "FAIL",
            "API endpoint not enabled for the vendor (4035)",
            Some(Outcome::Refused),
        ),
        (403, "403", "FAIL", upstream, Some(Outcome::Unknown)),
        (200, "000", "FAIL", "x", Some(Outcome::Unknown)),
        (200, "010", "SUCCESS", "x", Some(Outcome::Unknown)),
        (200, "", "SUCCESS", "x", Some(Outcome::Unknown)),
        (
            200,
            "010",
            "FAIL",
            "Transaction timed out",
            Some(Outcome::Unknown),
        ),
        (500, "500", "FAIL", "x", Some(Outcome::Unknown)),
        (502, "010", "FAIL", "x", Some(Outcome::Unknown)),
    ];
    for (status, code, result, message, outcome) in table {
        let answer = refusal(code, result, message);
        let made = judged(gateway.as_ref(), &push, *status, &answer);
        let error = made.err().map(|failed| failed.error);
        let own = error.as_ref().map(|error| error.outcome);
        assert_eq!(own, *outcome, "{status} {answer}: {error:?}");
        assert!(error.is_none_or(|error| !error.retryable), "{answer}");
    }
    for (message, advice) in [
        (
            "Source IP not whitelisted (4032)",
            "ask Selcom to allow the address",
        ),
        (
            "API endpoint not enabled for the vendor (4035)",
            "ask Selcom to enable this product",
        ),
    ] {
        let failed = judged(
            gateway.as_ref(),
            &push,
            403,
            &refusal("403", "FAIL", message),
        );
        let error = failed.unwrap_err().error;
        assert!(error.message.contains(advice), "{}", error.message);
        assert_eq!(error.gateway_message.as_deref(), Some(message));
    }
}

#[test]
fn an_order_that_was_opened_before_may_have_been_paid() {
    let order = ask(Operation::Charge, "charge", CHARGE);
    let answer = refusal("403", "FAIL", "Duplicate order_id");
    let failed = judged(selcom(&[]).as_ref(), &order, 200, &answer);
    let error = failed.unwrap_err().error;
    assert_eq!(
        (error.code, error.outcome, error.retryable),
        (Code::DuplicateReference, Outcome::Unknown, false)
    );
}

#[test]
fn a_push_that_answers_for_another_is_none() {
    let other = PUSHED.replace("\"transid\":\"ORD-1001\"", "\"transid\":\"ORD-1002\"");
    assert!(matches!((push().read)(&other), Reading::Another(_)));
    let other = refusal("010", "FAIL", "x").replace("ORD-1001", "ORD-1002");
    assert!(matches!((push().read)(&other), Reading::Another(_)));
    for status in [200, 403] {
        let failed = judged(selcom(&[]).as_ref(), &push(), status, &other);
        assert_eq!(failed.unwrap_err().error.outcome, Outcome::Unknown);
    }
}
