//! Words without what writers differ in, and a quick no to the question whether a text holds some word. Pure.
#![forbid(unsafe_code)]

/// The most letters of a name or a word that are looked at.
const LONGEST: usize = 64;

/// A name or a word in lower case, without what writers differ in. It needs no memory of its own: each member
/// of each answer is looked at so.
pub struct Plain {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Plain {
    pub fn of(text: &str) -> Self {
        let mut plain = Self {
            bytes: [0; LONGEST],
            len: 0,
        };
        let letters = text.bytes().filter(u8::is_ascii_alphanumeric);
        for (place, letter) in plain.bytes.iter_mut().zip(letters) {
            *place = letter.to_ascii_lowercase();
            plain.len += 1;
        }
        plain
    }

    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

/// The pairs of neighbouring bytes in a text: a word with a pair that the text lacks is not in it. Most words are
/// told apart so without a search.
pub struct Pairs([u64; 16]);

impl Pairs {
    pub fn of(text: &str) -> Self {
        let mut pairs = Self([0; 16]);
        for (first, second) in text.bytes().zip(text.bytes().skip(1)) {
            let (at, bit) = place(first, second);
            if let Some(bits) = pairs.0.get_mut(at) {
                *bits |= bit;
            }
        }
        pairs
    }

    /// Whether one of `words` stands in `part`, which is the text that the pairs are of or a part of it.
    pub fn any_in(&self, part: &str, words: &[&str]) -> bool {
        let mut words = words.iter();
        words.any(|word| self.may_hold(word) && part.contains(word))
    }

    fn may_hold(&self, word: &str) -> bool {
        let mut pairs = word.bytes().zip(word.bytes().skip(1));
        pairs.all(|(first, second)| {
            let (at, bit) = place(first, second);
            self.0.get(at).is_some_and(|bits| bits & bit != 0)
        })
    }
}

/// Where a pair is kept: by the lower five bits of each byte, which are another for each letter.
fn place(first: u8, second: u8) -> (usize, u64) {
    let place = usize::from(first & 31) << 5 | usize::from(second & 31);
    (place >> 6, 1 << (place & 63))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::vocabulary::{
        ACCESS_WORDS, DENIALS, DOUBTS, NO_PARTS, PARTS_OF_IDS, SUCCESS_PHRASES, YES_PARTS,
    };

    const LISTS: [&[&str]; 7] = [
        ACCESS_WORDS,
        DENIALS,
        DOUBTS,
        NO_PARTS,
        PARTS_OF_IDS,
        SUCCESS_PHRASES,
        YES_PARTS,
    ];

    #[test]
    fn a_word_is_found_wherever_it_stands_and_not_where_a_letter_is_missing() {
        let words = || LISTS.into_iter().flatten().copied();
        for word in words() {
            for (before, after) in [("", ""), ("x", ""), ("", "é"), ("Ω not ", " of")] {
                let text = format!("{before}{word}{after}");
                assert!(Pairs::of(&text).any_in(&text, &[word]), "{text}");
                let (head, tail) = word.split_at(word.len() / 2);
                let broken = format!("{before}{head}~{tail}{after}");
                for list in LISTS {
                    let found = list.iter().any(|word| broken.contains(word));
                    assert_eq!(Pairs::of(&broken).any_in(&broken, list), found, "{broken}");
                }
            }
        }
        assert!(!Pairs::of("").any_in("", &["ok"]));
        assert!(Pairs::of("ok").any_in("ok", &["k"]));
    }

    #[test]
    fn a_plain_word_has_its_first_letters_in_lower_case() {
        assert_eq!(Plain::of("Is_Suc-cess é 2").as_str(), "issuccess2");
        assert_eq!(Plain::of("").as_str(), "");
        assert_eq!(Plain::of(&"aB_".repeat(100)).as_str(), "ab".repeat(32));
    }
}
