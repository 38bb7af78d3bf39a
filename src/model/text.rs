//! Texts of others, made fit for a line of ours.
#![forbid(unsafe_code)]

/// The beginning of `text`: as many whole characters as fit into `max` bytes.
pub fn beginning(text: &str, max: usize) -> &str {
    let whole = |end: &usize| text.is_char_boundary(*end);
    let end = (0..=max.min(text.len())).rev().find(whole);
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// `text` with every run of blanks and control characters as one blank, cut to `max` characters.
pub fn one_line(text: &str, max: usize) -> String {
    let mut line = String::new();
    let mut taken = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = taken > 0;
            continue;
        }
        taken += 1 + usize::from(gap);
        if taken > max {
            line.push('…');
            return line;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(c);
    }
    line
}

/// `text` as a message repeats it: with its blanks, so that one that breaks a rule is seen; cut to `max` characters.
pub fn excerpt(text: &str, max: usize) -> String {
    let mut shown: String = text.chars().take(max).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(beginning("aéb", 2), "a");
        assert_eq!(beginning("aéb", 3), "aé");
        assert_eq!(beginning("aéb", 9), "aéb");
    }

    #[test]
    fn an_excerpt_keeps_its_blanks() {
        assert_eq!(excerpt(" a\n b ", 10), " a  b ");
        assert_eq!(excerpt("abcd", 3), "abc…");
        assert_eq!(excerpt("", 3), "");
    }

    #[test]
    fn a_line_is_one_line_and_no_longer_than_asked() {
        assert_eq!(one_line("  a \r\n\tb\u{0}c  ", 10), "a b c");
        assert_eq!(one_line("abc", 3), "abc");
        assert_eq!(one_line("abcd", 3), "abc…");
        assert_eq!(one_line("ab cd", 3), "ab…");
        assert_eq!(one_line("", 3), "");
    }
}
