//! JSON text kept as text: members are read and set without touching the others.
//!
//! A payment body crosses from JavaScript as the engine's own `JSON.stringify` wrote it. Key order
//! and number text must survive, so nothing here turns a value into a number type and back.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A JSON object as a list of members, each value still its own JSON text.
#[derive(Clone, Debug, Default)]
pub struct Object<'a>(Vec<(Key<'a>, Cow<'a, str>)>);

/// A member's key: the text between the quotes as written, and its decoded form.
#[derive(Clone, Debug)]
pub struct Key<'a> {
    pub written: Cow<'a, str>,
    pub name: Cow<'a, str>,
}

impl<'a> Key<'a> {
    /// A key as its string literal.
    pub fn read(literal: &'a str) -> Option<Self> {
        let written = unquoted(literal);
        let name = match written.contains('\\') {
            true => Cow::Owned(decode_string(literal)?),
            false => Cow::Borrowed(written),
        };
        let written = Cow::Borrowed(written);
        Some(Self { written, name })
    }
}

impl<'a> Object<'a> {
    /// `None` when `text` is not one JSON object.
    pub fn parse(text: &'a str) -> Option<Self> {
        // An error that says what else it is takes longer than an object.
        let is_object = text.trim_start().starts_with('{');
        is_object.then(|| serde_json::from_str(text).ok()).flatten()
    }

    /// The value's JSON text. Of a repeated key the last counts, as in `JSON.parse`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().rev().find(|(key, _)| key.name == name)?;
        Some(value)
    }

    /// A string member's decoded value; `None` when absent, `null` or of another type.
    pub fn string(&self, name: &str) -> Option<String> {
        decode_string(self.get(name)?)
    }

    /// A string member that is not empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        self.string(name).filter(|text| !text.trim().is_empty())
    }

    /// A string, number or boolean member as text; `None` for `null`, objects and arrays.
    pub fn scalar(&self, name: &str) -> Option<String> {
        scalar(self.get(name)?)
    }

    /// An object member.
    pub fn object(&self, name: &str) -> Option<Object<'_>> {
        Object::parse(self.get(name)?)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every member's decoded key and JSON text, in order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.name.as_ref(), value.as_ref()))
    }

    /// Every member's key and JSON text, in order.
    pub fn entries(&self) -> impl Iterator<Item = (&Key<'a>, &str)> {
        self.0.iter().map(|(key, value)| (key, value.as_ref()))
    }

    /// Sets a string member where it stands, or at the end when it is new, as an object spread does.
    pub fn set_string(&mut self, name: &str, value: &str) {
        self.set(name, quote(value));
    }

    /// Sets a member to a value given as JSON text, where it stands, or at the end when it is new.
    pub fn set(&mut self, name: &str, text: String) {
        // The last of a repeated key, which is the one that counts.
        match self.0.iter_mut().rfind(|(key, _)| key.name == name) {
            Some((_, old)) => *old = Cow::Owned(text),
            None => {
                let key = Key {
                    written: Cow::Owned(unquoted(&quote(name)).to_owned()),
                    name: Cow::Owned(name.to_owned()),
                };
                self.0.push((key, Cow::Owned(text)));
            }
        }
    }

    /// Drops a member.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key.name != name);
    }

    /// The object as JSON text.
    pub fn text(&self) -> String {
        // Around each member: two quotes, a colon and a comma.
        let length = |(key, value): &(Key<'_>, Cow<'_, str>)| key.written.len() + value.len() + 4;
        let mut text = String::with_capacity(2 + self.0.iter().map(length).sum::<usize>());
        text.push('{');
        for (i, (Key { written, .. }, value)) in self.0.iter().enumerate() {
            text.push_str(if i > 0 { ",\"" } else { "\"" });
            text.push_str(written);
            text.push_str("\":");
            text.push_str(value);
        }
        text.push('}');
        text
    }
}

/// How deep JSON text is nested, and how many values it holds. Of other text it may be anything.
pub fn extent(text: &str) -> (usize, usize) {
    let (mut depth, mut deepest, mut values) = (0_usize, 0, 1);
    let mut rest = text;
    while let Some(at) = rest.find(['"', '{', '[', '}', ']', ',']) {
        let (_, found) = rest.split_at(at);
        let length = match found.as_bytes().first() {
            Some(b'"') => literal_length(found),
            Some(b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
                values += 1;
                1
            }
            Some(b',') => {
                values += 1;
                1
            }
            _ => {
                depth = depth.saturating_sub(1);
                1
            }
        };
        rest = found.get(length..).unwrap_or_default();
    }
    (deepest, values)
}

/// Objects and arrays within each other that a body may hold to be handed over parsed: `JSON.stringify`
/// and `structuredClone` overflow the stack on deep ones.
const MAX_SHOWN_DEPTH: usize = 64;

