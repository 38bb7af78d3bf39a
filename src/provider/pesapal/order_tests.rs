use super::tests::{order, pesapal};
use crate::flow::judge::Token;
use crate::testing::{judged, line};

const LIFE_ADVICE: &str =
    "The payment may have been made: let recover() say what is safe before you try again.";

#[test]
fn an_order_is_accepted_whatever_shape_its_empty_error_has() {
    let keys = r#""order_tracking_id":"t","merchant_reference":"A-1","redirect_url":"https://pay.example/?OrderTrackingId=t""#;
    for error in [
        "",
        r#","error":null"#,
        r#","error":{"error_type":null,"code":null,"message":null}"#,
        r#","error":{"error_type":null,"code":null,"message":null,"call_back_url":null}"#,
        r#","error":{"error_type":"","code":"","message":""}"#,
    ] {
        for status in [
            r#","status":"200""#,
            r#","status":200"#,
            r#","status":null"#,
            "",
        ] {
            let text = format!("{{{keys}{error}{status}}}");
            assert_eq!(
                judged(pesapal().as_ref(), &order(), 200, &text).unwrap(),
                text
            );
        }
    }
}

#[test]
fn every_known_error_code_is_a_refusal_inside_a_200() {
    let table = [
        (
            "api_error",
            "invalid_consumer_key_or_secret_provided",
            "",
            "invalid_consumer_key_or_secret_provided",
        ),
        (
            "invalid_request_error",
            "invalid_api_request_parameters",
            "",
            "invalid_api_request_parameters",
        ),
        (
            "invalid_request_error",
            "invalid_api_request_parameters",
            "Invalid IPN URL ID provided.Check format and try again",
            "Invalid IPN URL ID provided.Check format and try again",
        ),
        ("", "InvalidIpnId", "invalid ipn id", "invalid ipn id"),
        (
            "api_error",
            "missing_mandatory_billing_address",
            "Please provide billing details information on your API request.",
            "Please provide billing details information on your API request.",
        ),
        (
            "contractual_error",
            "amount_exceeds_default_limit",
            "Transaction amount exceeds limit.Contact support for assistance",
            "Transaction amount exceeds limit.Contact support for assistance",
        ),
        (
            "",
            "maximum_amount_limit_exceeded",
            "Request Declined.Maximum allowed test transactions limit exceeded",
            "Request Declined.Maximum allowed test transactions limit exceeded",
        ),
        (
            "",
            "TEST_TRANSACTIONS_EXCEEDED",
            "",
            "TEST_TRANSACTIONS_EXCEEDED",
        ),
        (
            "api_error",
            "payment_details_not_found",
            "Pending Payment",
            "Pending Payment",
        ),
    ];
    for (kind, code, message, expected) in table {
        let text = format!(
            r#"{{"error":{{"error_type":"{kind}","code":"{code}","message":"{message}"}},"status":"500"}}"#
        );
        let failed = judged(pesapal().as_ref(), &order(), 200, &text).unwrap_err();
        assert_eq!(
            line(&failed.error),
            format!("REFUSED refused 200 {code} {expected}")
        );
        assert!(failed.token == Token::Kept && !failed.error.retryable);
        assert_eq!(failed.error.response.as_deref(), Some(text.as_str()));
    }
}

