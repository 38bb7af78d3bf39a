//! Credentials and tokens: masked wherever they are shown, wiped when dropped.
#![forbid(unsafe_code)]

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::json;

/// A credential or token. `Debug` shows `[redacted]`; clones share one text, which is wiped with the last.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Zeroizing::new(text.into())))
    }

    /// The text itself, for the wire only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

const MASK: &str = "[redacted]";

/// From this length on a secret is masked anywhere; a shorter one only as a whole word, so that a
/// test credential such as `secret` does not tear holes in ordinary prose.
const LONG: usize = 16;
const SHORTEST: usize = 6;

/// `text` without any of `secrets`: gateways sometimes echo a credential in their refusal. In JSON
/// only strings change, however their characters are escaped, so that it stays the same JSON.
pub fn redact(text: &str, secrets: &[Secret]) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return redact_strings(text, secrets);
    }
    mask_all(text, secrets)
}

fn mask_all(text: &str, secrets: &[Secret]) -> String {
    secrets
        .iter()
        .fold(text.to_owned(), |text, secret| mask(&text, secret.reveal()))
}

fn redact_strings(json: &str, secrets: &[Secret]) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let (before, quoted) = rest.split_at(start);
        out.push_str(before);
        let (literal, after) = quoted.split_at(literal_length(quoted));
        let shown = json::decode_string(literal).map(|text| (mask_all(&text, secrets), text));
        match shown {
            Some((masked, text)) if masked != text => out.push_str(&json::quote(&masked)),
            _ => out.push_str(literal),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The length of the string literal that `text` starts with.
fn literal_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn mask(text: &str, secret: &str) -> String {
    if secret.len() < SHORTEST || !text.contains(secret) {
        return text.to_owned();
    }
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(secret) {
        masked.push_str(before);
        let alone = !before.ends_with(is_word) && !after.starts_with(is_word);
        masked.push_str(if secret.len() >= LONG || alone {
            MASK
        } else {
            secret
        });
        rest = after;
    }
    masked.push_str(rest);
    masked
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(text: &str, secret: &str) -> String {
        redact(text, &[Secret::new(secret)])
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hunter2hunter2")), "[redacted]");
    }

    #[test]
    fn long_secrets_are_masked_anywhere() {
        assert_eq!(
            redacted(
                "key=qkio1BGGYAXTu2JOfm7XSXNruoZsrqEWx",
                "qkio1BGGYAXTu2JOfm7XSXNruoZsrqEW"
            ),
            "key=[redacted]x"
        );
    }

    #[test]
    fn short_secrets_are_masked_as_whole_words() {
        assert_eq!(
            redacted("no such key_or_secret", "secret"),
            "no such key_or_secret"
        );
        assert_eq!(redacted("no such secret!", "secret"), "no such [redacted]!");
    }

    #[test]
    fn in_json_every_escape_is_seen_and_nothing_else_changes() {
        let secret = "abc/def+ghi/jkl+mno==";
        for written in [
            "abc/def+ghi/jkl+mno==",
            r"abc\/def+ghi\/jkl\u002Bmno\u003d\u003D",
            r"\u0061bc/def\u002bghi/jkl+mno==",
        ] {
            let json = format!(r#" {{"a\"b":1.50, "m" : "<{written}>","n":null}}"#);
            assert_eq!(
                redacted(&json, secret),
                r#" {"a\"b":1.50, "m" : "<[redacted]>","n":null}"#
            );
        }
        assert_eq!(redacted(r#"{"n":123456}"#, "123456"), r#"{"n":123456}"#);
        assert_eq!(redacted("n is 123456", "123456"), "n is [redacted]");
    }
}
