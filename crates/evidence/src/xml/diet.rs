//! The text of an XML report without the parts that no figure needs, so that memory stays bounded.
//!
//! A JUnit report of a gigabyte is mostly what the tests printed. The parser holds a text, a CDATA section or a comment whole; here each is
//! cut to its beginning before the parser sees it. Elements and their attributes pass unchanged, up to the limit of a token.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use crate::limits::Limits;
use crate::refusal::{Code, Place, Refusal};
use crate::source::{Source, broken};

/// How much of a text is kept. Longer than any message that is shown, and than any value that is read.
const KEPT: usize = 16 << 10;

/// The longest reference that may stand across the cut: `&#x10FFFF;`.
const REFERENCE: usize = 12;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Between markup. How much was kept, and whether the rest of this text is dropped.
    Text { kept: usize, cut: bool },
    /// After `<`, while it is not clear what follows; the bytes since then.
    Markup { seen: [u8; 9], length: usize },
    /// In an element's tag. The quote that is open, and how long it is.
    Tag { quote: Option<u8>, length: usize },
    /// In a document type. The quote that is open, how many brackets are, and how long it is.
    DocType { quote: Option<u8>, depth: usize, length: usize },
    /// In a section that ends with a mark. How much of the mark was seen, and how much was kept.
    Section { end: Section, matched: usize, kept: usize },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Comment,
    CData,
    Instruction,
}

impl Section {
    const fn mark(self) -> &'static [u8] {
        match self {
            Self::Comment => b"-->",
            Self::CData => b"]]>",
            Self::Instruction => b"?>",
        }
    }
}

/// A part that was left out: after which kept byte, how many bytes and lines.
struct Gap {
    after: u64,
    bytes: u64,
    lines: u64,
}

/// Reads a source and leaves out what is too long.
pub(super) struct Diet<'r> {
    source: Source<'r>,
    state: State,
    out: Vec<u8>,
    at: usize,
    /// How many bytes were handed on in all, up to the start of `out`.
    before: u64,
    gaps: VecDeque<Gap>,
    place: Place,
    token: usize,
}

impl<'r> Diet<'r> {
    pub fn new(source: Source<'r>, limits: &Limits) -> Self {
        let place = source.place();
        let state = State::Text { kept: 0, cut: false };
        Self {
            source,
            state,
            out: Vec::new(),
            at: 0,
            before: 0,
            gaps: VecDeque::new(),
            place,
            token: limits.token,
        }
    }

    /// Where the reader has come to, in the text as it was.
    pub const fn place(&self) -> Place {
        self.place
    }

