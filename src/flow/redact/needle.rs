//! A secret in the forms in which others repeat it: plain, in hexadecimal, and within base64.
#![forbid(unsafe_code)]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use zeroize::Zeroizing;

use super::spelling::readings;
use crate::model::hex;
use crate::model::secret::Secret;

/// From this length on a secret is masked anywhere; a shorter one only as a whole word, so that a
/// test credential such as `secret` does not tear holes in ordinary prose.
const LONG: usize = 16;
/// As many bytes of a secret's beginning may not be shown either, when they stand somewhere without the rest.
const HEAD: usize = 24;
/// As many bytes of a long secret's beginning may not be shown at the end of a text, which may have been cut there.
const TAIL: usize = 8;
/// The shortest secret that is looked for in the middle of other base64.
const WITHIN_BASE64: usize = 6;

/// Bytes of a secret that are encoded to be found; the rest of an encoding is told by its alphabet.
const MAX_ENCODED: usize = 64;

/// One form of a secret, folded as [`folded`] folds a text.
pub struct Needle {
    form: Zeroizing<Vec<u8>>,
    head: usize,
    anywhere: bool,
    encoding: Encoding,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    None,
    Hex,
    Base64,
}

impl Encoding {
    fn holds(self, byte: u8) -> bool {
        match self {
            Self::None => false,
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Base64 => byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte),
        }
    }
}

/// Bytes in which upper and lower case are the same.
pub fn folded(bytes: &[u8]) -> Vec<u8> {
    bytes.to_ascii_lowercase()
}

/// Every form of `secret`.
pub fn needles(secret: &Secret) -> Vec<Needle> {
    let bytes = secret.reveal().as_bytes();
    if bytes.is_empty() {
        return Vec::new();
    }
    // A secret that holds escapes of its own is undone as the text around it is.
    let plain = readings(secret.reveal()).into_iter();
    let mut all: Vec<Needle> = plain
        .flat_map(|reading| in_queries(reading.bytes))
        .map(|form| Needle::new(form, bytes.len() >= LONG, Encoding::None))
        .collect();
    let is_whole = bytes.len() >= WITHIN_BASE64;
    let encoded = bytes.get(..MAX_ENCODED).unwrap_or(bytes);
    let digits = Zeroizing::new(hex::encode(encoded).into_bytes());
    all.push(Needle::new(digits, is_whole, Encoding::Hex));
    for offset in 0..if is_whole { 3 } else { 1 } {
        let mut padded = Zeroizing::new(vec![0; offset]);
        padded.extend_from_slice(encoded);
        // The characters that hold bits of nothing but the secret.
        let start = (offset * 8).div_ceil(6);
        let end = match is_whole {
            true => padded.len() * 8 / 6,
            false => usize::MAX,
        };
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = Zeroizing::new(engine.encode(padded.as_slice()).into_bytes());
            let own = text.get(start..end.min(text.len())).unwrap_or_default();
            let own = Zeroizing::new(own.to_vec());
            all.push(Needle::new(own, is_whole, Encoding::Base64));
        }
    }
    all.sort_by(|one, two| one.form.cmp(&two.form));
    all.dedup_by(|one, two| one.form == two.form);
    all.retain(|needle| !needle.form.is_empty());
    all
}

/// The forms of `secret` that do not show it as it is.
pub fn encoded(secret: &Secret) -> Vec<Needle> {
    let mut all = needles(secret);
    all.retain(|needle| needle.encoding != Encoding::None);
    all
}

/// A secret as it is, and as a query writes its blanks, or reads its plus signs.
fn in_queries(bytes: Vec<u8>) -> Vec<Zeroizing<Vec<u8>>> {
    let swapped = |from: u8, to: u8| {
        let swap = |byte: &u8| if *byte == from { to } else { *byte };
        bytes
            .contains(&from)
            .then(|| bytes.iter().map(swap).collect())
    };
    let forms = [swapped(b'+', b' '), swapped(b' ', b'+')];
    let forms = forms.into_iter().flatten().map(Zeroizing::new);
    forms.chain([Zeroizing::new(bytes.clone())]).collect()
}

impl Needle {
    fn new(form: Zeroizing<Vec<u8>>, anywhere: bool, encoding: Encoding) -> Self {
        let form = Zeroizing::new(folded(&form));
        let head = match anywhere {
            true => form.len().min(HEAD),
            false => form.len(),
        };
        Self {
            form,
            head,
            anywhere,
            encoding,
        }
    }

    fn head(&self) -> &[u8] {
        self.form.get(..self.head).unwrap_or_default()
    }

    /// Calls `found` with the start and the end of each place in `text`, which is folded, where the secret stands.
    pub fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let mut hidden_to = 0;
        for start in memmem::find_iter(text, self.head()) {
            // Widened, each place in a run of an encoding would be the rest of that run.
            if start < hidden_to {
                continue;
            }
            let rest = text.get(start..).unwrap_or_default();
            let length = rest
                .iter()
                .zip(self.form.iter())
                .take_while(|(a, b)| a == b);
            let end = start + length.count();
            let place = match self.anywhere {
                true => self.widened(text, start, end),
                false => (start, end),
            };
            if self.anywhere || is_alone(text, place) {
                found(place.0, place.1);
            }
            if self.encoding != Encoding::None {
                hidden_to = place.1;
            }
        }
        if let Some(start) = self.cut_at_the_end_of(text) {
            found(start, text.len());
        }
    }

    /// A place in an encoding with the character before it, which may hold bits of it, and all after it.
    fn widened(&self, text: &[u8], start: usize, end: usize) -> (usize, usize) {
        let holds = |at: usize| text.get(at).is_some_and(|byte| self.encoding.holds(*byte));
        let before = start
            .checked_sub(1)
            .filter(|at| self.encoding == Encoding::Base64 && holds(*at));
        let mut end = end;
        while holds(end) {
            end += 1;
        }
        while self.encoding == Encoding::Base64 && text.get(end) == Some(&b'=') {
            end += 1;
        }
        (before.unwrap_or(start), end)
    }

    /// The place in `text` from which its end is the beginning of this secret.
    fn cut_at_the_end_of(&self, text: &[u8]) -> Option<usize> {
        if !self.anywhere || self.form.len() < LONG {
            return None;
        }
        let lengths = (TAIL..self.head).rev();
        let length = lengths.into_iter().find(|length| {
            let part = self.form.get(..*length);
            part.is_some_and(|part| text.ends_with(part))
        })?;
        Some(text.len() - length)
    }
}

fn is_alone(text: &[u8], (start, end): (usize, usize)) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    !is_word(before) && !is_word(text.get(end))
}
