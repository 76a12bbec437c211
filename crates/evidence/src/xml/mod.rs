//! XML as a stream of elements: no entities, no document types, bounded memory, the place of each event.

mod diet;

use quick_xml::XmlVersion;
use quick_xml::errors::SyntaxError;
use quick_xml::events::BytesStart;
use quick_xml::reader::Reader;
use smol_str::SmolStr;

use crate::limits::{Limits, MESSAGE};
use crate::refusal::{Code, Place, Refusal, malformed, truncated};
use crate::source::{Source, refusal_of};
use diet::Diet;

/// What stands next in the text.
#[derive(Debug)]
pub(crate) enum Event {
    /// An element begins.
    Start(Element),
    /// The innermost open element ends.
    End,
    /// Text within the innermost open element; references are resolved.
    Text(String),
    /// The root element has ended, and the text with it.
    Eof,
}

/// An element with its attributes. Prefixes of namespaces are left out of both.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    pub name: SmolStr,
    attributes: Vec<(SmolStr, String)>,
    pub place: Place,
}

impl Element {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of an attribute that says something.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// A count: a whole number from 0 to a million million, so that many of them can be added. An attribute that is absent or empty says
    /// nothing.
    pub fn count(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let count = text.parse().ok().filter(|count| *count <= 1_000_000_000_000);
        count.map(Some).ok_or_else(|| {
            let message = format!(
                "`{name}` of `<{}>` is `{}`, which counts nothing",
                self.name,
                crate::limits::short(text)
            );
            Refusal::new(Code::BadNumber, message).at(self.place)
        })
    }

    /// A count that must be there.
    pub fn needed_count(&self, name: &str) -> Result<u64, Refusal> {
        self.count(name)?.ok_or_else(|| self.lacks(name))
    }

    /// The refusal of an element that lacks an attribute.
    pub fn lacks(&self, name: &str) -> Refusal {
        Refusal::new(Code::MissingField, format!("`<{}>` has no `{name}`", self.name)).at(self.place)
    }
}

/// An XML text that is read from its beginning to its end.
pub(crate) struct Xml<'r> {
    reader: Reader<Diet<'r>>,
    buffer: Vec<u8>,
    depth: usize,
    limit: usize,
    ended: bool,
}

impl<'r> Xml<'r> {
    pub fn new(source: Source<'r>, limits: &Limits) -> Self {
        let mut reader = Reader::from_reader(Diet::new(source, limits));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Self { reader, buffer: Vec::new(), depth: 0, limit: limits.depth, ended: false }
    }

    /// Where reading has come to.
    pub fn place(&self) -> Place {
        self.reader.get_ref().place()
    }

    /// The next event. After the end of the root element only [`Event::Eof`] follows.
    pub fn next(&mut self) -> Result<Event, Refusal> {
        loop {
            let place = self.place();
            self.buffer.clear();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(refused(&error).at(place)),
            };
            use quick_xml::events::Event as Raw;
            match event {
                Raw::Start(start) => {
                    if self.ended {
                        return Err(malformed("a second document follows the first").at(place));
                    }
                    let element = element(&start, place)?;
                    self.depth += 1;
                    if self.depth > self.limit {
                        return Err(Refusal::new(
                            Code::TooDeep,
                            format!("elements are nested more than {} deep", self.limit),
                        )
                        .at(place));
                    }
                    return Ok(Event::Start(element));
                }
                Raw::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    self.ended = self.depth == 0;
                    return Ok(Event::End);
                }
                Raw::Text(text) if self.depth == 0 => {
                    if !text.trim().is_empty() {
                        let message = if self.ended {
                            "text follows the document"
                        } else {
                            "the file begins with text, not with an element"
                        };
                        return Err(malformed(message).at(place));
                    }
                }
                Raw::Text(text) => return Ok(Event::Text(text.xml10_content().into_owned())),
                Raw::CData(text) => return Ok(Event::Text(text.into_inner().into_owned())),
                Raw::GeneralRef(reference) => {
                    let resolved = if reference.is_char_ref() {
                        reference.resolve_char_ref().ok().flatten().map(String::from)
                    } else {
                        quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned)
                    };
                    let unknown = || {
                        malformed(format!(
                            "`&{};` means nothing: entities are not read",
                            crate::limits::short(&reference)
                        ))
                        .at(place)
                    };
                    return Ok(Event::Text(resolved.ok_or_else(unknown)?));
                }
                Raw::DocType(text) => {
                    if memchr::memmem::find(text.as_bytes(), b"<!ENTITY").is_some() {
                        let message = "the document type declares entities, which are never read";
                        return Err(Refusal::new(Code::EntityDeclaration, message).at(place));
                    }
                }
                Raw::Eof if self.depth > 0 => {
                    return Err(truncated("the file ends while an element is open").at(place));
                }
                Raw::Eof if !self.ended => {
                    return Err(truncated("the file ends before its first element").at(place));
                }
                Raw::Eof => return Ok(Event::Eof),
                Raw::Empty(_) | Raw::Comment(_) | Raw::Decl(_) | Raw::PI(_) => {}
            }
        }
    }

    /// The root element.
    pub fn root(&mut self) -> Result<Element, Refusal> {
        match self.next()? {
            Event::Start(element) if element.name.eq_ignore_ascii_case("html") => Err(Refusal::new(
                Code::HtmlPage,
                "this is an HTML page, most often the error or login page of a server",
            )
            .at(element.place)),
            Event::Start(element) => Ok(element),
            _ => Err(malformed("the file does not begin with an element").at(self.place())),
        }
    }

    /// Passes over the rest of the innermost open element.
    pub fn skip(&mut self) -> Result<(), Refusal> {
        let mut open = 1_usize;
        while open > 0 {
            match self.next()? {
                Event::Start(_) => open += 1,
                Event::End => open -= 1,
                Event::Text(_) | Event::Eof => {}
            }
        }
        Ok(())
    }

    /// The text of the innermost open element and of those in it, up to its end; the beginning of a long one.
    pub fn text(&mut self) -> Result<String, Refusal> {
        let mut out = String::new();
        let mut open = 1_usize;
        while open > 0 {
            match self.next()? {
                Event::Start(_) => open += 1,
                Event::End => open -= 1,
                Event::Text(text) if out.len() < 4 * MESSAGE => out.push_str(&text),
                Event::Text(_) | Event::Eof => {}
            }
        }
        Ok(out)
    }

    /// Reads on after the root element has ended: nothing may follow.
    pub fn finish(&mut self) -> Result<(), Refusal> {
        match self.next()? {
            Event::Eof => Ok(()),
            _ => Err(malformed("something follows the document").at(self.place())),
        }
    }
}

