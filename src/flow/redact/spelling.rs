//! Text as it reads once its escapes are undone: JSON's, a URL's, HTML's, each over the other.
#![forbid(unsafe_code)]

/// Escapes over escapes that are undone; deeper ones are nobody's echo.
const MAX_LAYERS: usize = 4;

/// One reading of a text: its bytes, and where in the text each comes from.
pub struct Unescaped {
    pub bytes: Vec<u8>,
    /// Empty where every byte stands for itself.
    places: Vec<(u32, u32)>,
}

impl Unescaped {
    /// The text's place of the bytes from `start` to `end`.
    pub fn place(&self, start: usize, end: usize) -> (usize, usize) {
        let at = |index: usize| {
            let own = (index, index + 1);
            let place = self.places.get(index).copied();
            place.map_or(own, |(from, to)| (from as usize, to as usize))
        };
        match end.checked_sub(1) {
            Some(last) if start <= last => (at(start).0, at(last).1),
            _ => (start, start),
        }
    }

    /// The reading with one more layer of escapes undone; `None` where there are none.
    fn undone(&self, undo: Undo) -> Option<Self> {
        memchr::memchr3(b'\\', b'%', b'&', &self.bytes)?;
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut places = Vec::with_capacity(self.bytes.len());
        let (mut at, mut changed) = (0, false);
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let (decoded, length) = match undo(rest) {
                Some((c, length)) => (c, length),
                None => (Undone::Byte(rest.first().copied().unwrap_or_default()), 1),
            };
            changed |= length > 1;
            let place = self.place(at, at + length);
            let place = (narrow(place.0), narrow(place.1));
            let mut push = |byte| {
                bytes.push(byte);
                places.push(place);
            };
            match decoded {
                Undone::Byte(byte) => push(byte),
                Undone::Char(c) => c.encode_utf8(&mut [0; 4]).bytes().for_each(push),
            }
            at += length;
        }
        changed.then_some(Self { bytes, places })
    }
}

fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Every reading of `text`, from the text itself on. What is JSON is first read as nothing else.
pub fn readings(text: &str) -> Vec<Unescaped> {
    let mut all = vec![Unescaped {
        bytes: text.as_bytes().to_vec(),
        places: Vec::new(),
    }];
    let strings = all.first().and_then(|reading| reading.undone(backslash));
    all.extend(strings);
    for _ in 1..MAX_LAYERS {
        let Some(next) = all.last().and_then(|reading| reading.undone(any)) else {
            break;
        };
        all.push(next);
    }
    all
}

enum Undone {
    Byte(u8),
    Char(char),
}

/// What the bytes begin with, and how many it takes; `None` where that is no escape.
type Undo = fn(&[u8]) -> Option<(Undone, usize)>;

fn any(bytes: &[u8]) -> Option<(Undone, usize)> {
    match bytes.first()? {
        b'\\' => backslash(bytes),
        b'%' => percent(bytes),
        b'&' => entity(bytes),
        _ => None,
    }
}

/// `\/`, `\n`, `\x2f`, `\u002f`. Half a surrogate pair is no part of a secret.
fn backslash(bytes: &[u8]) -> Option<(Undone, usize)> {
    if *bytes.first()? != b'\\' {
        return None;
    }
    let plain = |byte| Some((Undone::Byte(byte), 2));
    match bytes.get(1)? {
        b'n' => plain(b'\n'),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        b'b' => plain(8),
        b'f' => plain(12),
        b'x' => Some((character(hex(bytes.get(2..4)?)?), 4)),
        b'u' => Some((character(hex(bytes.get(2..6)?)?), 6)),
        byte @ (b'"' | b'\\' | b'/' | b'\'' | b'`') => plain(*byte),
        _ => None,
    }
}

fn percent(bytes: &[u8]) -> Option<(Undone, usize)> {
    let byte = u8::try_from(hex(bytes.get(1..3)?)?).ok()?;
    Some((Undone::Byte(byte), 3))
}

