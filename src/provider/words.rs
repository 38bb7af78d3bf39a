//! The gateways' own words in a refusal, found and made fit for one line.
#![forbid(unsafe_code)]

use super::vocabulary::{ALREADY, OWN_NAMES, REPEATED};
use crate::http::Response;
use crate::model::json::{self, Object};

/// What the gateway says of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub code: Option<String>,
    pub message: Option<String>,
}

impl Words {
    /// The message, or the code when there is only that.
    pub fn text(&self) -> Option<&str> {
        self.message.as_deref().or(self.code.as_deref())
    }

    /// Whether they say that the same payment came before: `Order reference … already used`,
    /// `Duplicate External Reference Id`. No gateway gives a code for it.
    pub fn say_repeated(&self) -> bool {
        self.each().any(|text| {
            let after = text.split_once("already").map_or("", |(_, after)| after);
            REPEATED.iter().any(|part| text.contains(part))
                || ALREADY.iter().any(|word| after.contains(word))
                || is_there(&text)
        })
    }

    fn each(&self) -> impl Iterator<Item = String> {
        let texts = [&self.code, &self.message].into_iter().flatten();
        texts.map(|text| text.to_lowercase())
    }
}

/// Whether a text says that a payment's name is taken, as in `Transaction ID exists`, and no `not` or `no`.
fn is_there(text: &str) -> bool {
    let has = |known: &[&str]| {
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|word| known.contains(&word))
    };
    has(OWN_NAMES) && has(&["exists", "used"]) && !has(&["no", "not"])
}

/// The longest text of a body that is not JSON.
const MAX_TEXT: usize = 200;

/// A body without JSON as a short line: tags and repeated blanks removed.
pub fn short_text(response: &Response) -> Option<String> {
    let body = response.text.trim();
    if body.is_empty() || body.starts_with(['{', '[']) {
        return None;
    }
    let line = json::decode_string(body).unwrap_or_else(|| without_tags(body));
    let line: String = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(MAX_TEXT).collect();
    (!short.is_empty()).then_some(short)
}

fn without_tags(html: &str) -> String {
    if !html.starts_with('<') {
        return html.to_owned();
    }
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        let name: String = tag
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase();
        let end = match name.as_str() {
            // Their content is not prose.
            "script" | "style" => tag
                .find(&format!("</{name}"))
                .and_then(|i| tag.get(i + 2..)),
            _ => Some(tag),
        };
        rest = end
            .and_then(|tag| tag.split_once('>'))
            .map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text
}

/// ASP.NET's `errors` member as one line: `field: text, text; field: text`.
pub fn flatten_errors(body: &Object<'_>) -> Option<String> {
    let errors = body.object("errors")?;
    let fields: Vec<String> = errors
        .members()
        .filter_map(|(field, texts)| {
            let texts = match json::decode_string(texts) {
                Some(text) => text,
                None => json::strings(texts)?.join(", "),
            };
            Some(if field.is_empty() {
                texts
            } else {
                format!("{field}: {texts}")
            })
        })
        .collect();
    (!fields.is_empty()).then(|| fields.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(text: &str) -> Option<String> {
        short_text(&Response {
            status: 502,
            text: text.to_owned(),
            ..Response::default()
        })
    }

    #[test]
    fn html_becomes_a_short_line() {
        assert_eq!(
            short(
                "<html>\n<head><style>b{}</style><title>502 Bad Gateway</title></head><body>\n<h1>Oops &amp; sorry</h1>"
            ),
            Some("502 Bad Gateway Oops & sorry".to_owned())
        );
        assert_eq!(
            short("<!DOCTYPE html><script>let a = '<b>';</script>hi"),
            Some("hi".to_owned())
        );
        assert_eq!(short("<unfinished"), None);
    }

    #[test]
    fn plain_text_and_json_strings_are_taken_as_they_are() {
        assert_eq!(short("Unauthorized"), Some("Unauthorized".to_owned()));
        assert_eq!(
            short("\"Not \\u0041llowed\""),
            Some("Not Allowed".to_owned())
        );
        assert_eq!(short(&"long ".repeat(100)).unwrap().len(), MAX_TEXT);
    }

    #[test]
    fn json_and_nothing_are_not_text() {
        for text in ["", "  ", "{}", "[1]"] {
            assert_eq!(short(text), None);
        }
    }
}
