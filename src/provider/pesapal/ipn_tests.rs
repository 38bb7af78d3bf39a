use super::tests::pesapal;
use crate::laws::Ask;
use crate::model::operation::{Input, Operation, Output};
use crate::model::outcome::Effect;
use crate::provider::{Call, Reading};
use crate::testing::{body, judged, line};
use serde_json::{Value, json};

const ENSURED: &str = "https://shop.example/ipn";

fn ensure(url: &str, kind: Option<&str>) -> Result<Call<Output>, String> {
    let input = Input::default()
        .with("url", url.to_owned())
        .with("type", kind.map(str::to_owned));
    let made = pesapal().ask(Operation::EnsureIpn, &input);
    made.map_err(|error| error.message)
}

/// Two rows as they were captured, one as it is documented, and one of somebody else.
fn list() -> String {
    let row = |url: &str, id: &str, number: u8, kind: &str, active: u8| {
        json!({"url": url, "created_date": "2022-04-01T10:18:10.657", "ipn_id": id, "notification_type": number,
            "ipn_notification_type_description": kind, "ipn_status": active, "ipn_status_decription": "Active",
            "status": "1", "message": null})
    };
    json!([
        row("  https://shop.example/ipn", "old", 0, "GET", 0),
        row("https://shop.example/ipn ", "post", 1, "POST", 1),
        row(" https://shop.example/ipn", "get", 0, "GET", 1),
        {"url": "https://docs.example/ipn", "created_date": "2022-04-01T10:18:10.657Z", "ipn_id": "docs", "error": null,
            "status": "200"},
        row("http://127.0.0.0.1", "theirs", 0, "GET", 1),
        {"url": "https://no-id.example", "ipn_id": null},
    ])
    .to_string()
}

