use super::ENTRY;
use super::tests::pesapal;
use crate::config::Options;
use crate::laws::Ask;
use crate::model::error::Error;
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use crate::model::secret::Secret;
use crate::provider::{Call, Gateway, Reading};
use crate::testing::{body, judged, line};
use serde_json::{Value, json};

const ID: &str = "b945e4af-80a5-4ec1-8706-e03f8332fb04";

fn refund(gateway: &dyn Gateway, more: &Value) -> Result<Call<Output>, Error> {
    let mut object = json!({
        "transactionId": ID, "amount": "100", "reason": "Service not offered", "requestedBy": "Asha Juma"
    });
    for (name, value) in more.as_object().unwrap() {
        object[name] = value.clone();
    }
    gateway.ask(
        Operation::Refund,
        &Input::default().with("refund", object.to_string()),
    )
}

/// What PesaPal tells of a payment of 100.00 by card.
fn paid(more: &Value) -> String {
    let mut status = json!({
        "payment_method": "Visa", "confirmation_code": "AA11BB22", "order_tracking_id": ID,
        "payment_status_description": "Completed", "description": null, "message": "Request processed successfully",
        "status_code": 1, "merchant_reference": "ORD-1", "currency": "KES", "amount": 100,
        "error": {"error_type": null, "code": null, "message": null}, "status": "200"
    });
    for (name, value) in more.as_object().unwrap() {
        status[name] = value.clone();
    }
    status.to_string()
}

