//! Which webhooks are believed, by the published checksum vectors and others.
#![forbid(unsafe_code)]

use super::ENTRY;
use crate::model::callback::{Callback, Incoming, Proof};
use crate::model::expectation::Reason;
use crate::model::payment::{Kind, PayoutStatus, Status};
use crate::model::secret::Secret;
use crate::testing::gateway;

use super::checksum::{self, ChecksumMethod, Signing};

/// The webhook vectors: their checksums were made with two other implementations.
const KEY: &str = "test_webhook_secret";
const DATA: &str = r#"{"status":"SUCCESS","orderReference":"ORD123","id":"ORD123LCP456","customer":{"customerPhoneNumber":"255700000000","customerName":"John Doe"},"collectedCurrency":"TZS","collectedAmount":"10000"}"#;
const OVER_BODY: &str = "61d3d6ed93ab12fb64a46de2709a6e3e5e8640a4dc629ece1f4a9ce41de45eb2";
const OVER_DATA: &str = "3fad29ecf5c5b4bc832d6a8089a98197c0aac2c843dc709e4ae4cf16cf652e16";
const FAILED: &str = r#"{"id":"ORD123LCP456","status":"FAILED","channel":"TIGO-PESA","orderReference":"ORD123","message":"Insufficient balance"}"#;
const LEGACY_OVER_DATA: &str = "2009c3efb460736495c1e20befda4206781ca47ec5083fe99eb2239136c3e432";
const FLAT: &str = r#"{"status":"SUCCESS","orderReference":"ORD001","amount":"5000"}"#;
const OVER_FLAT: &str = "3cdf0d1a979a4b65891656fe6b9cb17e3aed624a1bc6a00e7b1a628d307bcbcd";
const LEGACY_OVER_FLAT: &str = "40f40707623102e9ffd59dd9a1822538f9fbc8cb8317b39d984ff926b478f099";

fn read_by(method: &str, body: &str, headers: &[(&str, &str)]) -> Callback {
    let config = [
        ("CLICKPESA_CHECKSUM_KEY", KEY),
        ("CLICKPESA_CHECKSUM_METHOD", method),
    ];
    let headers: Vec<_> = headers
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    let headers = &headers;
    let whole = Incoming::Whole { body, headers };
    gateway(&ENTRY, &config).unwrap().callback(&whole)
}

fn read(body: &str) -> Callback {
    read_by("canonical", body, &[])
}

/// An object's text with `checksum` in it.
fn with(checksum: &str, object: &str) -> String {
    format!(
        r#"{},"checksum":"{checksum}"}}"#,
        object.strip_suffix('}').unwrap()
    )
}

/// An object's text with its right checksum in it.
fn signed(object: &str) -> String {
    let signing = Signing {
        key: Secret::new(KEY),
        method: ChecksumMethod::Canonical,
    };
    signing.signed(object).unwrap()
}

