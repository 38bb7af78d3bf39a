//! Phone numbers and card numbers as they may be shown: `2557****5678`.
#![forbid(unsafe_code)]

/// From so many digits on a run of them may be somebody's number.
const SHORTEST: usize = 9;
const SHOWN: usize = 4;

/// An account as the gateway gives it, which may be masked in part already.
pub fn mask(account: &str) -> String {
    let digits: Vec<char> = account.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 2 * SHOWN {
        return "****".to_owned();
    }
    let head: String = digits.iter().take(SHOWN).collect();
    let tail: String = digits.iter().skip(digits.len() - SHOWN).collect();
    format!("{head}****{tail}")
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

#[cfg(test)]
mod tests {
    use super::*;

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
