use super::tests::pesapal;
use crate::laws::Ask;
use crate::model::operation::{Input, Operation, Output};
use crate::provider::Call;
use crate::testing::{body, judged, line};
use serde_json::{Value, json};

fn charge(object: &Value) -> Result<Call<Output>, String> {
    let input = Input::default().with("charge", object.to_string());
    let made = pesapal().ask(Operation::Charge, &input);
    made.map_err(|error| error.message)
}

fn full() -> Value {
    json!({
        "amount": "1500.50", "currency": "KES", "phone": "0712 345 678", "reference": "ORD-1.2",
        "description": "Order 1", "customer": {"name": "Asha  Juma Ali", "email": "asha@example.com"},
        "callbackUrl": "https://shop.example/back", "cancelUrl": "https://shop.example/no", "ipnId": "ipn-1",
        "accountNumber": "555-678",
        "subscription": {"startDate": "2026-01-24", "endDate": "2026-12-31", "frequency": "monthly"}
    })
}

/// The charge of `full` with `more` over it.
fn with(more: &Value) -> Value {
    let mut object = full();
    for (name, value) in more.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

const OPENED: &str = r#"{"order_tracking_id":"t-1","merchant_reference":"ORD-1.2","redirect_url":"https://pay.example/?OrderTrackingId=t-1","error":null,"status":"200"}"#;

#[test]
fn an_order_says_all_that_a_charge_does() {
    let call = charge(&full()).unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/Transactions/SubmitOrderRequest"
    );
    let parts = [
        r#"{"id":"ORD-1.2","currency":"KES","amount":1500.5,"description":"Order 1","#,
        r#""callback_url":"https://shop.example/back","cancellation_url":"https://shop.example/no","#,
        r#""billing_address":{"phone_number":"254712345678","email_address":"asha@example.com","#,
        r#""country_code":"KE","first_name":"Asha","last_name":"Juma Ali"},"account_number":"555-678","#,
        r#""subscription_details":{"start_date":"24-01-2026","end_date":"31-12-2026","frequency":"MONTHLY"},"#,
        r#""notification_id":"ipn-1"}"#,
    ];
    assert_eq!(body(&call), parts.concat());
}

#[test]
fn a_number_may_be_of_any_country_and_tells_which() {
    for (currency, phone, sent, country) in [
        ("TZS", "0712345678", "255712345678", "TZ"),
        ("TZS", "+254 712 345 678", "254712345678", "KE"),
        ("USD", "+256772345678", "256772345678", "UG"),
        ("USD", "+44 7700 900-000", "447700900000", ""),
    ] {
        let more = json!({"currency": currency, "amount": "1500", "phone": phone});
        let call = charge(&with(&more)).unwrap();
        let sent_body: Value = serde_json::from_str(body(&call)).unwrap();
        let address = &sent_body["billing_address"];
        assert_eq!(address["phone_number"], sent);
        assert_eq!(
            address["country_code"].as_str().unwrap_or_default(),
            country
        );
    }
    let only_email = json!({"phone": null, "currency": "UGX", "amount": "1500"});
    let call = charge(&with(&only_email)).unwrap();
    assert!(body(&call).contains(r#""email_address":"asha@example.com","country_code":"UG""#));
    let theirs = json!({"phone": null, "customer": {"phone": "0712345678"}});
    assert!(body(&charge(&with(&theirs)).unwrap()).contains(r#""phone_number":"254712345678""#));
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let none = charge(&json!({})).unwrap_err();
    for rule in [
        "currency is missing",
        "amount is missing",
        "reference is missing",
        "description is missing",
        "callbackUrl is missing",
        "customer needs a phone or an email",
        "ipnId is missing: the id that ensureIpn() gives",
    ] {
        assert!(none.contains(rule), "{rule}: {none}");
    }
    assert!(none.ends_with(" Nothing was sent."));
    for (more, rule) in [
        (json!({"currency": "EUR"}), "currency must be KES or UGX"),
        (
            json!({"currency": "UGX"}),
            "amount is 1500.5, but UGX is paid in whole units",
        ),
        (
            json!({"description": "x".repeat(101)}),
            "description must be at most 100 characters long, and has 101",
        ),
        (
            json!({"callbackUrl": "/back"}),
            "callbackUrl must be an absolute",
        ),
        (json!({"cancelUrl": "no"}), "cancelUrl must be an absolute"),
        (json!({"phone": "0712"}), "phone is too short"),
        (json!({"phone": "+2547123"}), "phone is too short"),
        (json!({"phone": "+44 77x"}), "phone may have digits"),
        (
            json!({"currency": "USD"}),
            "phone has no calling code: write it with one",
        ),
        (
            json!({"accountNumber": null}),
            "accountNumber is missing: a subscription needs",
        ),
        (
            json!({"subscription": {"startDate": "24-01-2026", "endDate": "2026-02-30", "frequency": "HOURLY"}}),
            "subscription.startDate must be a day, such as '2026-11-27'; subscription.endDate must be a day",
        ),
        (
            json!({"subscription": {"startDate": "2026-02-01", "endDate": "2026-01-31"}}),
            "subscription.endDate must not be before startDate; subscription.frequency is missing: DAILY or WEEKLY",
        ),
        (json!({"callbackURL": "x"}), "Did you mean callbackUrl?"),
    ] {
        let told = charge(&with(&more)).unwrap_err();
        assert!(told.contains(rule), "{rule}: {told}");
    }
}

#[test]
fn an_accepted_order_is_a_pending_payment_with_its_page() {
    let call = charge(&with(&json!({"reference": "Order 1/2"}))).unwrap();
    let carried: Value = serde_json::from_str(body(&call)).unwrap();
    let carried = carried["id"].as_str().unwrap();
    let answer = OPENED.replace("ORD-1.2", carried);
    let Output::Answer(told) = judged(pesapal().as_ref(), &call, 200, &answer).unwrap() else {
        panic!("no answer")
    };
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected = json!({
        "provider": "pesapal", "kind": "payment", "status": "pending", "amount": "1500.5", "currency": "KES",
        "reference": "Order 1/2", "transactionId": "t-1", "receipt": null, "payer": "2547****5678", "message": null,
        "gatewayReference": carried, "redirectUrl": "https://pay.example/?OrderTrackingId=t-1", "operator": null,
        "raw": serde_json::from_str::<Value>(&answer).unwrap()
    });
    assert_eq!(told, expected);
}

#[test]
fn what_is_no_acceptance_of_this_order_is_none() {
    let call = charge(&full()).unwrap();
    let failed = |status, text: &str| {
        let failed = judged(pesapal().as_ref(), &call, status, text).unwrap_err();
        line(&failed.error)
    };
    assert_eq!(
        failed(
            200,
            r#"{"error":{"error_type":"contractual_error","code":"amount_exceeds_default_limit","message":""},"status":"500"}"#
        ),
        "REFUSED refused 200 amount_exceeds_default_limit amount_exceeds_default_limit"
    );
    let unknown =
        "The payment may have been made: let recover() say what is safe before you try again.";
    assert_eq!(
        failed(200, &OPENED.replace("ORD-1.2", "ORD-9")),
        format!(
            "INVALID_RESPONSE unknown 200 - PesaPal answered HTTP 200 with another order. {unknown}"
        )
    );
    for text in [
        "",
        "{}",
        "[]",
        r#"{"order_tracking_id":"t","redirect_url":null}"#,
    ] {
        assert!(failed(200, text).starts_with("INVALID_RESPONSE unknown 200"));
    }
    assert!(failed(502, "<html>").starts_with("GATEWAY_ERROR unknown 502"));
}
