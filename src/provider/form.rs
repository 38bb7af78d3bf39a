//! The object that a caller passes to an operation, checked as a whole: all that is wrong with it is told at once.
#![forbid(unsafe_code)]

use crate::model::country::Country;
use crate::model::error::Error;
use crate::model::json::Object;
use crate::model::money::{self, Amount};
use crate::model::names;
use crate::model::numbering;
use crate::model::text::excerpt;

use super::limits::Limits;
use super::read::{MAX_REFERENCE, name_of};
use super::reference::Carries;

/// What the objects of operations hold; each gateway reads what it needs of them, so that one object suits all.
#[rustfmt::skip]
pub const CHARGE: &[&str] = &[
    "amount", "currency", "phone", "reference", "description", "operator", "customer", "callbackUrl",
    "cancelUrl", "ipnId", "accountNumber", "subscription",
];
#[rustfmt::skip]
pub const CHECKOUT: &[&str] = &[
    "amount", "items", "currency", "reference", "description", "customer", "method", "returnUrl",
    "cancelUrl", "callbackUrl", "expiresInMinutes", "ipnId", "accountNumber", "subscription",
    "billing",
];
pub const CUSTOMER: &[&str] = &["name", "email", "phone", "id"];
#[rustfmt::skip]
pub const PAYOUT: &[&str] = &["amount", "currency", "reference", "to", "description", "name"];
#[rustfmt::skip]
pub const TO: &[&str] = &[
    "phone", "operator", "bank", "accountNumber", "accountName", "lipaNamba", "providerCode", "qrCode",
    "link",
];
#[rustfmt::skip]
pub const PREVIEW: &[&str] = &[
    "for", "amount", "currency", "phone", "reference", "description", "operator", "customer",
    "callbackUrl", "cancelUrl", "ipnId", "accountNumber", "subscription", "to", "name",
];

/// The members that are no texts. One that the gateway does not read must be what its type says too: the same
/// object may go to another gateway.
const OBJECTS: &[&str] = &["customer", "subscription", "to", "billing"];
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "amount", "maximum", "items", "quantity", "price", "expiresInMinutes", "link", "active", "pageSize", "skip",
];
const TEXT_RULE: &str = "must be a string that is not empty";
const OBJECT_RULE: &str = "must be an object";

/// The longest text of a member, in bytes, unless a rule of its own says otherwise.
const LONGEST: usize = 4096;
/// Digits after the point that a gateway may be sent when `wholeAmounts` is off.
const MOST_DECIMALS: usize = 2;
/// For an amount whose currency is not known: a code that ISO 4217 has for none, and more digits than any has.
const NO_CURRENCY: &str = "XXX";
const ANY_DECIMALS: usize = 15;
/// The most of a wrong value that a message repeats, in characters.
const MAX_SHOWN: usize = 40;

/// An object that is being read, and what is wrong with it so far.
pub struct Form<'a> {
    given: Object<'a>,
    limits: &'a Limits,
    /// What stands before the names of members in messages: empty, or `customer.`.
    within: &'static str,
    /// Whether the currency is wrong: then nothing is told that only follows from it.
    no_currency: bool,
    wrong: Vec<String>,
}

/// The merchant's own reference, and the one that the gateway is given for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    pub own: String,
    pub carried: String,
}

impl<'a> Form<'a> {
    /// Reads the argument called `argument`, JSON text, which may hold what is `known`.
    pub fn read(
        argument: &str,
        text: &'a str,
        known: &[&str],
        limits: &'a Limits,
    ) -> Result<Self, Error> {
        Self::read_within(argument, "", text, known, limits)
    }

    fn read_within(
        argument: &str,
        within: &'static str,
        text: &'a str,
        known: &[&str],
        limits: &'a Limits,
    ) -> Result<Self, Error> {
        let Some(given) = Object::parse(text) else {
            let rule = format!("{argument} must be an object. Nothing was sent.");
            return Err(Error::invalid_request(rule));
        };
        let mut form = Self {
            given,
            limits,
            within,
            no_currency: false,
            wrong: Vec::new(),
        };
        form.only(argument, known);
        Ok(form)
    }

    fn only(&mut self, what: &str, known: &[&str]) {
        let unknown = self
            .given
            .members()
            .filter(|(name, _)| !known.contains(name));
        let wrong: Vec<_> = unknown
            .map(|(name, _)| names::unknown(&format!("{what} has"), name, known))
            .map(|rule| rule.trim_end_matches('.').to_owned())
            .collect();
        self.wrong.extend(wrong);
        let rule = |name: &str, value: &str| match name {
            name if OTHERS.contains(&name) => None,
            name if OBJECTS.contains(&name) => (!value.starts_with('{')).then_some(OBJECT_RULE),
            _ => (!value.starts_with('"')).then_some(TEXT_RULE),
        };
        let there = self.given.members();
        let wrong: Vec<_> = there
            .filter(|(name, value)| known.contains(name) && *value != "null")
            .filter_map(|(name, value)| Some((name.to_owned(), rule(name, value)?)))
            .collect();
        for (name, rule) in wrong {
            self.wrong(&name, rule);
        }
    }