fn webhook(event: &str, data: &str) -> String {
    format!(r#"{{"event":"{event}","data":{data}}}"#)
}

#[test]
fn a_webhook_checksum_is_found_in_each_known_place() {
    let received = |data: &str| webhook("PAYMENT RECEIVED", data);
    let checked = [
        (with(OVER_BODY, &received(DATA)), vec![]),
        (with(&OVER_BODY.to_uppercase(), &received(DATA)), vec![]),
        (
            with(OVER_BODY, &received(DATA))
                .replace("\"checksum\"", "\"checksumMethod\":\"legacy\",\"checksum\""),
            vec![],
        ),
        (received(&with(OVER_DATA, DATA)), vec![]),
        (received(&with(OVER_BODY, DATA)), vec![]),
        (received(DATA), vec![("x-clickpesa-signature", OVER_BODY)]),
        (received(DATA), vec![("x-clickpesa-checksum", OVER_DATA)]),
        (with(OVER_FLAT, FLAT), vec![]),
    ];
    for (body, headers) in &checked {
        let Callback { proof, claim, .. } = read_by("canonical", body, headers);
        assert!(matches!(proof, Proof::Checked), "{body}");
        assert_eq!(
            (claim.kind, claim.status),
            (Kind::Payment, Status::Succeeded)
        );
        let forged = body
            .replace("ORD123LCP456", "ORD123LCP457")
            .replace("5000", "5001");
        let proof = read_by("canonical", &forged, headers).proof;
        assert!(
            matches!(proof, Proof::Broken(Reason::BadSignature)),
            "{forged}"
        );
    }
    for checksum in [
        "zz",
        "00",
        OVER_DATA,
        &OVER_BODY.repeat(2),
        &format!("{OVER_BODY}0"),
    ] {
        let proof = read(&with(checksum, &received(DATA))).proof;
        assert!(
            matches!(proof, Proof::Broken(Reason::BadSignature)),
            "{checksum}"
        );
    }
}

#[test]
fn a_legacy_checksum_is_read_only_where_it_is_configured_and_proves_no_member() {
    for body in [
        webhook("PAYMENT FAILED", &with(LEGACY_OVER_DATA, FAILED)),
        with(LEGACY_OVER_FLAT, FLAT),
    ] {
        assert!(
            matches!(read(&body).proof, Proof::Broken(Reason::BadSignature)),
            "{body}"
        );
        let named = body.replace("\"checksum\"", "\"checksumMethod\":\"legacy\",\"checksum\"");
        assert!(
            matches!(read(&named).proof, Proof::Broken(Reason::BadSignature)),
            "{named}"
        );
        assert!(
            matches!(read_by("legacy", &body, &[]).proof, Proof::Ask(_)),
            "{body}"
        );
        let forged = body.replace("ORD", "ORE");
        assert!(matches!(
            read_by("legacy", &forged, &[]).proof,
            Proof::Broken(Reason::BadSignature)
        ));
    }
    let both = with(OVER_BODY, &webhook("PAYMENT RECEIVED", DATA));
    assert!(matches!(
        read_by("legacy", &both, &[]).proof,
        Proof::Checked
    ));
    let wrong = gateway(&ENTRY, &[("CLICKPESA_CHECKSUM_METHOD", "md5")]);
    assert!(
        wrong
            .err()
            .unwrap()
            .message
            .contains("CLICKPESA_CHECKSUM_METHOD")
    );
}

#[test]
fn what_the_canonical_method_signs_has_no_legacy_reading() {
    let body = webhook("PAYMENT RECEIVED", DATA);
    let text = checksum::message(
        &crate::model::json::Object::parse(&body).unwrap(),
        ChecksumMethod::Canonical,
    )
    .unwrap();
    for at in 1..text.len() {
        let (one, two) = text.split_at(at);
        let cut = serde_json::json!({ "a": one, "orderReference": two, "checksum": OVER_BODY });
        for body in [
            cut.to_string(),
            webhook("PAYMENT RECEIVED", &cut.to_string()),
        ] {
            let proof = read_by("legacy", &body, &[]).proof;
            assert!(
                matches!(proof, Proof::Broken(Reason::BadSignature)),
                "{body}"
            );
        }
    }
}

#[test]
fn nothing_beside_the_signed_part_decides() {
    let payout = r#"{"id":"PAY1","orderReference":"ORDER1","amount":"1000.00","currency":"TZS","fee":"1.00","status":"SUCCESS","channel":"BANK TRANSFER"}"#;
    let bare = r#"{"orderReference":"ORDER1","amount":"1000.00","status":"SUCCESS"}"#;
    let of = |data: &str, more: &str| {
        let data = signed(data);
        read(&format!(r#"{{"data":{data}{more}}}"#))
    };
    for more in [
        "",
        r#","event":"PAYMENT RECEIVED""#,
        r#","eventType":"PAYMENT RECEIVED","status":"SUCCESS","collectedAmount":"5""#,
    ] {
        let callback = of(payout, more);
        assert!(matches!(callback.proof, Proof::Checked));
        assert_eq!(
            callback.claim.kind,
            Kind::Payout(PayoutStatus::Succeeded),
            "{more}"
        );
        assert_eq!(callback.claim.status, Status::Unknown);
        assert!(
            matches!(of(bare, more).proof, Proof::Ask(reference) if reference == "ORDER1"),
            "{more}"
        );
    }
    let asked = of(bare, r#","event":"PAYOUT INITIATED""#);
    assert!(matches!(asked.proof, Proof::Ask(_)) && asked.claim.kind.payout().is_some());
    let failed = of(
        r#"{"id":"P","orderReference":"A","status":"FAILED","collectedAmount":"5"}"#,
        r#","event":"PAYMENT RECEIVED","status":"SUCCESS""#,
    );
    assert_eq!(failed.claim.status, Status::Failed);
    let other = of(
        DATA,
        r#","orderReference":"B","data":{"orderReference":"B","status":"SUCCESS"}"#,
    );
    assert!(
        matches!(other.proof, Proof::Ask(_) | Proof::Broken(_)),
        "the last of two counts"
    );
}

#[test]
fn one_signed_text_tells_the_same_in_each_place() {
    let payment = |object: &str| {
        let Callback {
            claim,
            proof,
            signature,
            ..
        } = read(object);
        assert!(matches!(proof, Proof::Checked), "{object}");
        (claim.identity(), claim.amount, signature)
    };
    let flat = signed(DATA);
    let told = payment(&flat);
    assert_eq!(
        payment(&format!(r#"{{"event":"PAYMENT FAILED","data":{flat}}}"#)),
        told
    );
    let whole = signed(&webhook("PAYMENT RECEIVED", DATA));
    assert_eq!(
        payment(&format!(r#"{{"event":"PAYOUT INITIATED","data":{whole}}}"#)).0,
        payment(&whole).0
    );
}

#[test]
fn an_event_tells_what_a_signed_webhook_is_about() {
    let data = r#"{"id":"PAY1","orderReference":"ORDER1","amount":"1000.00","currency":"TZS","status":"SUCCESS"}"#;
    for (event, kind) in [
        ("PAYMENT RECEIVED", Kind::Payment),
        ("PAYOUT INITIATED", Kind::Payout(PayoutStatus::Succeeded)),
        ("PAYOUT SUCCESS", Kind::Payout(PayoutStatus::Succeeded)),
        ("DEPOSIT RECEIVED", Kind::Deposit),
        ("BILL CREATED", Kind::Bill),
        ("SOMETHING NEW", Kind::Other),
    ] {
        for body in [
            webhook(event, data),
            webhook(event, data).replace("\"event\"", "\"eventType\""),
            data.replacen('{', &format!(r#"{{"eventType":"{event}","#), 1),
        ] {
            let Callback { proof, claim, .. } = read(&signed(&body));
            assert!(matches!(proof, Proof::Checked), "{body}");
            assert_eq!(claim.kind, kind, "{body}");
            assert_eq!(
                claim.status == Status::Succeeded,
                kind == Kind::Payment,
                "{body}"
            );
            assert_eq!(claim.reference.as_deref(), Some("ORDER1"));
        }
    }
}

#[test]
fn without_key_or_checksum_the_gateway_is_asked() {
    let bare = webhook("PAYMENT RECEIVED", DATA);
    assert!(matches!(read(&bare).proof, Proof::Ask(reference) if reference == "ORD123"));
    let signed = with(OVER_BODY, &bare);
    let keyless = gateway(&ENTRY, &[]).unwrap();
    assert!(matches!(
        keyless.callback(&signed.as_str().into()).proof,
        Proof::Ask(_)
    ));
    let payout =
        read(r#"{"event":"PAYOUT REFUNDED","data":{"orderReference":"A","status":"REFUNDED"}}"#);
    assert!(matches!(payout.proof, Proof::Ask(_)));
    assert_eq!(payout.claim.kind, Kind::Payout(PayoutStatus::Refunded));
    assert!(matches!(read(FLAT).proof, Proof::Ask(reference) if reference == "ORD001"));
    for (body, reason) in [
        ("", Reason::Unconfirmed),
        ("null", Reason::Unconfirmed),
        ("{}", Reason::Unconfirmed),
        (
            r#"{"event":"PAYMENT RECEIVED","data":[{"orderReference":"A"}]}"#,
            Reason::Unconfirmed,
        ),
        (
            r#"{"event":"DEPOSIT RECEIVED","data":{"depositAmount":"5","paymentReference":"r"}}"#,
            Reason::MissingSignature,
        ),
        (
            r#"{"event":"SOMETHING NEW","data":{"orderReference":"A"}}"#,
            Reason::MissingSignature,
        ),
    ] {
        assert!(
            matches!(read(body).proof, Proof::Broken(why) if why == reason),
            "{body}"
        );
    }
}

#[test]
fn a_signed_deposit_is_known_by_its_receipt() {
    let deposit = |receipt: &str| {
        let data = format!(
            r#"{{"depositAmount":"50000","depositCurrency":"TZS","paymentReference":"{receipt}"}}"#
        );
        read(&signed(&webhook("DEPOSIT RECEIVED", &data))).claim
    };
    let claim = deposit("R1");
    assert_eq!(
        (claim.amount.as_deref(), claim.currency.as_deref()),
        (Some("50000"), Some("TZS"))
    );
    assert!(!claim.is_nameless() && claim.identity() != deposit("R2").identity());
    let nameless = read(&signed(&webhook(
        "PAYMENT RECEIVED",
        r#"{"status":"SUCCESS","paymentReference":"R1"}"#,
    )));
    assert!(nameless.claim.is_nameless());
}

#[test]
fn a_success_is_not_believed_where_the_state_beside_it_is_another() {
    for (beside, status) in [
        (r#""status":"FAILED","#, Status::Unknown),
        (r#""status":"reversed","#, Status::Unknown),
        (r#""status":"SETTLED","#, Status::Succeeded),
        (r#""status":"ok","#, Status::Succeeded),
    ] {
        let body = format!(r#"{{"event":"PAYMENT RECEIVED",{beside}"data":{DATA}}}"#);
        assert_eq!(read(&signed(&body)).claim.status, status, "{body}");
    }
}

#[test]
fn an_event_that_is_no_text_tells_of_nothing_that_is_known() {
    for event in ["7", "[\"PAYMENT RECEIVED\"]", "{}", "true"] {
        let body = format!(r#"{{"event":{event},"data":{DATA}}}"#);
        let claim = read(&signed(&body)).claim;
        assert_eq!(
            (claim.kind, claim.status),
            (Kind::Other, Status::Unknown),
            "{body}"
        );
    }
}

#[test]
fn a_webhook_is_read_in_todays_shape_and_the_older_one() {
    let old = r#"{"eventType":"PAYMENT RECEIVED","data":{"paymentId":"p","orderReference":"ORD1","amount":"10000.00","currency":"TZS","status":"SUCCESS","customer":{"name":"J","phone":"255712345678"}}}"#;
    let claim = read(old).claim;
    assert_eq!(
        (claim.transaction_id.as_deref(), claim.amount.as_deref()),
        (Some("p"), Some("10000.00"))
    );
    assert_eq!(
        (claim.payer.as_deref(), claim.status),
        (Some("2557****5678"), Status::Succeeded)
    );
}
