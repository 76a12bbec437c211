//! The bytes of a report as text: the encoding is settled, the size is limited, lines and offsets are counted.

use std::io::{self, BufRead, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use crate::limits::Limits;
use crate::refusal::{Code, Place, Refusal};

/// How many bytes are looked at to tell what a report is.
const START: usize = 64 << 10;

/// A refusal that comes up while bytes are read, carried through libraries that know only input errors.
pub(crate) fn broken(refusal: Refusal) -> io::Error {
    io::Error::other(refusal)
}

/// The refusal that an input error carries, or one that says that the file cannot be read.
pub(crate) fn refusal_of(error: &io::Error) -> Refusal {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Refusal>()) {
        Some(refusal) => refusal.clone(),
        None => Refusal::new(Code::Unreadable, format!("the report cannot be read: {error}")),
    }
}

/// The decoded text of a report, as UTF-8 whatever the bytes were: what is no text became U+FFFD.
pub(crate) struct Source<'r> {
    text: DecodeReaderBytes<Limited<'r>, Vec<u8>>,
    buffer: Vec<u8>,
    /// What of the buffer is text that was not read.
    at: usize,
    end: usize,
    place: Place,
}

impl<'r> Source<'r> {
    /// Looks at the first bytes and settles the encoding: a byte order mark, the declaration of an XML text, or UTF-8.
    pub fn open(input: &'r mut dyn Read, limits: &Limits) -> Result<Self, Refusal> {
        let mut first = Vec::new();
        Read::take(&mut *input, 1024).read_to_end(&mut first).map_err(|error| refusal_of(&error))?;
        if first.starts_with(&[0x1f, 0x8b])
            || first.starts_with(b"PK\x03\x04")
            || first.starts_with(b"\x28\xb5\x2f\xfd")
        {
            return Err(Refusal::new(
                Code::Compressed,
                "the file is compressed: unpack it before the gate reads it",
            ));
        }
        let encoding = encoding_of(&first);
        let bytes = Limited { first, at: 0, rest: input, left: limits.bytes, limit: limits.bytes };
        let text = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(bytes);
        let mut source = Self {
            text,
            buffer: vec![0; START],
            at: 0,
            end: 0,
            place: Place { line: 1, column: None, offset: Some(0) },
        };
        source.look()?;
        if source.end == 0 {
            return Err(Refusal::new(Code::Empty, "the file is empty: an absent report is not a clean one"));
        }
        if source.end < START && source.start().iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
            return Err(Refusal::new(Code::Empty, "the file holds nothing but white space"));
        }
        Ok(source)
    }

    /// Fills the buffer with the first bytes of the text.
    fn look(&mut self) -> Result<(), Refusal> {
        while self.end < START {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.text.read(room) {
                Ok(0) => break,
                Ok(length) => self.end += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(refusal_of(&error)),
            }
        }
        Ok(())
    }

    /// The first bytes of the text, before any was read.
    pub fn start(&self) -> &[u8] {
        self.buffer.get(self.at..self.end).unwrap_or_default()
    }

    /// Where reading has come to.
    pub const fn place(&self) -> Place {
        self.place
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.end {
            self.end = 0;
            self.at = 0;
            self.end = self.text.read(&mut self.buffer)?;
        }
        Ok(self.start())
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.at + amount).min(self.end);
        let bytes = self.buffer.get(self.at..end).unwrap_or_default();
        self.place.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.place.offset = self.place.offset.map(|offset| offset + bytes.len() as u64);
        self.at = end;
    }
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(out)?;
        self.consume(length);
        Ok(length)
    }
}

/// The encoding of a text whose first bytes these are. A byte order mark wins over it.
fn encoding_of(first: &[u8]) -> &'static Encoding {
    match first {
        [b'<' | b'{' | b'[', 0, ..] => return UTF_16LE,
        [0, b'<' | b'{' | b'[', ..] => return UTF_16BE,
        _ => {}
    }
    let declared = first
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(first)
        .strip_prefix(b"<?xml")
        .and_then(|rest| rest.get(..memchr::memmem::find(rest, b"?>")?))
        .and_then(|declaration| {
            let name = declaration.get(memchr::memmem::find(declaration, b"encoding")? + 8..)?;
            let mut parts = name.split(|byte| matches!(byte, b'"' | b'\''));
            parts.next()?;
            Encoding::for_label(parts.next()?)
        });
    match declared {
        // The declaration was legible byte by byte, so it is not true: tools write UTF-16 into texts that are saved as UTF-8.
        Some(encoding) if encoding != UTF_16LE && encoding != UTF_16BE => encoding,
        _ => UTF_8,
    }
}

/// The bytes of a report, up to a limit.
struct Limited<'r> {
    first: Vec<u8>,
    at: usize,
    rest: &'r mut dyn Read,
    left: u64,
    limit: u64,
}

impl Read for Limited<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = match self.first.get(self.at..) {
            Some(mut first) if !first.is_empty() => {
                let length = first.read(out)?;
                self.at += length;
                length
            }
            _ => self.rest.read(out)?,
        };
        self.left = self.left.checked_sub(length as u64).ok_or_else(|| {
            broken(Refusal::new(Code::TooLarge, format!("the report is larger than {} bytes", self.limit)))
        })?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::Source;
    use crate::limits::Limits;
    use crate::refusal::Code;

    fn text(mut bytes: &[u8]) -> Result<String, Code> {
        let mut out = String::new();
        let mut source = Source::open(&mut bytes, &Limits::default()).map_err(|refusal| refusal.code)?;
        source.read_to_string(&mut out).unwrap();
        Ok(out)
    }

    #[test]
    fn the_encoding_is_that_of_the_mark_or_the_declaration() {
        assert_eq!(text("{\"a\": \"é\"}".as_bytes()).unwrap(), "{\"a\": \"é\"}");
        assert_eq!(text(b"\xef\xbb\xbf{}").unwrap(), "{}");
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        assert_eq!(text(&[vec![0xff, 0xfe], utf16("{\"é\":1}")].concat()).unwrap(), "{\"é\":1}");
        assert_eq!(text(&utf16("{\"é\":1}")).unwrap(), "{\"é\":1}");
        assert_eq!(
            text(b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>").unwrap(),
            "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>"
        );
        assert!(text(b"<?xml version=\"1.0\" encoding=\"utf-16\"?><a>b</a>").unwrap().ends_with("<a>b</a>"));
        assert_eq!(text(b"a\xffb").unwrap(), "a\u{fffd}b");
    }

    #[test]
    fn no_text_is_no_report() {
        assert_eq!(text(b""), Err(Code::Empty));
        assert_eq!(text(b" \n\t\r\n"), Err(Code::Empty));
        assert_eq!(text(b"\xef\xbb\xbf"), Err(Code::Empty));
        assert_eq!(text(b"\x1f\x8b\x08\x00\x00"), Err(Code::Compressed));
    }

    #[test]
    fn the_size_is_limited() {
        let mut bytes = &[b'x'; 100_000][..];
        let limits = Limits { bytes: 90_000, ..Limits::default() };
        let mut source = Source::open(&mut bytes, &limits).unwrap();
        let error = source.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(super::refusal_of(&error).code, Code::TooLarge);
    }
}
