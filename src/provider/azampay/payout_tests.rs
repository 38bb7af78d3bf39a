use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::rand_core::OsRng;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

use super::ENTRY;
use crate::laws::examples::CONFIG;
use crate::model::hex;
use crate::model::json::Object;
use crate::model::operation::{Input, Operation, Output};
use crate::model::payment::{Kind, PayoutStatus};
use crate::model::payout::Payout;
use crate::model::signature::{PublicKey, PublicKeys};
use crate::provider::{Call, Gateway, Missing, Reading};
use crate::testing::{body, gateway, judged, line};

const ORDER: &str = r#"{"amount":"1000","currency":"TZS","reference":"ORD-1001","to":{"phone":"255780000001"},"name":"Asha Juma","description":"May"}"#;
/// SHA-512 of `1700000001255780000001TZS10001786225810ORD-1001`.
const SIGNED: &str = "5bcc5b4b5f8cd06db93f5e2e8ed76937f5999e5962481fe03a7844271be487bd726dce0f19e110b2460eef2d0da8308253799df4bb396de0ceb9beb3c8936763";

/// AzamPay's half of a key.
fn private() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut OsRng, 2048).unwrap())
}

pub fn pem() -> String {
    let (modulus, exponent) = (private().n().to_bytes_be(), private().e().to_bytes_be());
    PublicKeys::new(vec![PublicKey::new(&modulus, &exponent).unwrap()]).to_pem()
}