fn found(call: &Call<Output>, text: &str) -> Result<Output, Call<Output>> {
    match (call.read)(text) {
        Reading::Success(output) => Ok(output),
        Reading::Then(next) => Err(next),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_that_is_listed_is_taken_and_any_other_is_registered() {
    let id = |id: &str| Output::Text(id.to_owned());
    for (url, kind, expected) in [
        (ENSURED, None, "get"),
        (" https://shop.example/ipn ", Some("get"), "get"),
        (ENSURED, Some("POST"), "post"),
        ("https://docs.example/ipn", Some("POST"), "docs"),
    ] {
        let call = ensure(url, kind).unwrap();
        assert_eq!(call.effect, Effect::Reads);
        assert_eq!(
            call.request.url,
            "https://gateway.example/api/URLSetup/GetIpnList"
        );
        assert_eq!(
            found(&call, &list()).unwrap(),
            id(expected),
            "{url} {kind:?}"
        );
    }
    for (url, kind) in [(ENSURED, "GET"), ("https://new.example/ipn", "POST")] {
        let call = ensure(&format!(" {url} "), Some(kind)).unwrap();
        let text = if url == ENSURED {
            "[]".to_owned()
        } else {
            list()
        };
        let register = found(&call, &text).unwrap_err();
        assert_eq!(register.effect, Effect::Registers);
        let sent = format!(r#"{{"url":"{url}","ipn_notification_type":"{kind}"}}"#);
        assert_eq!(body(&register), sent);
        let answer = |url: &str, more: &str| {
            let text = format!(r#"{{"url":"{url}","ipn_id":"new","status":"200"{more}}}"#);
            judged(pesapal().as_ref(), &register, 200, &text)
        };
        assert_eq!(answer(url, "").unwrap(), id("new"));
        let other = match kind {
            "GET" => 1,
            _ => 0,
        };
        assert!(answer("https://other.example/ipn", "").is_err());
        assert!(answer(url, &format!(r#","notification_type":{other}"#)).is_err());
    }
}

#[test]
fn the_list_is_told_in_one_vocabulary_whatever_its_rows_hold() {
    let call = pesapal()
        .ask(Operation::ListIpns, &Input::default())
        .unwrap();
    let told = |text: &str| match judged(pesapal().as_ref(), &call, 200, text).unwrap() {
        Output::Answer(json) => serde_json::from_str::<Value>(&json).unwrap(),
        other => panic!("{other:?}"),
    };
    let rows = told(&list());
    let rows: Vec<_> = rows.as_array().unwrap().iter().collect();
    let short = |row: &Value| json!([row["ipnId"], row["url"], row["type"], row["active"]]);
    let raws: Vec<Value> = serde_json::from_str(&list()).unwrap();
    for (at, (row, expected)) in rows
        .iter()
        .zip([
            json!(["old", ENSURED, "GET", false]),
            json!(["post", ENSURED, "POST", true]),
            json!(["get", ENSURED, "GET", true]),
            json!(["docs", "https://docs.example/ipn", null, null]),
            json!(["theirs", "http://127.0.0.0.1", "GET", true]),
        ])
        .enumerate()
    {
        assert_eq!(short(row), expected);
        assert_eq!(
            (&row["provider"], &row["raw"]),
            (&json!("pesapal"), &raws[at])
        );
    }
    assert_eq!(rows.len(), 5);
    assert_eq!(told("[]"), json!([]));
}

#[test]
fn a_list_that_is_refused_or_unreadable_is_none_and_moves_nothing() {
    let call = ensure(ENSURED, None).unwrap();
    let refused = |text: &str| {
        let failed = judged(pesapal().as_ref(), &call, 200, text).unwrap_err();
        line(&failed.error)
    };
    assert_eq!(
        refused(r#"{"error":{"error_type":"api_error","code":"x","message":"No"},"status":"500"}"#),
        "REFUSED not_sent 200 x No"
    );
    for text in ["", "{}", r#"{"ipns":[]}"#] {
        let told = refused(text);
        assert!(told.starts_with("INVALID_RESPONSE not_sent 200"), "{told}");
    }
    let wrong = ensure("shop.example", Some("PUT")).unwrap_err();
    assert_eq!(
        wrong,
        "url must be an absolute http or https URL; the IPN notification type must be 'GET' or 'POST'. Nothing was sent."
    );
}

#[test]
fn a_checkout_with_an_ipn_url_looks_registers_and_orders() {
    let checkout = json!({
        "amount": 1500, "currency": "UGX", "reference": "ORD-1", "description": "Order 1",
        "customer": {"email": "asha@example.com"}, "returnUrl": "https://shop.example/back",
        "cancelUrl": "https://shop.example/no", "callbackUrl": ENSURED
    });
    let made = |object: &Value| {
        let input = Input::default().with("checkout", object.to_string());
        pesapal().ask(Operation::Checkout, &input)
    };
    let sent = |ipn: &str| {
        let parts = [
            r#"{"id":"ORD-1","currency":"UGX","amount":1500,"description":"Order 1","#,
            r#""callback_url":"https://shop.example/back","cancellation_url":"https://shop.example/no","#,
            r#""billing_address":{"email_address":"asha@example.com","country_code":"UG"},"notification_id":""#,
        ];
        format!("{}{ipn}\"}}", parts.concat())
    };
    let look = made(&checkout).unwrap();
    assert_eq!(look.effect, Effect::Reads);
    // An URL that is registered already serves, whichever type it has.
    let order = found(&look, &list()).unwrap_err();
    assert_eq!(
        (order.effect, body(&order)),
        (Effect::MovesMoney, &*sent("post"))
    );
    let register = found(&look, "[]").unwrap_err();
    assert_eq!(
        body(&register),
        format!(r#"{{"url":"{ENSURED}","ipn_notification_type":"GET"}}"#)
    );
    let order = found(&register, r#"{"ipn_id":"new","status":"200"}"#).unwrap_err();
    assert_eq!(
        (order.effect, body(&order)),
        (Effect::MovesMoney, &*sent("new"))
    );
    let opened = r#"{"order_tracking_id":"t","merchant_reference":"ORD-1","redirect_url":"https://pay.example/","error":null,"status":"200"}"#;
    let Output::Answer(told) = judged(pesapal().as_ref(), &order, 200, opened).unwrap() else {
        panic!("no answer")
    };
    let told: Value = serde_json::from_str(&told).unwrap();
    let expected = json!({
        "provider": "pesapal", "redirectUrl": "https://pay.example/", "reference": "ORD-1",
        "gatewayReference": "ORD-1", "transactionId": "t", "raw": serde_json::from_str::<Value>(opened).unwrap()
    });
    assert_eq!(told, expected);

    let mut with_id = checkout.clone();
    with_id["ipnId"] = json!("own");
    let order = made(&with_id).unwrap();
    assert_eq!(
        (order.effect, body(&order)),
        (Effect::MovesMoney, &*sent("own"))
    );

    let none = json!({"items": [], "reference": "ORD-1"});
    let none = made(&none).unwrap_err().message;
    for rule in [
        "returnUrl is missing",
        "items are not taken by PesaPal: give amount",
        "ipnId is missing: the id that ensureIpn() gives, or callbackUrl",
    ] {
        assert!(none.contains(rule), "{none}");
    }
}
