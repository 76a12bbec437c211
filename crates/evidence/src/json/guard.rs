//! Strings beyond all measure, and nesting without end, are refused before the parser holds them.

use std::io::{self, Read};

use crate::limits::Limits;
use crate::refusal::{Code, Refusal};
use crate::source::{Source, broken};

/// How deep the parser itself goes.
const DEPTH: usize = 127;

/// Hands a JSON text on, and refuses it when a string is longer than the limit or lists and objects are nested deeper. The parser bounds only
/// the depth of what is read, and not of what it passes over.
pub(super) struct Guard<'r> {
    source: Source<'r>,
    token: usize,
    depth_limit: usize,
    depth: usize,
    /// The length of the open string so far.
    open: Option<usize>,
    escaped: bool,
}

impl<'r> Guard<'r> {
    pub fn new(source: Source<'r>, limits: &Limits) -> Self {
        Self {
            source,
            token: limits.token,
            depth_limit: limits.depth.min(DEPTH),
            depth: 0,
            open: None,
            escaped: false,
        }
    }

    fn look(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let used = match self.open {
                None => self.outside(bytes)?,
                Some(length) => self.within(bytes, length)?,
            };
            bytes = bytes.get(used..).unwrap_or_default();
        }
        Ok(())
    }

    /// Looks at what stands outside of strings, up to the next one.
    fn outside(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'"' => {
                    self.open = Some(0);
                    return Ok(at + 1);
                }
                b'[' | b'{' => {
                    self.depth += 1;
                    if self.depth > self.depth_limit {
                        let message =
                            format!("objects and lists are nested more than {} deep", self.depth_limit);
                        return Err(broken(Refusal::new(Code::TooDeep, message)));
                    }
                }
                b']' | b'}' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        Ok(bytes.len())
    }

    /// Looks at the rest of an open string, or at its next part.
    fn within(&mut self, bytes: &[u8], length: usize) -> io::Result<usize> {
        let (length, used) = if self.escaped {
            self.escaped = false;
            (length + 1, 1)
        } else {
            match memchr::memchr2(b'"', b'\\', bytes) {
                None => (length + bytes.len(), bytes.len()),
                Some(at) if bytes.get(at) == Some(&b'"') && length + at <= self.token => {
                    self.open = None;
                    return Ok(at + 1);
                }
                Some(at) => {
                    self.escaped = true;
                    (length + at + 1, at + 1)
                }
            }
        };
        self.open = Some(length);
        if length > self.token {
            return Err(broken(Refusal::new(
                Code::TooLarge,
                format!("a string is longer than {} bytes", self.token),
            )));
        }
        Ok(used)
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
    fn long_strings_and_deep_nesting_are_refused_and_long_lists_are_not() {
        let limits = Limits { token: 1000, ..Limits::default() };
        let read = |text: String| {
            let mut bytes = text.as_bytes();
            let source = Source::open(&mut bytes, &limits).unwrap();
            crate::json::read(source, &limits, std::marker::PhantomData::<serde::de::IgnoredAny>)
                .err()
                .map(|r| r.code)
        };
        assert_eq!(read(format!("[{}1]", "\"\\\"a\", ".repeat(10_000))), None);
        assert_eq!(read(format!("[\"{}\"]", "a".repeat(999))), None);
        assert_eq!(read(format!("[\"{}\"]", "a".repeat(1001))), Some(Code::TooLarge));
        assert_eq!(read(format!("[\"{}\"]", "\\\"".repeat(501))), Some(Code::TooLarge));
        assert_eq!(read(format!("[\"{}\"{}]", "[".repeat(900), ",[]".repeat(900))), None);
        assert_eq!(read(format!("{}{}", "[".repeat(127), "]".repeat(127))), None);
        assert_eq!(read(format!("{}{}", "[".repeat(128), "]".repeat(128))), Some(Code::TooDeep));
    }
}
