//! The float from which payouts are paid, and who sends from it.
#![forbid(unsafe_code)]

use crate::config::Options;
use crate::model::country::Country;
use crate::model::error::Error;
use crate::model::numbering;
use crate::model::secret::{MASK, Secret};
use crate::provider::Limits;
use crate::provider::form::{Form, digits_of};

const PIN: &str = "SELCOM_PIN";
const PHONE: &str = "SELCOM_SENDER_PHONE";

/// What is configured of the float.
pub struct Float {
    pub pin: Option<Secret>,
    pub account: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
}

impl Float {
    pub fn configured(options: &Options, limits: &Limits) -> Result<Self, Error> {
        let pin = options.get(PIN).map(|_| options.credential(PIN));
        Ok(Self {
            pin: pin.transpose()?,
            account: setting(options, "SELCOM_SENDER_ACCOUNT")?,
            name: setting(options, "SELCOM_SENDER_NAME")?,
            phone: setting(options, PHONE)?
                .map(|text| phone(&text, limits))
                .transpose()?,
        })
    }

    /// The PIN; without one, the form tells what is missing.
    pub fn pin(&self, form: &mut Form<'_>) -> &str {
        needed(form, PIN, self.pin.as_ref().map(Secret::reveal))
    }
}

fn phone(text: &str, limits: &Limits) -> Result<String, Error> {
    let digits = digits_of(text);
    match numbering::normalize(text, Some(Country::Tanzania)) {
        Ok(digits) => Ok(digits),
        Err(_) if !limits.has("phones") && !digits.is_empty() => Ok(digits),
        Err(rule) => Err(Error::invalid_config(format!("{PHONE} {rule}."))),
    }
}

/// A setting that a request cannot do without.
pub fn needed<'a>(form: &mut Form<'_>, key: &str, value: Option<&'a str>) -> &'a str {
    if value.is_none() {
        form.wrong(
            &format!("config.{key}"),
            "is missing: Selcom wants it for this",
        );
    }
    value.unwrap_or_default()
}

/// A text of `config` that is no secret; `None` when it is not configured.
pub fn setting(options: &Options, key: &str) -> Result<Option<String>, Error> {
    let text = options.credential(key)?.reveal().to_owned();
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// JSON or words of Selcom's without the PIN, should it repeat that. JSON stays JSON.
pub fn without(text: &str, pin: Option<&Secret>) -> String {
    let pin = pin.map(Secret::reveal).unwrap_or_default();
    if pin.is_empty() || !text.contains(pin) {
        return text.to_owned();
    }
    let is_json = text.starts_with(['{', '[']);
    let (mut shown, mut rest) = (String::with_capacity(text.len()), text);
    let (mut in_string, mut escaped, mut in_word) = (false, false, false);
    while let Some(c) = rest.chars().next() {
        let after = rest.strip_prefix(pin).filter(|after| {
            let next = after.chars().next();
            let is_bare = is_json && !in_string;
            let goes_on = |c: char| c.is_alphanumeric() || (is_bare && c == '.');
            !in_word && !next.is_some_and(goes_on)
        });
        if let Some(after) = after {
            match is_json && !in_string {
                true => shown.push_str(&format!("\"{MASK}\"")),
                false => shown.push_str(MASK),
            }
            rest = after;
            in_word = false;
            continue;
        }
        in_string ^= c == '"' && !escaped;
        // What ends an escape, as the n of \n, is no letter.
        in_word = (c.is_alphanumeric() || (!in_string && "-.".contains(c))) && !escaped;
        escaped = c == '\\' && !escaped;
        shown.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_that_is_repeated_is_hidden_and_json_stays_json() {
        let pin = Secret::new("8642");
        for (text, shown) in [
            (r#"{"pin":"8642"}"#, r#"{"pin":"[redacted]"}"#),
            (
                r#"{"pin":8642,"a":"\n8642 x"}"#,
                r#"{"pin":"[redacted]","a":"\n[redacted] x"}"#,
            ),
            (r#"{"a":"PIN:8642, yes"}"#, r#"{"a":"PIN:[redacted], yes"}"#),
            (
                r#"{"a":"18642","b":86420,"c":-8642,"d":8642.5}"#,
                r#"{"a":"18642","b":86420,"c":-8642,"d":8642.5}"#,
            ),
            ("PIN 8642 é", "PIN [redacted] é"),
            ("x", "x"),
        ] {
            assert_eq!(without(text, Some(&pin)), shown);
            assert_eq!(without(text, None), text);
        }
    }
}
