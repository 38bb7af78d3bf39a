use super::ENTRY;
use super::payout_tests::{decrypted, pem, sealed};
use crate::model::operation::{Input, Operation, Output};
use crate::provider::{Call, Gateway};
use crate::testing::{body, gateway, judged, line};

/// SHA-512 of `Airtel255780000001`.
const SIGNED: &str = "3005111aff21188f8505fcc5d14cc6d29889278f696ba0f61901c16356236804f06e7453afa27c2113bab3a17eb0c2a011c11da5f6aaac7bc47c168f417ad3d6";

fn configured() -> Box<dyn Gateway> {
    gateway(&ENTRY, &[("AZAMPAY_PUBLIC_KEY", &pem())]).unwrap()
}

fn asked(gateway: &dyn Gateway, preview: &str) -> Result<Call<Output>, String> {
    let input = Input::default().with("preview", preview.to_owned());
    let made = gateway.make(Operation::Preview, &input);
    made.map_err(|error| error.message)
}

fn lookup(to: &str) -> Call<Output> {
    let preview = format!(r#"{{"for":"payout","currency":"TZS","to":{to}}}"#);
    sealed(asked(configured().as_ref(), &preview).unwrap())
}

#[test]
fn a_name_is_looked_up_with_an_encrypted_hash_and_no_account_of_ones_own() {
    let call = lookup(r#"{"phone":"0780 000 001"}"#);
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/v1/azampay/namelookup"
    );
    let start = r#"{"bankName":"Airtel","accountNumber":"255780000001","checksum":""#;
    assert!(body(&call).starts_with(start), "{}", body(&call));
    assert_eq!(decrypted(&call), SIGNED);
}

#[test]
fn a_name_comes_whole_or_in_parts() {
    let call = lookup(r#"{"phone":"0780000001","operator":"Tigo"}"#);
    let told = |text: &str| match judged(configured().as_ref(), &call, 200, text) {
        Ok(Output::Answer(told)) => told,
        other => panic!("{other:?}"),
    };
    for text in [
        r#"{"status":true,"statusCode":200,"name":"Asha Juma","message":"Success","bankName":"Tigo"}"#,
        r#"{"status":true,"name":null,"fName":"Asha","lName":"Juma","bankName":"tigo"}"#,
        r#"{"status":true,"fname":"Asha","lname":"Juma"}"#,
        r#"{"success":true,"accountName":"Asha Juma","provider":"Yas","statusCode":200}"#,
    ] {
        assert_eq!(
            told(text),
            format!(
                r#"{{"provider":"azampay","channels":[{{"name":"Yas","available":true,"fee":null,"message":null}}],"fee":null,"total":null,"accountName":"Asha Juma","balance":null,"raw":{text}}}"#
            )
        );
    }
    let other = told(r#"{"status":true,"name":"Asha Juma","bankName":"M-pesa","fspId":"503"}"#);
    let warns = r#""message":"by its first digits the number is of Vodacom""#;
    assert!(
        other.contains(r#""name":"Yas","available":true"#) && other.contains(warns),
        "{other}"
    );
}

#[test]
fn no_name_is_no_answer() {
    let call = lookup(r#"{"phone":"0780000001"}"#);
    for (status, text, told) in [
        (
            200,
            r#"{"status":false,"message":"No such account"}"#,
            "REFUSED not_sent 200 - No such account",
        ),
        (
            200,
            r#"{"success":false,"message":"No such account"}"#,
            "REFUSED not_sent 200 - No such account",
        ),
        (
            200,
            r#"{"status":true,"name":" "}"#,
            "INVALID_RESPONSE not_sent 200 - AzamPay answered HTTP 200 with an answer without a name",
        ),
        (200, "", "INVALID_RESPONSE not_sent 200 -"),
        (
            400,
            r#"{"message":"Request timed out while contacting the provider"}"#,
            "INVALID_RESPONSE not_sent 400 - AzamPay answered HTTP 400 with a refusal that leaves open",
        ),
        (
            404,
            r#"{"success":false,"accountName":null,"provider":null,"message":"Account not found","statusCode":404}"#,
            "REFUSED not_sent 404 - Account not found",
        ),
    ] {
        let failed = judged(configured().as_ref(), &call, status, text)
            .err()
            .unwrap();
        assert!(
            line(&failed.error).starts_with(told),
            "{}",
            line(&failed.error)
        );
    }
}

#[test]
fn all_that_is_wrong_with_a_look_up_is_told_at_once() {
    for (preview, parts) in [
        (
            r#"{}"#,
            &[
                "for is missing: 'payout'",
                "currency is missing",
                "to is missing",
            ][..],
        ),
        (
            r#"{"for":"refund","currency":"USD","amount":"x","to":{"phone":"+25507"}}"#,
            &[
                "for must be payout, not 'refund'",
                "currency must be TZS",
                "amount ",
                "to.phone ",
            ],
        ),
    ] {
        let told = asked(configured().as_ref(), preview).err().unwrap();
        for part in parts {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
