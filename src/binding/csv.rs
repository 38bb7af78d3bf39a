//! For `csv.js`: a CSV file that is read piece by piece.

use napi_derive::napi;

use crate::model::csv::Rows;
use crate::model::writer::Writer;

/// A file under way.
#[napi]
#[derive(Default)]
pub struct CsvReader {
    rows: Rows,
}

#[napi]
impl CsvReader {
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece, the empty one at the end: `{ rows, fault }` as JSON text.
    #[napi(skip_typescript, catch_unwind)]
    pub fn read(&mut self, piece: String) -> String {
        let (rows, fault) = self.rows.read(&piece);
        Writer::default()
            .json("rows", &rows)
            .or_null("fault", fault.as_deref())
            .done()
    }
}
