//! Callback parsing: total, and nothing is proven that was made up.

use std::sync::OnceLock;

use crate::model::callback::{Callback, Incoming, Proof};
use crate::model::expectation::{Expectation, MEMBERS, Reason};
use crate::model::json::Object;
use crate::model::payment::{Kind, Payment, PayoutStatus, Status};
use crate::model::signature::{PublicKey, PublicKeys};
use crate::provider::Gateway;
use serde_json::{Map, Value};

use super::{azampay, clickpesa, digits, gateway, is_json, pesapal, selcom, value};

pub fn holds(body: &str, header: Option<&str>) {
    let headers: Vec<_> = header
        .map(|value| ("x-clickpesa-signature".to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    let headers = &headers;
    let whole = Incoming::Whole { body, headers };
    of_pesapal(&pesapal().callback(&whole));
    of_clickpesa(&clickpesa().callback(&whole), false);
    of_clickpesa(&with_checksum_key().callback(&whole), true);
    of_azampay(&azampay().callback(&whole), body);
    of_selcom(&selcom().callback(&whole), false);
    let digest = header.unwrap_or_default();
    let headers =
        ["digest", "timestamp", "signed-fields"].map(|name| (name.to_owned(), digest.to_owned()));
    let signed = Incoming::Whole {
        body,
        headers: &headers,
    };
    of_selcom(&selcom().callback(&signed), true);
    expectations(body);
}

fn with_checksum_key() -> &'static dyn Gateway {
    static GATEWAY: OnceLock<Box<dyn Gateway>> = OnceLock::new();
    let key = ("CLICKPESA_CHECKSUM_KEY", "a key that no input knows");
    let made = GATEWAY.get_or_init(|| gateway("clickpesa", &[key]));
    made.as_ref()
}

fn claim(callback: &Callback) {
    let claim = &callback.claim;
    assert!(
        claim
            .payer
            .as_deref()
            .is_none_or(|payer| digits(payer) <= 8)
    );
    assert!(claim.raw.json().is_none_or(is_json), "{:?}", claim.raw);
}

/// Three ids prove nothing: PesaPal is asked, and gets the JSON it wants, whatever they hold.
fn of_pesapal(callback: &Callback) {
    claim(callback);
    match (&callback.proof, &callback.claim.transaction_id) {
        (Proof::Ask(asked), Some(id)) => assert!(asked == id && !id.trim().is_empty()),
        (Proof::Broken(Reason::Unconfirmed), None) => assert!(callback.acknowledgement.is_none()),
        (proof, id) => panic!("{proof:?} of {id:?}"),
    }
    if let Some((yes, no)) = &callback.acknowledgement {
        for (text, status) in [(yes, 200), (no, 500)] {
            let answer = value(text).expect("JSON");
            assert_eq!(answer["status"], status);
            assert_eq!(
                answer["orderTrackingId"].as_str(),
                callback.claim.transaction_id.as_deref()
            );
            let reference = callback.claim.reference.as_deref().unwrap_or_default();
            assert_eq!(answer["orderMerchantReference"], reference);
        }
    }
}

/// Without the key, or with it and no checksum, ClickPesa is asked for a payment or a payout; a made-up
/// checksum is never right, and only a payment has a status.
fn of_clickpesa(callback: &Callback, has_key: bool) {
    claim(callback);
    assert!(callback.identity.is_empty() && callback.signature.is_empty());
    let Payment { kind, status, .. } = callback.claim;
    assert!(kind == Kind::Payment || status == Status::Unknown);
    let reference = callback.claim.reference.as_ref();
    match &callback.proof {
        Proof::Ask(asked) => {
            assert!(Some(asked) == reference && !asked.trim().is_empty());
            assert!(kind == Kind::Payment || kind.payout().is_some());
        }
        Proof::Broken(Reason::Unconfirmed) => assert_eq!(reference, None),
        Proof::Broken(Reason::MissingSignature) => {
            assert!(matches!(kind, Kind::Deposit | Kind::Bill | Kind::Other));
        }
        Proof::Broken(Reason::BadSignature) => assert!(has_key),
        proof => panic!("{proof:?}"),
    }
}

/// Selcom is asked for the order that a webhook names; a made-up digest is never right.
fn of_selcom(callback: &Callback, is_signed: bool) {
    claim(callback);
    assert!(callback.identity.is_empty() && callback.claim.transaction_id.is_none());
    let reference = callback.claim.reference.as_ref();
    match &callback.proof {
        Proof::Broken(Reason::BadSignature) => assert!(is_signed),
        _ if is_signed => panic!("{:?}", callback.proof),
        Proof::Ask(asked) => assert!(Some(asked) == reference && !asked.trim().is_empty()),
        Proof::Broken(Reason::Unconfirmed) => assert_eq!(reference, None),
        proof => panic!("{proof:?}"),
    }
}

/// A signature is one of a possible length, and of no key that it was not made with.
fn of_azampay(callback: &Callback, body: &str) {
    claim(callback);
    let key = PublicKey::new(&[0xC1; 256], &[1, 0, 1]).expect("a key");
    let keys = PublicKeys::new(vec![key]);
    match &callback.proof {
        Proof::Signature(signed) => assert!(!signed.is_signed_by(&keys)),
        Proof::Broken(Reason::BadSignature | Reason::MissingSignature) => {}
        Proof::Absent => assert!(callback.claim.kind == Kind::Payout(PayoutStatus::Unknown)),
        proof => panic!("{proof:?}"),
    }
    // What is signed is what is claimed: the identity holds every signed text that the claim shows.
    let identity = std::str::from_utf8(&callback.identity).expect("text");
    let claim = &callback.claim;
    if let Some(reference) = &claim.reference {
        assert!(identity.starts_with(reference.as_str()));
    }
    if let Some(Value::Object(members)) = value(body) {
        the_members_say_the_same(callback, &members);
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if let Some(id) = text("externalreference").filter(|id| !id.is_empty()) {
            assert_eq!(claim.transaction_id.as_deref(), Some(id));
            assert!(identity.contains(id));
        }
        if let Some(amount) = text("amount").filter(|amount| !amount.is_empty()) {
            assert_eq!(claim.amount.as_deref(), Some(amount));
        }
    }
}

/// A callback that crosses as its members alone is read as the whole text is.
fn the_members_say_the_same(whole: &Callback, members: &Map<String, Value>) {
    let mut texts = Vec::new();
    for name in azampay().facts().callback_members {
        match members.get(*name) {
            Some(Value::String(text)) => texts.push(text.as_str()),
            None | Some(Value::Null) => texts.push(""),
            // Then the whole text crosses.
            Some(_) => return,
        }
    }
    let read = azampay().callback(&Incoming::Members(&texts));
    let claim = Payment {
        raw: whole.claim.raw.clone(),
        ..read.claim
    };
    assert_eq!(claim, whole.claim);
    assert_eq!(format!("{:?}", read.proof), format!("{:?}", whole.proof));
    assert_eq!(read.identity, whole.identity);
}

/// The caller's own expectation as any text: read, refused, or "no such order", and never one that
/// compares nothing, or drops a member.
fn expectations(text: &str) {
    if let Ok(Some(expected)) = Expectation::parse(text) {
        assert_ne!(expected, Expectation::default());
        let members = Object::parse(text).expect("an object");
        assert!(members.members().all(|(name, _)| MEMBERS.contains(&name)));
        let stranger = Payment {
            currency: None,
            ..azampay().callback(&"{}".into()).claim
        };
        assert!(expected.mismatch(&stranger).is_some());
    }
}
