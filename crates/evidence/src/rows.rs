//! Tables as CSV: rows of named columns, in bounded memory, and refused when they were cut off.

use std::io::{self, Read};

use crate::limits::{Limits, short};
use crate::refusal::{Code, Place, Refusal, malformed, truncated};
use crate::source::{Source, broken, refusal_of};

/// The rows of a table, of which the first names the columns.
pub(crate) struct Rows<'r> {
    csv: csv::Reader<Whole<'r>>,
    columns: Vec<String>,
    record: csv::StringRecord,
}

/// One row.
pub(crate) struct Row<'r> {
    record: &'r csv::StringRecord,
    pub place: Place,
}

impl Row<'_> {
    /// The value in a column.
    pub fn get(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }
}

impl<'r> Rows<'r> {
    /// Reads the names of the columns. The delimiter is the one of `,`, `;`, `|` and the tab that parts most of them.
    pub fn open(source: Source<'r>, limits: &Limits, must_end: bool) -> Result<Self, Refusal> {
        let first = source.start();
        let first = first.get(..memchr::memchr(b'\n', first).unwrap_or(first.len())).unwrap_or_default();
        let delimiter = [b',', b';', b'\t', b'|']
            .into_iter()
            .rev()
            .max_by_key(|delimiter| memchr::memchr_iter(*delimiter, first).count())
            .unwrap_or(b',');
        let whole = Whole { source, limit: limits.token, line: 0, open: false, last: b'\n', must_end };
        let mut csv = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(whole);
        let mut record = csv::StringRecord::new();
        if !csv.read_record(&mut record).map_err(|error| refused(&error))? {
            return Err(Refusal::new(Code::Empty, "the table is empty"));
        }
        let columns: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
        Ok(Self { csv, columns, record })
    }

    /// The column of a name; the first of several.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// How many columns have a name.
    pub fn named(&self, name: &str) -> usize {
        self.columns.iter().filter(|column| *column == name).count()
    }

    /// The names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(String::as_str)
    }

    /// The next row. Every row has as many columns as there are names.
    pub fn next(&mut self) -> Result<Option<Row<'_>>, Refusal> {
        if !self.csv.read_record(&mut self.record).map_err(|error| refused(&error))? {
            return Ok(None);
        }
        let place = self.record.position().map_or_else(Place::default, |position| Place {
            line: position.line(),
            column: None,
            offset: Some(position.byte()),
        });
        Ok(Some(Row { record: &self.record, place }))
    }
}

fn refused(error: &csv::Error) -> Refusal {
    let place = error.position().map(|position| Place {
        line: position.line(),
        column: None,
        offset: Some(position.byte()),
    });
    let refusal = match error.kind() {
        csv::ErrorKind::Io(error) => refusal_of(error),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            malformed(format!("the row has {len} columns, and the table has {expected_len}"))
        }
        csv::ErrorKind::Utf8 { .. } => malformed("the row is no text"),
        _ => malformed(format!("the table cannot be read: {}", short(&error.to_string()))),
    };
    match place {
        Some(place) => refusal.at(place),
        None => refusal,
    }
}

/// Hands a table on, and refuses it when it ends within a quoted value or a line, or when one row is beyond all measure.
struct Whole<'r> {
    source: Source<'r>,
    limit: usize,
    line: usize,
    open: bool,
    last: u8,
    must_end: bool,
}

impl Read for Whole<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let place = self.source.place();
        let length = self.source.read(out)?;
        let bytes = out.get(..length).unwrap_or_default();
        if bytes.is_empty() {
            if self.open {
                return Err(broken(truncated("the table ends within a quoted value").at(place)));
            }
            if self.last != b'\n' && self.must_end {
                return Err(broken(
                    truncated("the last row does not end: the file was cut off there").at(place),
                ));
            }
            return Ok(0);
        }
        for byte in bytes {
            match byte {
                b'"' => self.open = !self.open,
                b'\n' if !self.open => self.line = 0,
                _ => {}
            }
            self.line += 1;
            self.last = *byte;
        }
        if self.line > self.limit {
            return Err(broken(
                Refusal::new(Code::TooLarge, format!("a row is longer than {} bytes", self.limit)).at(place),
            ));
        }
        Ok(length)
    }
}
