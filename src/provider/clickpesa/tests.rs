use std::time::Duration;

use crate::payment::Status;
use crate::provider::testing::{body, gateway, judged, line};
use crate::provider::{Call, Gateway, Lifetime, Provider, Reading};

fn clickpesa() -> Box<dyn Gateway> {
    gateway(Provider::Clickpesa, &[]).unwrap()
}

fn push() -> Call<String> {
    clickpesa()
        .pay(r#"{"orderReference":"ORD1"}"#, None)
        .unwrap()
}

#[test]
fn the_login_sends_the_credentials_as_headers() {
    let login = clickpesa().login();
    assert_eq!(
        login.request.url,
        "https://gateway.example/third-parties/generate-token"
    );
    let headers: Vec<_> = login
        .request
        .headers
        .iter()
        .map(|(name, value)| (*name, value.reveal()))
        .collect();
    assert_eq!(
        headers,
        [
            ("client-id", "test-clickpesa_client_id"),
            ("api-key", "test-clickpesa_api_key")
        ]
    );
    assert_eq!(body(&login), "{}");
}

#[test]
fn the_token_is_used_as_it_comes_and_never_gets_two_schemes() {
    let read = clickpesa().login().read;
    let authorization =
        |token: &str| match read(&format!(r#"{{"success":true,"token":"{token}"}}"#)) {
            Reading::Success(login) => {
                assert_eq!(login.lifetime, Lifetime::For(Duration::from_secs(3600)));
                login.authorization.reveal().to_owned()
            }
            other => panic!("{other:?}"),
        };
    assert_eq!(authorization("Bearer abc"), "Bearer abc");
    assert_eq!(authorization("bearer abc"), "bearer abc");
    assert_eq!(authorization(" Bearer abc "), "Bearer abc");
    assert_eq!(authorization("abc"), "Bearer abc");
    for text in [
        r#"{"success":true}"#,
        r#"{"success":false,"token":"Bearer abc"}"#,
        r#"{"token":""}"#,
    ] {
        assert!(matches!(read(text), Reading::Refusal(Some(_))), "{text}");
    }
}

#[test]
fn the_prefix_in_base_url_is_not_doubled() {
    for base in [
        "https://g.example",
        "https://g.example/",
        "https://g.example/third-parties",
        "https://g.example/third-parties/",
    ] {
        let gateway = gateway(Provider::Clickpesa, &[("baseUrl", base)]).unwrap();
        let url = gateway.pay("{}", None).unwrap().request.url;
        assert_eq!(
            url,
            "https://g.example/third-parties/payments/initiate-ussd-push-request"
        );
    }
}

#[test]
fn without_a_checksum_key_the_payload_goes_out_as_it_is() {
    let payment = r#"{ "amount" : "1000", "checksum":"mine" }"#;
    assert_eq!(
        body(&clickpesa().pay(payment, Some("ignored")).unwrap()),
        payment
    );
}

#[test]
fn with_a_checksum_key_the_payload_gains_the_canonical_checksum() {
    let signing = gateway(
        Provider::Clickpesa,
        &[("CLICKPESA_CHECKSUM_KEY", "sum-key")],
    )
    .unwrap();
    let payment = r#"{"phoneNumber":"255712345678","orderReference":"ORD-1","currency":"TZS","amount":"10000"}"#;
    let checksum = "f4d913f71c34c2225fc3a6ffa604a4a6b953b4070afa4f0f437711dd24550b37";
    assert_eq!(
        body(&signing.pay(payment, None).unwrap()),
        format!(
            r#"{},"checksum":"{checksum}"}}"#,
            payment.strip_suffix('}').unwrap()
        )
    );
    let stale = r#"{"checksum":null,"phoneNumber":"255712345678","orderReference":"ORD-1","currency":"TZS","amount":"10000"}"#;
    assert_eq!(
        body(&signing.pay(stale, None).unwrap()),
        stale.replace("null", &format!("\"{checksum}\""))
    );
}

#[test]
fn an_accepted_push_and_one_that_failed_at_once_are_answers() {
    for status in ["PROCESSING", "SUCCESS", "SETTLED", "FAILED"] {
        let text = format!(
            r#"{{"id":"X","status":"{status}","orderReference":"ORD1","collectedAmount":"1000.00"}}"#
        );
        for http in [200, 201] {
            assert_eq!(
                judged(clickpesa().as_ref(), &push(), http, &text).unwrap(),
                text
            );
        }
    }
}

#[test]
fn every_known_text_is_a_refusal_in_the_gateways_words() {
    let table = [
        (400, "Valid Client ID is required"),
        (
            400,
            "Application has no access to COLLECTION API feature. Enable it on your application.",
        ),
        (
            400,
            "Invalid Order Reference, should only contain alphanumeric characters and cannot be blank",
        ),
        (
            400,
            "Order Reference should be less than or equal to 20 characters",
        ),
        (400, "Invalid / unsupported phone number"),
        (400, "Invalid checksum"),
        (400, "checksum is required"),
        (400, "Insufficient balance"),
        (403, "Invalid client details"),
        (403, "Invalid or Expired API-Key"),
        (403, "Unauthorized API-Key"),
        (404, "Account has no payment collection methods"),
        (404, "Account has no valid payment method"),
        (404, "Invalid or missing payment: ORD1"),
        (
            409,
            "Order reference ORD1 already used: Create a different reference",
        ),
    ];
    for (status, text) in table {
        for answer in [
            format!(r#"{{"message":"{text}"}}"#),
            format!(r#"{{"statusCode":{status},"message":["{text}"],"error":"Bad Request"}}"#),
            text.to_owned(),
        ] {
            let failed = judged(clickpesa().as_ref(), &push(), status, &answer).unwrap_err();
            assert_eq!(
                line(&failed.error),
                format!("REFUSED refused {status} - {text}")
            );
            assert!(!failed.token_refused);
        }
    }
}

#[test]
fn several_messages_are_joined_as_javascript_joins_them() {
    let text = r#"{"statusCode":400,"message":["amount must be a string","currency is required"],"error":"Bad Request"}"#;
    let error = judged(clickpesa().as_ref(), &push(), 400, text)
        .unwrap_err()
        .error;
    assert_eq!(
        error.message,
        "amount must be a string,currency is required"
    );
    let error = judged(
        clickpesa().as_ref(),
        &push(),
        400,
        r#"{"message":[],"error":"Bad Request"}"#,
    )
    .unwrap_err()
    .error;
    assert_eq!(error.message, "Bad Request");
}

#[test]
fn a_401_is_a_refused_token_in_every_form() {
    for text in [
        r#"{"message":"Unauthorized"}"#,
        "Unauthorized",
        r#"{"message":"Unauthorized","statusCode":401}"#,
    ] {
        let failed = judged(clickpesa().as_ref(), &push(), 401, text).unwrap_err();
        assert!(failed.token_refused);
        assert_eq!(
            line(&failed.error),
            "AUTHENTICATION_FAILED refused 401 - Unauthorized"
        );
    }
}

#[test]
fn limits_and_failures() {
    let table = [
        (
            429,
            r#"{"message":"Too Many Requests"}"#,
            "RATE_LIMITED refused 429 - Too Many Requests",
        ),
        (
            500,
            r#"{"message":"Error validating fee, try again later"}"#,
            "GATEWAY_ERROR unknown 500 - Error validating fee, try again later (HTTP 500). The payment may have been made: check its status before you try again.",
        ),
        (
            200,
            "",
            "INVALID_RESPONSE unknown 200 - ClickPesa answered HTTP 200 with an empty answer. The payment may have been made: check its status before you try again.",
        ),
    ];
    for (status, text, expected) in table {
        let error = judged(clickpesa().as_ref(), &push(), status, text)
            .unwrap_err()
            .error;
        assert_eq!(line(&error), expected);
    }
}

#[test]
fn a_credential_that_no_header_can_carry_is_refused_at_once() {
    let error = gateway(Provider::Clickpesa, &[("CLICKPESA_API_KEY", "k\u{e9}y")])
        .err()
        .unwrap();
    assert!(
        error.message.contains("CLICKPESA_API_KEY"),
        "{}",
        error.message
    );
    assert!(gateway(Provider::Clickpesa, &[("CLICKPESA_API_KEY", "SK123\n")]).is_ok());
}

#[test]
fn an_error_in_place_of_a_push_leaves_the_outcome_unknown() {
    for text in [
        r#"{"success":false}"#,
        r#"{"message":"oops","statusCode":500}"#,
        r#"{"error":"x"}"#,
    ] {
        let error = judged(clickpesa().as_ref(), &push(), 200, text)
            .unwrap_err()
            .error;
        assert_eq!(
            (error.code.name(), error.outcome.name()),
            ("INVALID_RESPONSE", "unknown"),
            "{text}"
        );
    }
}

#[test]
fn there_is_no_ipn_registration() {
    let error = clickpesa()
        .register_ipn("https://x.example", "GET")
        .err()
        .unwrap();
    assert_eq!(
        error.message,
        "IPN registration not supported by this provider"
    );
}

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
    assert_eq!(clickpesa().missing("ORD1").unwrap().status, Status::Pending);
}