fn asked(call: &Call<Output>, status: &str) -> Result<Call<Output>, String> {
    match (call.read)(status) {
        Reading::Then(next) => Ok(next),
        Reading::Unfit(rule) => Err(rule),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refund_looks_first_and_takes_the_confirmation_code_from_there() {
    for (more, told, amount) in [
        (json!({}), json!({}), "100.00"),
        (json!({"amount": 40.5}), json!({}), "40.50"),
        (
            json!({"amount": {"value": "99.99", "currency": "KES"}}),
            json!({}),
            "99.99",
        ),
        (
            json!({"confirmationCode": "AA11BB22"}),
            json!({"payment_method": "MpesaKE"}),
            "100.00",
        ),
        (
            json!({"amount": "1500"}),
            json!({"payment_method": "MTN", "currency": "UGX", "amount": 1500.00}),
            "1500.00",
        ),
    ] {
        let look = refund(pesapal().as_ref(), &more).unwrap();
        assert_eq!(look.effect, Effect::Reads);
        let path = "https://gateway.example/api/Transactions/GetTransactionStatus?orderTrackingId=";
        assert_eq!(look.request.url, format!("{path}{ID}"));
        let request = asked(&look, &paid(&told)).unwrap();
        assert_eq!(request.effect, Effect::MovesMoney);
        assert_eq!(
            request.request.url,
            "https://gateway.example/api/Transactions/RefundRequest"
        );
        assert_eq!(
            body(&request),
            format!(
                r#"{{"confirmation_code":"AA11BB22","amount":"{amount}","username":"Asha Juma","remarks":"Service not offered"}}"#
            )
        );
    }
}

#[test]
fn what_breaks_a_rule_is_refused_by_name_before_it_is_asked_for() {
    for (more, told, rule) in [
        (
            json!({}),
            json!({"status_code": 0, "payment_status_description": "INVALID", "status": "500"}),
            "the payment is pending, and only one that has succeeded can be refunded",
        ),
        (
            json!({}),
            json!({"status_code": 3, "payment_status_description": "Reversed"}),
            "the payment is reversed, and only one that has succeeded can be refunded",
        ),
        (
            json!({"amount": "100.01"}),
            json!({}),
            "amount is 100.01, and only 100 KES were paid",
        ),
        (
            json!({"amount": "50"}),
            json!({"payment_method": "MpesaKE"}),
            "amount is 50 of 100 KES, and only cards are refunded in part, not 'MpesaKE'",
        ),
        (
            json!({"amount": {"value": 100, "currency": "TZS"}}),
            json!({}),
            "amount is in 'TZS', not in KES",
        ),
        (
            json!({"amount": "99.9999"}),
            json!({}),
            "amount is 99.9999, but KES has 2 digits after the point",
        ),
        (
            json!({"confirmationCode": "OTHER"}),
            json!({}),
            "confirmationCode is not that of this payment",
        ),
        (
            json!({}),
            json!({"confirmation_code": ""}),
            "PesaPal tells no confirmation code of this payment yet",
        ),
        (
            json!({}),
            json!({"amount": null}),
            "PesaPal tells no amount of this payment",
        ),
    ] {
        let look = refund(pesapal().as_ref(), &more).unwrap();
        let error = judged(pesapal().as_ref(), &look, 200, &paid(&told)).unwrap_err();
        assert_eq!(
            line(&error.error),
            format!("INVALID_REQUEST not_sent 200 - {rule}. No refund was requested.")
        );
        assert!(!error.error.retryable);
    }
}

#[test]
fn the_rules_can_be_switched_off() {
    let mut options = Options {
        limits: Some(r#"{"refundRules":false}"#.to_owned()),
        ..Options::default()
    };
    for key in ENTRY.keys.required {
        options.config.insert(key, Secret::new("test"));
    }
    options
        .config
        .insert("baseUrl", Secret::new("https://gateway.example"));
    let gateway = ENTRY.gateway(&options).unwrap();
    let look = refund(gateway.as_ref(), &json!({"amount": "150"})).unwrap();
    let told = paid(&json!({"payment_method": "MpesaKE", "status_code": 7}));
    let request = asked(&look, &told).unwrap();
    assert!(body(&request).contains(r#""amount":"150.00""#));
}

#[test]
fn all_that_is_wrong_with_a_refund_is_told_at_once() {
    let input = Input::default().with("refund", "{}".to_owned());
    let none = pesapal()
        .ask(Operation::Refund, &input)
        .unwrap_err()
        .message;
    for name in ["transactionId", "amount", "reason", "requestedBy"] {
        assert!(none.contains(&format!("{name} is missing")), "{none}");
    }
    for (amount, rule) in [
        (json!("1,000"), "amount has a comma"),
        (json!(0), "amount is zero"),
        (json!(-1), "amount is negative"),
        (
            json!({"value": 1, "currency": "ksh"}),
            "amount has no currency",
        ),
    ] {
        let wrong = refund(pesapal().as_ref(), &json!({"amount": amount}));
        let wrong = wrong.unwrap_err().message;
        assert!(wrong.starts_with(rule), "{wrong}");
    }
}

#[test]
fn a_refund_is_queued_or_refused_in_each_shape_of_the_answer() {
    let look = refund(pesapal().as_ref(), &json!({})).unwrap();
    let request = asked(&look, &paid(&json!({}))).unwrap();
    for text in [
        r#"{"status":"200","message":"Refund request successfully"}"#,
        r#"{"status":200,"error":null,"message":"Refund request successfully"}"#,
        r#"{"error":200,"message":"Refund request successfully"}"#,
        r#"{"status":"200","error":{"error_type":null,"code":null,"message":null},"message":"Refund request successfully"}"#,
    ] {
        let Output::Answer(told) = judged(pesapal().as_ref(), &request, 200, text).unwrap() else {
            panic!("no answer")
        };
        let told: Value = serde_json::from_str(&told).unwrap();
        let expected = json!({
            "provider": "pesapal", "status": "queued", "transactionId": ID, "amount": "100", "currency": "KES",
            "message": "Refund request successfully", "raw": serde_json::from_str::<Value>(text).unwrap()
        });
        assert_eq!(told, expected);
    }
    let failed = |text: &str| {
        let failed = judged(pesapal().as_ref(), &request, 200, text).unwrap_err();
        let error = Operation::Refund.failed(failed.error, None);
        line(&error)
    };
    let before = "If an earlier request had no answer, that one may have arrived: one is taken for each payment.";
    for text in [
        r#"{"status":"500","message":"Refund rejected."}"#,
        r#"{"error":500,"message":"Refund rejected."}"#,
        r#"{"error":{"error_type":"api_error","code":"","message":"Refund rejected."},"status":"500"}"#,
    ] {
        let told = failed(text).replace("api_error", "-");
        assert_eq!(
            told,
            format!("REFUSED refused 200 - Refund failed: Refund rejected. {before}")
        );
    }
    let repeated = failed(r#"{"status":"500","message":"Refund already processed"}"#);
    assert_eq!(
        repeated,
        "DUPLICATE_REFERENCE unknown 200 - Refund failed: Refund already processed. \
         A refund of this payment was requested before."
    );
    for text in [
        "",
        "[]",
        "{}",
        r#"{"status":"1"}"#,
        r#"{"status":"200","error":500}"#,
        r#"{"message":"Refund request successfully"}"#,
    ] {
        let told = failed(text);
        assert!(told.starts_with("INVALID_RESPONSE unknown 200"), "{told}");
        assert!(
            told.ends_with("the first one has probably arrived."),
            "{told}"
        );
    }
}

#[test]
fn an_order_is_cancelled_by_its_id() {
    let cancel = |id: &str| {
        let input = Input::default().with("transactionId", id.to_owned());
        pesapal().ask(Operation::Cancel, &input)
    };
    let call = cancel(&format!(" {ID} ")).unwrap();
    assert_eq!(call.effect, Effect::Registers);
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/Transactions/CancelOrder"
    );
    assert_eq!(body(&call), format!(r#"{{"order_tracking_id":"{ID}"}}"#));
    let done = r#"{"status":"200","message":"Order successfully cancelled."}"#;
    let Output::Answer(told) = judged(pesapal().as_ref(), &call, 200, done).unwrap() else {
        panic!("no answer")
    };
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected = json!({
        "provider": "pesapal", "transactionId": ID, "message": "Order successfully cancelled.",
        "raw": serde_json::from_str::<Value>(done).unwrap()
    });
    assert_eq!(told, expected);
    let failed = |status, text: &str| {
        let failed = judged(pesapal().as_ref(), &call, status, text).unwrap_err();
        let error = Operation::Cancel.failed(failed.error, None);
        (line(&error), error.retryable)
    };
    assert_eq!(
        failed(
            200,
            r#"{"status":"500","message":"Order already processed"}"#
        ),
        (
            "REFUSED refused 200 - Cancellation failed: Order already processed".to_owned(),
            false
        )
    );
    assert_eq!(
        failed(502, ""),
        (
            "GATEWAY_ERROR unknown 502 - Cancellation failed: PesaPal answered HTTP 502. \
             The order may have been cancelled; asking again is harmless."
                .to_owned(),
            true
        )
    );
    for id in ["", " ", "a\nb"] {
        let rule = cancel(id).err().unwrap().message;
        assert!(
            rule.starts_with("transactionId must be a string of"),
            "{rule}"
        );
    }
}
