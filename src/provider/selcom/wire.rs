//! Reading Selcom's answers: an envelope of texts, whose `resultcode` says what became of the request. HTTP 200 carries
//! refusals too.
#![forbid(unsafe_code)]

use crate::http::Response;
use crate::model::json::{Object, elements};
use crate::provider::read::with_object;
use crate::provider::testimony::Testimony;
use crate::provider::words::short_text;
use crate::provider::{Reading, Words};

/// What a `resultcode` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Done,
    /// Accepted; the outcome comes later.
    UnderWay,
    /// Nobody knows. It is never sent again.
    Undecided,
    Refused,
}

/// Every other code is a refusal, and none an HTTP status. Source: developers.selcommobile.com and captured traffic;
/// 001, 002, 003 and 927 in the former only.
const CODES: &[(&str, Told)] = &[
    ("000", Told::Done),
    ("001", Told::UnderWay),
    ("002", Told::UnderWay),
    ("003", Told::UnderWay),
    ("111", Told::UnderWay),
    ("927", Told::UnderWay),
    ("999", Told::Undecided),
];

/// The starts of the words that `result` may be, with what each says.
const RESULTS: &[(&str, Told)] = &[
    ("SUCCESS", Told::Done),
    ("INPROGRESS", Told::UnderWay),
    ("PENDING", Told::UnderWay),
    ("AMBIG", Told::Undecided),
    ("FAIL", Told::Refused),
];

/// The code, as answers and webhooks spell its name.
pub fn code(answer: &Object<'_>) -> Option<String> {
    ["resultcode", "resulcode"]
        .iter()
        .find_map(|name| answer.scalar(name))
        .filter(|code| !code.trim().is_empty())
}

/// What an answer says of its request; `None` where code and word are missing or contradict each other.
pub fn told(answer: &Object<'_>) -> Option<Told> {
    match (by_code(answer)?, by_word(answer)) {
        (one, Some(two)) if one == two => Some(one),
        (Told::Undecided, _) | (_, Some(Told::Undecided)) => Some(Told::Undecided),
        _ => None,
    }
}

fn by_code(answer: &Object<'_>) -> Option<Told> {
    let code = code(answer)?;
    let known = CODES.iter().find(|(known, _)| *known == code.trim());
    Some(known.map_or(Told::Refused, |(_, told)| *told))
}

fn by_word(answer: &Object<'_>) -> Option<Told> {
    let word = answer.filled("result")?.trim().to_ascii_uppercase();
    let known = RESULTS.iter().find(|(start, _)| word.starts_with(start));
    known.map(|(_, told)| *told)
}

/// Whether the code or the word of an answer is that of no refusal, whatever its HTTP status says.
pub fn is_no_refusal(text: &str) -> bool {
    let answer = Object::parse(text).unwrap_or_default();
    let told = [by_code(&answer), by_word(&answer)];
    told.into_iter().flatten().any(|told| told != Told::Refused)
}

const UNDECIDED: &str = "a result that it does not know yet itself (999)";

/// Reads an answer that must not say two things at once, and be about `transid`, if it names one. `done` reads one that
/// says that it was carried out or accepted.
pub fn answered_to<T>(
    transid: &str,
    text: &str,
    done: impl FnOnce(Told, &Object<'_>) -> Reading<T>,
) -> Reading<T> {
    with_object(text, |answer| match told(answer) {
        _ if is_of_another(answer, transid) => Reading::Another("another transid"),
        None => Reading::Unreadable("neither an acceptance nor a refusal"),
        Some(Told::Undecided) => Reading::Undecided(UNDECIDED),
        Some(Told::Refused) => Reading::Refusal(None),
        Some(_) if denies(text) => Reading::Unreadable("an acceptance that says no as well"),
        Some(told) => done(told, answer),
    })
}

/// The same of a request that has no `transid`.
pub fn answered<T>(text: &str, done: impl FnOnce(Told, &Object<'_>) -> Reading<T>) -> Reading<T> {
    let answer = Object::parse(text).unwrap_or_default();
    let transid = answer.filled("transid").unwrap_or_default();
    answered_to(transid.trim(), text, done)
}

/// Whether something beside the envelope says no.
fn denies(text: &str) -> bool {
    let mut beside = Object::parse(text).unwrap_or_default();
    for name in ["resultcode", "resulcode", "result", "message", "data"] {
        beside.remove(name);
    }
    let told = Testimony::of(&beside.text());
    told.says_no || told.doubts || !told.codes.is_empty()
}

/// The first row of `data`, as JSON text.
pub fn row<'a>(answer: &'a Object<'_>) -> Option<&'a str> {
    rows(answer)?.into_iter().next()
}

/// The rows of `data`, each as JSON text: an object is one, and where `data` is missing there is none.
pub fn rows<'a>(answer: &'a Object<'_>) -> Option<Vec<&'a str>> {
    let data = answer.get("data").unwrap_or("null");
    match Object::parse(data) {
        _ if data == "null" => Some(Vec::new()),
        Some(row) if row.is_empty() => Some(Vec::new()),
        Some(_) => Some(vec![data]),
        None => elements(data),
    }
}

/// Whether an answer names another payment than the one that was sent as `transid`.
pub fn is_of_another(answer: &Object<'_>, transid: &str) -> bool {
    answer
        .filled("transid")
        .is_some_and(|told| told.trim() != transid)
}

pub fn words(response: &Response) -> Words {
    let Some(body) = Object::parse(&response.text) else {
        return Words {
            code: None,
            message: short_text(response),
        };
    };
    let message = body.filled("message").or_else(|| body.filled("error"));
    Words {
        code: code(&body),
        message,
    }
}

/// What a merchant can do, by what stands in Selcom's words.
#[rustfmt::skip]
const ADVICE: &[(&str, &str)] = &[
    ("4032", "Your keys are right: ask Selcom to allow the address from which your server calls; a deployment may have changed it"),
    ("4035", "Your keys are right: ask Selcom to enable this product for your vendor id; each is enabled by itself"),
    ("operator not supported", "Selcom says so of right numbers too while its switch is down"),
    ("insufficient account balance", "Payouts are paid from a float of their own, which you fill at Selcom"),
];

/// What the merchant can do about a refusal.
pub fn advice(words: &Words) -> Option<&'static str> {
    let message = words.message.as_deref()?.to_ascii_lowercase();
    let known = ADVICE.iter().find(|(part, _)| message.contains(part));
    known.map(|(_, advice)| *advice)
}

/// Whether a refusal is of the time of the signature, in Selcom's own JSON. How Selcom says so is not known: a refused
/// digest may be one of a wrong time too, where it is refused as access is.
pub fn doubts_clock(response: &Response) -> bool {
    let Some(body) = Object::parse(&response.text) else {
        return false;
    };
    let message = words(response).message.unwrap_or_default();
    let message = message.to_ascii_lowercase();
    let names = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    match response.status {
        _ if is_no_refusal(&response.text) => false,
        401 | 403 => names(&["timestamp", "time stamp", "digest", "signature"]),
        200 => told(&body) == Some(Told::Refused) && names(&["timestamp", "time stamp"]),
        400 | 406 | 412 => names(&["timestamp", "time stamp"]),
        _ => false,
    }
}
