//! Bytes as hexadecimal digits.
#![forbid(unsafe_code)]

/// Two lower-case digits a byte. The text is made in one piece, so that no copy of it is left behind.
pub fn encode(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or('0');
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        hex.push(digit(byte >> 4));
        hex.push(digit(byte & 15));
    }
    hex
}

/// The bytes of digits in either case; `None` of anything else.
pub fn decode(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        let digit = char::from(*byte).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_and_what_is_no_hex_does_not() {
        let bytes = [0x00, 0x0f, 0xa0, 0xff];
        assert_eq!(encode(&bytes), "000fa0ff");
        assert_eq!(decode("000FA0fF").as_deref(), Some(bytes.as_slice()));
        for text in ["0", "0g", "00 ", "é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
