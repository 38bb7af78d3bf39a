//! What a body says of a payment, wherever in it: a refusal that names a payment is no refusal. Pure.
//!
//! No gateway documents every member that it may send, so names are matched by their parts and without
//! regard to case, `_` and `-`. Whatever is misread here makes an answer `unknown`, which costs a look-up.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::fmt;

use super::letters::{Pairs, Plain};
use super::scalar::Scalar;
use super::vocabulary::{
    ACCESS_FILLERS, ACCESS_STEMS, ACCESS_WORDS, CODES, DENIALS, DONE_WORDS, DOUBT_WORDS, DOUBTS,
    ERROR_MEMBERS, IDS, MESSAGES, NO_FLAGS, NO_PARTS, NO_WORDS, OTHER_IDS, OTHER_LINKS,
    PARTS_OF_IDS, RESULT_CODES, STATUSES, SUCCESS_PHRASES, SUCCESSES, YES_FLAGS, YES_PARTS,
    YES_WORDS,
};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Empty,
    /// A JSON object or string.
    Json,
    /// Words without markup.
    Text,
    /// A page, JSON that is cut off, or anything else that no gateway's API answers.
    Other,
}

#[derive(Debug)]
pub struct Testimony {
    pub form: Form,
    /// The body holds an id, a reference or a link of a payment.
    pub names_payment: bool,
    /// The body says that something was accepted or done.
    pub says_yes: bool,
    /// Only a flag such as `success: true` says so.
    pub by_flag_alone: bool,
    /// The body says that something was refused or failed.
    pub says_no: bool,
    /// The body says that something is not known yet, or broke midway.
    pub doubts: bool,
    /// The body holds more than words about the access to the API.
    pub says_more: bool,
    /// The HTTP statuses that its members tell, success aside.
    pub codes: Vec<u16>,
    denials_alone: bool,
}

impl Testimony {
    pub fn of(text: &str) -> Self {
        Self::read(text, false)
    }

    /// Whether a body says that something was refused, failed or is not known yet. Each acceptance is asked so,
    /// and nothing else is looked for.
    pub fn denies(text: &str) -> bool {
        let told = Self::read(text, true);
        told.says_no || told.doubts || !told.codes.is_empty()
    }

    fn read(text: &str, denials_alone: bool) -> Self {
        let mut testimony = Self {
            form: Form::Empty,
            names_payment: false,
            says_yes: false,
            by_flag_alone: false,
            says_no: false,
            doubts: false,
            says_more: false,
            codes: Vec::new(),
            denials_alone,
        };
        testimony.form = match text.trim_start().as_bytes().first() {
            None => Form::Empty,
            Some(b'{' | b'[' | b'"') => match testimony.read_json(text, 0) {
                true => Form::Json,
                false => Form::Other,
            },
            Some(_) => {
                testimony.prose(text);
                match is_prose(text) {
                    true => Form::Text,
                    false => Form::Other,
                }
            }
        };
        testimony.by_flag_alone &= !testimony.says_yes;
        testimony.says_yes |= testimony.by_flag_alone;
        testimony
    }

    /// Whether `text` is JSON of a form that an API answers; what it says is noted either way.
    fn read_json(&mut self, text: &str, nested: u8) -> bool {
        let mut reader = serde_json::Deserializer::from_str(text);
        let walk = Walk {
            said: self,
            place: Place {
                name: &Plain::of("message"),
                of_id: false,
                in_errors: false,
                nested,
                top: true,
            },
        };
        walk.deserialize(&mut reader).is_ok_and(|form| form) && reader.end().is_ok()
    }

    /// Words outside JSON, where a single one may be a status.
    fn prose(&mut self, text: &str) {
        self.sentence(text);
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        self.says_yes |= words.any(|word| DONE_WORDS.contains(&word));
    }

    fn sentence(&mut self, text: &str) {
        let text = text.to_ascii_lowercase().replace('_', " ");
        let pairs = Pairs::of(&text);
        self.doubts |= pairs.any_in(&text, DOUBTS);
        if self.denials_alone {
            return;
        }
        self.says_yes |= parts(&text).any(|part| says_success(part, &pairs));
        let of_access = pairs.any_in(&text, ACCESS_WORDS) && words(&text).all(is_of_access);
        self.says_more |= !of_access && text.trim().parse::<u16>().is_err();
    }

    fn told(&mut self, place: Place<'_>, value: &Scalar<'_>) {
        if !value.is_filled() {
            return;
        }
        let name = place.name.as_str();
        if !self.denials_alone {
            self.names(place, name, value);
        }
        self.says_no |= place.in_errors && value.is_true() != Some(false);
        if YES_FLAGS.contains(&name) {
            match value.is_true() {
                Some(true) => self.by_flag_alone = true,
                Some(false) => self.says_no = true,
                None => self.word(value),
            }
        }
        if NO_FLAGS.contains(&name) {
            self.says_no |= value.is_true() == Some(true);
            self.says_yes |= value.is_true() == Some(false);
        }
        if STATUSES.contains(&name) {
            self.word(value);
            match value {
                Scalar::Number(number) if ![0.0, 1.0].contains(number) => {}
                _ => {
                    self.says_yes |= value.is_true() == Some(true);
                    self.says_no |= value.is_true() == Some(false);
                }
            }
        }
        if STATUSES.contains(&name) || CODES.contains(&name) {
            match value.code() {
                Some(0) if RESULT_CODES.contains(&name) || value.is_zeros() => self.says_yes = true,
                // Of a payment that was made, and perhaps taken back.
                Some(1 | 3) if name == "statuscode" => self.says_yes = true,
                Some(200..=299) => self.says_yes = true,
                Some(code @ 100..=599) => self.codes.push(code),
                _ => {}
            }
        }
        if let Scalar::Text(text, _) = value {
            if MESSAGES.contains(&name) || CODES.contains(&name) {
                self.sentence(text);
            }
            if place.nested < MAX_NESTED && text.trim_start().starts_with(['{', '[']) {
                self.read_json(text, place.nested + 1);
            }
        }
    }

