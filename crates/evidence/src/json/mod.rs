//! JSON as a stream: objects and lists are visited as they come, and only what is asked for is kept.

mod guard;
mod visit;

use std::io::BufReader;

use serde::de::{self, DeserializeOwned, DeserializeSeed};
use serde_json::error::Category;

use crate::limits::Limits;
use crate::refusal::{Code, Place, Refusal};
use crate::source::{Source, refusal_of};
use guard::Guard;
pub(crate) use visit::{Each, Fields, First, Object, Objects, Word, nullable};

/// Stands around the code of a refusal in the text of the library's errors, which know nothing but texts.
const MARK: char = '\u{1}';

/// The error of a visitor that refuses what it was given.
pub(crate) fn refuse<E: de::Error>(refusal: Refusal) -> E {
    E::custom(format_args!("{MARK}{}{MARK}{}", refusal.code, refusal.message))
}

/// The refusal that such an error carries.
fn refused(text: &str) -> Option<Refusal> {
    let (code, message) = text.strip_prefix(MARK)?.split_once(MARK)?;
    let code = Code::ALL.iter().find(|known| known.name() == code)?;
    Some(Refusal::new(*code, message))
}

/// Reads the one value that a text holds.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(
    source: Source<'_>,
    limits: &Limits,
    seed: S,
) -> Result<S::Value, Refusal> {
    begins(&source)?;
    let mut json =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(64 << 10, Guard::new(source, limits)));
    seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value)).map_err(placed)
}

/// Reads the values that a text holds one after the other, most often one a line.
pub(crate) fn read_each<T: DeserializeOwned>(
    source: Source<'_>,
    limits: &Limits,
    mut with: impl FnMut(T) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    begins(&source)?;
    let reader = BufReader::with_capacity(64 << 10, Guard::new(source, limits));
    serde_json::Deserializer::from_reader(reader)
        .into_iter::<T>()
        .try_for_each(|value| with(value.map_err(placed)?))
}

/// Refuses what begins as no JSON report does.
fn begins(source: &Source<'_>) -> Result<(), Refusal> {
    let start = source.start().trim_ascii_start();
    if start.starts_with(b"null") && start.get(4..).is_none_or(|rest| rest.trim_ascii().is_empty()) {
        return Err(Refusal::new(Code::NullReport, "the file says `null`: the tool wrote no report"));
    }
    if start.starts_with(b"<") {
        return Err(if looks_like_html(start) {
            Refusal::new(
                Code::HtmlPage,
                "this is an HTML page, most often the error or login page of a server",
            )
        } else {
            Refusal::new(Code::WrongFormat, "this is XML, and the reader reads JSON")
        });
    }
    Ok(())
}

fn placed(error: serde_json::Error) -> Refusal {
    let place = Place { line: error.line() as u64, column: Some(error.column() as u64), offset: None };
    let refusal = told(error);
    if place.line == 0 { refusal } else { refusal.at(place) }
}

/// Whether a text begins as an HTML page does.
pub(crate) fn looks_like_html(start: &[u8]) -> bool {
    let head: Vec<u8> = start.iter().take(512).map(u8::to_ascii_lowercase).collect();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"].iter().any(|mark| head.starts_with(mark))
        || memchr::memmem::find(&head, b"<html").is_some()
}

fn told(error: serde_json::Error) -> Refusal {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned();
    match error.classify() {
        Category::Eof => Refusal::new(Code::Truncated, "the file ends in the middle of its JSON"),
        Category::Io => refusal_of(&error.into()),
        Category::Syntax if what == "number out of range" => {
            Refusal::new(Code::BadNumber, "a number is beyond all measure")
        }
        Category::Syntax if what.starts_with("trailing characters") => {
            Refusal::new(Code::Malformed, "something follows the JSON of the report")
        }
        Category::Syntax => Refusal::new(Code::Malformed, format!("this is no JSON: {what}")),
        Category::Data if what.starts_with(MARK) => refused(&what)
            .unwrap_or_else(|| Refusal::new(Code::WrongFormat, "the report cannot be understood")),
        Category::Data if what.starts_with("duplicate field") => {
            Refusal::new(Code::DuplicateKey, what.replacen("duplicate field", "the key", 1) + " stands twice")
        }
        Category::Data if what.starts_with("missing field") => {
            Refusal::new(Code::MissingField, what.replacen("missing field", "the key", 1) + " is missing")
        }
        Category::Data => Refusal::new(Code::WrongFormat, what),
    }
}
