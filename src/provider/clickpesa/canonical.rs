//! The one form of an object that a checksum is made over.
#![forbid(unsafe_code)]

use std::cmp::Ordering;

use crate::model::json::{Key, Object, literal_length};

/// Nesting deeper than this is not a payment; refusing it bounds the recursion.
const MAX_DEPTH: usize = 64;

/// `object` without the members of these names, with every key sorted at every depth, in compact form: what
/// `JSON.stringify` prints of the object with its keys set in the order of `Object.keys(…).sort()`. Array order
/// stays. Each byte is read and written once, however deep it lies. `None` beyond 64 levels.
pub fn canonical(object: &Object<'_>, without: &[&str]) -> Option<String> {
    let signed = object
        .entries()
        .filter(|(key, _)| !without.contains(&key.name.as_ref()));
    let members = signed.map(|(key, value)| {
        let value = Cursor { text: value, at: 0 }.node(1)?;
        Some(Member::new(key.clone(), value))
    });
    let members = sorted(members.collect::<Option<_>>()?);
    let mut text = String::new();
    Node::Object(members).write(&mut text);
    Some(text)
}

enum Node<'a> {
    /// A string, a number or a word, as it is written.
    Leaf(&'a str),
    Array(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

struct Member<'a> {
    /// The key as an array index, where it is one.
    index: Option<u32>,
    key: Key<'a>,
    value: Node<'a>,
}

impl<'a> Member<'a> {
    fn new(key: Key<'a>, value: Node<'a>) -> Self {
        let index = array_index(&key.name);
        Self { index, key, value }
    }
}

/// Array indices first in numeric order, then the rest by UTF-16 code units.
fn sorted(mut members: Vec<Member<'_>>) -> Vec<Member<'_>> {
    members.sort_by(|a, b| match (a.index, b.index) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => by_utf16(&a.key.name, &b.key.name),
    });
    members
}

fn by_utf16(a: &str, b: &str) -> Ordering {
    // The two orders differ only where a character takes two units, or is greater than such a pair's first.
    match a.is_ascii() && b.is_ascii() {
        true => a.cmp(b),
        false => a.encode_utf16().cmp(b.encode_utf16()),
    }
}

fn array_index(name: &str) -> Option<u32> {
    const MAX_DIGITS: usize = 10;
    let is_canonical = name == "0" || !name.starts_with(['0', '+']);
    let index: u32 = match name.len() <= MAX_DIGITS && is_canonical {
        true => name.parse().ok()?,
        false => return None,
    };
    (index != u32::MAX).then_some(index)
}

impl Node<'_> {
    fn write(&self, out: &mut String) {
        match self {
            Self::Leaf(text) => out.push_str(text),
            Self::Array(elements) => {
                out.push('[');
                for (i, element) in elements.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (i, Member { key, value, .. }) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    out.push('"');
                    out.push_str(&key.written);
                    out.push_str("\":");
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Takes a value apart, of which it is known that it is JSON.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn node(&mut self, depth: usize) -> Option<Node<'a>> {
        if depth > MAX_DEPTH {
            return None;
        }
        match self.next()? {
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                while self.has_more(b'}')? {
                    let key = Key::read(self.leaf()?)?;
                    self.take(b':')?;
                    members.push(Member::new(key, self.node(depth + 1)?));
                }
                Some(Node::Object(sorted(members)))
            }
            b'[' => {
                self.at += 1;
                let mut elements = Vec::new();
                while self.has_more(b']')? {
                    elements.push(self.node(depth + 1)?);
                }
                Some(Node::Array(elements))
            }
            _ => self.leaf().map(Node::Leaf),
        }
    }

    /// The next byte that is no blank.
    fn next(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blanks = rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        self.at += blanks;
        rest.get(blanks).copied()
    }

    /// Takes `byte`, if it comes next.
    fn take(&mut self, byte: u8) -> Option<bool> {
        let comes = self.next()? == byte;
        self.at += usize::from(comes);
        Some(comes)
    }

    /// Takes the comma before another element, or the end.
    fn has_more(&mut self, end: u8) -> Option<bool> {
        self.take(b',')?;
        Some(!self.take(end)?)
    }

    fn leaf(&mut self) -> Option<&'a str> {
        self.next()?;
        let rest = self.text.get(self.at..)?;
        let length = match rest.starts_with('"') {
            true => literal_length(rest),
            false => rest
                .find([',', '}', ']', ' ', '\t', '\n', '\r'])
                .unwrap_or(rest.len()),
        };
        self.at += length;
        rest.get(..length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_sorts_every_depth_as_javascript_does() {
        let object = Object::parse(
            r#"{ "b" : [ {"d":1,"c":2} , 3 ], "10":0, "9":0, "a\u00df":1, "\ud83d\ude00":1, "\uff5e":2, "a":{"y":1,"x":-0.5} }"#,
        );
        assert_eq!(
            canonical(&object.unwrap(), &[]).unwrap(),
            r#"{"9":0,"10":0,"a":{"x":-0.5,"y":1},"a\u00df":1,"b":[{"c":2,"d":1},3],"\ud83d\ude00":1,"\uff5e":2}"#
        );
    }

    #[test]
    fn canonical_refuses_absurd_nesting() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        assert!(canonical(&Object::parse(&text).unwrap(), &[]).is_none());
    }

    #[test]
    fn a_key_is_an_index_only_as_javascript_writes_it() {
        let object = Object::parse(
            r#"{"b":0,"01":1,"4294967295":2,"4294967294":3,"+1":4,"1":5,"":6,"0":7}"#,
        );
        let sorted = r#"{"0":7,"1":5,"4294967294":3,"":6,"+1":4,"01":1,"4294967295":2,"b":0}"#;
        assert_eq!(canonical(&object.unwrap(), &[]).unwrap(), sorted);
    }

    #[test]
    fn blanks_and_strings_that_look_like_more_change_nothing() {
        let object = Object::parse(" {\n\"b\" : [ ] , \"a\\\"]\":\t\"},\\\\\" ,\"c\":{ } } ");
        assert_eq!(
            canonical(&object.unwrap(), &[]).unwrap(),
            r#"{"a\"]":"},\\","b":[],"c":{}}"#
        );
    }
}
