//! What is read of texts that stand without separators between them.
#![forbid(unsafe_code)]

use super::{Operator, judge};
use crate::model::callback::{Callback, Proof};
use crate::model::expectation::Named;
use crate::model::payment::{Kind, PayoutStatus, Status};
use crate::model::signature::Cut;
use crate::provider::azampay::callback::{self, status};

const ID: &str = "0123456789abcdef0123456789abcdef";

fn read(fields: [&str; 4]) -> (Cut, Operator) {
    judge(fields, status(fields[2]) != Status::Unknown)
}

#[test]
fn what_the_gateway_writes_is_sure() {
    for operator in [
        "Airtel",
        "airtel",
        "AIRTEL",
        "Airtel Money",
        "AIRTEL-MONEY",
        "Tigo",
        "Tigo Pesa",
        "TIGO-PESA",
        "Tigopesa",
        "Yas",
        "Mixx",
        "Mixx by Yas",
        "Mpesa",
        "M-Pesa",
        "M-PESA",
        "MPESA",
        "vodacom",
        "Vodacom M-Pesa",
        "Halopesa",
        "HaloPesa",
        "Halotel",
        "Azampesa",
        "AzamPesa",
        "Tpesa",
        "T-Pesa",
        "CRDB",
        "NMB",
        "NMB Bank",
    ] {
        for text in [
            "success",
            "Success",
            "failure",
            "failed",
            "pending",
            "cancelled by user",
            "successful",
            "unknown thing",
        ] {
            for reference in [
                "ORDER-1",
                "success",
                "ORDER-7-success",
                "Ö–ü😀",
                "",
                "a\0b",
                "failureAirtel",
                "5d41402abc4b2a76b9719d911017c592",
            ] {
                let fields = [reference, ID, text, operator];
                assert_eq!(read(fields), (Cut::Sure, Operator::Known), "{fields:?}");
            }
        }
    }
    for fields in [
        ["vendor-ref-001", "pg-ref-001", "success", "Airtel"],
        ["success", "f00d", "unknown thing", "Airtel"],
        ["refund", "ext1", "success", "Airtel"],
    ] {
        assert_eq!(read(fields).0, Cut::Sure, "{fields:?}");
    }
}

#[test]
fn what_may_be_right_needs_the_merchants_books() {
    let table = [
        // A new operator, or none.
        ["ORDER-1", ID, "success", "Zantel"],
        ["ORDER-1", ID, "success", "New Pesa"],
        ["ORDER-1", ID, "failure", "x"],
        ["ORDER-1", ID, "success", ""],
        // An id that has another's beginning or lacks its own, although the right one stands there.
        [
            "ORDER-10",
            "123456789abcdef0123456789abcdef",
            "success",
            "Airtel",
        ],
        ["ORDER-", &format!("1{ID}"), "success", "Airtel"],
        [&format!("ORDER-1{ID}"), "", "success", "Airtel"],
        ["", &format!("ORDER-1{ID}"), "success", "Airtel"],
        ["ORDER-1", &format!("{ID}not "), "success", "Airtel"],
        [
            "ORDER-1",
            "f47ac10b-58cc-4372-a567-0e02b2c3d479not ",
            "success",
            "Airtel",
        ],
        ["ORDER-1", "pg-ref-001 partly_", "success", "Airtel"],
        ["", "1pg-ref-001not-", "success", "Airtel"],
        ["ORDER-1", &format!("{ID} partly "), "success", "Airtel"],
    ];
    for fields in table {
        assert_eq!(read(fields).0, Cut::IfNamed, "{fields:?}");
    }
}

#[test]
fn what_was_written_otherwise_is_wrong() {
    let after = |tail: &str| format!("{ID}{tail}");
    let table = [
        // A success that stands in the reference.
        ["ORDER-7", "x", "success", "f00dfailureAirtel"],
        ["ORDER-7", "", "success", &after("failureAirtel")],
        ["ORDER-7", "", "SUCCESS", "abcfailureAirtel"],
        ["ORDER-7", "", "success", "pendingAirtel"],
        ["ORDER-7", "", "success", "timeoutAirtel"],
        ["ORDER-7", "", "success", "bounceAirtel"],
        ["ORDER-7", "", "success", "timeoutZantel"],
        // A part of a longer status.
        ["ORDER-7", ID, "success", "fulAirtel"],
        ["ORDER-7", ID, "success", "fulZantel"],
        ["ORDER-7", ID, "success", " awaits review Airtel"],
        ["ORDER-7", &after("un"), "success", "Airtel"],
        ["ORDER-7", &after("un"), "success", "fulAirtel"],
        ["ORDER-7", &after("refund "), "success", "Airtel"],
        ["ORDER-7", &after("reversal-"), "success", "Airtel"],
        // A success that is told as something else.
        ["ORDER-", "", &format!("reversal-7{ID}success"), "Airtel"],
        ["ORDER-", "", "refundsuccess", "Airtel"],
        ["ORDER-7", ID, "", "successAirtel"],
        ["ORDER-7", ID, "successAirtel", ""],
        ["ORDER-7", ID, "successA", "irtel"],
        ["ORDER-7", &after("s"), "uccess", "Airtel"],
        ["ORDER-7", &after("success"), "", "Airtel"],
        // Operators that are none.
        ["ORDER-7", ID, "success", "Airtel2"],
        ["ORDER-7", ID, "success", "Airtel!"],
        ["ORDER-7", ID, "success", "Aírtél"],
        ["ORDER-7", ID, "success", "Airtel\0"],
        ["ORDER-7", ID, "success", " "],
        ["ORDER-7", ID, "success", "a bank with a name that is long"],
        ["ORDER-7", ID, "success", "success"],
        ["ORDER-7", ID, "failure", "Refund Bank"],
        ["ORDER-7", ID, "success", "Suc-cess Bank"],
    ];
    for fields in table {
        assert_eq!(read(fields).0, Cut::Wrong, "{fields:?}");
    }
}

