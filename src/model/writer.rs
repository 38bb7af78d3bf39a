//! A JSON object that is written member by member.
#![forbid(unsafe_code)]

use super::json::push_quoted;

/// An object under way.
#[derive(Default)]
pub struct Writer(String);

impl Writer {
    /// Adds a value that is JSON text already.
    pub fn json(self, name: &str, value: &str) -> Self {
        let Self(mut text) = self.named(name);
        text.push_str(value);
        Self(text)
    }

    /// Adds a text.
    pub fn text(self, name: &str, value: &str) -> Self {
        let Self(mut text) = self.named(name);
        push_quoted(&mut text, value);
        Self(text)
    }

    /// Adds a text, where there is one.
    pub fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a text, or `null` where there is none.
    pub fn or_null(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.json(name, "null"),
        }
    }

    /// Adds `true` or `false`, or `null` for neither.
    pub fn flag(self, name: &str, value: Option<bool>) -> Self {
        match value {
            Some(true) => self.json(name, "true"),
            Some(false) => self.json(name, "false"),
            None => self.json(name, "null"),
        }
    }

    /// The whole object.
    pub fn done(self) -> String {
        let Self(mut text) = self;
        text.push_str(if text.is_empty() { "{}" } else { "}" });
        text
    }

    fn named(self, name: &str) -> Self {
        let Self(mut text) = self;
        text.push(if text.is_empty() { '{' } else { ',' });
        push_quoted(&mut text, name);
        text.push(':');
        Self(text)
    }
}

/// A JSON array of elements that are JSON text already.
pub fn array(elements: impl IntoIterator<Item = String>) -> String {
    let elements: Vec<_> = elements.into_iter().collect();
    format!("[{}]", elements.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_in_their_order() {
        let text = Writer::default()
            .text("a", "\"")
            .json("b", "1")
            .maybe("c", None)
            .or_null("d", None)
            .flag("e", Some(true))
            .flag("f", None)
            .done();
        assert_eq!(text, r#"{"a":"\"","b":1,"d":null,"e":true,"f":null}"#);
        assert_eq!(Writer::default().done(), "{}");
        assert_eq!(array(["1".to_owned(), "{}".to_owned()]), "[1,{}]");
    }
}
