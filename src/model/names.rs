//! Names that the caller wrote and the library does not know.
#![forbid(unsafe_code)]

use super::text::one_line;

/// The most of an unknown name that a message repeats, in characters.
const MAX_SHOWN: usize = 64;
/// The longest name that is searched for among the known ones, in bytes.
const MAX_COMPARED: usize = 128;
/// Changes that still make a misspelling.
const MAX_CHANGES: usize = 4;

/// Says that `what` `name` is none of `known`, with the nearest one where it seems to be meant.
pub fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let shown = one_line(name, MAX_SHOWN);
    let meant = match nearest(name, known) {
        Some(near) => format!(" Did you mean {near}?"),
        None => String::new(),
    };
    format!(
        "{what} {shown}, which does not exist; there are {}.{meant}",
        known.join(", ")
    )
}

/// The known name with the fewest changes, without regard to case.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if name.len() > MAX_COMPARED {
        return None;
    }
    let plain = |text: &str| text.to_ascii_lowercase();
    let changes = |other: &&&str| distance(plain(name).as_bytes(), plain(other).as_bytes());
    let near = known.iter().min_by_key(changes)?;
    let allowed = MAX_CHANGES.min(name.len() / 2);
    (changes(&near) <= allowed).then_some(*near)
}

/// Levenshtein's distance.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let replaced = diagonal + usize::from(x != y);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_no_far_one() {
        let known = ["amount", "currency", "reference", "transactionId"];
        for (name, near) in [
            ("refrence", Some("reference")),
            ("amout", Some("amount")),
            ("Amount", Some("amount")),
            ("transaction_id", Some("transactionId")),
            ("customer", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(name, &known), near, "{name}");
        }
        assert_eq!(nearest(&"x".repeat(1 << 20), &known), None);
        assert_eq!(nearest("amount", &[]), None);
    }

    #[test]
    fn a_refusal_names_what_there_is() {
        assert_eq!(
            unknown("expect has", "refrence", &["amount", "reference"]),
            "expect has refrence, which does not exist; there are amount, reference. Did you mean reference?"
        );
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!(distance(b"", b"abc"), 3);
    }
}
