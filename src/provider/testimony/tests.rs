use super::*;

#[test]
fn a_payment_is_named_by_a_value_and_not_by_a_word_for_nothing() {
    for body in [
        r#"{"transactionId":"0a1b"}"#,
        r#"{"TransactionID":7}"#,
        r#"{"a":[{"b":{"order_tracking_id":"t"}}]}"#,
        r#"{"message":"{\"data\":{\"id\":\"CLP1\"}}"}"#,
        r#"{"redirect_url":"https://pay.example"}"#,
        r#"{"errors":{"transactionId":"0a1b2c"}}"#,
        r#"{"id":"x","id":null}"#,
        r#"{"page":"https://pay.example/x"}"#,
        r#"{"ids":["CLP1"]}"#,
        r#"{"transactionId":{"value":"0a1b2c"}}"#,
    ] {
        assert!(Testimony::of(body).names_payment, "{body}");
    }
    for body in [
        r#"{"transactionId":"null","pgReferenceId":null,"id":"","reference":"None"}"#,
        r#"{"id":0,"uuid":"00000000-0000-0000-0000-000000000000","ref":false}"#,
        r#"{"traceId":"00-ab-cd-00","requestId":"7","clientId":"ID7","valid":1}"#,
        r#"{"errors":{"externalId":["The externalId field is required."]}}"#,
        r#"{"path":"/third-parties/payments/ORD1","type":"https://tools.example"}"#,
        r#"{"order":{"code":"E7","amount":5},"transactionId":{"error":"is required"}}"#,
    ] {
        assert!(!Testimony::of(body).names_payment, "{body}");
    }
}

#[test]
fn yes_and_no_are_found_in_flags_words_codes_and_sentences() {
    for body in [
        r#"{"success":true}"#,
        r#"{"Is_Success":"TRUE"}"#,
        r#"{"status":true}"#,
        r#"{"status":"In-Process"}"#,
        r#"{"statusCode":"201"}"#,
        r#"{"messageCode":0}"#,
        r#"{"code":"00"}"#,
        r#"{"hasError":false}"#,
        r#"{"state":"TRANSACTION_PROCESSING"}"#,
        "CLP1 PROCESSING",
        "<p>Payment accepted</p>",
        r#"{"message":"Request processed successfully"}"#,
        "\"success\"",
        "OK",
        r#"{"message":"Payment received but the callback failed"}"#,
        r#"{"message":"Could not notify you, the push was sent"}"#,
    ] {
        let told = Testimony::of(body);
        assert!(told.says_yes && !told.says_no, "{body}");
    }
    for body in [
        r#"{"success":"no"}"#,
        r#"{"status":"Failure"}"#,
        r#"{"errors":["x"]}"#,
        r#"{"error":{"code":"x"}}"#,
        r#"{"isError":true}"#,
    ] {
        let told = Testimony::of(body);
        assert!(told.says_no && !told.says_yes, "{body}");
    }
    for body in [
        r#"{"message":"Your request could not be initiated. Invalid Vendor"}"#,
        r#"{"message":"Payment was not successful"}"#,
        r#"{"error":{"code":null,"message":""},"errors":[],"success":null}"#,
        "",
    ] {
        let told = Testimony::of(body);
        assert!(!told.says_yes, "{body}");
    }
    for message in [
        "Request timed out",
        "No response from operator",
        "Object reference not set to an instance of an object.",
        "Transaction status unknown",
    ] {
        let body = format!(r#"{{"message":"{message}"}}"#);
        assert!(Testimony::of(&body).doubts, "{message}");
    }
    assert_eq!(
        Testimony::of(r#"{"status":504,"code":"409"}"#).codes,
        [504, 409]
    );
}

#[test]
fn a_body_is_what_an_api_answers_or_not() {
    for (body, form) in [
        (" ", Form::Empty),
        ("{}", Form::Json),
        ("\"text\"", Form::Json),
        ("Unauthorized", Form::Text),
        ("[{}]", Form::Other),
        ("null", Form::Other),
        ("{\"a\":", Form::Other),
        ("{} {}", Form::Other),
        ("<html>", Form::Other),
        ("12", Form::Other),
        ("status=success&id=1", Form::Other),
        ("callback({})", Form::Other),
        ("a\u{fffd}", Form::Other),
    ] {
        assert_eq!(Testimony::of(body).form, form, "{body:?}");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    assert_eq!(Testimony::of(&deep).form, Form::Other);
}

#[test]
fn only_words_about_access_say_no_more() {
    for body in [
        r#"{"message":"Unauthorized","statusCode":401}"#,
        r#"{"message":"Please Provide Valid Authorization","status":"Error"}"#,
        r#"{"error":{"error_type":"authentication_error","code":"invalid_api_credentials_provided","message":"Invalid Access Token"},"status":null}"#,
        "Unauthorized",
        "{}",
        "",
        r#"{"message":"Your session has expired, please log in again"}"#,
        r#"{"message":"Access denied due to invalid subscription key."}"#,
        r#"{"message":"jwt expired"}"#,
        r#"{"message":"Authentication credentials were not provided.","code":401}"#,
        "No API key found in request",
    ] {
        assert!(!Testimony::of(body).says_more, "{body}");
    }
    for body in [
        r#"{"message":"Unauthorized","amount":"1000"}"#,
        r#"{"message":"Unauthorized","detail":"Insufficient balance"}"#,
        "Insufficient balance",
        "Payment received; session closed",
        r#"{"message":"Unauthorized: push already sent"}"#,
        r#"{"message":"Token expired while the customer was asked"}"#,
    ] {
        assert!(Testimony::of(body).says_more, "{body}");
    }
}

#[test]
fn an_acceptance_is_denied_by_what_is_found_in_any_body() {
    for body in [
        r#"{"success":false}"#,
        r#"{"success":"failed","message":"Payment accepted"}"#,
        r#"{"hasError":true,"transactionId":"0a1b"}"#,
        r#"{"status":"Unknown"}"#,
        r#"{"statusCode":"500"}"#,
        r#"{"message":"Request timed_out"}"#,
        r#"{"message":"{\"error\":\"No funds\"}"}"#,
        "<p>502 Bad Gateway</p>",
        r#"{"success":true,"message":"Payment received","transactionId":"0a1b"}"#,
        r#"{"data":"0a1b","statusCode":200}"#,
        "OK",
        "",
    ] {
        let told = Testimony::of(body);
        let denies = told.says_no || told.doubts || !told.codes.is_empty();
        assert_eq!(Testimony::denies(body), denies, "{body}");
    }
    assert!(Testimony::denies(r#"{"message":"Request timed_out"}"#));
    assert!(!Testimony::denies(
        r#"{"success":true,"message":"Payment received"}"#
    ));
}
