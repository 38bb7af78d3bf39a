use std::time::Duration;

use super::ENTRY;
use crate::flow::judge::Token;
use crate::laws::Ask;
use crate::provider::{Call, Gateway, Lifetime, Reading};
use crate::testing::{body, gateway, judged, line};

pub fn clickpesa() -> Box<dyn Gateway> {
    gateway(&ENTRY, &[]).unwrap()
}

pub fn push() -> Call<String> {
    clickpesa()
        .pay(r#"{"orderReference":"ORD1"}"#, None)
        .unwrap()
}

#[test]
fn the_login_sends_the_credentials_as_headers() {
    let login = clickpesa().access().login().unwrap();
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
    let read = clickpesa().access().login().unwrap().read;
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
        let gateway = gateway(&ENTRY, &[("baseUrl", base)]).unwrap();
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
    let signing = gateway(&ENTRY, &[("CLICKPESA_CHECKSUM_KEY", "sum-key")]).unwrap();
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
fn an_accepted_push_has_an_id_and_is_under_way() {
    for status in ["PROCESSING", "processing", "SUCCESS", "SETTLED", "PENDING"] {
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
fn a_push_that_failed_at_once_is_a_refusal_unless_something_says_otherwise() {
    let line_of = |text: &str| {
        let failed = judged(clickpesa().as_ref(), &push(), 200, text).unwrap_err();
        line(&failed.error)
    };
    assert_eq!(
        line_of(
            r#"{"id":"X","status":"FAILED","orderReference":"ORD1","collectedAmount":"1000.00","message":"Insufficient balance"}"#
        ),
        "REFUSED refused 200 - Insufficient balance"
    );
    assert_eq!(
        line_of(r#"{"id":"X","status":"failed"}"#),
        "REFUSED refused 200 - the payment failed at once"
    );
    for doubtful in [
        r#"{"id":"X","status":"FAILED","orderReference":"ORD2"}"#,
        r#"{"id":"X","status":"FAILED","success":true}"#,
        r#"{"id":"X","status":"FAILED","paymentStatus":"SUCCESS"}"#,
        r#"{"id":"X","status":"PROCESSING","status":"FAILED"}"#,
        r#"{"id":"X","status":"FAILED","message":"Request timed out"}"#,
        r#"{"status":"FAILED"}"#,
    ] {
        assert!(
            line_of(doubtful).starts_with("INVALID_RESPONSE unknown 200"),
            "{doubtful}"
        );
    }
}

#[test]
fn a_reference_that_was_used_before_says_that_the_first_payment_arrived() {
    let repeated = "Order reference ORD1 already used: Create a different reference";
    for (status, text) in [
        (409, format!(r#"{{"message":"{repeated}"}}"#)),
        (
            409,
            format!(r#"{{"statusCode":409,"message":["{repeated}"],"error":"Conflict"}}"#),
        ),
        (409, repeated.to_owned()),
        (
            409,
            r#"{"message":"Order reference already used: Create a different reference"}"#
                .to_owned(),
        ),
        (
            400,
            format!(r#"{{"statusCode":400,"message":"{repeated}","error":"Bad Request"}}"#),
        ),
        (401, format!(r#"{{"message":"{repeated}"}}"#)),
    ] {
        let failed = judged(clickpesa().as_ref(), &push(), status, &text).unwrap_err();
        let shown = line(&failed.error);
        assert!(
            shown.starts_with(&format!(
                "DUPLICATE_REFERENCE unknown {status} - Order reference"
            )),
            "{shown}"
        );
        assert!(shown.contains("let recover() say"), "{shown}");
        assert!(!failed.error.retryable && failed.token != Token::Refused);
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
            assert_eq!(failed.token, Token::Kept);
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
        assert_eq!(failed.token, Token::Refused);
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
            "GATEWAY_ERROR unknown 500 - Error validating fee, try again later (HTTP 500). The payment may have been made: let recover() say what is safe before you try again.",
        ),
        (
            200,
            "",
            "INVALID_RESPONSE unknown 200 - ClickPesa answered HTTP 200 with an empty answer. The payment may have been made: let recover() say what is safe before you try again.",
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
    let error = gateway(&ENTRY, &[("CLICKPESA_API_KEY", "k\u{e9}y")])
        .err()
        .unwrap();
    assert!(
        error.message.contains("CLICKPESA_API_KEY"),
        "{}",
        error.message
    );
    assert!(gateway(&ENTRY, &[("CLICKPESA_API_KEY", "SK123\n")]).is_err());
}

#[test]
fn an_error_in_place_of_a_push_leaves_the_outcome_unknown() {
    for text in [
        r#"{"success":false}"#,
        r#"{"message":"oops","statusCode":500}"#,
        r#"{"error":"x"}"#,
        "{}",
        "[]",
        "null",
        "\"OK\"",
        r#"{"errors":["x"]}"#,
        r#"{"status":"error"}"#,
        r#"{"status":"REJECTED","id":"X"}"#,
        r#"{"success":true}"#,
        r#"{"id":"X"}"#,
        r#"{"id":null,"status":"PROCESSING"}"#,
        r#"{"id":"null","status":"PROCESSING"}"#,
        r#"{"id":"X","status":"PROCESSING","success":false}"#,
        r#"{"id":"X","status":"PROCESSING","error":"Bad Request","statusCode":400}"#,
        r#"{"id":"X","status":"FAILED","status":"PROCESSING"}"#,
        r#"[{"id":"X","status":"PROCESSING","orderReference":"ORD1"}]"#,
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
fn a_login_answer_that_may_hold_a_token_is_known() {
    for answer in [r#"{"token":"abc"#, r#"{"token":"abc"}"#, r#"abc"#] {
        assert!(super::wire::may_hold_token(answer), "{answer}");
    }
    for answer in [r#"{"token":null}"#, r#"{}"#] {
        assert!(!super::wire::may_hold_token(answer), "{answer}");
    }
}
