//! Strings beyond all measure are refused before the parser holds them.

use std::io::{self, Read};

use crate::refusal::{Code, Refusal};
use crate::source::{Source, broken};

/// Hands a JSON text on, and refuses it when a string is longer than the limit.
pub(super) struct Guard<'r> {
    source: Source<'r>,
    limit: usize,
    /// The length of the open string so far.
    open: Option<usize>,
    escaped: bool,
}

impl<'r> Guard<'r> {
    pub const fn new(source: Source<'r>, limit: usize) -> Self {
        Self { source, limit, open: None, escaped: false }
    }

    fn look(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let used = match self.open {
                None => match memchr::memchr(b'"', bytes) {
                    None => return Ok(()),
                    Some(quote) => {
                        self.open = Some(0);
                        quote + 1
                    }
                },
                Some(length) if self.escaped => {
                    self.escaped = false;
                    self.open = Some(length + 1);
                    1
                }
                Some(length) => match memchr::memchr2(b'"', b'\\', bytes) {
                    None => {
                        self.open = Some(length + bytes.len());
                        bytes.len()
                    }
                    Some(at) => {
                        self.escaped = bytes.get(at) == Some(&b'\\');
                        self.open = (self.escaped || length + at > self.limit).then_some(length + at + 1);
                        at + 1
                    }
                },
            };
            if self.open.is_some_and(|length| length > self.limit) {
                return Err(broken(Refusal::new(Code::TooLarge, format!("a string is longer than {} bytes", self.limit))));
            }
            bytes = bytes.get(used..).unwrap_or_default();
        }
        Ok(())
    }
}

impl Read for Guard<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(out)?;
        self.look(out.get(..length).unwrap_or_default())?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use crate::limits::Limits;
    use crate::refusal::Code;
    use crate::source::Source;

    #[test]
    fn long_strings_are_refused_and_long_lists_are_not() {
        let limits = Limits { token: 1000, ..Limits::default() };
        let read = |text: String| {
            let mut bytes = text.as_bytes();
            let source = Source::open(&mut bytes, &limits).unwrap();
            crate::json::read(source, &limits, std::marker::PhantomData::<serde::de::IgnoredAny>).err().map(|r| r.code)
        };
        assert_eq!(read(format!("[{}1]", "\"\\\"a\", ".repeat(10_000))), None);
        assert_eq!(read(format!("[\"{}\"]", "a".repeat(999))), None);
        assert_eq!(read(format!("[\"{}\"]", "a".repeat(1001))), Some(Code::TooLarge));
        assert_eq!(read(format!("[\"{}\"]", "\\\"".repeat(501))), Some(Code::TooLarge));
    }
}
