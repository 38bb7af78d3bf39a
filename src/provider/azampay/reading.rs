//! Where the four signed texts of a callback end.
//!
//! They stand without separators between them, so that a genuine signature also covers fields that the
//! gateway never wrote: `ORDER-7success` + `f00d` + `failure` + `Airtel` is, to the letter, also a success.
//! The end of the signed text decides: it is a status word and the operator that follows.
#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::model::signature::Cut;

/// What stands after the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Known,
    /// A short word, or nothing.
    New,
    /// A number, as the platform's payouts in Rwanda carry.
    Number,
    /// Longer, or with digits, signs or a status word in it.
    Unlikely,
}

/// Every spelling of a wallet, network or bank that AzamPay's documents and merchants name, in small
/// letters without what separates its words.
const OPERATORS: &[&str] = &[
    "airtel",
    "airtelmoney",
    "tigo",
    "tigopesa",
    "yas",
    "yaspesa",
    "mixx",
    "mixxbyyas",
    "mpesa",
    "vodacom",
    "vodacommpesa",
    "halopesa",
    "halotel",
    "azampesa",
    "azampay",
    "tpesa",
    "ttcl",
    "ttclpesa",
    "crdb",
    "crdbbank",
    "nmb",
    "nmbbank",
];

/// Status words. The documentation knows `success` and `failure`; integrations have met most others.
const WORDS: &[&str] = &[
    "success",
    "successful",
    "unsuccess",
    "unsuccessful",
    "failure",
    "failed",
    "fail",
    "pending",
    "processing",
    "processed",
    "process",
    "cancelled",
    "canceled",
    "cancel",
    "rejected",
    "reject",
    "declined",
    "decline",
    "expired",
    "expire",
    "reversed",
    "reversal",
    "reverse",
    "refunded",
    "refund",
    "completed",
    "complete",
    "incomplete",
    "error",
    "timeout",
    "aborted",
    "denied",
    "initiated",
    "approved",
];

/// The most bytes of an operator that is not known, and of what may follow a status word before a known one.
const MAX_WORD: usize = 24;
/// Bytes at the end of the signed text that hold a status, its operator, and a status word before them.
const WINDOW: usize = 4 * MAX_WORD;
/// Digits of AzamPay's own ids, all hexadecimal.
const ID_DIGITS: usize = 32;

/// Judges how `fields`, in the order in which they are signed, are cut. `is_known`: their status is one
/// that this library acts on; any other changes nothing, so that its cut may be a strange one.
pub fn judge(fields: [&str; 4], is_known: bool) -> (Cut, Operator) {
    let signed = fields.concat();
    let [utilityref, externalreference, transactionstatus, operator] = fields;
    let start = utilityref.len() + externalreference.len();
    let claimed = start..start + transactionstatus.len();
    let kind = operator_of(&operator.to_ascii_lowercase());
    let cut = match last_status(signed.as_bytes()) {
        Found::Nothing if is_known => Cut::Wrong,
        Found::Nothing => Cut::Sure,
        Found::One(status) if status == claimed => match signed.as_bytes().get(..start) {
            Some(ids)
                if kind != Operator::New
                    && is_whole(externalreference)
                    && !moved(ids, externalreference.len()) =>
            {
                Cut::Sure
            }
            _ => Cut::IfNamed,
        },
        Found::One(_) | Found::Two => Cut::Wrong,
    };
    (cut, kind)
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// No status word with an operator behind it.
    Nothing,
    One(Range<usize>),
    /// Two status words, and nothing between them that is surely no part of a status.
    Two,
}

/// The status that the end of `signed` shows.
fn last_status(signed: &[u8]) -> Found {
    let from = signed.len().saturating_sub(WINDOW);
    let end = signed.get(from..).unwrap_or_default().to_ascii_lowercase();
    let words = words_in(&end);
    let Some((last, earlier)) = words.split_last() else {
        return Found::Nothing;
    };
    let Some(more) = end.get(last.end..).and_then(before_operator) else {
        return Found::Nothing;
    };
    let is_near = |word: &Range<usize>| {
        let between = end.get(word.end..last.start).unwrap_or_default();
        between.len() <= MAX_WORD && !has_digit(between)
    };
    match earlier.last().is_some_and(is_near) {
        true => Found::Two,
        false => Found::One(from + last.start..from + last.end + more),
    }
}

