use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{callback, key};
use crate::model::callback::Proof;
use crate::model::expectation::Reason;
use crate::model::payment::Status;
use crate::model::signature::SignedCallback;

/// The signature that a callback carries, when it is one.
pub fn signed(body: &str) -> Option<SignedCallback> {
    match callback::read(body).proof {
        Proof::Signature(signed) => Some(signed),
        _ => None,
    }
}

/// A throw-away key with callbacks signed by it; the private half no longer exists.
pub fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!(
        "../../../__test__/fixtures/azampay_callbacks.json"
    ))
    .unwrap()
}

pub fn pem() -> String {
    vectors()["publicKeyPem"].as_str().unwrap().to_owned()
}

#[test]
fn callbacks_verify_by_four_fields_only() {
    let key = key::parse(&pem()).unwrap();
    let table = [
        ("callback_valid", true),
        ("callback_valid_utf8", true),
        ("callback_tampered_status", false),
        ("callback_signed_with_2_fields_must_be_rejected", false),
        ("callback_amount_changed_still_verifies", true),
        (
            "callback_field_boundary_shift_also_verifies_(no_separator)",
            true,
        ),
    ];
    for (name, valid) in table {
        let callback = signed(&vectors()[name].to_string()).unwrap();
        assert_eq!(callback.is_signed_by(&key), valid, "{name}");
    }
    let unsigned = callback::read(&vectors()["callback_without_signature"].to_string());
    assert!(matches!(
        unsigned.proof,
        Proof::Broken(Reason::MissingSignature)
    ));
}

#[test]
fn a_signature_is_read_in_any_line_form_and_nothing_else_is_one() {
    let valid = vectors()["callback_valid"].clone();
    let key = key::parse(&pem()).unwrap();
    let with = |signature: serde_json::Value| {
        let mut callback = valid.clone();
        callback["signature"] = signature;
        signed(&callback.to_string())
    };
    let base64 = valid["signature"].as_str().unwrap();
    let (head, tail) = base64.split_at(76);
    for written in [
        format!("{head}\r\n{tail}\n"),
        base64.trim_end_matches('=').to_owned(),
    ] {
        assert!(with(written.into()).unwrap().is_signed_by(&key));
    }
    for not_one in [
        serde_json::Value::Null,
        5.into(),
        "".into(),
        "not base64!".into(),
        STANDARD.encode([0_u8; 255]).into(),
        STANDARD.encode([0_u8; 513]).into(),
        serde_json::json!([base64]),
    ] {
        assert!(with(not_one.clone()).is_none(), "{not_one}");
    }
    for body in ["", "null", "[]", "\"x\"", "{", "{}", r#"{"data":{}}"#] {
        assert!(signed(body).is_none(), "{body}");
    }
}

#[test]
fn signed_values_are_taken_as_received() {
    // Not signed by the key, so only that reading them does not fail is shown.
    let key = key::parse(&pem()).unwrap();
    let signature = STANDARD.encode([1_u8; 256]);
    for fields in [
        r#""utilityref":5,"externalreference":null"#,
        r#""operator":{},"transactionstatus":[1]"#,
    ] {
        let callback = signed(&format!(r#"{{{fields},"signature":"{signature}"}}"#)).unwrap();
        assert!(!callback.is_signed_by(&key));
    }
}

#[test]
fn a_callback_tells_one_payment() {
    let payment = callback::read(&vectors()["callback_valid"].to_string()).claim;
    assert_eq!(payment.status, Status::Succeeded);
    assert_eq!(payment.amount.as_deref(), Some("2000"));
    assert_eq!(payment.currency.as_deref(), Some("TZS"));
    assert_eq!(payment.reference.as_deref(), Some("vendor-ref-001"));
    assert_eq!(payment.transaction_id.as_deref(), Some("pg-ref-001"));
    assert_eq!(payment.payer.as_deref(), Some("2557****0000"));
}

#[test]
fn every_status_text() {
    for (text, status) in [
        ("success", Status::Succeeded),
        ("SUCCESS", Status::Succeeded),
        ("failure", Status::Failed),
        ("failed", Status::Failed),
        ("Cancelled", Status::Failed),
        ("rejected", Status::Failed),
        ("expired", Status::Failed),
        ("pending", Status::Pending),
        ("reversed", Status::Reversed),
        ("refunded", Status::Refunded),
        ("successful?", Status::Unknown),
        ("unsuccessful", Status::Unknown),
        ("", Status::Unknown),
    ] {
        assert_eq!(callback::status(text), status, "{text}");
    }
}

#[test]
fn a_shifted_boundary_is_the_same_callback() {
    let identity = |name: &str| callback::read(&vectors()[name].to_string()).identity;
    let shifted = identity("callback_field_boundary_shift_also_verifies_(no_separator)");
    assert_eq!(identity("callback_valid"), shifted);
    assert_ne!(identity("callback_valid"), identity("callback_valid_utf8"));
}
