//! What must not be shown, taken out of what others say: credentials, tokens, PINs, telephone numbers.
//! Gateways repeat them in refusals, and a `fetch` of the caller's in its errors, as they are or in an
//! encoding of their own.
#![forbid(unsafe_code)]

mod needle;
mod spelling;

use std::borrow::Cow;
use std::ops::Range;

use serde_json::Value;

use crate::model::secret::{MASK, Secret};
use crate::model::{json, phone};

use needle::{Needle, encoded, folded, needles};
use spelling::readings;

/// What one failure may not show.
#[derive(Default)]
pub struct Private {
    secrets: Vec<Secret>,
    /// Digits of accounts and telephone numbers, without country code and leading zero.
    accounts: Vec<String>,
}

impl Private {
    pub fn new(secrets: Vec<Secret>) -> Self {
        Self {
            secrets,
            accounts: Vec::new(),
        }
    }

    /// With what the members of a JSON text are named after: the payer's telephone number, a PIN, a token.
    pub fn with_members(mut self, text: &str) -> Self {
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            self.learn("", &value);
        }
        self
    }

    fn learn(&mut self, name: &str, value: &Value) {
        let text = match value {
            Value::Object(members) => {
                return members
                    .iter()
                    .for_each(|(name, value)| self.learn(name, value));
            }
            Value::Array(values) => return values.iter().for_each(|value| self.learn(name, value)),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) => return,
        };
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        if is_complaint(&name, &text) {
            return;
        }
        if has(&["phone", "msisdn", "mobile", "accountnumber"]) {
            self.accounts.extend(phone::national(&text));
        } else if has(&["token", "secret", "password", "apikey"])
            || ["pin", "otp", "cvv", "cvc", "pan", "cardnumber"].contains(&name.as_str())
        {
            self.secrets.push(Secret::new(text.trim()));
        }
    }

    /// `text` without any of it. In JSON only strings and numbers change, so that it stays JSON of the same shape.
    pub fn hide(&self, text: &str) -> String {
        let mut needles: Vec<Needle> = self.secrets.iter().flat_map(needles).collect();
        let accounts = self.accounts.iter().map(Secret::new);
        needles.extend(accounts.flat_map(|account| encoded(&account)));
        let mut marks = Vec::new();
        for reading in readings(text) {
            let mut mark = |start, end, shown| {
                let (start, end) = reading.place(start, end);
                let place = start..end;
                marks.push(Mark { place, shown });
            };
            let folded = folded(&reading.bytes);
            for needle in &needles {
                needle.find(&folded, |start, end| mark(start, end, MASK.into()));
            }
            for (place, shown) in phone::numbers(&reading.bytes, &self.accounts) {
                mark(place.start, place.end, shown.into());
            }
        }
        let marks = merged(marks);
        match marks.is_empty() {
            true => text.to_owned(),
            false if is_json(text) => in_json(text, &marks),
            false => masked(text, 0..text.len(), &marks),
        }
    }
}

/// Words in which gateways say what is wrong with a member.
const COMPLAINT: &[&str] = &[
    "the", "field", "is", "required", "must", "should", "not", "be", "empty", "null", "a",
    "string", "missing",
];

/// Whether a text under a member's name says that this member is missing, as in `The ClientSecret field is required.`,
/// and nothing else: that has its name, and only these words beside it.
fn is_complaint(name: &str, text: &str) -> bool {
    let mut words: Vec<_> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let count = words.len();
    words.retain(|word| word != name);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " '.".contains(c);
    words.len() + 1 == count
        && words.len() > 1
        && text.chars().all(is_plain)
        && words.iter().all(|word| COMPLAINT.contains(&word.as_str()))
}

/// A part of a text, and what is shown in its place.
struct Mark {
    place: Range<usize>,
    shown: Cow<'static, str>,
}

/// Marks in order, without any that overlap: of two a secret's is what is shown.
fn merged(mut marks: Vec<Mark>) -> Vec<Mark> {
    marks.sort_by_key(|mark| (mark.place.start, mark.place.end));
    let mut all: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match all.last_mut() {
            Some(last) if mark.place.start < last.place.end => {
                // Two readings may find one number, the other without its beginning.
                let is_within = mark.place.end <= last.place.end;
                let is_longer = !is_within && mark.place.start == last.place.start;
                if mark.shown == MASK || !(is_within || is_longer) {
                    last.shown = MASK.into();
                } else if is_longer && last.shown != MASK {
                    last.shown = mark.shown;
                }
                last.place.end = last.place.end.max(mark.place.end);
            }
            _ => all.push(mark),
        }
    }
    all
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// A part of `text` with the marks in it applied.
fn masked(text: &str, part: Range<usize>, marks: &[Mark]) -> String {
    let mut shown = String::with_capacity(part.len());
    let mut at = part.start;
    for mark in within(marks, &part) {
        let start = mark.place.start.max(at);
        shown.push_str(text.get(at..start).unwrap_or_default());
        shown.push_str(&mark.shown);
        at = mark.place.end.min(part.end);
    }
    shown.push_str(text.get(at..part.end).unwrap_or_default());
    shown
}

/// The marks that touch a part of the text.
fn within<'a>(marks: &'a [Mark], part: &Range<usize>) -> impl Iterator<Item = &'a Mark> {
    let first = marks.partition_point(|mark| mark.place.end <= part.start);
    let end = part.end;
    marks
        .get(first..)
        .unwrap_or_default()
        .iter()
        .take_while(move |mark| mark.place.start < end)
}

/// JSON with its marks applied: within strings, and in place of numbers.
fn in_json(text: &str, marks: &[Mark]) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match rest.as_bytes().first() {
            Some(b'"') => json::literal_length(rest),
            Some(b'-' | b'0'..=b'9') => {
                let is_number = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
                rest.find(|c| !is_number(c)).unwrap_or(rest.len())
            }
            _ => rest
                .find(['"', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
                .unwrap_or(rest.len()),
        };
        let token = rest.get(..length).unwrap_or(rest);
        match token.as_bytes().first() {
            Some(b'"') => {
                shown.push('"');
                shown.push_str(&masked(text, at + 1..at + length.max(2) - 1, marks));
                shown.push('"');
            }
            Some(b'-' | b'0'..=b'9') => match within(marks, &(at..at + length)).next() {
                Some(mark) => shown.push_str(&json::quote(&mark.shown)),
                None => shown.push_str(token),
            },
            _ => shown.push_str(token),
        }
        at += length.max(1);
    }
    shown
}

#[cfg(test)]
#[path = "redact/tests.rs"]
mod tests;