/// Where status words stand in `text`; one that is a part of another does not count.
fn words_in(text: &[u8]) -> Vec<Range<usize>> {
    let beginnings = WORDS
        .iter()
        .fold(0, |all, word| all | first_letter(word.as_bytes()));
    let mut words: Vec<Range<usize>> = Vec::new();
    for start in 0..text.len() {
        let rest = text.get(start..).unwrap_or_default();
        // Most places are no beginning, and the first letter tells most words apart, without a call to compare.
        if beginnings & first_letter(rest) == 0 {
            continue;
        }
        let here = WORDS
            .iter()
            .map(|word| word.as_bytes())
            .filter(|word| word.first() == rest.first() && rest.starts_with(word));
        let Some(end) = here.map(|word| start + word.len()).max() else {
            continue;
        };
        if words.last().is_none_or(|last| end > last.end) {
            words.push(start..end);
        }
    }
    words
}

/// A bit for the letter that `text` begins with; other signs share them.
fn first_letter(text: &[u8]) -> u32 {
    text.first().map_or(0, |byte| 1 << (byte & 31))
}

/// Bytes of `rest`, which follows a status word, that still belong to the status; `None` where no
/// operator follows. A known one counts before a new one.
fn before_operator(rest: &[u8]) -> Option<usize> {
    let rest = std::str::from_utf8(rest).ok()?;
    let known = (0..=MAX_WORD.min(rest.len())).find(|&more| {
        rest.split_at_checked(more)
            .is_some_and(|(status, operator)| {
                !has_digit(status.as_bytes()) && operator_of(operator) == Operator::Known
            })
    });
    known.or_else(|| (operator_of(rest) != Operator::Unlikely).then_some(0))
}

/// `text` is in small letters.
fn operator_of(text: &str) -> Operator {
    let is_letter = |byte: u8| byte.is_ascii_lowercase();
    let separates = |byte: u8| matches!(byte, b' ' | b'-' | b'_' | b'.');
    let is_inside =
        text.bytes().next().is_none_or(is_letter) && text.bytes().last().is_none_or(is_letter);
    if text.len() > MAX_WORD {
        return Operator::Unlikely;
    }
    if is_inside && text.bytes().all(|byte| is_letter(byte) || separates(byte)) {
        let letters: String = text.chars().filter(char::is_ascii_lowercase).collect();
        return match OPERATORS.contains(&letters.as_str()) {
            true => Operator::Known,
            false if words_in(letters.as_bytes()).is_empty() => Operator::New,
            false => Operator::Unlikely,
        };
    }
    match text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Operator::Number,
        false => Operator::Unlikely,
    }
}

fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
}

/// Whether a text may be an id to its end: none holds a blank, or ends with what separates words.
fn is_whole(id: &str) -> bool {
    !id.contains(char::is_whitespace) && !id.ends_with(|c: char| !c.is_alphanumeric())
}

/// Whether one of AzamPay's ids ends where `ids`, our reference and theirs, end, or a word before that,
/// and is not the last `theirs` bytes.
fn moved(ids: &[u8], theirs: usize) -> bool {
    let is_id = |text: &[u8]| text.len() == ID_DIGITS && text.iter().all(u8::is_ascii_hexdigit);
    let before = |after: usize| {
        let end = ids.len().checked_sub(after)?;
        ids.get(end.checked_sub(ID_DIGITS)?..end)
    };
    if theirs == ID_DIGITS && before(0).is_some_and(is_id) {
        return false;
    }
    (0..=MAX_WORD)
        .take_while(|&after| {
            ids.get(ids.len().saturating_sub(after)..)
                .is_some_and(|word| !has_digit(word))
        })
        .any(|after| before(after).is_some_and(is_id))
}