/// `&amp;`, `&#47;`, `&#x2F;`, the numbers with or without the semicolon.
fn entity(bytes: &[u8]) -> Option<(Undone, usize)> {
    let rest = bytes.get(1..)?;
    if rest.first() == Some(&b'#') {
        let (radix, digits) = match rest.get(1)? {
            b'x' | b'X' => (16, rest.get(2..)?),
            _ => (10, rest.get(1..)?),
        };
        let skipped = bytes.len() - digits.len();
        let count = digits
            .iter()
            .take(7)
            .take_while(|byte| (**byte as char).is_digit(radix))
            .count();
        let number = std::str::from_utf8(digits.get(..count)?).ok()?;
        let number = u32::from_str_radix(number, radix).ok()?;
        let semicolon = usize::from(digits.get(count) == Some(&b';'));
        return Some((character(number), skipped + count + semicolon));
    }
    let length = rest.iter().take(8).position(|byte| *byte == b';')?;
    let name = rest.get(..length)?;
    let (_, byte) = ENTITIES
        .iter()
        .find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(name))?;
    Some((Undone::Byte(*byte), length + 2))
}

fn character(number: u32) -> Undone {
    Undone::Char(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
}

fn hex(digits: &[u8]) -> Option<u32> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(text, 16).ok()
}

/// HTML's names for what ASCII prints.
const ENTITIES: &[(&str, u8)] = &[
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("nbsp", b' '),
    ("sol", b'/'),
    ("plus", b'+'),
    ("equals", b'='),
    ("hyphen", b'-'),
    ("dash", b'-'),
    ("lowbar", b'_'),
    ("colon", b':'),
    ("semi", b';'),
    ("period", b'.'),
    ("comma", b','),
    ("num", b'#'),
    ("percnt", b'%'),
    ("dollar", b'$'),
    ("commat", b'@'),
    ("quest", b'?'),
    ("excl", b'!'),
    ("ast", b'*'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("lsqb", b'['),
    ("rsqb", b']'),
    ("lbrack", b'['),
    ("rbrack", b']'),
    ("lcub", b'{'),
    ("rcub", b'}'),
    ("lbrace", b'{'),
    ("rbrace", b'}'),
    ("bsol", b'\\'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("hat", b'^'),
    ("grave", b'`'),
    ("newline", b'\n'),
    ("tab", b'\t'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn last(text: &str) -> String {
        let all = readings(text);
        String::from_utf8_lossy(&all.last().unwrap().bytes).into_owned()
    }

    #[test]
    fn escapes_are_undone_also_over_each_other() {
        for spelt in [
            "a/b",
            r"a\/b",
            r"a\u002Fb",
            r"a\x2fb",
            "a%2Fb",
            "a%2fb",
            "a&#x2F;b",
            "a&#47;b",
            "a&#47b",
            "a&sol;b",
            "a%252Fb",
            "a&amp;#x2F;b",
            r"a\\u002fb",
            r"\u0061%5C/b",
            "%61%26%23x2F%3Bb",
        ] {
            assert_eq!(last(spelt), "a/b", "{spelt}");
        }
        assert_eq!(last("caf%C3%A9 caf\\u00e9 caf&#233;"), "café café café");
        for plain in [
            "100% & more",
            "a&b;",
            "%zz",
            r"\q",
            "&#;",
            "&#x;",
            "\\",
            "%",
            "&",
            "é%",
        ] {
            assert_eq!(last(plain), plain);
        }
    }

    #[test]
    fn every_byte_knows_its_place() {
        let text = "é%41&amp;\\u00e9z";
        let all = readings(text);
        let reading = all.last().unwrap();
        assert_eq!(reading.bytes, "éA&éz".as_bytes());
        assert_eq!(reading.place(2, 3), (2, 5), "the A");
        assert_eq!(reading.place(3, 4), (5, 10), "the ampersand");
        assert_eq!(reading.place(4, 6), (10, 16), "the é");
        assert_eq!(reading.place(6, 7), (16, 17), "the z");
    }
}