    /// An amount in major units, as decimal text: within `<purpose>Minimum` and `<purpose>Maximum` of the limits.
    pub fn amount(&mut self, name: &str, currency: &str, purpose: &str) -> String {
        let Some(given) = self.get(name) else {
            self.wrong(name, "is missing: major units, such as '25000'");
            return String::new();
        };
        // What is wrong with the currency is told already; what is no amount in any is not.
        if !money::is_currency(currency) {
            let is_object = given.starts_with('{');
            let parsed = money::parse_amount_with(given, NO_CURRENCY, ANY_DECIMALS);
            if let Some(rule) = parsed.err().filter(|_| !is_object) {
                self.wrong(name, rule);
            }
            return String::new();
        }
        let decimals = match self.limits.has("wholeAmounts") {
            true => money::decimals(currency),
            false => MOST_DECIMALS,
        };
        let amount = match money::parse_amount_with(given, currency, decimals) {
            Ok(amount) => amount,
            Err(rule) => {
                self.wrong(name, rule);
                return String::new();
            }
        };
        let Some(own) = Amount::parse(&amount) else {
            return amount;
        };
        for (which, word) in [("Minimum", "least"), ("Maximum", "most")] {
            let bound = self.limits.get(&[purpose, which].concat());
            let bound = bound.and_then(|bound| Amount::parse(&bound.to_string()));
            let Some(bound) = bound else {
                continue;
            };
            let is_beyond = match which {
                "Minimum" => bound.exceeds(&own),
                _ => own.exceeds(&bound),
            };
            if is_beyond {
                let rule = format!("must be at {word} {bound} {currency}, not {amount}");
                self.wrong(name, rule);
            }
        }
        amount
    }

    /// A mobile number that may be left out, as digits with the country code. One without a code is read as one of
    /// the country whose currency it is. Without the limit `phones` one that is none goes out as its digits.
    pub fn phone(&mut self, name: &str, country: Option<Country>) -> Option<String> {
        let text = self.text(name)?;
        match numbering::normalize(&text, country) {
            Ok(digits) => Some(digits),
            Err(_) if !self.checks_phones() && !digits_of(&text).is_empty() => {
                Some(digits_of(&text))
            }
            Err(rule) if self.no_currency && rule.starts_with(numbering::NO_CODE) => None,
            Err(rule) => {
                self.wrong(name, rule);
                None
            }
        }
    }

    pub fn checks_phones(&self) -> bool {
        self.limits.has("phones")
    }

    /// Notes what is wrong: which member, which rule it breaks, and how.
    pub fn wrong(&mut self, name: &str, rule: impl AsRef<str>) {
        let rule = format!("{}{name} {}", self.within, rule.as_ref());
        if !self.wrong.contains(&rule) {
            self.wrong.push(rule);
        }
    }

