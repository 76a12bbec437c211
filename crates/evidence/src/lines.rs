//! Text that is read line by line.

use std::io::BufRead;

use crate::refusal::{Code, Place, Refusal, truncated};
use crate::source::{Source, refusal_of};

/// The lines of a text. The last one must end too: a line that does not may have been cut off.
pub(crate) struct Lines<'r> {
    source: Source<'r>,
    line: Vec<u8>,
    limit: usize,
    place: Place,
}

impl<'r> Lines<'r> {
    pub const fn new(source: Source<'r>, limit: usize) -> Self {
        let place = source.place();
        Self { source, line: Vec::new(), limit, place }
    }

    /// The next line, without its end and without white space around it, and where it stands.
    pub fn next(&mut self) -> Result<Option<(&str, Place)>, Refusal> {
        self.line.clear();
        self.place = self.source.place();
        loop {
            let bytes = self.source.fill_buf().map_err(|error| refusal_of(&error).at(self.place))?;
            if bytes.is_empty() {
                if self.line.is_empty() {
                    return Ok(None);
                }
                return Err(
                    truncated("the last line does not end: the file was cut off there").at(self.place)
                );
            }
            let end = memchr::memchr(b'\n', bytes);
            let taken = end.map_or(bytes.len(), |end| end + 1);
            self.line.extend_from_slice(bytes.get(..taken).unwrap_or_default());
            self.source.consume(taken);
            if self.line.len() > self.limit {
                return Err(Refusal::new(
                    Code::TooLarge,
                    format!("a line is longer than {} bytes", self.limit),
                )
                .at(self.place));
            }
            if end.is_some() {
                return Ok(Some((std::str::from_utf8(&self.line).unwrap_or_default().trim(), self.place)));
            }
        }
    }
}
