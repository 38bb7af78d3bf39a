//! Amounts: the grammar, and equality, by whole numbers; what is to be paid keeps its value and its form.

use std::cmp::Ordering;

use crate::model::json::quote;
use crate::model::money::{Amount, decimals, parse_amount};

const LONGEST: usize = 100;

/// `one` and `two` parse exactly when they are decimals, and are equal exactly when their numbers are.
pub fn holds(one: &str, two: &str) {
    for currency in ["TZS", "KES", two] {
        payable(&quote(one), one, currency);
        payable(one, one, currency);
    }
    let parsed = [one, two].map(Amount::parse);
    let reference = [one, two].map(Decimal::parse);
    for ((text, amount), decimal) in [one, two].into_iter().zip(&parsed).zip(&reference) {
        assert_eq!(amount.is_some(), decimal.is_some(), "{text:?}");
        if let (Some(amount), Some(decimal)) = (amount, decimal) {
            let shown = amount.to_string();
            // An exponent may take the digits beyond what is read at all.
            let readable = (shown.len() <= LONGEST).then_some(amount);
            assert_eq!(Amount::parse(&shown).as_ref(), readable, "{text:?}");
            let read_back = Decimal::read(&shown).expect("a decimal");
            assert!(read_back.equals(decimal), "{text:?} is not {shown}");
        }
    }
    if let ([Some(a), Some(b)], [Some(x), Some(y)]) = (&parsed, &reference) {
        assert_eq!(a == b, x.equals(y), "{one:?} {two:?}");
    }
}

/// `value`, JSON text of the decimal `text`, is an amount to be paid only where its number is one.
fn payable(value: &str, text: &str, currency: &str) {
    let Ok(amount) = parse_amount(value, currency) else {
        return;
    };
    assert_eq!(
        parse_amount(&quote(&amount), currency).as_ref(),
        Ok(&amount)
    );
    let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
    assert!(
        whole.len() <= 15 && fraction.len() <= decimals(currency),
        "{value:?}: {amount}"
    );
    assert!(
        amount.contains(|digit| ('1'..='9').contains(&digit)),
        "{value:?}: {amount}"
    );
    // An object and a text in quotes name their amount themselves.
    if !text.contains(['{', '"']) {
        let decimal = Decimal::parse(text).expect("a decimal");
        assert!(
            Decimal::read(&amount).expect("a decimal").equals(&decimal),
            "{value:?}: {amount}"
        );
    }
}

/// `± digits × 10^exponent`.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() <= LONGEST).then(|| Self::read(text))?
    }

    fn read(text: &str) -> Option<Self> {
        let mut rest = text.bytes().peekable();
        let negative = rest.next_if_eq(&b'-').is_some();
        let mut digits = Vec::new();
        while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
            digits.push(digit - b'0');
        }
        if digits.is_empty() {
            return None;
        }
        let whole = digits.len();
        if rest.next_if_eq(&b'.').is_some() {
            while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
                digits.push(digit - b'0');
            }
            if digits.len() == whole {
                return None;
            }
        }
        let mut exponent = 0_i64;
        if rest.next_if(|byte| matches!(byte, b'e' | b'E')).is_some() {
            let down = rest.peek() == Some(&b'-');
            rest.next_if(|byte| matches!(byte, b'-' | b'+'));
            rest.peek()?;
            while let Some(digit) = rest.next_if(u8::is_ascii_digit) {
                exponent = (exponent * 10 + i64::from(digit - b'0')).min(i64::from(i32::MAX) + 1);
            }
            if exponent > 60 {
                return None;
            }
            if down {
                exponent = -exponent;
            }
        }
        let decimals = i64::try_from(digits.len() - whole).ok()?;
        rest.next().is_none().then_some(Self {
            negative,
            digits,
            exponent: exponent - decimals,
        })
    }

    fn equals(&self, other: &Self) -> bool {
        let low = self.exponent.min(other.exponent);
        let (one, two) = (self.whole_from(low), other.whole_from(low));
        let same_sign = self.negative == other.negative || one.is_empty();
        one.cmp(&two) == Ordering::Equal && same_sign
    }

    /// The digits of the whole number `self / 10^low`, without leading zeros.
    fn whole_from(&self, low: i64) -> Vec<u8> {
        let zeros = usize::try_from(self.exponent - low).expect("the lower exponent");
        let all = self.digits.iter().copied();
        all.chain(std::iter::repeat_n(0, zeros))
            .skip_while(|digit| *digit == 0)
            .collect()
    }
}