/// Whether `text` is JSON that anybody may walk through.
pub fn is_shallow(text: &str) -> bool {
    extent(text).0 <= MAX_SHOWN_DEPTH && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The length of the string literal that `text` starts with.
pub fn literal_length(text: &str) -> usize {
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

/// A string, number or boolean as text; `None` for `null`, objects and arrays.
pub fn scalar(text: &str) -> Option<String> {
    match text.as_bytes().first() {
        Some(b'"') => decode_string(text),
        Some(b'{' | b'[' | b'n') | None => None,
        Some(_) => Some(text.to_owned()),
    }
}

/// The elements of a JSON array, each as its own JSON text.
pub fn elements(text: &str) -> Option<Vec<&str>> {
    let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    Some(elements.into_iter().map(RawValue::get).collect())
}

/// The strings of a JSON array.
pub fn strings(text: &str) -> Option<Vec<String>> {
    Some(
        elements(text)?
            .into_iter()
            .filter_map(decode_string)
            .collect(),
    )
}

/// A JSON string's value. Lone surrogates become U+FFFD, as Node's UTF-8 encoder writes them.
pub fn decode_string(text: &str) -> Option<String> {
    let inside = text.strip_prefix('"')?.strip_suffix('"');
    if let Some(plain) = inside.filter(|inside| inside.bytes().all(is_plain)) {
        return Some(plain.to_owned());
    }
    serde_json::from_str::<String>(text).ok().or_else(|| {
        let Bytes(bytes) = serde_json::from_str(text).ok()?;
        let mut decoded = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            decoded.push_str(chunk.valid());
            // A lone surrogate comes as three bytes, each an invalid chunk; 0xED is the first.
            if chunk.invalid().first() == Some(&0xED) {
                decoded.push(char::REPLACEMENT_CHARACTER);
            }
        }
        Some(decoded)
    })
}

/// Whether a byte of a text stands in its string literal as it is.
fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

/// A JSON string literal for `text`.
pub fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    push_quoted(&mut literal, text);
    literal
}

/// Appends a JSON string literal for `text`.
pub fn push_quoted(json: &mut String, text: &str) {
    if text.bytes().all(is_plain) {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&serde_json::Value::from(text).to_string());
    }
}

/// Writes pairs as the members of an object, in their order.
pub fn members<K: Serialize, V: Serialize, S: Serializer>(
    pairs: &[(K, V)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

/// A string literal without its quotes.
fn unquoted(literal: &str) -> &str {
    let inside = literal.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
    inside.unwrap_or_default()
}

/// The number of members that most payments and answers have at the most.
const USUAL_MEMBERS: usize = 8;

struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Bytes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Any)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Key<'de>, Cow<'de, str>)>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(USUAL_MEMBERS);
                while let Some((key, value)) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
                    let key = Key::read(key.get())
                        .ok_or_else(|| serde::de::Error::custom("a key that is not a string"))?;
                    members.push((key, Cow::Borrowed(value.get())));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Members).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_one_member_leaves_the_rest_as_written() {
        let text = r#"{"b":1e21,"a":[1.50,{"z":"\u00e9","y":"\ud800"}],"k\u0041":null}"#;
        let mut object = Object::parse(text).unwrap();
        assert_eq!(object.text(), text);
        object.set_string("notification_id", "q\"q");
        assert_eq!(
            object.text(),
            r#"{"b":1e21,"a":[1.50,{"z":"\u00e9","y":"\ud800"}],"k\u0041":null,"notification_id":"q\"q"}"#
        );
    }

    #[test]
    fn an_existing_member_keeps_its_place() {
        let mut object = Object::parse(r#"{"a":1,"n":"old","b":2}"#).unwrap();
        object.set_string("n", "new");
        assert_eq!(object.text(), r#"{"a":1,"n":"new","b":2}"#);
        object.remove("n");
        assert_eq!(object.text(), r#"{"a":1,"b":2}"#);
    }

    #[test]
    fn the_last_of_repeated_keys_counts() {
        assert_eq!(
            Object::parse(r#"{"a":1,"a":2}"#).unwrap().get("a"),
            Some("2")
        );
    }

    #[test]
    fn a_key_is_known_however_it_is_written() {
        for text in [r#"{"kA":1}"#, r#"{"k\u0041":1}"#, r#"{"\u006bA":1}"#] {
            assert_eq!(Object::parse(text).unwrap().get("kA"), Some("1"), "{text}");
        }
        let accented = Object::parse(r#"{"malipo ya é":1,"\ud800":2}"#).unwrap();
        assert_eq!(accented.get("malipo ya é"), Some("1"));
        assert_eq!(accented.get("\u{fffd}"), Some("2"));
    }

    #[test]
    fn setting_a_repeated_key_or_one_with_quotes_is_read_back() {
        for (text, name, set) in [
            (r#"{"a":1,"a":2}"#, "a", r#"{"a":1,"a":"x"}"#),
            ("{}", "\"", r#"{"\"":"x"}"#),
        ] {
            let mut object = Object::parse(text).unwrap();
            object.set_string(name, "x");
            assert_eq!(object.text(), set);
            assert_eq!(
                Object::parse(set).unwrap().string(name).as_deref(),
                Some("x")
            );
        }
    }

    #[test]
    fn only_one_whole_object_is_an_object() {
        for text in [
            "", "null", "[]", "\"a\"", "{", "{} {}", "{\"a\":}", "1", "{'a':1}",
        ] {
            assert!(Object::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn scalars_are_read_as_text() {
        let object =
            Object::parse(r#"{"s":"x","n":1.50,"t":true,"z":null,"o":{},"l":[]}"#).unwrap();
        let read: Vec<_> = ["s", "n", "t", "z", "o", "l", "-"]
            .map(|k| object.scalar(k))
            .into();
        let text = |t: &str| Some(t.to_owned());
        assert_eq!(
            read,
            [
                text("x"),
                text("1.50"),
                text("true"),
                None,
                None,
                None,
                None
            ]
        );
    }

    #[test]
    fn lone_surrogates_decode_like_node_encodes_them() {
        assert_eq!(decode_string(r#""a\ud800b""#).unwrap(), "a\u{fffd}b");
    }
}
