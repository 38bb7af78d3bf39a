//! Phone numbers and card numbers as they may be shown: `2557****5678`.
#![forbid(unsafe_code)]

use std::ops::Range;

/// A run of at least this many digits may be somebody's number.
const SHORTEST: usize = 9;
const SHOWN: usize = 4;

/// An account as the gateway gives it, which may be masked in part already.
pub fn mask(account: &str) -> String {
    let digits: String = account.chars().filter(char::is_ascii_digit).collect();
    let tail = digits.len().saturating_sub(SHOWN);
    match (digits.get(..SHOWN), digits.get(tail..)) {
        (Some(head), Some(tail)) if digits.len() >= 2 * SHOWN => [head, "****", tail].concat(),
        _ => "****".to_owned(),
    }
}

/// `text` with every run of nine or more digits masked.
pub fn mask_within(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        flush(&mut run, &mut shown);
        shown.push(c);
    }
    flush(&mut run, &mut shown);
    shown
}

fn flush(run: &mut String, shown: &mut String) {
    if run.len() >= SHORTEST {
        shown.push_str(&mask(run));
    } else {
        shown.push_str(run);
    }
    run.clear();
}

/// The digits of a telephone number or account that are the same however it is written: without country
/// code and leading zero. `None` where it is too short to be somebody's, or no number.
pub fn national(account: &str) -> Option<String> {
    if account.contains(char::is_alphabetic) {
        return None;
    }
    let digits: Vec<char> = account.chars().filter(char::is_ascii_digit).collect();
    let skipped = match digits.len() {
        0..NATIONAL => return None,
        NATIONAL..=LONGEST_INTERNATIONAL => digits.len() - NATIONAL,
        _ => 0,
    };
    Some(digits.into_iter().skip(skipped).collect())
}

/// Digits of a number without country code and leading zero, in all of East Africa.
const NATIONAL: usize = 9;
const LONGEST_INTERNATIONAL: usize = 15;
/// What may stand between two digits of one number, at most so many of them.
const BETWEEN: &[u8] = b" +-.()/";
const MAX_BETWEEN: usize = 2;

/// How mobile numbers begin, with what may come next, and how many digits they have in all: those of Tanzania, Kenya,
/// Uganda, Rwanda, Malawi, Zambia, Zimbabwe and Burundi, and as each of them is dialled at home.
const MOBILE: &[(&str, &str, usize)] = &[
    ("255", "67", 12),
    ("254", "17", 12),
    ("256", "347", 12),
    ("250", "7", 12),
    ("265", "123789", 12),
    ("260", "579", 12),
    ("263", "7", 12),
    ("257", "67", 11),
    ("00255", "67", 14),
    ("00254", "17", 14),
    ("00256", "347", 14),
    ("00250", "7", 14),
    ("00265", "123789", 14),
    ("00260", "579", 14),
    ("00263", "7", 14),
    ("0", "156789", 10),
];
/// What may stand before a number of these countries, the longest first.
const CODES: &[&str] = &[
    "00255", "00254", "00256", "00250", "00265", "00260", "00263", "255", "254", "256", "250",
    "265", "260", "263", "257", "0",
];

/// A digit of a text, and where it stands.
struct Digit {
    value: char,
    at: usize,
    /// Whether the one before stands right before it.
    follows: bool,
}

/// Telephone numbers in a text, and how each may be shown: those of `accounts`, which [`national`] gave,
/// wherever they stand, and all that look like a mobile number and stand alone.
pub fn numbers(text: &[u8], accounts: &[String]) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut run: Vec<Digit> = Vec::new();
    let mut look_at = |run: &mut Vec<Digit>| {
        if run.len() >= SHORTEST {
            look(text, run, accounts, &mut found);
        }
        run.clear();
    };
    let mut between = 0;
    for (at, byte) in text.iter().enumerate() {
        if byte.is_ascii_digit() {
            let value = char::from(*byte);
            let follows = between == 0 && !run.is_empty();
            run.push(Digit { value, at, follows });
            between = 0;
        } else if !BETWEEN.contains(byte) || between == MAX_BETWEEN {
            look_at(&mut run);
            between = 0;
        } else {
            between += 1;
        }
    }
    look_at(&mut run);
    found
}

fn look(text: &[u8], run: &[Digit], accounts: &[String], found: &mut Vec<(Range<usize>, String)>) {
    let digits: String = run.iter().map(|digit| digit.value).collect();
    let mut add = |first: usize, count: usize| {
        let part = digits.get(first..first + count).unwrap_or_default();
        let place = run.get(first).zip(run.get(first + count - 1));
        if let Some((from, to)) = place {
            found.push((from.at..to.at + 1, mask(part)));
        }
    };
    for account in accounts {
        for (first, _) in digits.match_indices(account.as_str()) {
            let before = digits.get(..first).unwrap_or_default();
            let is_code = |code: &&str| before.ends_with(*code);
            let code = CODES.iter().find(|code| is_code(code));
            let code = code.map_or(0, |code| code.len());
            add(first - code, code + account.len());
        }
    }
    for first in (0..run.len()).filter(|at| run.get(*at).is_some_and(|digit| !digit.follows)) {
        if let Some(count) = mobile(text, run, digits.get(first..).unwrap_or_default(), first) {
            add(first, count);
        }
    }
}