fn element(start: &BytesStart<'_>, place: Place) -> Result<Element, Refusal> {
    let name = SmolStr::new(local(start.name().as_ref()));
    let mut attributes: Vec<(SmolStr, String)> = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| {
            use quick_xml::events::attributes::AttrError;
            match error {
                AttrError::Duplicated(..) => {
                    Refusal::new(Code::DuplicateKey, format!("an attribute of `<{name}>` stands twice"))
                }
                error => malformed(format!("the attributes of `<{name}>` cannot be read: {error}")),
            }
            .at(place)
        })?;
        let key = attribute.key.as_ref();
        if key.starts_with("xmlns") {
            continue;
        }
        // `xsi:type` and `type` are different attributes: a name without a prefix wins.
        let prefixed = key.contains(':');
        let key = SmolStr::new(local(key));
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|error| malformed(format!("`{key}` of `<{name}>` cannot be read: {error}")).at(place))?;
        match attributes.iter_mut().find(|(known, _)| *known == key) {
            Some(_) if prefixed => {}
            Some(known) => known.1 = value.into_owned(),
            None => attributes.push((key, value.into_owned())),
        }
    }
    Ok(Element { name, attributes, place })
}

/// A name without the prefix of its namespace.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn refused(error: &quick_xml::Error) -> Refusal {
    use quick_xml::Error;
    match error {
        Error::Io(error) => refusal_of(error),
        // The parser cannot tell a mark that never ends from the end of the file, which is what it met.
        Error::Syntax(
            SyntaxError::UnclosedTag
            | SyntaxError::UnclosedCData
            | SyntaxError::UnclosedComment
            | SyntaxError::UnclosedDoctype
            | SyntaxError::UnclosedPI
            | SyntaxError::UnclosedXmlDecl
            | SyntaxError::UnclosedSingleQuotedAttributeValue
            | SyntaxError::UnclosedDoubleQuotedAttributeValue,
        )
        | Error::IllFormed(quick_xml::errors::IllFormedError::UnclosedReference) => {
            truncated(format!("the file ends in the middle: {error}"))
        }
        Error::Syntax(SyntaxError::InvalidBangMarkup) => {
            malformed("a declaration stands where only a document type, a comment or a section may")
        }
        error => malformed(format!("the XML is not well formed: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Xml};
    use crate::limits::Limits;
    use crate::refusal::Code;
    use crate::source::Source;

    fn events(text: &str) -> Result<String, (Code, u64)> {
        let mut bytes = text.as_bytes();
        let mut xml = Xml::new(
            Source::open(&mut bytes, &Limits::default()).map_err(|r| (r.code, 0))?,
            &Limits::default(),
        );
        let mut out = String::new();
        loop {
            match xml.next().map_err(|refusal| (refusal.code, refusal.place.unwrap().line))? {
                Event::Start(element) => out += &format!("<{}{:?}", element.name, element.attributes),
                Event::End => out += ">",
                Event::Text(text) => out += text.trim(),
                Event::Eof => return Ok(out),
            }
        }
    }

    #[test]
    fn elements_attributes_and_texts_are_read() {
        assert_eq!(
            events(
                "<?xml version='1.0'?><!DOCTYPE a SYSTEM 'x.dtd'><n:a xmlns:n='u' b='1 &lt; 2' x:b='3'>t &amp; &#x41;<![CDATA[<c>]]><d/></n:a>"
            ),
            Ok("<a[(\"b\", \"1 < 2\")]t&A<c><d[]>>".to_owned())
        );
    }

    #[test]
    fn what_is_not_well_formed_is_told_with_its_line() {
        for (text, code, line) in [
            ("<a>\n<b>\n</a>", Code::Malformed, 3),
            ("<a>\n<b>", Code::Truncated, 2),
            ("<a>\n<b c='", Code::Truncated, 2),
            ("<a>\n<b c='1' c='2'/></a>", Code::DuplicateKey, 2),
            ("<a/>\n<b/>", Code::Malformed, 2),
            ("<a/>\nx", Code::Malformed, 1),
            ("x<a/>", Code::Malformed, 1),
            ("<a>&lol;</a>", Code::Malformed, 1),
            ("<a b='&lol;'/>", Code::Malformed, 1),
            ("<!DOCTYPE a [\n<!ENTITY b 'c'>\n]><a>&b;</a>", Code::EntityDeclaration, 1),
            ("<!ENTITY % a \"<!ENTITY b SYSTEM 'c'>\">", Code::Malformed, 1),
        ] {
            assert_eq!(events(text), Err((code, line)), "{text}");
        }
        assert_eq!(events(&"<a>".repeat(200)), Err((Code::TooDeep, 1)));
    }
}
