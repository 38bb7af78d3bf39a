//! AzamPay's four signed texts, cut again: a signature is no reason to believe what was never written.

use crate::model::callback::{Incoming, Proof};
use crate::model::expectation::Named;
use crate::model::payment::{Payment, Status};

use super::azampay;

/// What AzamPay signs as one text, as it wrote it.
#[derive(Debug)]
pub struct Written {
    /// Whatever the merchant, and perhaps its customer, chose.
    pub reference: String,
    /// 32 hexadecimal digits.
    pub id: String,
    pub status: &'static str,
    pub operator: &'static str,
}

pub const STATUSES: [&str; 14] = [
    "success",
    "SUCCESS",
    "failure",
    "failed",
    "FAILED",
    "pending",
    "cancelled",
    "rejected",
    "reversed",
    "refunded",
    "unsuccessful",
    "successful",
    "insufficient funds",
    "",
];

/// The documented ones, then such as AzamPay may have tomorrow.
pub const OPERATORS: [&str; 14] = [
    "Airtel",
    "Tigo",
    "Yas",
    "Mixx by Yas",
    "Mpesa",
    "M-Pesa",
    "Halopesa",
    "Azampesa",
    "CRDB",
    "NMB",
    "Zantel",
    "New Pesa",
    "x",
    "",
];
const DOCUMENTED: usize = 10;

/// What was written as a success is one, where it is cut as it was written. Cut in any other way it is one
/// at most to a merchant whose books name just that reference and id. What was written as anything else
/// is never one.
pub fn holds(written: &Written, ends: [usize; 3]) {
    let Written {
        reference,
        id,
        status,
        operator,
    } = written;
    let genuine = [reference, id, *status, *operator];
    let is_success = status.eq_ignore_ascii_case("success");
    let is_documented = OPERATORS[..DOCUMENTED].contains(operator);
    assert_eq!(
        succeeds(genuine, false),
        is_success && is_documented,
        "{written:?}"
    );
    assert_eq!(succeeds(genuine, true), is_success, "{written:?}");

    let signed = genuine.concat();
    let mut ends = ends.map(|end| end % (signed.len() + 1));
    ends.sort_unstable();
    let [one, two, three] = ends;
    let cut = [
        signed.get(..one),
        signed.get(one..two),
        signed.get(two..three),
        signed.get(three..),
    ];
    // Within a character nothing can be cut.
    let [Some(a), Some(b), Some(c), Some(d)] = cut else {
        return;
    };
    if [a, b, c, d] != genuine {
        assert!(
            !succeeds([a, b, c, d], false),
            "{written:?} as {a}|{b}|{c}|{d}"
        );
        assert!(
            is_success || !succeeds([a, b, c, d], true),
            "{written:?} as {a}|{b}|{c}|{d}"
        );
    }
}

/// Whether a callback with a genuine signature is judged a payment that succeeded. `named`: the merchant's
/// books name its reference and id.
fn succeeds(fields: [&str; 4], named: bool) -> bool {
    let signature = "A".repeat(342);
    let members: Vec<&str> = azampay()
        .facts()
        .callback_members
        .iter()
        .map(|name| match *name {
            "utilityref" => fields[0],
            "externalreference" => fields[1],
            "transactionstatus" => fields[2],
            "operator" => fields[3],
            "signature" => &signature,
            "msisdn" => "255712345678",
            _ => "",
        })
        .collect();
    let callback = azampay().callback(&Incoming::Members(&members));
    let mut payment: Payment = callback.claim;
    match callback.proof {
        Proof::Signature(signed) if signed.is_readable() => {
            let named = if named { Named::Wholly } else { Named::Not };
            signed.doubt(&mut payment, named).is_none() && payment.status == Status::Succeeded
        }
        Proof::Signature(_) => false,
        proof => panic!("{proof:?}"),
    }
}
