use std::time::{Duration, SystemTime};

use super::{ENTRY, FACTS, wire};
use crate::flow::judge::Token;
use crate::laws::Ask;
use crate::model::payment::Status;
use crate::provider::{Call, Gateway, KeySource, Lifetime, Missing, Reading};
use crate::testing::{answer, body, gateway, judged, line};

pub fn azampay() -> Box<dyn Gateway> {
    gateway(&ENTRY, &[]).unwrap()
}

pub fn checkout() -> Call<String> {
    azampay().pay(r#"{"externalId":"A"}"#, None).unwrap()
}

pub fn urls(more: &[(&'static str, &str)]) -> (String, String) {
    let gateway = gateway(&ENTRY, more).unwrap();
    (
        gateway.access().login().unwrap().request.url,
        gateway.pay("{}", None).unwrap().request.url,
    )
}

#[test]
fn the_authenticator_follows_the_base_url() {
    let table = [
        (
            "https://sandbox.azampay.co.tz",
            "https://authenticator-sandbox.azampay.co.tz",
        ),
        (
            "https://checkout.azampay.co.tz/",
            "https://authenticator.azampay.co.tz",
        ),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
        ("https://proxy.example/azam", "https://proxy.example/azam"),
    ];
    for (base, authenticator) in table {
        let (login, pay) = urls(&[("baseUrl", base)]);
        assert_eq!(
            login,
            format!("{authenticator}/AppRegistration/GenerateToken")
        );
        assert_eq!(
            pay,
            format!("{}/azampay/mno/checkout", base.trim_end_matches('/'))
        );
    }
    let (login, _) = urls(&[
        ("baseUrl", "https://sandbox.azampay.co.tz"),
        ("authBaseUrl", "https://auth.example/"),
    ]);
    assert_eq!(login, "https://auth.example/AppRegistration/GenerateToken");
}

#[test]
fn credentials_are_sent_exactly_and_the_api_key_only_when_configured() {
    let secret = "a".repeat(600) + "+/=";
    let gateway = gateway(
        &ENTRY,
        &[
            ("AZAMPAY_CONSUMER_SECRET", &secret),
            ("AZAMPAY_API_KEY", "portal-token"),
        ],
    )
    .unwrap();
    let login = gateway.access().login().unwrap();
    assert_eq!(
        body(&login),
        format!(
            r#"{{"appName":"test-azampay_app_name","clientId":"test-azampay_consumer_key","clientSecret":"{secret}"}}"#
        )
    );
    for request in [login.request, gateway.pay("{}", None).unwrap().request] {
        assert_eq!(
            request
                .headers
                .first()
                .map(|(name, value)| (*name, value.reveal())),
            Some(("x-api-key", "portal-token"))
        );
    }
    assert!(
        azampay()
            .access()
            .login()
            .unwrap()
            .request
            .headers
            .is_empty()
    );
}

#[test]
fn a_login_is_read_with_whatever_expiry_it_names() {
    let lifetime = |data: &str| match wire::login(&format!(
        r#"{{"data":{{"accessToken":"t",{data}}},"success":true,"statusCode":200}}"#
    )) {
        Reading::Success(login) => login.lifetime,
        other => panic!("{other:?}"),
    };
    let end = Lifetime::Until(SystemTime::UNIX_EPOCH + Duration::from_secs(1_741_813_491));
    assert_eq!(lifetime(r#""expire":"2025-03-12T21:04:51Z""#), end);
    assert_eq!(lifetime(r#""expireAt":"2025-03-12T21:04:51Z""#), end);
    assert_eq!(lifetime(r#""expire":1741813491"#), end);
    assert_eq!(
        lifetime(r#""expire":3600"#),
        Lifetime::For(Duration::from_secs(3600))
    );
    assert_eq!(
        lifetime(r#""expire":null"#),
        Lifetime::For(Duration::from_secs(1800))
    );
}

#[test]
fn every_row_of_the_login_errors() {
    let login = azampay().access().login().unwrap();
    let table = [
        (
            423,
            r#"{"data":null,"message":"Provided detail is not valid for this app or secret key has been expired","success":false,"statusCode":423}"#,
            "REFUSED not_sent 423 - Provided detail is not valid for this app or secret key has been expired",
        ),
        (
            400,
            r#"{"errors":{"ClientSecret":["The ClientSecret field is required."],"AppName":["a","b"]},"type":"t","title":"One or more validation errors occurred.","status":400,"traceId":"00"}"#,
            "REFUSED not_sent 400 - ClientSecret: The ClientSecret field is required.; AppName: a, b",
        ),
        (
            500,
            r#"{"data":null,"message":"Internal Server Error","success":false,"statusCode":500}"#,
            "GATEWAY_ERROR not_sent 500 - Internal Server Error (HTTP 500). No payment was requested.",
        ),
        (
            403,
            "<html><body><h1>Request blocked</h1></body></html>",
            "INVALID_RESPONSE not_sent 403 - AzamPay answered HTTP 403 with a page that is not its own: check baseUrl. No payment was requested.",
        ),
        (
            404,
            "",
            "INVALID_RESPONSE not_sent 404 - AzamPay answers at https://gateway.example with HTTP 404 that there is no such path: check baseUrl. No payment was requested.",
        ),
        (
            200,
            r#"{"data":null,"message":"locked","success":false}"#,
            "REFUSED not_sent 200 - locked",
        ),
        (
            200,
            r#"{"data":{},"success":true}"#,
            "REFUSED not_sent 200 - the answer holds no accessToken",
        ),
    ];
    for (status, text, expected) in table {
        assert_eq!(
            line(
                &judged(azampay().as_ref(), &login, status, text)
                    .unwrap_err()
                    .error
            ),
            expected
        );
    }
}

#[test]
fn an_accepted_checkout_is_the_whole_answer() {
    let text = r#"{"success":true,"transactionId":"0123456789abcdef0123456789abcdef","message":"Your request has been received and is being processed.","messageCode":0}"#;
    assert_eq!(
        judged(azampay().as_ref(), &checkout(), 200, text).unwrap(),
        text
    );
    assert_eq!(
        body(&azampay().pay(r#"{"amount":1e21}"#, Some("x")).unwrap()),
        r#"{"amount":1e21}"#
    );
}

#[test]
fn every_row_of_the_checkout_errors() {
    let advice =
        "The payment may have been made: let recover() say what is safe before you try again.";
    let table = [
        (200, r#"{"success":false,"transactionId":"null","message":"Your request could not be initiated. Please contact system admin. Invalid Vendor","messageCode":1000}"#,
            "REFUSED refused 200 1000 Your request could not be initiated. Please contact system admin. Invalid Vendor".to_owned()),
        (200, "", format!("INVALID_RESPONSE unknown 200 - AzamPay answered HTTP 200 with an empty answer. {advice}")),
        (200, r#"{"success":true,"transactionId":"null"}"#,
            format!("INVALID_RESPONSE unknown 200 - AzamPay answered HTTP 200 with an answer without a transactionId. {advice}")),
        (400, r#"{"errors":{"provider":["Error converting value \"Airttel\" to type 'PGvNext.Models.Common.Provider'. Path 'provider', line 7, position 25."]},"type":"t","title":"One or more validation errors occurred.","status":400,"traceId":"00"}"#,
            "REFUSED refused 400 - provider: Error converting value \"Airttel\" to type 'PGvNext.Models.Common.Provider'. Path 'provider', line 7, position 25.".to_owned()),
        (400, r#"{"title":"Potential XSS Detected","status":400}"#, "REFUSED refused 400 - Potential XSS Detected".to_owned()),
        (400, r#"{"success":false,"pgReferenceId":null,"message":"Invalid request data: Amount: too small. Reference Id: abc","statusCode":400,"status":"Failure"}"#,
            "REFUSED refused 400 - Invalid request data: Amount: too small. Reference Id: abc".to_owned()),
        (402, r#"{"message":"Request expired","success":false,"statusCode":402}"#, "REFUSED refused 402 - Request expired".to_owned()),
        (404, "", "REFUSED refused 404 - HTTP 404".to_owned()),
        (415, r#"{"type":"t","title":"Unsupported Media Type","status":415}"#, "REFUSED refused 415 - Unsupported Media Type".to_owned()),
        (500, "", format!("GATEWAY_ERROR unknown 500 - AzamPay answered HTTP 500. {advice}")),
        (502, "<html><head><title>502</title></head></html>", format!("GATEWAY_ERROR unknown 502 - 502 (HTTP 502). {advice}")),
        (503, r#"{"msg":"busy"}"#, format!("GATEWAY_ERROR unknown 503 - busy (HTTP 503). {advice}")),
    ];
    for (status, text, expected) in table {
        let failed = judged(azampay().as_ref(), &checkout(), status, text).unwrap_err();
        assert_eq!(line(&failed.error), expected);
        assert_eq!(failed.token, Token::Kept);
    }
    let failed = judged(
        azampay().as_ref(),
        &checkout(),
        401,
        r#"{"message":"Please Provide Valid Authorization","status":"Error"}"#,
    )
    .unwrap_err();
    assert_eq!(failed.token, Token::Refused);
    assert_eq!(
        line(&failed.error),
        "AUTHENTICATION_FAILED refused 401 - Please Provide Valid Authorization"
    );
}

#[test]
fn an_external_id_that_was_used_before_says_that_the_first_payment_arrived() {
    for (status, text) in [
        (
            403,
            r#"{"message":"Duplicate External Reference Id","success":false,"statusCode":400}"#,
        ),
        (
            400,
            r#"{"message":"Detected duplicate transaction: Duplicate ExternalReferenceId: A","pgReferenceId":null,"success":false,"statusCode":400}"#,
        ),
        (
            400,
            r#"{"errors":{"externalId":["Duplicate externalId: A"]},"title":"One or more validation errors occurred.","status":400}"#,
        ),
        (409, r#"{"message":"Duplicate externalId"}"#),
        (
            200,
            r#"{"success":false,"transactionId":"null","message":"externalId already exists"}"#,
        ),
    ] {
        let failed = judged(azampay().as_ref(), &checkout(), status, text).unwrap_err();
        let shown = line(&failed.error);
        assert!(
            shown.starts_with(&format!("DUPLICATE_REFERENCE unknown {status}")),
            "{shown}"
        );
    }
}

#[test]
fn a_checkout_that_neither_accepts_nor_refuses_or_both_is_unknown() {
    let id = r#""transactionId":"0a1b""#;
    for text in [
        format!(r#"{{"success":0,{id}}}"#),
        format!(r#"{{"success":"no",{id}}}"#),
        format!(r#"{{"success":null,{id}}}"#),
        format!(r#"{{"success":1,{id}}}"#),
        format!("{{{id}}}"),
        r#"{"success":0}"#.to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
        r#"{"success":false,"transactionId":123456}"#.to_owned(),
        format!(r#"{{"success":"False",{id}}}"#),
        r#"{"success":false,"TransactionId":"0a1b"}"#.to_owned(),
        r#"{"success":false,"pgReferenceId":"0a1b"}"#.to_owned(),
        r#"{"success":false,"data":{"properties":{"ReferenceID":"0a1b"}}}"#.to_owned(),
        r#"{"success":false,"message":"success"}"#.to_owned(),
        r#"{"success":false,"message":"Your request has been received and is being processed."}"#
            .to_owned(),
        r#"{"success":false,"statusCode":200,"message":"no"}"#.to_owned(),
        r#"{"success":false,"messageCode":0}"#.to_owned(),
        r#"{"success":false,"Success":true}"#.to_owned(),
        r#"{"success":true,"success":false}"#.to_owned(),
        format!(r#"{{"success":false,"success":true,{id}}}"#),
        format!(r#"{{"success":true,{id},"statusCode":400}}"#),
        format!(r#"{{"success":true,{id},"errors":{{"amount":["too small"]}}}}"#),
        format!(r#"{{"success":true,{id},"status":"Failure"}}"#),
        r#"{"success":true,"transactionId":"00000000-0000-0000-0000-000000000000"}"#.to_owned(),
    ] {
        let failed = judged(azampay().as_ref(), &checkout(), 200, &text);
        let shown = line(&failed.map_err(|failed| failed.error).unwrap_err());
        assert!(
            shown.starts_with("INVALID_RESPONSE unknown 200"),
            "{text}: {shown}"
        );
    }
    for text in [
        r#"{"success":"true","transactionId":"0a1b"}"#,
        r#"{"success":true,"transactionId":123456,"message":null,"statusCode":200}"#,
    ] {
        assert_eq!(
            judged(azampay().as_ref(), &checkout(), 200, text).unwrap(),
            text
        );
    }
}

#[test]
fn the_status_of_another_payment_is_not_an_answer() {
    let call = azampay().status("0A1b", None).unwrap();
    let read = |text: &str| {
        judged(azampay().as_ref(), &call, 200, text).map_err(|failed| failed.error.code.name())
    };
    let ours = read(
        r#"{"data":"success","success":true,"transactionId":"0a1b","utilityref":"ORDER-1","amount":"1000"}"#,
    )
    .unwrap();
    assert_eq!(
        (ours.reference.as_deref(), ours.amount.as_deref()),
        (Some("ORDER-1"), Some("1000"))
    );
    for other in [
        r#"{"data":"success","success":true,"transactionId":"ffff"}"#,
        r#"{"data":"success","success":true,"pgReferenceId":"ffff"}"#,
        r#"{"data":"success","success":"no"}"#,
        r#"{"data":"success","success":false}"#,
        r#"{"data":{"status":"success"},"success":true}"#,
    ] {
        assert_eq!(read(other).unwrap_err(), "INVALID_RESPONSE", "{other}");
    }
}

#[test]
fn a_404_says_whether_the_account_or_the_payment_is_missing() {
    let missing = |body: &str| wire::missing(body);
    let unknown =
        r#"{"data":null,"message":"Transaction not found","success":false,"statusCode":404}"#;
    assert!(matches!(missing(unknown), Missing::Refused));
    assert!(matches!(missing(" "), Missing::Unsupported(_)));
    assert!(matches!(
        missing("<html>404 - Not Found</html>"),
        Missing::Elsewhere
    ));
}

#[test]
fn the_key_is_asked_for_at_both_documented_places() {
    let gateway = gateway(&ENTRY, &[("authBaseUrl", "https://auth.example")]).unwrap();
    let KeySource::Fetched(calls) = gateway.key_source() else {
        panic!("no key is configured");
    };
    let places: Vec<_> = calls.into_iter().map(|call| call.request.url).collect();
    assert_eq!(
        places,
        [
            "https://gateway.example/azampay/v1/public-key?format=Pem",
            "https://auth.example/api/Token/PublicKey",
        ]
    );
}

#[test]
fn words_fall_back_in_order() {
    let words = |text: &str| (FACTS.words)(&answer(400, text)).text().map(str::to_owned);
    assert_eq!(
        words(r#"{"message":" ","errors":{"a":["b"]},"msg":"m","title":"t"}"#).unwrap(),
        "a: b"
    );
    assert_eq!(
        words(r#"{"message":null,"errors":{},"msg":"m","title":"t"}"#).unwrap(),
        "m"
    );
    assert_eq!(words(r#"{"title":"t"}"#).unwrap(), "t");
    assert_eq!(words("plain"), Some("plain".to_owned()));
    assert_eq!(words(""), None);
}

#[test]
fn a_status_is_asked_for_by_transaction_id_and_operator() {
    let call = azampay().status("0a1b", Some("Mpesa")).unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/v1/partner/gettransactionstatus?transactionId=0a1b&provider=Mpesa"
    );
    assert_eq!(
        judged(
            azampay().as_ref(),
            &call,
            200,
            r#"{"data":"success","success":true}"#
        )
        .unwrap()
        .status,
        Status::Succeeded
    );
    assert!(judged(azampay().as_ref(), &call, 200, "{}").is_err());
    for (operator, provider) in [("M-Pesa", "Mpesa"), ("yas", "Tigo"), ("CRDB", "CRDB")] {
        let url = azampay()
            .status("0a1b", Some(operator))
            .unwrap()
            .request
            .url;
        assert!(url.ends_with(&format!("&provider={provider}")), "{url}");
    }
    for reference in ["", "  ", &"x".repeat(129)] {
        assert!(azampay().status(reference, None).is_err());
    }
    assert!(
        azampay()
            .status("a b&c=d", None)
            .unwrap()
            .request
            .url
            .ends_with("transactionId=a%20b%26c%3Dd")
    );
}

#[test]
fn a_login_answer_that_may_hold_a_token_is_known() {
    for answer in [
        r#"{"data":{"accessToken":"x"#,
        r#"{"data":{"accessToken":"x"}}"#,
        r#"abc"#,
    ] {
        assert!(super::wire::may_hold_token(answer), "{answer}");
    }
    for answer in [r#"{"data":null,"message":"no"}"#, r#"{"data":{}}"#, r#"{}"#] {
        assert!(!super::wire::may_hold_token(answer), "{answer}");
    }
}
