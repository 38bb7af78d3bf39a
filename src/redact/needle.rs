//! A secret in the forms in which others repeat it: plain, in hexadecimal, and within base64.
#![forbid(unsafe_code)]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use zeroize::Zeroizing;

use super::spelling::readings;
use crate::secret::Secret;

/// From this length on a secret is masked anywhere; a shorter one only as a whole word, so that a
/// test credential such as `secret` does not tear holes in ordinary prose.
const LONG: usize = 16;
/// As much of a long secret, in bytes, is a part of it that may not be shown either.
const HEAD: usize = 24;
/// The same at the end of a text, which may have been cut there.
const TAIL: usize = 8;
/// The shortest secret that is looked for in the middle of other base64.
const WITHIN_BASE64: usize = 6;

/// One form of a secret, folded as [`folded`] folds a text.
pub struct Needle {
    form: Zeroizing<Vec<u8>>,
    head: usize,
    anywhere: bool,
    /// It shares its first and last character with what stands around it.
    is_base64: bool,
}

/// Bytes in which upper and lower case are the same, and a blank is what a query writes for it.
pub fn folded(bytes: &[u8]) -> Vec<u8> {
    let fold = |byte: &u8| match byte {
        b'+' => b' ',
        byte => byte.to_ascii_lowercase(),
    };
    bytes.iter().map(fold).collect()
}

/// Every form of `secret`.
pub fn needles(secret: &Secret) -> Vec<Needle> {
    let bytes = secret.reveal().as_bytes();
    if bytes.is_empty() {
        return Vec::new();
    }
    // A secret that holds escapes of its own is undone as the text around it is.
    let mut all: Vec<Needle> = readings(secret.reveal())
        .into_iter()
        .map(|reading| Needle::new(Zeroizing::new(reading.bytes), bytes.len() >= LONG))
        .collect();
    let whole = bytes.len() >= WITHIN_BASE64;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    all.push(Needle::new(Zeroizing::new(hex.into_bytes()), whole));
    for offset in 0..3 {
        if !whole && offset > 0 {
            break;
        }
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let mut padded = Zeroizing::new(vec![0; offset]);
            padded.extend_from_slice(bytes);
            let text = Zeroizing::new(engine.encode(padded.as_slice()));
            // The characters that hold bits of nothing but the secret.
            let start = (offset * 8).div_ceil(6);
            let end = match whole {
                true => padded.len() * 8 / 6,
                false => text.len(),
            };
            let own = text.as_bytes().get(start..end).unwrap_or_default();
            all.push(Needle {
                is_base64: whole,
                ..Needle::new(Zeroizing::new(own.to_vec()), whole)
            });
        }
    }
    all.retain(|needle| !needle.form.is_empty());
    all.sort_by(|one, two| one.form.cmp(&two.form));
    all.dedup_by(|one, two| one.form == two.form);
    all
}

impl Needle {
    fn new(form: Zeroizing<Vec<u8>>, anywhere: bool) -> Self {
        let form = Zeroizing::new(folded(&form));
        let head = match anywhere {
            true => form.len().min(HEAD),
            false => form.len(),
        };
        Self {
            form,
            head,
            anywhere,
            is_base64: false,
        }
    }

    fn head(&self) -> &[u8] {
        self.form.get(..self.head).unwrap_or_default()
    }

    /// Where it stands in `text`, which is folded: from where to where.
    pub fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        for start in memmem::find_iter(text, self.head()) {
            let rest = text.get(start..).unwrap_or_default();
            let length = rest
                .iter()
                .zip(self.form.iter())
                .take_while(|(a, b)| a == b);
            let mut place = (start, start + length.count());
            if self.is_base64 {
                place = widened(text, place);
            }
            if self.anywhere || is_alone(text, place) {
                found(place.0, place.1);
            }
        }
        if let Some(start) = self.cut_at_the_end_of(text) {
            found(start, text.len());
        }
    }

    /// Where a text begins to end in the beginning of this.
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

/// A place in base64 with the characters beside it that hold bits of it, and its padding.
fn widened(text: &[u8], (start, end): (usize, usize)) -> (usize, usize) {
    let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).copied();
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b" /-_".contains(&byte);
    let start = match byte(start.checked_sub(1)) {
        Some(before) if is_digit(before) && before != b' ' => start - 1,
        _ => start,
    };
    let mut end = end;
    if byte(Some(end)).is_some_and(|after| is_digit(after) && after != b' ') {
        end += 1;
    }
    while byte(Some(end)) == Some(b'=') {
        end += 1;
    }
    (start, end)
}

fn is_alone(text: &[u8], (start, end): (usize, usize)) -> bool {
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    !is_word(before) && !is_word(text.get(end))
}