fn configured(more: &[(&'static str, &str)]) -> Box<dyn Gateway> {
    gateway(&ENTRY, &[CONFIG, more].concat()).unwrap()
}

fn asked(gateway: &dyn Gateway, order: &str) -> Result<Call<Output>, String> {
    let input = Input::default().with("payout", order.to_owned());
    let made = gateway.make(Operation::Payout, &input);
    made.map_err(|error| error.message)
}

/// The payout itself, with its body as it goes out.
pub fn sealed(call: Call<Output>) -> Call<Output> {
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_786_225_810_900);
    let body = call.seal.as_ref().unwrap()(at, &mut OsRng).unwrap();
    call.with_body(body)
}

fn with_key(more: &[(&'static str, &str)], order: &str) -> Call<Output> {
    let pem = pem();
    let more = [&[("AZAMPAY_PUBLIC_KEY", pem.as_str())], more].concat();
    sealed(asked(configured(&more).as_ref(), order).unwrap())
}

/// The hash that a checksum hides from everybody but AzamPay.
pub fn decrypted(call: &Call<Output>) -> String {
    let sum = Object::parse(body(call))
        .unwrap()
        .filled("checksum")
        .unwrap();
    let sum = STANDARD.decode(sum).unwrap();
    hex::encode(&private().decrypt(Pkcs1v15Encrypt, &sum).unwrap())
}

fn payout(told: Result<Output, crate::flow::judge::Failed>) -> Payout {
    match told {
        Ok(Output::Payout(payout)) => *payout,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_payout_has_azampays_shape_and_an_encrypted_hash() {
    let call = with_key(&[], ORDER);
    assert_eq!(
        call.request.url,
        "https://gateway.example/api/v1/azampay/disburse"
    );
    let (before, _) = body(&call).split_once(r#","checksum""#).unwrap();
    assert_eq!(
        before,
        r#"{"source":{"countryCode":"TZ","fullName":"Duka Ltd","bankName":"Azampesa","accountNumber":"1700000001","currency":"TZS"},"destination":{"countryCode":"TZ","fullName":"Asha Juma","bankName":"Airtel","accountNumber":"255780000001","currency":"TZS"},"transferDetails":{"type":"FUND","amount":1000,"dateInEpoch":1786225810},"externalReferenceId":"ORD-1001","remarks":"May""#
    );
    assert_eq!(decrypted(&call), SIGNED);
    let again = with_key(&[], ORDER);
    assert_ne!(body(&again), body(&call), "the padding is random");
    assert_eq!(decrypted(&again), SIGNED);
}

#[test]
fn what_is_not_documented_is_configured() {
    let call = with_key(
        &[
            ("AZAMPAY_SOURCE_BANK", "Vodacom"),
            ("AZAMPAY_TRANSFER_TYPE", "MNO"),
            (
                "AZAMPAY_BANK_NAMES",
                "airtel money = airtel, CRDB=CRDB Bank",
            ),
            ("disbursementBaseUrl", "https://pay.example/"),
        ],
        ORDER,
    );
    assert!(call.request.url.starts_with("https://pay.example/api/"));
    for part in [
        r#""bankName":"Vodacom""#,
        r#""type":"MNO""#,
        r#""bankName":"airtel""#,
    ] {
        assert!(body(&call).contains(part), "{part}");
    }
    let order = r#"{"amount":1000,"currency":"TZS","reference":"A","to":{"bank":"crdb","accountNumber":"015","accountName":"Asha"}}"#;
    let to_bank = with_key(&[("AZAMPAY_BANK_NAMES", "CRDB=CRDB Bank")], order);
    let to = r#""destination":{"countryCode":"TZ","fullName":"Asha","bankName":"CRDB Bank","accountNumber":"015","#;
    assert!(body(&to_bank).contains(to), "{}", body(&to_bank));
    for names in ["Yas", "=x", "Yas=", "Yas=Tigo; CRDB"] {
        let made = gateway(&ENTRY, &[("AZAMPAY_BANK_NAMES", names)]);
        let told = made.err().map(|error| error.message).unwrap_or_default();
        assert_eq!(
            told.contains("must be pairs such as"),
            names != "Yas=Tigo; CRDB",
            "{names}"
        );
    }
}

#[test]
fn the_host_of_payouts_follows_the_base_url() {
    for (base, host) in [
        (
            "https://sandbox.azampay.co.tz",
            "https://api-disbursement-sandbox.azampay.co.tz",
        ),
        (
            "https://checkout.azampay.co.tz",
            "https://api-disbursement.azampay.co.tz",
        ),
        ("https://proxy.example/azam", "https://proxy.example/azam"),
    ] {
        let call = with_key(&[("baseUrl", base)], ORDER);
        assert_eq!(call.request.url, format!("{host}/api/v1/azampay/disburse"));
    }
}

#[test]
fn wallets_go_by_the_names_of_merchants_who_are_live() {
    for (operator, name) in [
        ("M-Pesa", "Vodacom"),
        ("Tigo", "Yas"),
        ("Airtel Money", "Airtel"),
        ("HaloPesa", "Halotel"),
        ("AzamPesa", "Azampesa"),
        ("T-Pesa", "Tpesa"),
    ] {
        let order = format!(
            r#"{{"amount":"1000","currency":"TZS","reference":"A","to":{{"phone":"0780000001","operator":"{operator}","accountName":"Asha"}}}}"#
        );
        let call = with_key(&[], &order);
        let to = format!(r#""fullName":"Asha","bankName":"{name}","accountNumber":"255780000001""#);
        assert!(body(&call).contains(&to), "{}", body(&call));
    }
}

#[test]
fn all_that_is_wrong_with_a_payout_is_told_at_once() {
    let bare = gateway(&ENTRY, &[]).unwrap();
    let told = asked(
        bare.as_ref(),
        r#"{"amount":"1,5","currency":"RWF","to":{"lipaNamba":"1"}}"#,
    );
    let told = told.err().unwrap();
    for part in [
        "config.AZAMPAY_SOURCE_ACCOUNT is missing",
        "config.AZAMPAY_SOURCE_NAME is missing",
        "amount has a comma",
        "currency must be TZS, not 'RWF'",
        "reference is missing",
        "to.phone is missing",
        "name is missing",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let to = |to: &str| {
        let order =
            format!(r#"{{"amount":"1","currency":"TZS","reference":"A","name":"A","to":{to}}}"#);
        asked(configured(&[]).as_ref(), &order).err().unwrap()
    };
    for (target, rule) in [
        (
            r#"{"phone":"0780000001","bank":"CRDB"}"#,
            "to.phone stands beside bank: give one of them",
        ),
        (
            r#"{"bank":"CRDB","accountNumber":"1"}"#,
            "to.bank is none that AZAMPAY_BANK_NAMES of config names; AzamPay documents wallets only",
        ),
        (r#"{"phone":"0640000001"}"#, "to.phone "),
        (
            r#"{"phone":"0780000001","operator":"Visa"}"#,
            "to.operator must be one of Vodacom, Yas, Airtel, Halotel, Azampesa, Tpesa, not 'Visa'",
        ),
        ("5", "to must be an object"),
    ] {
        assert!(to(target).starts_with(rule), "{}", to(target));
    }
}

#[test]
fn a_reference_is_at_most_30_characters_and_has_no_colon() {
    for (own, is_carried) in [
        ("ORDER_1.a-b", true),
        ("123456789012345678901234567890", true),
        ("1234567890123456789012345678901", false),
        ("ORDER:1", false),
        ("ORDER--1", false),
    ] {
        let order = ORDER.replace("ORD-1001", own);
        let sent = with_key(&[], &order);
        let sent = Object::parse(body(&sent))
            .unwrap()
            .filled("externalReferenceId")
            .unwrap();
        assert_eq!(sent == own, is_carried, "{sent}");
        assert!(sent.len() <= 30);
    }
}

#[test]
fn without_a_configured_key_azampay_is_asked_for_it_first() {
    let gateway = configured(&[("authBaseUrl", "https://auth.example")]);
    let first = asked(gateway.as_ref(), ORDER).unwrap();
    assert_eq!(
        first.request.url,
        "https://gateway.example/azampay/v1/public-key?format=Pem"
    );
    assert!(first.seal.is_none() && first.request.body.is_none());
    let paid = |call: &Call<Output>| {
        let answer = format!(
            r#"{{"success":true,"publicKey":{}}}"#,
            crate::model::json::quote(&pem())
        );
        match (call.read)(&answer) {
            Reading::Then(call) => decrypted(&sealed(call)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(paid(&first), SIGNED);
    let missing = |call: &Call<Output>| call.missing.as_ref().unwrap()("");
    let second = match (missing(&first), (first.read)(" ")) {
        (Missing::Then(second), Reading::Then(_)) => second,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        second.request.url,
        "https://auth.example/api/Token/PublicKey"
    );
    assert_eq!(paid(&second), SIGNED);
    assert!(matches!(missing(&second), Missing::Unsupported(_)));
    for none in ["", "{}", r#"{"publicKey":"x"}"#] {
        assert!(
            matches!((second.read)(none), Reading::Unreadable(_)),
            "{none}"
        );
    }
}

#[test]
fn an_accepted_payout_is_under_way() {
    let gateway = configured(&[]);
    let call = with_key(&[], ORDER);
    for text in [
        r#"{"success":true,"pgReferenceId":"0a1b","message":"Your transaction is in process","statusCode":200,"status":"Pending"}"#,
        r#"{"success":true,"pgReferenceId":"0a1b","message":"Your transaction is in process","statusCode":200}"#,
    ] {
        let payout = payout(judged(gateway.as_ref(), &call, 200, text));
        assert_eq!(payout.told.kind, Kind::Payout(PayoutStatus::Processing));
        let told = [
            payout.told.transaction_id,
            payout.told.reference,
            payout.gateway_reference,
            payout.told.amount,
            payout.told.currency,
            payout.told.message,
        ]
        .map(Option::unwrap);
        let expected = [
            "0a1b",
            "ORD-1001",
            "ORD-1001",
            "1000",
            "TZS",
            "Your transaction is in process",
        ];
        assert_eq!(told, expected);
        assert_eq!(payout.told.raw.json(), Some(text));
    }
}

#[test]
fn every_row_of_the_payout_errors() {
    let gateway = configured(&[]);
    let call = with_key(&[], ORDER);
    let maybe =
        "The payment may have been made: let recover() say what is safe before you try again.";
    let before = "A payment with this reference arrived before, so that payment may have been made: let recover() say \
                  what is safe before you try again, and pass it this error.";
    let table = [
        (
            200,
            r#"{"success":true,"pgReferenceId":null,"message":"Your transaction is in process"}"#,
            format!(
                "INVALID_RESPONSE unknown 200 - AzamPay answered HTTP 200 with an answer without a transactionId. {maybe}"
            ),
        ),
        (
            200,
            r#"{"success":false,"pgReferenceId":null,"message":"No"}"#,
            "REFUSED refused 200 - No".to_owned(),
        ),
        (
            200,
            "",
            format!(
                "INVALID_RESPONSE unknown 200 - AzamPay answered HTTP 200 with an empty answer. {maybe}"
            ),
        ),
        (
            400,
            r#"{"success":true,"pgReferenceId":null,"message":"Invalid BankName.","status":400}"#,
            "REFUSED refused 400 - Invalid BankName.".to_owned(),
        ),
        (
            400,
            r#"{"success":false,"pgReferenceId":null,"message":"Invalid request data: Amount: too small. Reference Id: abc","statusCode":400,"status":"Failure"}"#,
            "REFUSED refused 400 - Invalid request data: Amount: too small. Reference Id: abc"
                .to_owned(),
        ),
        (
            400,
            r#"{"success":true,"pgReferenceId":"0a1b","message":"Invalid BankName.","status":400}"#,
            format!(
                "INVALID_RESPONSE unknown 400 - AzamPay answered HTTP 400 with a refusal that names a payment. {maybe}"
            ),
        ),
        (
            400,
            r#"{"success":true,"pgReferenceId":null,"message":"Your transaction is in process"}"#,
            format!(
                "INVALID_RESPONSE unknown 400 - AzamPay answered HTTP 400 with a refusal that says yes as well. {maybe}"
            ),
        ),
        (
            400,
            r#"{"message":"Detected duplicate transaction: Duplicate ExternalReferenceId: ORD-1001","pgReferenceId":null,"success":false,"statusCode":400}"#,
            format!(
                "DUPLICATE_REFERENCE unknown 400 - Detected duplicate transaction: Duplicate ExternalReferenceId: ORD-1001. {before}"
            ),
        ),
        (
            403,
            r#"{"message":"Duplicate External Reference Id","success":true,"statusCode":400}"#,
            format!("DUPLICATE_REFERENCE unknown 403 - Duplicate External Reference Id. {before}"),
        ),
        (
            402,
            r#"{"message":"Request expired","success":true,"statusCode":402}"#,
            "REFUSED refused 402 - Request expired".to_owned(),
        ),
        (404, "", "REFUSED refused 404 - HTTP 404".to_owned()),
        (
            500,
            "",
            format!("GATEWAY_ERROR unknown 500 - AzamPay answered HTTP 500. {maybe}"),
        ),
    ];
    for (status, text, expected) in table {
        let failed = judged(gateway.as_ref(), &call, status, text).unwrap_err();
        assert_eq!(line(&failed.error), expected, "{text}");
    }
}
