//! One value of a body that a gateway answers, and what it may stand for. Pure.
#![forbid(unsafe_code)]

use super::letters::Plain;
use super::vocabulary::NOTHINGS;

/// One value; of a text also what [`Plain`] leaves of it.
pub enum Scalar<'a> {
    Nothing,
    Flag(bool),
    Number(f64),
    Text(&'a str, Plain),
}

impl<'a> Scalar<'a> {
    pub fn text(text: &'a str) -> Self {
        Self::Text(text, Plain::of(text))
    }

    pub fn is_filled(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Flag(_) | Self::Number(_) => true,
            Self::Text(text, _) => !text.trim().is_empty(),
        }
    }

    /// `None` where it is neither.
    pub fn is_true(&self) -> Option<bool> {
        match self {
            Self::Nothing => Some(false),
            Self::Flag(flag) => Some(*flag),
            Self::Number(number) => Some(*number != 0.0),
            Self::Text(_, word) => match word.as_str() {
                "true" | "yes" | "y" | "1" | "ok" => Some(true),
                "false" | "no" | "n" | "0" | "" | "null" => Some(false),
                _ => None,
            },
        }
    }

    /// The id of something: no flag, no zero, no word for nothing.
    pub fn is_id(&self) -> bool {
        match self {
            Self::Nothing | Self::Flag(_) => false,
            Self::Number(number) => *number != 0.0,
            Self::Text(_, word) => {
                let word = word.as_str();
                let zeros = word.bytes().all(|byte| byte == b'0');
                !zeros && !NOTHINGS.contains(&word)
            }
        }
    }

    /// Whether a value looks made by a program: it has a digit and no blank, as no sentence about a field has.
    pub fn looks_made(&self) -> bool {
        match self {
            Self::Nothing | Self::Flag(_) => false,
            Self::Number(_) => true,
            Self::Text(text, _) => {
                text.contains(|c: char| c.is_ascii_digit())
                    && !text.trim().contains(char::is_whitespace)
            }
        }
    }

    pub fn is_link(&self) -> bool {
        let Self::Text(text, _) = self else {
            return false;
        };
        let text = text.trim_start().as_bytes();
        let begins = |start: &[u8]| {
            let begin = text.get(..start.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(start))
        };
        begins(b"https://") || begins(b"http://")
    }

    /// The code of a success in ISO 8583 and its kin: `00`.
    pub fn is_zeros(&self) -> bool {
        matches!(self, Self::Text(text, _) if text.len() > 1 && text.bytes().all(|byte| byte == b'0'))
    }

    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Number(number) if number.fract() == 0.0 => format!("{number}").parse().ok(),
            Self::Text(text, _) => text.trim().parse().ok(),
            _ => None,
        }
    }
}
