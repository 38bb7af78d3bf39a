//! The merchant's own reference, in the form that a gateway can carry.
#![forbid(unsafe_code)]

use ring::digest;

/// Which references a gateway carries as they are.
#[derive(Clone, Copy, Debug)]
pub struct Carries {
    /// The most characters, at least [`MADE`].
    pub longest: usize,
    /// The characters beside ASCII letters and digits.
    pub signs: &'static str,
    /// What none may hold, though each of its characters may stand alone.
    pub never: Option<&'static str>,
}

/// Characters of a reference that is made from another: the start of that one, then its hash.
pub const MADE: usize = 20;
const START: usize = 5;
/// Digits and capital letters without those that are taken for one another.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Carries {
    pub fn fits(&self, reference: &str) -> bool {
        let known = |c: char| c.is_ascii_alphanumeric() || self.signs.contains(c);
        (1..=self.longest).contains(&reference.len())
            && reference.chars().all(known)
            && self.never.is_none_or(|never| !reference.contains(never))
    }

    /// The reference that the gateway is given: `reference` itself or, where it cannot be carried, one made from it.
    /// The same always makes the same, and two never make one: 75 bits of its SHA-256 tell it from all others.
    pub fn carried(&self, reference: &str) -> String {
        match self.fits(reference) {
            true => reference.to_owned(),
            false => made(reference),
        }
    }

    /// The same where any characters may stand: only what is too long goes out as another.
    pub fn shortened(&self, reference: &str) -> String {
        match reference.len() <= self.longest {
            true => reference.to_owned(),
            false => made(reference),
        }
    }
}

/// Whether a gateway was given `told` in place of the merchant's `own` reference.
pub fn is_made_from(told: &str, own: &str) -> bool {
    told == made(own)
}

fn made(reference: &str) -> String {
    let plain = reference.chars().filter(char::is_ascii_alphanumeric);
    let mut made: String = plain.take(START).collect();
    let hash = digest::digest(&digest::SHA256, reference.as_bytes());
    let bits = hash.as_ref().iter().flat_map(|byte| {
        let byte = *byte;
        (0..8).rev().map(move |bit| usize::from(byte >> bit & 1))
    });
    let bits: Vec<_> = bits.collect();
    let digits = bits.chunks_exact(5).map(|five| {
        let digit = five.iter().fold(0, |sum, bit| sum * 2 + bit);
        char::from(ALPHABET.get(digit).copied().unwrap_or(b'0'))
    });
    let missing = MADE - made.len();
    made.extend(digits.take(missing));
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARRIES: Carries = Carries {
        longest: 20,
        signs: "",
        never: None,
    };

    #[test]
    fn what_fits_goes_as_it_is() {
        for fits in ["A", "ORDER1", "12345678901234567890"] {
            assert_eq!(CARRIES.carried(fits), fits);
        }
    }

    #[test]
    fn what_none_may_hold_does_not_fit() {
        let carries = Carries {
            signs: "-",
            never: Some("--"),
            ..CARRIES
        };
        assert!(carries.fits("A-B-C") && !carries.fits("A--B"));
        assert!(carries.fits(&carries.carried("A--B")));
    }

    #[test]
    fn what_does_not_fit_has_always_the_same_other_one() {
        assert_eq!(CARRIES.carried("BOOKING-17"), "BOOKISXZSZMHMW3C13F1");
        for long in ["BOOKING-17", "é", "-", "123456789012345678901", " A"] {
            let made = CARRIES.carried(long);
            assert!(CARRIES.fits(&made) && made.len() == MADE, "{made}");
            assert_eq!(made, CARRIES.carried(long));
            assert!(is_made_from(&made, long) && !is_made_from(&made, "OTHER-1"));
        }
        assert_ne!(CARRIES.carried("BOOKING-17"), CARRIES.carried("BOOKING_17"));
    }
}
