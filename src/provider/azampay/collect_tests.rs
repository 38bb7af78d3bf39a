use super::ENTRY;
use super::tests::azampay;
use crate::model::operation::{Input, Operation, Output};
use crate::provider::Call;
use crate::testing::{body, gateway, judged, line};

fn asked(operation: Operation, text: &str) -> Result<Call<Output>, String> {
    let name = match operation {
        Operation::Charge => "charge",
        Operation::Checkout => "checkout",
        _ => "payment",
    };
    let input = Input::default().with(name, text.to_owned());
    let made = azampay().make(operation, &input);
    made.map_err(|error| error.message)
}

fn charge(more: &str) -> Result<Call<Output>, String> {
    let text = format!(r#"{{"amount":"1000","currency":"TZS","reference":"ORDER-1"{more}}}"#);
    asked(Operation::Charge, &text)
}

#[test]
fn a_charge_is_a_push_in_azampays_own_words() {
    let call = charge(r#","phone":"0712 345 678","operator":"M-Pesa""#).unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/azampay/mno/checkout"
    );
    assert_eq!(
        body(&call),
        r#"{"accountNumber":"255712345678","amount":"1000","currency":"TZS","externalId":"ORDER-1","provider":"Mpesa"}"#
    );
    let text = r#"{"success":true,"transactionId":"0a1b","message":"Your request has been received and is being processed.","messageCode":0}"#;
    let Output::Answer(told) = judged(azampay().as_ref(), &call, 200, text).unwrap() else {
        panic!("no answer");
    };
    assert_eq!(
        told,
        format!(
            r#"{{"provider":"azampay","kind":"payment","status":"pending","amount":"1000","currency":"TZS","reference":"ORDER-1","transactionId":"0a1b","receipt":null,"payer":"2557****5678","message":"Your request has been received and is being processed.","gatewayReference":"ORDER-1","redirectUrl":null,"operator":{{"name":"Vodacom","guessed":false}},"raw":{text}}}"#
        )
    );
}

#[test]
fn the_operator_is_the_one_that_is_named_or_a_guess() {
    for (operator, phone, provider, guessed) in [
        (r#","operator":"tigo pesa""#, "255754000001", "Tigo", false),
        (
            r#","operator":"Mixx by Yas""#,
            "255754000001",
            "Tigo",
            false,
        ),
        (
            r#","operator":"AzamPesa""#,
            "255754000001",
            "Azampesa",
            false,
        ),
        (r#","operator":null"#, "255754000001", "Mpesa", true),
        ("", "0712345678", "Tigo", true),
        ("", "0682345678", "Airtel", true),
        ("", "+255 622 345 678", "Halopesa", true),
    ] {
        let call = charge(&format!(r#","phone":"{phone}"{operator}"#)).unwrap();
        assert!(
            body(&call).ends_with(&format!(r#","provider":"{provider}"}}"#)),
            "{}",
            body(&call)
        );
        let text = r#"{"success":true,"transactionId":"0a1b"}"#;
        let Output::Answer(told) = judged(azampay().as_ref(), &call, 200, text).unwrap() else {
            panic!("no answer");
        };
        assert!(told.contains(&format!(r#""guessed":{guessed}"#)), "{told}");
    }
}

#[test]
fn all_that_is_wrong_with_a_charge_is_told_at_once() {
    let known = "Mpesa, Tigo, Airtel, Halopesa, Azampesa";
    for (more, rule) in [
        (
            r#","phone":"0732345678""#,
            format!("operator is missing, and the number does not tell it: one of {known}"),
        ),
        (
            r#","phone":"0712345678","operator":"TTCL""#,
            format!("operator must be one of {known}, not 'TTCL'"),
        ),
        (
            r#","phone":"0712345678","operator":"Visa""#,
            format!("operator must be one of {known}, not 'Visa'"),
        ),
        (
            r#","phone":"0712345678","operator":5"#,
            "operator must be a string that is not empty".to_owned(),
        ),
        (
            r#","operator":"Mpesa""#,
            "phone is missing: the customer's mobile number".to_owned(),
        ),
    ] {
        let told = charge(more).err().unwrap();
        assert_eq!(told, format!("{rule}. Nothing was sent."));
    }
    let told = asked(
        Operation::Charge,
        r#"{"amount":"1,5","currency":"KES","phone":"+25571","operator":"x","colour":1}"#,
    );
    let told = told.err().unwrap();
    for part in [
        "charge has colour",
        "currency must be TZS or RWF or MWK",
        "amount has a comma",
        "phone is too short",
        "reference is missing",
        "operator must be",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn a_country_follows_from_the_currency() {
    for (currency, phone, operator, account) in [
        ("TZS", "0712345678", "Tigo", "255712345678"),
        ("RWF", "0722345678", "Airtel", "250722345678"),
        ("MWK", "0992345678", "Airtel", "265992345678"),
    ] {
        let text = format!(
            r#"{{"amount":"1000","currency":"{currency}","reference":"A","phone":"{phone}"}}"#
        );
        let call = asked(Operation::Charge, &text).unwrap();
        let sent = body(&call);
        assert!(sent.contains(account) && sent.contains(operator), "{sent}");
    }
}

#[test]
fn a_reference_that_a_firewall_takes_for_an_attack_goes_out_as_another() {
    for (own, is_carried) in [
        ("ORDER_1:a.b-c", true),
        ("ORDER--1", false),
        ("O'RDER", false),
    ] {
        let text = format!(
            r#"{{"amount":"1000","currency":"TZS","reference":"{own}","phone":"0712345678"}}"#
        );
        let call = asked(Operation::Charge, &text).unwrap();
        assert_eq!(body(&call).contains(own), is_carried, "{own}");
    }
}

#[test]
fn a_refusal_within_a_200_stays_one() {
    let call = charge(r#","phone":"0712345678""#).unwrap();
    let judged = |status, text| judged(azampay().as_ref(), &call, status, text);
    let told = |status, text| line(&judged(status, text).err().unwrap().error);
    assert_eq!(
        told(
            200,
            r#"{"success":false,"transactionId":"null","message":"Your request could not be initiated. Please contact system admin. Invalid Vendor","messageCode":1000}"#
        ),
        "REFUSED refused 200 1000 Your request could not be initiated. Please contact system admin. Invalid Vendor"
    );
    for text in ["", "{}", r#"{"success":true,"transactionId":"null"}"#] {
        assert!(told(200, text).starts_with("INVALID_RESPONSE unknown 200"));
    }
}

const BANK: &str = r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","bank":"crdb","accountNumber":"0150000001","phone":"0712345678","otp":"1234"}"#;

#[test]
fn a_payment_at_a_bank_has_the_members_of_the_specification() {
    let call = asked(Operation::PayBank, BANK).unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/azampay/bank/checkout"
    );
    assert_eq!(
        body(&call),
        r#"{"amount":"1000","currencyCode":"TZS","merchantAccountNumber":"0150000001","merchantMobileNumber":"255712345678","otp":"1234","provider":"CRDB","referenceId":"ORDER-1"}"#
    );
    for (text, message) in [
        (
            r#"{"success":true,"msg":"","data":{"properties":{"ReferenceID":"0a1b"}}}"#,
            "null",
        ),
        (
            r#"{"transactionId":"0a1b","message":"Received","success":true}"#,
            r#""Received""#,
        ),
    ] {
        let Output::Answer(told) = judged(azampay().as_ref(), &call, 200, text).unwrap() else {
            panic!("no answer");
        };
        assert_eq!(
            told,
            format!(
                r#"{{"provider":"azampay","kind":"payment","status":"pending","amount":"1000","currency":"TZS","reference":"ORDER-1","transactionId":"0a1b","receipt":null,"payer":"2557****5678","message":{message},"gatewayReference":"ORDER-1","redirectUrl":null,"operator":null,"raw":{text}}}"#
            )
        );
    }
    for (status, text, told) in [
        (
            400,
            r#"{"errors":{"otp":["Invalid OTP."]},"title":"t","status":400}"#,
            "REFUSED refused 400 - otp: Invalid OTP.",
        ),
        (
            200,
            r#"{"success":false,"msg":"Invalid OTP"}"#,
            "REFUSED refused 200 - Invalid OTP",
        ),
        (
            200,
            r#"{"success":true,"msg":"","data":{"properties":{"ReferenceID":null}}}"#,
            "INVALID_RESPONSE unknown 200 -",
        ),
        (
            200,
            r#"{"success":false,"data":{"properties":{"ReferenceID":"0a1b"}}}"#,
            "INVALID_RESPONSE unknown 200 -",
        ),
        (200, "", "INVALID_RESPONSE unknown 200 -"),
        (
            400,
            r#"{"message":"no","note":"ORDER-1"}"#,
            "INVALID_RESPONSE unknown 400 -",
        ),
    ] {
        let failed = judged(azampay().as_ref(), &call, status, text)
            .err()
            .unwrap();
        let line = line(&failed.error);
        assert!(line.starts_with(told), "{line}");
    }
}

#[test]
fn all_that_is_wrong_with_a_payment_at_a_bank_is_told_and_the_password_is_not() {
    let told = asked(
        Operation::PayBank,
        r#"{"amount":1,"currency":"USD","otp":4711}"#,
    );
    let told = told.err().unwrap();
    for part in [
        "currency must be TZS",
        "phone is missing",
        "reference is missing",
        "bank is missing: 'CRDB' or 'NMB'",
        "accountNumber is missing",
        "otp must be a string",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("4711"));
    let long = BANK
        .replace("0150000001", &"1".repeat(101))
        .replace("crdb", "NBC");
    let told = asked(Operation::PayBank, &long).err().unwrap();
    assert!(
        told.contains("bank must be CRDB or NMB, not 'NBC'"),
        "{told}"
    );
    assert!(
        told.contains("accountNumber must be at most 100 characters"),
        "{told}"
    );
}

const PAGE: &str = r#"{"amount":"1000","currency":"TZS","reference":"ORDER-1","description":"Shoes","returnUrl":"https://shop.example:8443/back?a=1","cancelUrl":"https://shop.example/no"}"#;

#[test]
fn a_page_has_the_members_of_the_specification() {
    let call = asked(Operation::Checkout, PAGE).unwrap();
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/v1/Partner/PostCheckout"
    );
    assert_eq!(
        body(&call),
        r#"{"appName":"test-azampay_app_name","clientId":"test-azampay_consumer_key","vendorName":"test-azampay_app_name","language":"en","currency":"TZS","externalId":"ORDER-1","requestOrigin":"https://shop.example:8443","redirectFailURL":"https://shop.example/no","redirectSuccessURL":"https://shop.example:8443/back?a=1","amount":"1000","cart":{"items":[{"name":"Shoes"}]}}"#
    );
    let more = [
        ("AZAMPAY_VENDOR_ID", "v-1"),
        ("AZAMPAY_VENDOR_NAME", "Duka"),
    ];
    let input = Input::default().with("checkout", PAGE.replace(r#""description":"Shoes","#, ""));
    let vendor = gateway(&ENTRY, &more).unwrap();
    let call = vendor.make(Operation::Checkout, &input).unwrap();
    for part in [
        r#""vendorId":"v-1","vendorName":"Duka""#,
        r#"[{"name":"Order ORDER-1"}]"#,
    ] {
        assert!(body(&call).contains(part), "{}", body(&call));
    }
}

#[test]
fn the_address_of_a_page_comes_bare_or_as_json_and_nothing_else_is_one() {
    let call = asked(Operation::Checkout, PAGE).unwrap();
    let read = |text: &str| judged(azampay().as_ref(), &call, 200, text);
    for text in [
        "https://pay.example/?id=0a1b",
        " https://pay.example/?id=0a1b\n",
        r#""https://pay.example/?id=0a1b""#,
    ] {
        assert_eq!(
            read(text).unwrap(),
            Output::Answer(
                r#"{"provider":"azampay","redirectUrl":"https://pay.example/?id=0a1b","reference":"ORDER-1","gatewayReference":"ORDER-1","transactionId":null,"raw":"https://pay.example/?id=0a1b"}"#.to_owned()
            )
        );
    }
    for text in [
        "",
        "null",
        "{}",
        "/pay?id=1",
        "javascript:alert(1)",
        "https://",
        "https://pay.example and more",
        r#"{"url":"https://pay.example"}"#,
        "<html>https://pay.example</html>",
    ] {
        let told = line(&read(text).err().unwrap().error);
        assert!(
            told.starts_with("INVALID_RESPONSE unknown 200"),
            "{text}: {told}"
        );
    }
    let refused = r#"{"success":false,"message":"Invalid Vendor"}"#;
    assert_eq!(
        line(&read(refused).err().unwrap().error),
        "REFUSED refused 200 - Invalid Vendor"
    );
}

#[test]
fn all_that_is_wrong_with_a_page_is_told_at_once() {
    let told = asked(
        Operation::Checkout,
        r#"{"items":[],"currency":"KES","returnUrl":"/back"}"#,
    );
    let told = told.err().unwrap();
    for part in [
        "amount is missing",
        "currency must be TZS",
        "reference is missing",
        "returnUrl must be an absolute http or https URL",
        "cancelUrl is missing: where the customer's browser goes without one",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let long = PAGE.replace("ORDER-1", "1234567890123456789012345678901");
    let call = asked(Operation::Checkout, &long).unwrap();
    assert!(body(&call).contains(r#""externalId":"12345"#) && !body(&call).contains("78901\""));
}

#[test]
fn partners_are_a_list_and_an_empty_answer_is_asked_for_again() {
    let call = azampay()
        .make(Operation::ListPartners, &Input::default())
        .unwrap();
    let read = |status, text: &str| judged(azampay().as_ref(), &call, status, text);
    let row =
        r#"{"logoUrl":"https://l.example","partnerName":"Airtel","provider":2,"currency":"TZS"}"#;
    for (text, told) in [
        (
            format!("[{row}]"),
            format!(r#"[{{"provider":"azampay","name":"Airtel","currency":"TZS","raw":{row}}}]"#),
        ),
        (
            "[{}]".to_owned(),
            r#"[{"provider":"azampay","name":null,"currency":null,"raw":{}}]"#.to_owned(),
        ),
        ("[]".to_owned(), "[]".to_owned()),
    ] {
        assert_eq!(read(200, &text).unwrap(), Output::Answer(told));
    }
    for (status, text, told) in [
        (
            200,
            "",
            "INVALID_RESPONSE not_sent 200 - AzamPay answered HTTP 200 with an empty answer",
        ),
        (200, "[1]", "INVALID_RESPONSE not_sent 200 -"),
        (200, "{}", "INVALID_RESPONSE not_sent 200 -"),
        (
            200,
            r#"{"status":"Error","message":"No vendor"}"#,
            "REFUSED not_sent 200 - No vendor",
        ),
        (
            400,
            r#""Vendor is not known""#,
            "REFUSED not_sent 400 - Vendor is not known",
        ),
        (
            401,
            r#"{"status":"Error","message":"Please Provide Valid Authorization"}"#,
            "AUTHENTICATION_FAILED not_sent 401",
        ),
    ] {
        let failed = read(status, text).err().unwrap();
        assert!(
            line(&failed.error).starts_with(told),
            "{}",
            line(&failed.error)
        );
        assert_eq!(
            failed.error.retryable,
            text.is_empty() || told.contains("200 -") && told.contains("INVALID")
        );
    }
}
