//! Amounts compared as decimals: `"1000"` = `1000` = `"1000.00"`, with no floating point between.
#![forbid(unsafe_code)]

/// A decimal number in its one shortest form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    negative: bool,
    /// The digits before the point, without leading zeros.
    whole: String,
    /// The digits after the point, without trailing zeros.
    fraction: String,
}

/// An exponent beyond this is no amount of money; bounding it bounds the digits.
const MAX_EXPONENT: i32 = 60;
const MAX_TEXT: usize = 100;

impl Amount {
    /// A JSON number's text, or a string of the same grammar with blanks around it. `None` for
    /// anything else: `1,000` and `TZS 5` are not decimals.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return None;
        }
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
            None => (unsigned, 0_i32),
        };
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return None;
        }
        let (whole, fraction) = shifted(whole, fraction, exponent);
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self {
            negative: negative && !zero,
            whole,
            fraction,
        })
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() {
            "0"
        } else {
            &self.whole
        };
        match self.fraction.as_str() {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

/// The digits on both sides of the point after moving it by `exponent` to the right.
fn shifted(whole: &str, fraction: &str, exponent: i32) -> (String, String) {
    let mut left: Vec<char> = whole.chars().collect();
    let mut right: std::collections::VecDeque<char> = fraction.chars().collect();
    for _ in 0..exponent.unsigned_abs() {
        if exponent > 0 {
            left.push(right.pop_front().unwrap_or('0'));
        } else {
            right.push_front(left.pop().unwrap_or('0'));
        }
    }
    (left.into_iter().collect(), right.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Amount::parse(text).map(|amount| amount.to_string())
    }

    #[test]
    fn one_amount_has_one_form() {
        for text in [
            "1000", "1000.00", "01000", "1e3", "1.000E3", "10000e-1", " 1000 ", "0.1e4",
        ] {
            assert_eq!(shown(text).as_deref(), Some("1000"), "{text}");
        }
        for (text, form) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.00", "0"),
            ("-1.50", "-1.5"),
            ("0.05", "0.05"),
            ("5e-3", "0.005"),
            ("1e21", "1000000000000000000000"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(form), "{text}");
        }
    }

    #[test]
    fn near_is_not_equal() {
        for (a, b) in [
            ("1000", "1000.01"),
            ("0.1", "0.10000000000000001"),
            ("9007199254740993", "9007199254740992"),
            ("1", "-1"),
        ] {
            assert_ne!(Amount::parse(a), Amount::parse(b));
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_none() {
        for text in [
            "", "-", ".", "1.", ".5", "1,000", "TZS 5", "0x10", "NaN", "Infinity", "1e", "1e999",
            "--1", "+1", "1 000", "１",
        ] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
        assert_eq!(Amount::parse(&"9".repeat(101)), None);
    }
}