/// Every text that is cut in every way.
#[test]
fn a_failure_is_never_a_success_and_a_success_is_one_payment() {
    let references = [
        "ORDER-7xsuccess",
        "success",
        "successAirtel",
        "un",
        "ORDER-7successAirtel",
        "deadbeef",
        "é😀",
    ];
    for (id, reference) in [ID, "", "f00d", "abc"]
        .iter()
        .flat_map(|id| references.map(|reference| (*id, reference)))
    {
        for (text, operator) in [
            ("failure", "Airtel"),
            ("failed", "Zantel"),
            ("pending", ""),
            ("unsuccessful", "Mpesa"),
            ("success", "Mpesa"),
        ] {
            let signed = [reference, id, text, operator].concat();
            let ends: Vec<usize> = (0..=signed.len())
                .filter(|&end| signed.is_char_boundary(end))
                .collect();
            for (i, &one) in ends.iter().enumerate() {
                for (j, &two) in ends.iter().enumerate().skip(i) {
                    for &three in ends.iter().skip(j) {
                        let part = |range: std::ops::Range<usize>| signed.get(range).unwrap();
                        let cut = [
                            part(0..one),
                            part(one..two),
                            part(two..three),
                            part(three..signed.len()),
                        ];
                        if status(cut[2]) != Status::Succeeded || read(cut).0 == Cut::Wrong {
                            continue;
                        }
                        assert_eq!(
                            (text, three),
                            ("success", signed.len() - operator.len()),
                            "{cut:?}"
                        );
                        let is_sure = read(cut).0 == Cut::Sure;
                        assert!(id != ID || is_sure == (one == reference.len()), "{cut:?}");
                    }
                }
            }
        }
    }
}

fn told(members: &[(&str, &str)]) -> Callback {
    let body: serde_json::Map<_, _> = members
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).into()))
        .collect();
    callback::read(&serde_json::Value::from(body).to_string())
}

#[test]
fn payouts_are_never_payments() {
    let signature = "A".repeat(342);
    let shape = [
        ("initiatorReferenceId", "P-1"),
        ("fspReferenceId", "R"),
        ("pgReferenceId", ID),
        ("amount", "1000"),
        ("status", "success"),
        ("operator", "Airtel"),
    ];
    let unsigned = told(&shape);
    assert!(matches!(unsigned.proof, Proof::Absent));
    assert_eq!(unsigned.claim.kind, Kind::Payout(PayoutStatus::Unknown));
    assert_eq!(unsigned.claim.status, Status::Unknown);
    assert_eq!(unsigned.claim.reference.as_deref(), Some("P-1"));
    assert_eq!(unsigned.claim.transaction_id.as_deref(), Some(ID));
    assert_eq!(unsigned.claim.receipt.as_deref(), Some("R"));

    let with_signature = told(&[&shape[..], &[("signature", signature.as_str())]].concat());
    let Proof::Signature(signed) = with_signature.proof else {
        panic!("not signed");
    };
    let mut claim = with_signature.claim;
    assert_eq!(claim.kind, Kind::Payout(PayoutStatus::Succeeded));
    assert!(
        signed.doubt(&mut claim, Named::Not).is_some(),
        "the same text may be a payment's"
    );
    assert!(signed.doubt(&mut claim, Named::Wholly).is_none());
    assert_eq!(
        (claim.kind, claim.status),
        (Kind::Payout(PayoutStatus::Succeeded), Status::Unknown)
    );

    let as_payment = |operator, msisdn| {
        let members = [
            ("utilityref", "P-1"),
            ("externalreference", ID),
            ("transactionstatus", "success"),
            ("operator", operator),
            ("msisdn", msisdn),
            ("signature", signature.as_str()),
        ];
        let callback = told(&members);
        let Proof::Signature(signed) = callback.proof else {
            panic!("not signed");
        };
        (callback.claim, signed)
    };
    // As the platform's payouts in Rwanda: a number for an operator, and no payer.
    let (mut claim, signed) = as_payment("17", "");
    assert_eq!(
        (claim.kind, claim.status, claim.currency.clone()),
        (Kind::Payout(PayoutStatus::Succeeded), Status::Unknown, None)
    );
    assert!(signed.is_readable() && signed.doubt(&mut claim, Named::Not).is_none());
    assert!(!as_payment("17", "255712345678").1.is_readable());
    // No payer alone says little: it is a payment to whoever asked for just this one.
    let (mut claim, signed) = as_payment("Airtel", "");
    assert_eq!((claim.kind, claim.status), (Kind::Other, Status::Unknown));
    assert_eq!(
        (signed.doubt(&mut claim, Named::Not), claim.kind),
        (None, Kind::Other)
    );
    assert_eq!(
        (
            signed.doubt(&mut claim, Named::ByReference),
            claim.kind,
            claim.status
        ),
        (None, Kind::Payment, Status::Succeeded)
    );
}
