//! An answer that contradicts itself, or that comes when nobody knows what was done, is never a refusal, and
//! never a reason to send the payment again.

use crate::flow::judge::{Failed, Progress, Token, judge};
use crate::http::Response;
use crate::model::outcome::Outcome;
use crate::provider::Gateway;
use serde_json::Value;

use super::Ask;

/// HTTP statuses with which nothing is said to be undone.
const NEVER: &[u16] = &[
    0, 202, 204, 206, 207, 226, 301, 302, 307, 407, 408, 409, 410, 418, 421, 424, 425, 444, 449,
    451, 460, 495, 499, 500, 502, 503, 504, 520, 522, 524, 530, 600, 999,
];
const SOMETIMES: &[u16] = &[200, 201, 400, 401, 402, 403, 404, 413, 415, 422, 423, 429];

/// Each name as gateways and others write it.
const IDS: &[&str] = &[
    "id",
    "transactionId",
    "TransactionId",
    "transactionID",
    "order_tracking_id",
    "orderTrackingId",
    "redirect_url",
    "orderReference",
    "pgReferenceId",
    "externalreference",
    "paymentId",
    "paymentReference",
    "CheckoutRequestID",
];
const FLAGS: &[&str] = &["success", "Success", "isSuccess", "accepted", "paid"];
const STATUSES: &[&str] = &["status", "Status", "paymentStatus", "transactionStatus"];

/// What each gateway says when it refuses a payment, by its documentation: PesaPal, ClickPesa, AzamPay, Selcom by
/// number, HTTP status and members.
pub const DOCUMENTED: &[(usize, u16, &str)] = &[
    (
        0,
        200,
        r#""error":{"error_type":"api_error","code":"InvalidIpnId","message":""},"status":"500""#,
    ),
    (
        0,
        401,
        r#""error":{"error_type":"authentication_error","code":"invalid_api_credentials_provided","message":"Invalid Access Token"},"status":null"#,
    ),
    (
        0,
        500,
        r#""error":{"error_type":"authentication_error","code":"invalid_api_credentials_provided","message":"Invalid Access Token"},"status":null"#,
    ),
    (
        1,
        400,
        r#""statusCode":400,"message":["Invalid checksum"],"error":"Bad Request""#,
    ),
    (1, 404, r#""message":"Account has no valid payment method""#),
    (1, 401, r#""message":"Unauthorized""#),
    (
        2,
        200,
        r#""success":false,"transactionId":"null","message":"Invalid Vendor","messageCode":1000"#,
    ),
    (
        2,
        400,
        r#""errors":{"provider":["Error converting value"]},"title":"One or more validation errors occurred.","status":400,"traceId":"00-ab-cd-00""#,
    ),
    (
        2,
        401,
        r#""message":"Please Provide Valid Authorization","status":"Error""#,
    ),
    (
        3,
        200,
        r#""transid":"ORDER-1","reference":"0289999290","resultcode":"010","result":"FAIL","message":"Invalid mobile number or operator not supported""#,
    ),
    (
        3,
        403,
        r#""reference":"0289999290","resultcode":"403","result":"FAIL","message":"Source IP not whitelisted (4032)""#,
    ),
    (
        3,
        412,
        r#""resultcode":"412","result":"FAIL","message":"Parameter msisdn is invalid or missing""#,
    ),
];

/// One member of each kind that contradicts a refusal, as JSON text.
pub fn contradictions() -> Vec<String> {
    let ids = IDS.iter().flat_map(|name| {
        ["\"CLP0a1b2c\"", "123456", "\"b945e4af-80a5-4ec1\""].map(|id| format!("\"{name}\":{id}"))
    });
    let flags = FLAGS
        .iter()
        .flat_map(|name| ["true", "\"true\"", "1"].map(|yes| format!("\"{name}\":{yes}")));
    let statuses = STATUSES.iter().flat_map(|name| {
        ["SUCCESS", "processing", "SETTLED", "200", "504", "409"]
            .map(|word| format!("\"{name}\":\"{word}\""))
    });
    let words = [
        "success",
        "Your request has been received and is being processed.",
        "Request timed out",
        "Request processed successfully",
    ];
    let words = words.map(|said| format!("\"message\":\"{said}\""));
    ids.chain(flags).chain(statuses).chain(words).collect()
}

/// `answer` comes at any HTTP status to a payment.
pub fn holds(gateway: &dyn Gateway, answer: &str) {
    let said = super::value(answer)
        .filter(Value::is_object)
        .unwrap_or_default();
    let contradicts = says_otherwise(&said);
    // PesaPal refuses a token with an HTTP 500, too.
    let is_token = !contradicts
        && gateway.provider().name() == "pesapal"
        && said["error"]["code"] == "invalid_api_credentials_provided";
    for status in NEVER {
        if !(is_token && *status == 500) {
            never(gateway, *status, answer);
        }
    }
    for status in SOMETIMES {
        if contradicts && !is_failed_push(*status, answer) {
            never(gateway, *status, answer);
        }
    }
}

/// Neither a refusal nor a refused token.
pub fn never(gateway: &dyn Gateway, status: u16, answer: &str) {
    if let Err(failed) = judged(gateway, status, answer) {
        assert_eq!(
            failed.error.outcome,
            Outcome::Unknown,
            "HTTP {status}: {answer}"
        );
        assert!(!failed.error.retryable, "HTTP {status}: {answer}");
        assert_ne!(failed.token, Token::Refused, "HTTP {status}: {answer}");
    }
}

/// A refusal.
pub fn is_one(gateway: &dyn Gateway, status: u16, answer: &str) {
    let judged = judged(gateway, status, answer);
    let failed = judged.expect_err("no payment");
    assert_eq!(
        failed.error.outcome,
        Outcome::Refused,
        "HTTP {status}: {answer}"
    );
}

/// What `answer` comes to for whoever paid.
pub fn judged(gateway: &dyn Gateway, status: u16, answer: &str) -> Result<String, Failed> {
    let order = r#"{"id":"ORDER-1","orderReference":"ORDER-1","externalId":"ORDER-1","transid":"ORDER-1","notification_id":"x"}"#;
    let call = gateway.pay(order, None).expect("a call");
    let response = Response {
        status,
        text: answer.to_owned(),
        ..Response::default()
    };
    match judge(gateway, &call, &response, true, str::to_owned)? {
        Progress::Done(answer) => Ok(answer),
        Progress::Next(_) => panic!("a payment of two steps"),
    }
}

/// ClickPesa's row of a push that failed at once names it, and is a refusal all the same.
fn is_failed_push(status: u16, answer: &str) -> bool {
    let failed = |status: &str| status.trim().eq_ignore_ascii_case("failed");
    let row = super::value(answer).unwrap_or_default();
    status < 300 && row["status"].as_str().is_some_and(failed)
}

fn says_otherwise(answer: &Value) -> bool {
    match answer {
        Value::Object(members) => members.iter().any(|(name, value)| {
            let name = name.as_str();
            let text = value.as_str().unwrap_or_default();
            let is_id = text.starts_with("CLP") && text.len() > 6;
            let is_yes = value == true || text.eq_ignore_ascii_case("true");
            let is_done = ["SUCCESS", "PROCESSING", "SETTLED"]
                .iter()
                .any(|done| text.eq_ignore_ascii_case(done));
            (IDS.contains(&name) && is_id)
                || (FLAGS.contains(&name) && is_yes)
                || (STATUSES.contains(&name) && is_done)
                || (!matches!(name, "error" | "errors") && says_otherwise(value))
        }),
        Value::Array(items) => items.iter().any(says_otherwise),
        _ => false,
    }
}