/// How many digits the mobile number has that begins with the digit `first` of a run; `rest` are the
/// digits from there on.
fn mobile(text: &[u8], run: &[Digit], rest: &str, first: usize) -> Option<usize> {
    let count = MOBILE.iter().find_map(|(prefix, next, count)| {
        let is_next = rest.strip_prefix(prefix)?.starts_with(|c| next.contains(c));
        is_next.then_some(*count)
    })?;
    let last = run.get(first + count - 1)?;
    let is_word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let before = run
        .get(first)?
        .at
        .checked_sub(1)
        .and_then(|at| text.get(at));
    // A date has groups of two digits; nobody writes a number so.
    let group = run.get(first + 1..first + 3)?;
    let is_grouped = group.iter().all(|digit| digit.follows);
    (is_grouped && !is_word(before) && !is_word(text.get(last.at + 1))).then_some(count)
}

/// `text` with every telephone number masked that looks like a mobile one.
pub fn hide(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for (place, masked) in numbers(text.as_bytes(), &[]) {
        shown.push_str(text.get(at..place.start).unwrap_or_default());
        shown.push_str(&masked);
        at = place.end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobile_numbers_are_hidden_and_ids_are_not() {
        for (text, shown) in [
            (
                "Invalid phone number 255712345678",
                "Invalid phone number 2557****5678",
            ),
            ("+255 712 345 678 is busy", "+2557****5678 is busy"),
            (
                "0712-345-678, 0712 345678; 00254712345678.",
                "0712****5678, 0712****5678; 0025****5678.",
            ),
            ("254112345678 1000 TZS", "2541****5678 1000 TZS"),
            ("(255)712345678", "(2557****5678"),
            ("tel:0712345678", "tel:0712****5678"),
            ("265991234567, 260971234567", "2659****4567, 2609****4567"),
            (
                "00263771234567 or 0971234567",
                "0026****4567 or 0971****4567",
            ),
        ] {
            assert_eq!(hide(text), shown, "{text}");
        }
        for text in [
            "123456789012",
            "2557123456789",
            "0712345678901",
            "1712345678901",
            "ORDER-25571234567",
            "x0712345678",
            "0712345678x",
            "2026-07-12 103015.123",
            "255112345678",
            "order 07 12345678",
            "1,000.00",
            "712345678",
            "",
        ] {
            assert_eq!(hide(text), text);
        }
    }

    #[test]
    fn known_numbers_are_found_however_they_are_written() {
        let known = [national("+255 712 345 678").unwrap()];
        assert_eq!(known, ["712345678"]);
        let found = |text: &str| -> Vec<String> {
            let places = numbers(text.as_bytes(), &known);
            places
                .into_iter()
                .map(|(place, _)| text.get(place).unwrap().to_owned())
                .collect()
        };
        for (text, number) in [
            ("ORDER255712345678x", "255712345678"),
            ("712345678", "712345678"),
            ("no 71-23-45-678!", "71-23-45-678"),
            ("+255 (712) 345678", "255 (712) 345678"),
            ("99712345678", "712345678"),
        ] {
            assert!(
                found(text).contains(&number.to_owned()),
                "{text}: {:?}",
                found(text)
            );
        }
        assert!(found("712345679 and 71234 5679").is_empty());
        for other in ["12345678", "2547xxx56689", "", "none"] {
            assert_eq!(national(other), None);
        }
        assert_eq!(
            national("12345678901234567").as_deref(),
            Some("12345678901234567")
        );
    }

    #[test]
    fn an_account_shows_four_digits_at_each_end() {
        assert_eq!(mask("255712345678"), "2557****5678");
        assert_eq!(mask("+255 712 345 678"), "2557****5678");
        assert_eq!(mask("0712345678"), "0712****5678");
        assert_eq!(mask("2547xxx56689"), "2547****6689");
        assert_eq!(mask("476173**0010"), "4761****0010");
        for short in ["", "1234567", "none"] {
            assert_eq!(mask(short), "****");
        }
    }

    #[test]
    fn numbers_within_a_text_are_masked() {
        assert_eq!(
            mask_within("/payments/255712345678/x"),
            "/payments/2557****5678/x"
        );
        assert_eq!(
            mask_within("ORDER-12345678 at 10:00"),
            "ORDER-12345678 at 10:00"
        );
        assert_eq!(mask_within("712345678"), "7123****5678");
    }
}
