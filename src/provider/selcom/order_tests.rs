use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::tests::{ORDER_MADE, ask, selcom};
use crate::model::operation::{Input, Operation, Output};
use crate::model::payment::Status;
use crate::provider::{Access, Reading};
use crate::testing::{body, judged};

fn status_of(answer: &str) -> Reading<Output> {
    (ask(Operation::GetPaymentStatus, "reference", "ORD-1001").read)(answer)
}

fn row(status: &str) -> String {
    format!(
        r#"{{"reference":"0289999290","resultcode":"000","result":"SUCCESS","message":"Order fetch successful","data":[{{"order_id":"ORD-1001","creation_date":"2026-01-02 03:04:05","amount":"1500","payment_status":"{status}","transid":"ABC1DEF2GH","channel":"MPESA-TZ","reference":"0289999291","phone":"255754000001"}}]}}"#
    )
}

#[test]
fn a_status_is_the_orders_own_and_never_the_envelopes() {
    for (word, status) in [
        ("PENDING", Status::Pending),
        ("INPROGRESS", Status::Processing),
        ("COMPLETED", Status::Succeeded),
        ("COMPLETE", Status::Succeeded),
        ("CANCELLED", Status::Failed),
        ("CANCEL", Status::Failed),
        ("USERCANCELLED", Status::Failed),
        ("USERCANCELED", Status::Failed),
        ("REJECTED", Status::Failed),
        ("REVERSED", Status::Reversed),
        ("NEWWORD", Status::Unknown),
        ("", Status::Unknown),
    ] {
        match status_of(&row(word)) {
            Reading::Success(Output::Payment(payment)) => {
                assert_eq!(payment.status, status, "{word}");
                assert_eq!(payment.receipt.as_deref(), Some("ABC1DEF2GH"));
                assert_eq!(payment.transaction_id, None);
                assert_eq!(payment.payer.as_deref(), Some("2557****0001"));
            }
            other => panic!("{other:?}"),
        }
    }
    let twice = |first: &str, second: &str| {
        let one = row(first).replace("}]}", "}");
        let two = row(second).split_once("[{").unwrap().1.to_owned();
        status_of(&format!("{one},{{{two}"))
    };
    for (first, second, status) in [
        ("COMPLETED", "REVERSED", Status::Reversed),
        ("REVERSED", "COMPLETED", Status::Reversed),
        ("PENDING", "PENDING", Status::Pending),
    ] {
        match twice(first, second) {
            Reading::Success(Output::Payment(payment)) => assert_eq!(payment.status, status),
            other => panic!("{other:?}"),
        }
    }
    let as_object = row("COMPLETED").replace("[{", "{").replace("}]", "}");
    assert!(matches!(status_of(&as_object), Reading::Success(_)));
    let other = row("COMPLETED").replace("ORD-1001", "ORD-1002");
    assert!(matches!(status_of(&other), Reading::Another(_)));
    for none in [r#""data":[]"#, r#""data":null"#, r#""x":1"#] {
        let answer = format!(r#"{{"resultcode":"000","result":"SUCCESS",{none}}}"#);
        assert!(
            matches!(status_of(&answer), Reading::Unreadable(_)),
            "{answer}"
        );
    }
    let denied = row("COMPLETED").replace("\"reference\":\"0289999290\"", "\"success\":false");
    assert!(matches!(status_of(&denied), Reading::Unreadable(_)));
}

const NO_ORDER: &str = r#"{"reference":"1","resultcode":"404","result":"FAIL","message":"ORD-1001 not found","data":[]}"#;

#[test]
fn an_order_that_is_not_there_is_pending_and_has_nothing_of_its_own() {
    match status_of(NO_ORDER) {
        Reading::Success(Output::Payment(payment)) => {
            assert_eq!(payment.status, Status::Pending);
            assert_eq!(payment.raw.json(), Some("null"));
        }
        other => panic!("{other:?}"),
    }
    // No other 404 says that: it may be of a path, a vendor, or of an order that is there.
    let order = row("COMPLETED").replace("\"000\"", "\"404\"");
    for other in [
        NO_ORDER.replace("ORD-1001 not found", "Endpoint not found"),
        NO_ORDER.replace("ORD-1001", "ORD-7777"),
        NO_ORDER.replace("ORD-1001 ", ""),
        NO_ORDER.replace(",\"message\":\"ORD-1001 not found\"", ""),
        NO_ORDER.replace(
            "[]",
            r#"[{"order_id":"ORD-1001","payment_status":"COMPLETED"}]"#,
        ),
        NO_ORDER.replace("FAIL", "SUCCESS"),
        order.replace("SUCCESS", "FAIL"),
    ] {
        assert!(
            matches!(status_of(&other), Reading::Unreadable(_)),
            "{other}"
        );
    }
    for without in [NO_ORDER.replace("[]", "null"), NO_ORDER.replace("[]", "{}")] {
        assert!(
            matches!(status_of(&without), Reading::Success(_)),
            "{without}"
        );
    }
    // One that Selcom cannot carry was given another name.
    let call = ask(Operation::GetPaymentStatus, "reference", "INVOICE 7");
    match (call.read)(&NO_ORDER.replace("ORD-1001", "INVOICE 7")) {
        Reading::Then(next) => assert_ne!(next.request.url, call.request.url),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_may_be_one_object_or_missing() {
    let filter = r#"{"startDate":"2026-01-01","endDate":"2026-01-02"}"#;
    let call = ask(Operation::ListPayments, "filter", filter);
    let told = r#"{"resultcode":"000","result":"SUCCESS","data":[]}"#;
    let order = r#"{"order_id":"ORD-1","amount":"1500","payment_status":"CANCEL"}"#;
    for (data, rows) in [
        ("[]".to_owned(), 0),
        ("null".to_owned(), 0),
        ("{}".to_owned(), 0),
        (order.to_owned(), 1),
        (format!("[{order},{order}]"), 2),
    ] {
        match (call.read)(&told.replace("[]", &data)) {
            Reading::Success(Output::Answer(page)) => {
                let page: Value = serde_json::from_str(&page).unwrap();
                assert_eq!(page["rows"].as_array().unwrap().len(), rows, "{data}");
            }
            other => panic!("{data}: {other:?}"),
        }
    }
    let missing = told.replace(",\"data\":[]", "");
    assert!(matches!((call.read)(&missing), Reading::Success(_)));
    let text = told.replace("[]", "\"x\"");
    assert!(matches!((call.read)(&text), Reading::Unreadable(_)));
}

#[test]
fn only_whom_selcom_knows_is_told_that_nobodys_order_is_not_there() {
    let gateway = selcom(&[]);
    let Access::Signed(question) = gateway.access() else {
        panic!()
    };
    let none = NO_ORDER.replace("ORD-1001", "finconnect-verify-credentials");
    judged(gateway.as_ref(), &question, 200, &none).unwrap();
    let refused = r#"{"resultcode":"403","result":"FAIL","message":"Invalid digest"}"#;
    assert!(judged(gateway.as_ref(), &question, 403, refused).is_err());
}

#[test]
fn a_page_comes_as_base64_or_plain() {
    let checkout = r#"{"amount":"1500","currency":"TZS","reference":"ORD-1","customer":{"phone":"0712345678"},"returnUrl":"https://shop.example/back?order_id=ORD-1002","callbackUrl":"https://shop.example/hooks/selcom?id=1"}"#;
    let call = ask(Operation::Checkout, "checkout", checkout);
    let sent: Value = serde_json::from_str(body(&call)).unwrap();
    assert_eq!(
        sent["webhook"],
        "aHR0cHM6Ly9zaG9wLmV4YW1wbGUvaG9va3Mvc2VsY29tP2lkPTE="
    );
    let url = "https://tza.selcom.online/paymentgw/checkout/abc?~>";
    for told in [
        STANDARD.encode(url),
        STANDARD_NO_PAD.encode(url),
        URL_SAFE.encode(url),
        URL_SAFE_NO_PAD.encode(url),
        url.to_owned(),
    ] {
        let answer = ORDER_MADE.replace(
            "80008000\"",
            &format!("8\",\"payment_gateway_url\":\"{told}\""),
        );
        let Reading::Success(Output::Answer(page)) = (call.read)(&answer) else {
            panic!("{answer}")
        };
        let page: Value = serde_json::from_str(&page).unwrap();
        assert_eq!(page["redirectUrl"], url);
    }
    for told in [
        "",
        "null",
        "javascript:alert(1)",
        "amF2YXNjcmlwdDphbGVydCgxKQ==",
        "http://tza.selcom.online/x",
        "http://127.0.0.1/x",
        "https://user:pass@tza.selcom.online/x",
        "https://tza.selcom.online@evil.example/x",
        "https://tza.selcom.online/a b",
        "https://tza.selcom.online/\\n",
        "https://tza.selcom.online\\\\evil",
        "ftp://tza.selcom.online/x",
        &STANDARD.encode("http://tza.selcom.online/x"),
        &STANDARD.encode("https://tza.selcom.online/x\n"),
    ] {
        let answer = ORDER_MADE.replace(
            "80008000\"",
            &format!("8\",\"payment_gateway_url\":\"{told}\""),
        );
        assert!(
            matches!((call.read)(&answer), Reading::Unreadable(_)),
            "{told}"
        );
    }
}

#[test]
fn a_card_takes_a_name_an_email_and_an_address_in_flat_keys() {
    let incomplete = r#"{"method":"card","amount":"1500","currency":"TZS","reference":"A","customer":{"name":"Asha","phone":"0712345678"}}"#;
    let input = Input::default().with("checkout", incomplete.to_owned());
    let message = selcom(&[])
        .make(Operation::Checkout, &input)
        .unwrap_err()
        .message;
    for name in ["customer.name", "customer.email", "billing"] {
        assert!(message.contains(name), "{message}");
    }
    let whole = r#"{"method":"card","amount":"25000","currency":"TZS","reference":"A","customer":{"name":"Asha Juma Ali","email":"asha@example.com","phone":"0712345678","id":"u1"},"billing":{"address":"Plot 1, Samora Ave","city":"Dar es Salaam","region":"Dar es Salaam","postcode":"1234","country":"tz"},"expiresInMinutes":60}"#;
    let call = ask(Operation::Checkout, "checkout", whole);
    assert!(call.request.url.ends_with("/v1/checkout/create-order"));
    let sent: Value = serde_json::from_str(body(&call)).unwrap();
    for (name, value) in [
        ("payment_methods", "CARD"),
        ("buyer_userid", "u1"),
        ("billing.firstname", "Asha"),
        ("billing.lastname", "Juma Ali"),
        ("billing.country", "TZ"),
        ("expiry", "60"),
    ] {
        assert_eq!(sent[name], value);
    }
}
