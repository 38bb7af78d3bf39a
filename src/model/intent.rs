//! What is kept of a request for money, so that the same is known again and can be sent once more.
#![forbid(unsafe_code)]

use super::country::Country;
use super::json::{Object, decode_string, push_quoted, quote};
use super::money;
use super::numbering;
use super::sealed::Seal;
use super::writer::array;

/// The most levels that a request may have.
const MAX_DEPTH: usize = 16;

pub struct Kept {
    amount: String,
    /// Digits.
    phone: Option<String>,
    phone_name: Option<String>,
    parameters: String,
    sealed: String,
}

impl Kept {
    /// `text`: the request as a JSON object. `about`: what else tells it from others. `None` of what is no request.
    pub fn of(text: &str, about: &str, seal: &Seal) -> Option<Self> {
        let request = Object::parse(text)?;
        let currency = request.string("currency")?;
        let amount = money::parse_amount(request.get("amount")?, &currency).ok()?;
        // `1000.00` is `1000`.
        let amount = match amount.contains('.') {
            true => amount
                .trim_end_matches('0')
                .trim_end_matches('.')
                .to_owned(),
            false => amount,
        };
        let country = Country::paying_in(&currency);
        let written = phone_in(&request);
        let phone = written.as_deref().map(|phone| digits(phone, country));
        let same = Same {
            amount: &quote(&amount),
            country,
            phone: written.as_deref().zip(phone.as_deref()),
        };
        let mut parameters = format!("{about} ");
        same.sort(&request, 0, &mut parameters)?;
        let parameters = seal.name(&parameters);
        let phone = phone.filter(|digits| !digits.is_empty());
        let reference = request.string("reference")?;
        Some(Self {
            phone_name: phone.as_deref().map(|phone| seal.name(phone)),
            parameters,
            sealed: seal.seal(&reference, text)?,
            amount,
            phone,
        })
    }

    pub fn to_json(&self) -> String {
        let or_null = |text: &Option<String>| match text {
            Some(text) => quote(text),
            None => "null".to_owned(),
        };
        array([
            quote(&self.amount),
            or_null(&self.phone),
            or_null(&self.phone_name),
            quote(&self.parameters),
            quote(&self.sealed),
        ])
    }
}

fn phone_in(request: &Object<'_>) -> Option<String> {
    let within = |name: &str| request.object(name)?.string("phone");
    let own = request.string("phone");
    own.or_else(|| within("to")).or_else(|| within("customer"))
}

/// Of what is no number for certain, what digits there are: gateways have the last word.
fn digits(phone: &str, country: Option<Country>) -> String {
    numbering::normalize(phone, country)
        .unwrap_or_else(|_| phone.chars().filter(char::is_ascii_digit).collect())
}

/// A request in the one form that all ways to write it have.
struct Same<'a> {
    amount: &'a str,
    country: Option<Country>,
    /// A number as it was written, and its digits.
    phone: Option<(&'a str, &'a str)>,
}

impl Same<'_> {
    /// Writes the members by their names; the order in which they were written does not count.
    fn sort(&self, object: &Object<'_>, depth: usize, into: &mut String) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut members: Vec<(&str, &str)> = object.members().collect();
        members.sort_by_key(|(name, _)| *name);
        let mut mark = '{';
        for (name, value) in members {
            into.push(mark);
            mark = ',';
            push_quoted(into, name);
            into.push(':');
            match (name, value.as_bytes().first()) {
                ("amount", _) if depth == 0 => into.push_str(self.amount),
                (_, Some(b'{')) => self.sort(&Object::parse(value)?, depth + 1, into)?,
                ("phone", Some(b'"')) => push_quoted(into, &self.digits(&decode_string(value)?)),
                _ => into.push_str(value),
            }
        }
        if mark == '{' {
            into.push(mark);
        }
        into.push('}');
        Some(())
    }

    fn digits(&self, phone: &str) -> String {
        match self.phone {
            Some((written, digits)) if written == phone => digits.to_owned(),
            _ => digits(phone, self.country),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Secret;

    fn kept(text: &str) -> Kept {
        let seal = Seal::new(&Secret::new("a secret")).unwrap();
        Kept::of(text, "payment", &seal).unwrap()
    }

    #[test]
    fn the_same_is_known_again_however_it_is_written() {
        let one = kept(
            r#"{"reference":"A","amount":"25000","currency":"TZS","phone":"0712345678","to":{"a":1,"b":2}}"#,
        );
        let same = kept(
            r#"{"to":{"b":2,"a":1},"phone":"+255 712 345 678","currency":"TZS","amount":{"value":25000.00,"currency":"TZS"},"reference":"A"}"#,
        );
        assert_eq!(
            (&one.amount, &one.parameters, &one.phone_name),
            (&same.amount, &same.parameters, &same.phone_name)
        );
        assert_eq!(one.phone.as_deref(), Some("255712345678"));
        let other = kept(
            r#"{"reference":"A","amount":"25001","currency":"TZS","phone":"0712345678","to":{"a":1,"b":2}}"#,
        );
        assert_ne!(one.parameters, other.parameters);
    }

    #[test]
    fn nothing_of_it_can_be_read_without_the_secret() {
        let text = r#"{"reference":"A","amount":"25000","currency":"TZS","phone":"0712345678"}"#;
        let one = kept(text);
        let told = format!("{:?} {} {}", one.phone_name, one.parameters, one.sealed);
        assert!(!told.contains("712345678") && !told.contains("25000"));
        let seal = Seal::new(&Secret::new("a secret")).unwrap();
        assert_eq!(seal.open("A", &one.sealed).unwrap().reveal(), text);
    }

    #[test]
    fn what_is_no_request_is_not_kept() {
        let seal = Seal::new(&Secret::new("a secret")).unwrap();
        let deep = format!(
            r#"{{"reference":"A","amount":"1","currency":"TZS","a":{}{}}}"#,
            "{\"a\":".repeat(40),
            "1".to_owned() + &"}".repeat(40)
        );
        for text in ["", "[]", "{}", r#"{"amount":"1","currency":"TZS"}"#, &deep] {
            assert!(Kept::of(text, "payment", &seal).is_none(), "{text}");
        }
    }
}
