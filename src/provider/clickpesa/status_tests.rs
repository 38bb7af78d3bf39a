use super::tests::clickpesa;
use super::wire;
use crate::laws::Ask;
use crate::model::payment::Status;
use crate::provider::Missing;
use crate::testing::judged;

#[test]
fn a_query_is_one_row_of_many_the_paid_one_or_the_newest() {
    let call = clickpesa().status("ORD1", None).unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/third-parties/payments/ORD1"
    );
    let row = |status: &str, at: &str| {
        format!(
            r#"{{"id":"{at}","status":"{status}","orderReference":"ORD1","collectedAmount":10000,"collectedCurrency":"TZS","paymentPhoneNumber":"255712345678","updatedAt":"{at}"}}"#
        )
    };
    let read = |rows: &[String]| {
        judged(
            clickpesa().as_ref(),
            &call,
            200,
            &format!("[{}]", rows.join(",")),
        )
        .unwrap()
    };
    let payment = read(&[row("FAILED", "3"), row("SETTLED", "1"), row("FAILED", "2")]);
    assert_eq!(
        (payment.status, payment.transaction_id.as_deref()),
        (Status::Succeeded, Some("1"))
    );
    assert_eq!(
        (payment.amount.as_deref(), payment.payer.as_deref()),
        (Some("10000"), Some("2557****5678"))
    );
    let payment = read(&[row("PROCESSING", "2"), row("FAILED", "1")]);
    assert_eq!(payment.status, Status::Processing);
    for (text, status) in [
        ("PENDING", Status::Pending),
        ("processing", Status::Processing),
        ("ON-HOLD", Status::Processing),
        ("SUCCESS", Status::Succeeded),
        ("SETTLED", Status::Succeeded),
        ("FAILED", Status::Failed),
        ("REFUNDED", Status::Refunded),
        ("REVERSED", Status::Reversed),
        ("NEW", Status::Unknown),
    ] {
        assert_eq!(read(&[row(text, "1")]).status, status);
    }
    assert!(judged(clickpesa().as_ref(), &call, 200, "[]").is_err());
}

#[test]
fn rows_of_other_payments_are_not_looked_at() {
    let call = clickpesa().status("ORD1", None).unwrap();
    let read = |text: &str| judged(clickpesa().as_ref(), &call, 200, text);
    let mine = r#"{"id":"1","status":"PROCESSING","orderReference":"ORD1"}"#;
    for others in [
        r#"{"id":"2","status":"SUCCESS","orderReference":"ORD2"}"#,
        r#"{"id":"2","status":"SUCCESS","orderReference":"ord1"}"#,
        r#"{"id":"2","status":"SUCCESS"}"#,
        r#"{"id":"ORD1","status":"SUCCESS","orderReference":null}"#,
        r#"{"name":"clickpesa-core","status":"SUCCESS"}"#,
    ] {
        for alone in [format!("[{others}]"), others.to_owned()] {
            let error = read(&alone).unwrap_err().error;
            assert_eq!(error.code.name(), "INVALID_RESPONSE", "{alone}");
        }
        for together in [
            format!("[{others},{mine}]"),
            format!("[{mine},{others}]"),
            format!(r#"{{"data":[{others},{mine}],"totalCount":2}}"#),
        ] {
            let payment = read(&together).unwrap();
            assert_eq!(payment.status, Status::Processing, "{together}");
        }
    }
    assert_eq!(read(mine).unwrap().status, Status::Processing);
}

#[test]
fn only_clickpesas_own_404_is_a_payment_that_is_not_there_yet() {
    let missing = |body: &str| wire::missing("ORD1", "ORD1", body);
    for body in [
        r#"{"message":"Invalid or missing payment: ORD1"}"#,
        r#"{"statusCode":404,"message":["Invalid or missing payment: ORD1"],"error":"Not Found"}"#,
        r#"{"message":"Invalid or missing payment"}"#,
    ] {
        let Missing::Answer(payment) = missing(body) else {
            panic!("{body}")
        };
        assert_eq!(payment.status, Status::Pending);
        assert_eq!(payment.reference.as_deref(), Some("ORD1"));
    }
    for body in [
        "",
        "Not Found",
        "<pre>Cannot GET /payments/ORD1</pre>",
        r#"{"statusCode":404,"message":"Cannot GET /payments/ORD1","error":"Not Found"}"#,
        "{}",
        "[]",
        "null",
        r#"{"message":"Invalid or missing pay"#,
    ] {
        assert!(matches!(missing(body), Missing::Elsewhere), "{body}");
    }
    for body in [
        r#"{"message":"Invalid or missing payment: ORD2"}"#,
        r#"{"message":"Account has no payment collection methods"}"#,
        r#"{"message":"Invalid or missing payment: ORD1","id":"CLP1","status":"SUCCESS"}"#,
        r#"{"message":"Invalid or missing payment: ORD1","statusCode":500}"#,
    ] {
        assert!(matches!(missing(body), Missing::Refused), "{body}");
    }
}

#[test]
fn a_reference_is_a_name_and_no_step_of_a_path() {
    for reference in [
        ".",
        "..",
        "../..",
        "%2e%2e",
        "..\\..",
        "a/../b",
        "ORD?x=1",
        "ORD#x",
        "..;/",
        "..;",
        "a;b",
        "a\r\nX-Evil: 1",
        " .. ",
        "\u{2024}\u{2024}",
        "a\0b",
        "a\tb",
        "a\u{fffd}b",
        "",
        " ",
        "---",
    ] {
        let error = clickpesa().status(reference, None).err().unwrap();
        assert_eq!(error.code.name(), "INVALID_REQUEST", "{reference:?}");
        assert!(error.message.starts_with("reference must"), "{reference:?}");
    }
    for (reference, path) in [
        ("ORD.1", "ORD.1"),
        (" order_123456 ", "order_123456"),
        ("..a", "..a"),
        ("55042914871931", "55042914871931"),
        ("a b", "a%20b"),
    ] {
        let url = clickpesa().status(reference, None).unwrap().request.url;
        assert!(url.ends_with(&format!("/payments/{path}")), "{url}");
    }
}