    /// Whether a member names a payment, or says more than an error does.
    fn names(&mut self, place: Place<'_>, name: &str, value: &Scalar<'_>) {
        self.says_more |= !ERROR_MEMBERS.contains(&name);
        let is_id = ((names_payment(name) || (place.of_id && value.looks_made())) && value.is_id())
            || (value.is_link() && !OTHER_LINKS.contains(&name));
        // An error about a field is named as the field is.
        self.names_payment |= is_id && (!place.in_errors || value.looks_made());
    }

    /// The word of a status.
    fn word(&mut self, value: &Scalar<'_>) {
        let Scalar::Text(_, word) = value else { return };
        let word = word.as_str();
        let pairs = Pairs::of(word);
        let begins = |starts: &[&str]| starts.iter().any(|start| word.starts_with(start));
        let holds = |parts: &[&str]| pairs.any_in(word, parts);
        self.says_yes |= begins(YES_WORDS) || (holds(YES_PARTS) && !holds(NO_PARTS));
        self.says_no |= begins(NO_WORDS);
        self.doubts |= begins(DOUBT_WORDS);
    }
}

/// JSON that stands in a string of JSON is read so many times over.
const MAX_NESTED: u8 = 2;

fn names_payment(name: &str) -> bool {
    IDS.contains(&name) || names_id(name)
}

fn names_id(name: &str) -> bool {
    Pairs::of(name).any_in(name, PARTS_OF_IDS)
        || (["id", "ids", "ref", "number"]
            .iter()
            .any(|end| name.ends_with(end))
            && !OTHER_IDS.contains(&name)
            && !name.ends_with("phonenumber")
            && !name.ends_with("accountnumber"))
}

/// `part`: of a text in lower case, `pairs` of the whole. A sentence that denies, or may, is not one.
fn says_success(part: &str, pairs: &Pairs) -> bool {
    SUCCESSES.contains(&Plain::of(part).as_str())
        || (pairs.any_in(part, SUCCESS_PHRASES) && !pairs.any_in(part, DENIALS))
}

/// The parts of a message, of which one may say that it was done and another what failed afterwards.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';', '.'])
        .flat_map(|part| part.split(" but "))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

fn is_of_access(word: &str) -> bool {
    ACCESS_FILLERS.contains(&word)
        || ACCESS_STEMS.iter().any(|stem| word.starts_with(stem))
        || word.parse::<u16>().is_ok()
}

/// Words for people: no markup, no data, nothing that could not be decoded.
fn is_prose(text: &str) -> bool {
    !text.contains([
        '<',
        '>',
        '{',
        '}',
        '=',
        '&',
        '|',
        char::REPLACEMENT_CHARACTER,
    ]) && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
        && text.chars().any(char::is_alphabetic)
        && !["true", "false", "null"].contains(&text.trim())
}

/// Where in the body a value stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    name: &'a Plain,
    /// Within an object that is named as an id is.
    of_id: bool,
    in_errors: bool,
    nested: u8,
    top: bool,
}

/// Reads one value and all within it, once. Gives whether its form is an answer's.
struct Walk<'s, 'p> {
    said: &'s mut Testimony,
    place: Place<'p>,
}

impl Walk<'_, '_> {
    fn scalar<E>(self, value: &Scalar<'_>) -> Result<bool, E> {
        self.said.told(self.place, value);
        Ok(!self.place.top || matches!(value, Scalar::Text(..)))
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        self.scalar(&Scalar::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<bool, E> {
        self.scalar(&Scalar::Flag(flag))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "only zero and HTTP statuses matter"
    )]
    fn visit_u64<E>(self, number: u64) -> Result<bool, E> {
        self.scalar(&Scalar::Number(number as f64))
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "only zero and HTTP statuses matter"
    )]
    fn visit_i64<E>(self, number: i64) -> Result<bool, E> {
        self.scalar(&Scalar::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<bool, E> {
        self.scalar(&Scalar::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<bool, E> {
        self.scalar(&Scalar::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        let Self { said, place } = self;
        // What stands in a list under a name is as if it stood there alone.
        let each = Place {
            top: false,
            ..place
        };
        while items
            .next_element_seed(Walk {
                said: &mut *said,
                place: each,
            })?
            .is_some()
        {}
        Ok(!place.top)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let Self { said, place } = self;
        let of_id = place.of_id || (!place.top && names_id(place.name.as_str()));
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            let name = Plain::of(&name);
            let in_errors = place.in_errors || matches!(name.as_str(), "error" | "errors");
            let place = Place {
                name: &name,
                of_id,
                in_errors,
                nested: place.nested,
                top: false,
            };
            members.next_value_seed(Walk {
                said: &mut *said,
                place,
            })?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