    fn refill(&mut self) -> io::Result<()> {
        self.before += self.out.len() as u64;
        self.out.clear();
        self.at = 0;
        while self.out.is_empty() {
            let chunk = self.source.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            let mut chunk = chunk.to_vec();
            self.source.consume(chunk.len());
            let mut rest = &mut chunk[..];
            while !rest.is_empty() {
                let used = self.step(rest)?;
                rest = rest.get_mut(used..).unwrap_or_default();
            }
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    fn drop(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let after = self.before + self.out.len() as u64;
        let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
        match self.gaps.back_mut() {
            Some(gap) if gap.after == after => {
                gap.bytes += bytes.len() as u64;
                gap.lines += lines;
            }
            _ => self.gaps.push_back(Gap { after, bytes: bytes.len() as u64, lines }),
        }
    }

    /// Reads some of the bytes and says how many.
    fn step(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.state {
            State::Text { kept, cut } => Ok(self.text(bytes, kept, cut)),
            State::Markup { seen, length } => self.markup(bytes, seen, length),
            State::Tag { quote, length } => self.tag(bytes, quote, length),
            State::DocType { quote, depth, length } => self.doc_type(bytes, quote, depth, length),
            State::Section { end, matched, kept } => Ok(self.section(bytes, end, matched, kept)),
        }
    }

    fn text(&mut self, bytes: &[u8], kept: usize, cut: bool) -> usize {
        let end = memchr::memchr(b'<', bytes).unwrap_or(bytes.len());
        let (text, rest) = bytes.split_at(end);
        let mut state = State::Text { kept, cut };
        if cut {
            self.drop(text);
        } else {
            let room = KEPT.saturating_sub(kept);
            let (whole, tail) = text.split_at(room.min(text.len()));
            self.keep(whole);
            let mut kept = kept + whole.len();
            let mut cut = false;
            for (at, byte) in tail.iter().enumerate() {
                // The cut comes between characters, and not within a reference.
                if !continues(*byte) && !within_reference(&self.out) {
                    self.drop(tail.get(at..).unwrap_or_default());
                    cut = true;
                    break;
                }
                self.keep(&[*byte]);
                kept += 1;
            }
            state = State::Text { kept, cut };
        }
        if rest.is_empty() {
            self.state = state;
            return end;
        }
        self.keep(b"<");
        self.state = State::Markup { seen: [0; 9], length: 0 };
        end + 1
    }

    fn markup(&mut self, bytes: &[u8], mut seen: [u8; 9], length: usize) -> io::Result<usize> {
        let Some((first, _)) = bytes.split_first() else { return Ok(0) };
        if let Some(slot) = seen.get_mut(length) {
            *slot = *first;
        }
        let length = length + 1;
        let head = seen.get(..length).unwrap_or(&seen);
        let open = |end| State::Section { end, matched: 0, kept: 0 };
        self.state = match head {
            b"?" => open(Section::Instruction),
            b"!--" => open(Section::Comment),
            b"![CDATA[" => open(Section::CData),
            _ if b"!--".starts_with(head) || b"![CDATA[".starts_with(head) => State::Markup { seen, length },
            [b'!', ..] => State::DocType { quote: None, depth: 0, length },
            // The byte is the first of the tag: it may end it.
            _ => {
                self.state = State::Tag { quote: None, length: 0 };
                return self.tag(bytes, None, 0);
            }
        };
        self.keep(&[*first]);
        Ok(1)
    }

    fn tag(&mut self, bytes: &[u8], quote: Option<u8>, length: usize) -> io::Result<usize> {
        let end = match quote {
            Some(quote) => memchr::memchr(quote, bytes),
            None => memchr::memchr3(b'>', b'"', b'\'', bytes),
        };
        let used = end.map_or(bytes.len(), |end| end + 1);
        let length = length + used;
        if length > self.token {
            return Err(too_large("an element with its attributes", self.token));
        }
        self.state = match (end.and_then(|end| bytes.get(end)), quote) {
            (None, quote) => State::Tag { quote, length },
            (Some(b'>'), None) => State::Text { kept: 0, cut: false },
            (Some(mark), None) => State::Tag { quote: Some(*mark), length },
            (Some(_), Some(_)) => State::Tag { quote: None, length },
        };
        self.keep(bytes.get(..used).unwrap_or_default());
        Ok(used)
    }

    fn doc_type(
        &mut self,
        bytes: &[u8],
        quote: Option<u8>,
        depth: usize,
        length: usize,
    ) -> io::Result<usize> {
        let Some(first) = bytes.first() else { return Ok(0) };
        if length > 64 << 10 {
            return Err(too_large("the document type", 64 << 10));
        }
        self.keep(&[*first]);
        let length = length + 1;
        self.state = match (*first, quote) {
            (byte, Some(open)) => State::DocType { quote: (byte != open).then_some(open), depth, length },
            (b'>', None) if depth == 0 => State::Text { kept: 0, cut: false },
            (b'[' | b'<', None) => State::DocType { quote, depth: depth + 1, length },
            (b']' | b'>', None) => State::DocType { quote, depth: depth.saturating_sub(1), length },
            (mark @ (b'"' | b'\''), None) => State::DocType { quote: Some(mark), depth, length },
            _ => State::DocType { quote, depth, length },
        };
        Ok(1)
    }

    fn section(&mut self, bytes: &[u8], end: Section, mut matched: usize, mut kept: usize) -> usize {
        let mark = end.mark();
        let mut at = 0;
        while at < bytes.len() {
            if matched == 0 {
                // Nothing of the mark is open: go to where it may begin.
                let first = mark.first().copied().unwrap_or(b'>');
                let next = memchr::memchr(first, bytes.get(at..).unwrap_or_default())
                    .map_or(bytes.len(), |next| at + next);
                kept = self.content(bytes.get(at..next).unwrap_or_default(), kept);
                at = next;
                if at == bytes.len() {
                    break;
                }
            }
            let byte = bytes.get(at).copied().unwrap_or_default();
            if Some(&byte) == mark.get(matched) {
                matched += 1;
                at += 1;
                if matched == mark.len() {
                    self.keep(mark);
                    self.state = State::Text { kept: 0, cut: false };
                    return at;
                }
            } else if matched == 2 && Some(&byte) == mark.get(1) {
                // `]]]>` and `--->`: the first of the three belongs to the content.
                kept = self.content(mark.get(..1).unwrap_or_default(), kept);
                at += 1;
            } else {
                let open = mark.get(..matched).unwrap_or_default();
                kept = self.content(open, kept);
                matched = 0;
            }
        }
        self.state = State::Section { end, matched, kept };
        at
    }

    /// Keeps the beginning of a section's content, up to the limit and whole characters.
    fn content(&mut self, bytes: &[u8], kept: usize) -> usize {
        if kept > KEPT {
            self.drop(bytes);
            return kept;
        }
        let mut room = (KEPT - kept).min(bytes.len());
        while bytes.get(room).is_some_and(|byte| continues(*byte)) {
            room += 1;
        }
        let (whole, tail) = bytes.split_at(room);
        self.keep(whole);
        self.drop(tail);
        // One more than the limit says that the section was cut between two characters.
        if tail.is_empty() { (kept + whole.len()).min(KEPT) } else { KEPT + 1 }
    }
}

const fn continues(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Whether the last bytes begin a reference that does not end.
fn within_reference(kept: &[u8]) -> bool {
    let tail = kept.get(kept.len().saturating_sub(REFERENCE)..).unwrap_or_default();
    memchr::memrchr(b'&', tail)
        .is_some_and(|amp| memchr::memchr(b';', tail.get(amp..).unwrap_or_default()).is_none())
}

fn too_large(what: &str, limit: usize) -> io::Error {
    broken(Refusal::new(Code::TooLarge, format!("{what} is larger than {limit} bytes")))
}

impl BufRead for Diet<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.out.len() {
            self.refill()?;
        }
        Ok(self.out.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.at + amount).min(self.out.len());
        let bytes = self.out.get(self.at..end).unwrap_or_default();
        let mut lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
        let mut offset = bytes.len() as u64;
        while self.gaps.front().is_some_and(|gap| gap.after <= self.before + end as u64) {
            if let Some(gap) = self.gaps.pop_front() {
                lines += gap.lines;
                offset += gap.bytes;
            }
        }
        self.place.line += lines;
        self.place.offset = self.place.offset.map(|before| before + offset);
        self.at = end;
    }
}

impl Read for Diet<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(out)?;
        self.consume(length);
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, Read};

    use super::{Diet, KEPT};
    use crate::limits::Limits;
    use crate::source::Source;

    /// What is left of a text, and the line and offset at its end.
    fn diet(text: &str) -> (String, u64, u64) {
        let mut bytes = text.as_bytes();
        let mut diet = Diet::new(Source::open(&mut bytes, &Limits::default()).unwrap(), &Limits::default());
        let mut out = String::new();
        diet.read_to_string(&mut out).unwrap();
        (out, diet.place().line, diet.place().offset.unwrap())
    }

    #[test]
    fn short_texts_pass_unchanged() {
        let text = "<?xml version='1.0'?>\n<!DOCTYPE a [ <!-- > --> ]>\n<a b=\"<>'\" c='\"'>x &amp; y<!-- - -- ---><![CDATA[]] ]]]></a><![CDATA[a]b]]>";
        assert_eq!(diet(text), (text.to_owned(), 3, text.len() as u64));
    }

    #[test]
    fn long_texts_are_cut_and_counted() {
        for (open, close) in [("", ""), ("<![CDATA[", "]]>"), ("<!--", "-->"), ("<?x ", "?>")] {
            for filler in ["line\n", "é", "\u{1f980}\n", "&#x10FFFF;\n", "]]", "--", "] \n]"] {
                if filler == "--" && open == "<!--" {
                    continue;
                }
                let text = format!("<a>{open}{}{close}</a>\n<b/>", filler.repeat(9_000));
                let (out, line, offset) = diet(&text);
                assert!(out.len() < KEPT + 60, "{open}{filler}: {}", out.len());
                assert!(
                    out.starts_with(&format!("<a>{open}{filler}"))
                        && out.ends_with(&format!("{close}</a>\n<b/>")),
                    "{open}{filler}"
                );
                assert_eq!(line, 1 + text.matches('\n').count() as u64, "{open}{filler}");
                assert_eq!(offset, text.len() as u64, "{open}{filler}");
                if open.is_empty() && filler.starts_with('&') {
                    assert_eq!(out.matches('&').count(), out.matches(';').count());
                }
            }
        }
    }

    #[test]
    fn a_cut_does_not_depend_on_how_the_bytes_arrive() {
        struct Slow<'b>(&'b [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
                let length = self.0.len().min(out.len()).min(1);
                out[..length].copy_from_slice(&self.0[..length]);
                self.0 = &self.0[length..];
                Ok(length)
            }
        }
        let text =
            format!("<a>{}<b c='>'/><![CDATA[{}]]>]]></a>", "é&amp; ".repeat(9000), "x]]".repeat(9000));
        let mut slow = Slow(text.as_bytes());
        let mut diet_of_slow =
            Diet::new(Source::open(&mut slow, &Limits::default()).unwrap(), &Limits::default());
        let mut out = String::new();
        while let Ok(bytes) = diet_of_slow.fill_buf() {
            if bytes.is_empty() {
                break;
            }
            out.push_str(&String::from_utf8_lossy(&bytes[..1]));
            diet_of_slow.consume(1);
        }
        assert_eq!(
            out.len(),
            String::from_utf8_lossy(diet(&text).0.as_bytes())
                .chars()
                .map(|c| if c.is_ascii() { 1 } else { 6 })
                .sum::<usize>()
        );
    }

    #[test]
    fn an_attribute_beyond_all_measure_is_refused() {
        let text = format!("<a b='{}'/>", "x".repeat(70_000));
        let mut bytes = text.as_bytes();
        let limits = Limits { token: 64 << 10, ..Limits::default() };
        let mut diet = Diet::new(Source::open(&mut bytes, &limits).unwrap(), &limits);
        assert!(diet.read_to_end(&mut Vec::new()).is_err());
    }
}