    /// The JSON text of a member that is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.given.get(name).filter(|value| *value != "null")
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A text that may be left out.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.get(name)?;
        let text = self.given.filled(name);
        match &text {
            None => self.wrong(name, TEXT_RULE),
            Some(text) if text.len() > LONGEST => {
                let rule = format!("must be at most {LONGEST} bytes long");
                self.wrong(name, rule);
            }
            Some(text) if text.contains(|c: char| c.is_control() && c != '\n') => {
                self.wrong(name, "must hold characters that can be printed");
            }
            Some(_) => {}
        }
        text
    }

    /// A text that must be there; `what` says what it is, for who left it out.
    pub fn need(&mut self, name: &str, what: &str) -> String {
        match self.has(name) {
            true => self.text(name).unwrap_or_default(),
            false => {
                self.wrong(name, format!("is missing: {what}"));
                String::new()
            }
        }
    }

    /// A text of at most as many characters as the limit of that name says.
    pub fn short(&mut self, name: &str, limit: &str) -> Option<String> {
        let text = self.text(name)?;
        let count = text.chars().count();
        if let Some(most) = self.limits.get(limit)
            && u64::try_from(count).unwrap_or(u64::MAX) > most
        {
            let rule = format!("must be at most {most} characters long, and has {count}");
            self.wrong(name, rule);
        }
        Some(text)
    }

    /// One of several texts, compared without regard to case; it comes as it stands in `known`.
    pub fn one_of(&mut self, name: &str, known: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        let found = known.iter().find(|one| one.eq_ignore_ascii_case(&text));
        if found.is_none() {
            let rule = format!("must be {}, not {}", known.join(" or "), shown(&text));
            self.wrong(name, rule);
        }
        found.copied()
    }

    /// The currency, ISO 4217: one of those that the gateway takes here.
    pub fn currency(&mut self, known: &[&'static str]) -> String {
        let text = self.need("currency", "three letters (ISO 4217), such as 'TZS'");
        let code = text.to_ascii_uppercase();
        if known.contains(&code.as_str()) {
            return code;
        }
        let meant = money::meant(&code);
        let is_free = !self.limits.has("currencies") && meant.is_none();
        if is_free && money::is_currency(&code) {
            return code;
        }
        self.no_currency = true;
        if !text.is_empty() {
            let hint = meant.filter(|code| known.contains(code));
            let hint = hint.map_or_else(String::new, |code| format!(": write {code}"));
            let rule = format!("must be {}, not {}{hint}", known.join(" or "), shown(&text));
            self.wrong("currency", rule);
        }
        String::new()
    }

    /// Whether the currency is wrong, on which other members may hang.
    pub fn lacks_currency(&self) -> bool {
        self.no_currency
    }

    /// The merchant's own reference, with the one that the gateway is given.
    pub fn reference(&mut self, carries: &Carries) -> Reference {
        self.reference_within(carries, "referenceLength")
    }

    /// The same, whose longest is the limit of that name.
    pub fn reference_within(&mut self, carries: &Carries, limit: &str) -> Reference {
        let own = self.need(
            "reference",
            "your own reference, a new one for each attempt",
        );
        // What is sent can be looked up.
        if let Some(rule) = flaw(&own) {
            self.wrong("reference", format!("{rule}, not {}", shown(&own)));
        }
        let longest = self.limits.get(limit).unwrap_or(u64::MAX);
        let carries = Carries {
            longest: usize::try_from(longest).unwrap_or(usize::MAX),
            ..*carries
        };
        let carried = match self.limits.has("referenceCharacters") {
            true => carries.carried(&own),
            false => carries.shortened(&own),
        };
        Reference { own, carried }
    }

    /// A whole number that may be left out, from `least` to `most`.
    pub fn count(&mut self, name: &str, least: u64, most: Option<u64>) -> Option<u64> {
        let given = self.get(name)?;
        let number = given.parse().ok();
        let fits = |number: u64| number >= least && most.is_none_or(|most| number <= most);
        if !number.is_some_and(fits) {
            let rule = match most {
                Some(most) => format!("must be a whole number from {least} to {most}"),
                None => format!("must be a whole number from {least}"),
            };
            self.wrong(name, rule);
        }
        number
    }

    /// A web address that may be left out.
    pub fn url(&mut self, name: &str) -> Option<String> {
        let text = self.text(name)?;
        if !is_web(&text) {
            self.wrong(name, WEB_RULE);
        }
        Some(text)
    }

    /// An object within it, which may be left out and holds what is `known`; `within` is its name with a dot.
    pub fn part(&self, name: &str, within: &'static str, known: &[&str]) -> Option<Form<'_>> {
        // What is no object was told when this form was read.
        let given = Object::parse(self.get(name)?)?;
        let mut part = Form {
            given,
            limits: self.limits,
            within,
            no_currency: self.no_currency,
            wrong: Vec::new(),
        };
        part.only(name, known);
        Some(part)
    }

    /// An object that stands in a list, JSON text, which holds what is `known`.
    pub fn within<'b>(
        &'b self,
        text: &'b str,
        within: &'static str,
        known: &[&str],
    ) -> Result<Form<'b>, Error> {
        Form::read_within(
            within.trim_end_matches('.'),
            within,
            text,
            known,
            self.limits,
        )
    }

    /// What is wrong with a part, which this form then tells.
    pub fn problems(self) -> Vec<String> {
        self.wrong
    }

    pub fn add(&mut self, problems: Vec<String>) {
        self.wrong.extend(problems);
    }

    /// `made`, when nothing is wrong; else all that is.
    pub fn accept<T>(self, made: T) -> Result<T, Error> {
        match self.wrong.is_empty() {
            true => Ok(made),
            false => Err(Error::invalid_request(format!(
                "{}. Nothing was sent.",
                self.wrong.join("; ")
            ))),
        }
    }
}

/// Which rule a reference breaks that none may break; an empty one is missing, which is told already.
fn flaw(own: &str) -> Option<String> {
    if own.is_empty() || name_of(own).is_ok() && own.trim() == own {
        return None;
    }
    let rule = if own.trim() != own {
        "must not begin or end with a blank"
    } else if own.len() > MAX_REFERENCE {
        return Some(format!("must be at most {MAX_REFERENCE} bytes long"));
    } else if own.contains(['\\', '?', '#', '%', ';']) {
        "must hold none of \\ ? # % ;"
    } else if !own.contains(char::is_alphanumeric) {
        "must hold a letter or a digit"
    } else if own.contains(['/', '.']) {
        "may hold a slash between names only, and no two dots beside each other"
    } else {
        "must hold characters that can be printed"
    };
    Some(rule.to_owned())
}

/// The digits of a number that is not checked.
pub fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A wrong value as a message may repeat it.
pub fn shown(text: &str) -> String {
    format!("'{}'", excerpt(text, MAX_SHOWN))
}

/// What [`is_web`] asks for.
pub const WEB_RULE: &str =
    "must be an absolute http or https URL, its host in ASCII (others are written xn--…)";

pub fn is_web(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