#[test]
fn any_member_of_the_error_object_that_says_something_counts() {
    let message_of = |text: &str| {
        judged(pesapal().as_ref(), &order(), 200, text).map_err(|failed| failed.error.message)
    };
    let message = |error: &str| {
        message_of(&format!(
            r#"{{"order_tracking_id":"t","redirect_url":"u","error":{error},"status":"200"}}"#
        ))
    };
    assert!(message("\"\"").is_ok());
    let message = |error: &str| {
        let text = format!(r#"{{"error":{error},"status":"500"}}"#);
        message_of(&text)
    };
    assert_eq!(
        message(r#"{"error_type":"api_error","code":null,"message":null}"#).unwrap_err(),
        "api_error"
    );
    assert_eq!(
        message(r#"{"type":"contractual_error"}"#).unwrap_err(),
        "contractual_error"
    );
    assert_eq!(message(r#"{"code":500,"message":""}"#).unwrap_err(), "500");
    assert_eq!(
        message(r#"{"call_back_url":"https://x.example"}"#).unwrap_err(),
        "PesaPal refused and gave no reason"
    );
    assert_eq!(message(r#""a sentence""#).unwrap_err(), "a sentence");
}

#[test]
fn a_refused_token_is_known_by_its_code_at_any_status_and_by_401() {
    let text = r#"{"error":{"error_type":"authentication_error","code":"invalid_api_credentials_provided","message":"Invalid Access Token"},"status":null}"#;
    for status in [200, 401, 500] {
        let failed = judged(pesapal().as_ref(), &order(), status, text).unwrap_err();
        assert_eq!(failed.token, Token::Refused);
        assert_eq!(
            line(&failed.error),
            format!(
                "AUTHENTICATION_FAILED refused {status} invalid_api_credentials_provided Invalid Access Token"
            )
        );
    }
}

#[test]
fn an_order_is_not_sent_again_when_a_refused_token_is_not_all_that_is_said() {
    let error = r#""error":{"error_type":"authentication_error","code":"invalid_api_credentials_provided","message":"Invalid Access Token"}"#;
    let with = |more: &str| format!("{{{error}{more}}}");
    for (status, text) in [
        (504, with("")),
        (502, with("")),
        (400, with("")),
        (202, with("")),
        (
            200,
            with(r#","order_tracking_id":"t","redirect_url":"https://x.example""#),
        ),
        (200, with(r#","order_tracking_id":"t""#)),
        (200, with(r#","status":"200""#)),
        (401, with(r#","data":{"id":"A-1"}"#)),
        (401, with(r#","merchant_reference":"A-1""#)),
        (401, with(r#","amount":1000"#)),
        (401, with(",")),
        (401, "<h1>401 - Unauthorized</h1>".to_owned()),
        (
            401,
            r#"{"error":{"code":"InvalidIpnId","message":""}}"#.to_owned(),
        ),
    ] {
        let failed = judged(pesapal().as_ref(), &order(), status, &text).unwrap_err();
        assert_eq!(failed.token, Token::Doubted, "{status} {text}");
        let outcome = failed.error.outcome.name();
        assert!(
            outcome == "unknown" || status == 400,
            "{status} {text}: {outcome}"
        );
    }
}

#[test]
fn what_is_neither_an_order_nor_a_refusal_or_both_is_unknown() {
    let error = r#""error":{"error_type":"api_error","code":"amount_exceeds_default_limit","message":"no"}"#;
    for text in [
        "{}".to_owned(),
        r#"{"status":"200","error":null}"#.to_owned(),
        r#"{"order_tracking_id":"t"}"#.to_owned(),
        r#"{"redirect_url":"u","order_tracking_id":""}"#.to_owned(),
        r#"{"order_tracking_id":"t","redirect_url":"null","error":null,"status":"200"}"#.to_owned(),
        r#"{"order_tracking_id":"t","redirect_url":"u","error":null,"status":"500"}"#.to_owned(),
        format!(r#"{{"order_tracking_id":"t","redirect_url":"u",{error},"status":"200"}}"#),
        format!(r#"{{"order_tracking_id":"t",{error},"status":"500"}}"#),
        format!(r#"{{"orderTrackingId":"t",{error},"status":"500"}}"#),
        format!(r#"{{"data":{{"order_tracking_id":"t"}},{error},"status":"500"}}"#),
        format!(r#"{{"message":"{{\"order_tracking_id\":\"t\"}}",{error},"status":"500"}}"#),
        format!(r#"{{{error},"status":"200"}}"#),
        format!(r#"{{{error},"status":"500","error":null,"status":"200","redirect_url":"u"}}"#),
    ] {
        let failed = judged(pesapal().as_ref(), &order(), 200, &text).unwrap_err();
        let shown = line(&failed.error);
        assert!(
            shown.starts_with("INVALID_RESPONSE unknown 200"),
            "{text}: {shown}"
        );
    }
    let failed = judged(
        pesapal().as_ref(),
        &order(),
        200,
        r#"{"status":"500","message":"no"}"#,
    );
    assert_eq!(line(&failed.unwrap_err().error), "REFUSED refused 200 - no");
}

#[test]
fn the_error_may_be_json_inside_a_string() {
    let text = r#"{"message":"{\"error\":{\"code\":\"InvalidIpnId\",\"message\":\"bad\"},\"status\":\"500\"}"}"#;
    let failed = judged(pesapal().as_ref(), &order(), 200, text).unwrap_err();
    assert_eq!(line(&failed.error), "REFUSED refused 200 InvalidIpnId bad");
}

#[test]
fn what_cannot_be_trusted_leaves_the_outcome_unknown() {
    let table = [
        (200, "", "PesaPal answered HTTP 200 with an empty answer"),
        (
            200,
            "<html>Under maintenance</html>",
            "PesaPal answered HTTP 200 with an answer that is not the expected JSON",
        ),
        (
            200,
            "[]",
            "PesaPal answered HTTP 200 with an answer that is not the expected JSON",
        ),
        (
            200,
            r#"{"order_tracking_id":"t","#,
            "PesaPal answered HTTP 200 with an answer that is not the expected JSON",
        ),
        (
            302,
            "<a>moved</a>",
            "PesaPal answered HTTP 302 with a redirect, which is not followed: check baseUrl",
        ),
        (500, "", "PesaPal answered HTTP 500"),
        (
            502,
            "<html><title>502 Bad Gateway</title></html>",
            "502 Bad Gateway (HTTP 502)",
        ),
        (
            500,
            r#"{"error":{"code":"internal","message":"oops"}}"#,
            "oops (HTTP 500)",
        ),
    ];
    for (status, text, message) in table {
        let error = judged(pesapal().as_ref(), &order(), status, text)
            .unwrap_err()
            .error;
        assert_eq!(error.outcome.name(), "unknown", "{text}");
        assert_eq!(error.message, format!("{message}. {LIFE_ADVICE}"));
        assert!(!error.retryable);
    }
}

#[test]
fn a_4xx_of_its_own_is_a_refusal() {
    let table = [
        (400, "", "REFUSED refused 400 - HTTP 400"),
        (
            403,
            "<html><body>Access denied | Cloudflare</body></html>",
            "INVALID_RESPONSE unknown 403 - PesaPal answered HTTP 403 with a page that is not its own: check baseUrl. The payment may have been made: let recover() say what is safe before you try again.",
        ),
        (404, "", "REFUSED refused 404 - HTTP 404"),
        (
            429,
            r#"{"message":"slow down"}"#,
            "RATE_LIMITED refused 429 - slow down",
        ),
    ];
    for (status, text, expected) in table {
        let error = judged(pesapal().as_ref(), &order(), status, text)
            .unwrap_err()
            .error;
        assert_eq!(line(&error), expected);
        assert_eq!(error.retryable, status == 429);
    }
}
