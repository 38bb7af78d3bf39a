//! Credentials and tokens: masked wherever they are shown, wiped when dropped.
#![forbid(unsafe_code)]

use std::fmt;

use zeroize::Zeroizing;

/// A credential or token. `Debug` shows `[redacted]`; the text is wiped on drop.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the wire only.
    pub fn reveal(&self) -> &str {
        &self.0
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

/// `text` without any of `secrets`: gateways sometimes echo a credential in their refusal.
pub fn redact(text: &str, secrets: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        for form in written_forms(secret.reveal()) {
            text = mask(&text, &form);
        }
    }
    text
}

/// The secret as plain text and as the gateways' JSON writers may escape it.
fn written_forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned()];
    for (plain, escaped) in [("/", "\\/"), ("+", "\\u002B"), ("+", "\\u002b")] {
        if secret.contains(plain) {
            forms.push(secret.replace(plain, escaped));
        }
    }
    if secret.contains('/') && secret.contains('+') {
        forms.push(secret.replace('/', "\\/").replace('+', "\\u002B"));
    }
    forms
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
    fn escaped_forms_are_masked() {
        let secret = "abc/def+ghi/jkl+mno==";
        for written in [
            "abc/def+ghi/jkl+mno==",
            r"abc\/def+ghi\/jkl+mno==",
            r"abc/def\u002Bghi/jkl\u002Bmno==",
            r"abc\/def\u002Bghi\/jkl\u002Bmno==",
        ] {
            assert_eq!(redacted(&format!("<{written}>"), secret), "<[redacted]>");
        }
    }
}
