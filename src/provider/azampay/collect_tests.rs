use super::tests::azampay;
use crate::model::operation::{Input, Operation, Output};
use crate::provider::Call;
use crate::testing::{body, judged, line};

fn asked(operation: Operation, text: &str) -> Result<Call<Output>, String> {
    let name = match operation {
        Operation::Charge => "charge",
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
        r#"{"amount":"5000001","currency":"KES","phone":"071","operator":"x","colour":1}"#,
    );
    let told = told.err().unwrap();
    for part in [
        "charge has colour",
        "currency must be TZS or RWF or MWK",
        "5000000",
        "phone ",
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
