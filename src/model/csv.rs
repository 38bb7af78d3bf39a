//! Rows out of CSV that comes in pieces.
#![forbid(unsafe_code)]

use csv_core::{ReadFieldResult, Reader};

use super::json::push_quoted;

const MAX_FIELD_BYTES: usize = 64 << 10;
const MAX_ROW_BYTES: usize = 1 << 20;
const MAX_COLUMNS: usize = 1_000;

/// A file under way.
pub struct Rows {
    reader: Reader,
    /// The row under way: its fields as JSON, and how long they are.
    row: String,
    columns: usize,
    row_bytes: usize,
    field: Box<[u8]>,
    field_bytes: usize,
    /// Of the first row, which all others must have.
    expected: Option<usize>,
    line: usize,
    /// Whether what came last stands within quotes, which began in that line.
    is_quoted: bool,
    quoted_line: usize,
    last: u8,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            reader: Reader::new(),
            row: String::new(),
            columns: 0,
            row_bytes: 0,
            // Full, it is one byte too much.
            field: vec![0; MAX_FIELD_BYTES + 1].into_boxed_slice(),
            field_bytes: 0,
            expected: None,
            line: 1,
            is_quoted: false,
            quoted_line: 1,
            last: b'\n',
        }
    }
}

impl Rows {
    /// Takes the next piece, the empty one at the end. Tells the rows that are whole by now as JSON, a list of lists,
    /// and what is wrong with the row after them.
    pub fn read(&mut self, piece: &str) -> (String, Option<String>) {
        let mut rows = String::from("[");
        let fault = self.collect(piece, &mut rows).err();
        rows.push(']');
        (rows, fault)
    }

    fn collect(&mut self, piece: &str, rows: &mut String) -> Result<(), String> {
        if piece.is_empty() && self.is_quoted {
            return Err(format!(
                "line {} begins a field with a quote that nothing ends",
                self.quoted_line
            ));
        }
        self.follow_quotes(piece);
        let mut input = piece.as_bytes();
        // An empty input is the end of the file.
        while !input.is_empty() || piece.is_empty() {
            let room = self.field.get_mut(self.field_bytes..).unwrap_or_default();
            let (result, read, written) = self.reader.read_field(input, room);
            let (taken, rest) = input.split_at_checked(read).unwrap_or((input, &[]));
            input = rest;
            self.field_bytes += written;
            let line = self.line;
            self.line += memchr::memchr_iter(b'\n', taken).count();
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::End => break,
                ReadFieldResult::OutputFull => return Err(too_long(line)),
                ReadFieldResult::Field { record_end } => {
                    self.add_field(line)?;
                    if record_end {
                        // The end of a line belongs to it.
                        let line = self.line - usize::from(taken.ends_with(b"\n"));
                        self.add_row(line, rows)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A quote begins a quoted text at the start of a field, and goes on with one where it is doubled.
    fn follow_quotes(&mut self, piece: &str) {
        let mut line = self.line;
        for byte in piece.bytes() {
            if byte == b'"' && self.is_quoted {
                self.is_quoted = false;
            } else if byte == b'"' && matches!(self.last, b',' | b'\n' | b'\r' | b'"') {
                self.is_quoted = true;
                self.quoted_line = line;
            }
            line += usize::from(byte == b'\n');
            self.last = byte;
        }
    }

    fn add_field(&mut self, line: usize) -> Result<(), String> {
        if self.field_bytes > MAX_FIELD_BYTES {
            return Err(too_long(line));
        }
        self.columns += 1;
        self.row_bytes += self.field_bytes;
        if self.columns > MAX_COLUMNS {
            return Err(format!("line {line} has more than {MAX_COLUMNS} columns"));
        }
        if self.row_bytes > MAX_ROW_BYTES {
            return Err(format!("line {line} has more than {MAX_ROW_BYTES} bytes"));
        }
        let text = self.field.get(..self.field_bytes).unwrap_or_default();
        self.row.push(if self.columns == 1 { '[' } else { ',' });
        push_quoted(&mut self.row, &String::from_utf8_lossy(text));
        self.field_bytes = 0;
        Ok(())
    }

    fn add_row(&mut self, line: usize, rows: &mut String) -> Result<(), String> {
        let columns = std::mem::take(&mut self.columns);
        let expected = *self.expected.get_or_insert(columns);
        if columns != expected {
            return Err(format!(
                "line {line} has {columns} columns, and the first row has {expected}"
            ));
        }
        if rows.len() > 1 {
            rows.push(',');
        }
        rows.push_str(&self.row);
        rows.push(']');
        self.row.clear();
        self.row_bytes = 0;
        Ok(())
    }
}

fn too_long(line: usize) -> String {
    format!("line {line} has a field of more than {MAX_FIELD_BYTES} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What pieces of a length give, one after the other.
    fn read(text: &str, length: usize) -> (Vec<Vec<String>>, Option<String>) {
        let mut rows = Rows::default();
        let mut all = Vec::new();
        let characters: Vec<char> = text.chars().collect();
        let pieces = characters.chunks(length).map(String::from_iter);
        for piece in pieces.chain([String::new()]) {
            let (some, fault) = rows.read(&piece);
            all.extend(serde_json::from_str::<Vec<Vec<String>>>(&some).unwrap());
            if fault.is_some() {
                return (all, fault);
            }
        }
        (all, None)
    }

    #[test]
    fn however_it_is_cut_the_rows_are_the_same() {
        let text = "a,b\r\n1,\"x, \"\"y\"\"\nz\"\n\n,é\r\nlast,";
        let rows = [["a", "b"], ["1", "x, \"y\"\nz"], ["", "é"], ["last", ""]];
        for length in 1..=text.len() {
            let (read, fault) = read(text, length);
            assert_eq!(
                (read, fault),
                (
                    rows.map(|row| row.map(str::to_owned).to_vec()).to_vec(),
                    None
                ),
                "{length}"
            );
        }
        assert_eq!(read("", 1), (vec![], None));
        assert_eq!(read("\r\n\n", 1), (vec![], None));
    }

    #[test]
    fn a_row_of_another_length_is_told_by_its_line() {
        for (text, line) in [
            ("a,b\n1,2\n3\n", 3),
            ("a,b\r\n1,2\r\n3\r\n", 3),
            ("a,b\n1,2\n3", 3),
            ("a,b\n1,\"2\n2\"\n\n3,4,5\n6,7\n", 5),
        ] {
            for length in [1, 2, 100] {
                let (_, fault) = read(text, length);
                let fault = fault.unwrap_or_default();
                assert!(
                    fault.starts_with(&format!("line {line} has ")),
                    "{text:?}: {fault}"
                );
            }
        }
    }

    #[test]
    fn what_is_too_long_is_told() {
        let field = "x".repeat(MAX_FIELD_BYTES);
        let cases = [
            (format!("a\n{field}x\n"), "a field of more than 65536 bytes"),
            (
                format!("a\n{}", vec![field.as_str(); 17].join(",")),
                "more than 1048576 bytes",
            ),
            (",".repeat(1_000), "more than 1000 columns"),
        ];
        for (text, words) in cases {
            let (_, fault) = read(&text, 10_000);
            let fault = fault.unwrap_or_default();
            assert!(fault.contains(words), "{fault}");
        }
        let (_, fault) = read(&format!("a\n{field}"), 10_000);
        assert_eq!(fault, None);
        let (_, fault) = read(&format!("a\n{field}x"), 10_000);
        assert!(fault.unwrap_or_default().contains("65536"));
    }
}
