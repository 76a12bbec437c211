//! What came of the tests of a project.

use std::fmt::Write as _;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde::Serialize;

use crate::Place;

/// What came of the tests of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tests {
    /// The project.
    pub project: String,
    /// Each test, in the order of the files.
    pub tests: Vec<Tried>,
}

/// A test that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// Nothing came but what was expected.
    pub passed: bool,
    /// What did not come as expected.
    pub failures: Vec<Unexpected>,
}

/// Something that did not come as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unexpected {
    /// What was expected; `null` where something came that was not.
    pub expected: Option<String>,
    /// Where it was expected.
    pub place: Place,
    /// What came instead.
    pub found: Vec<Found>,
}

/// What came instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// What it is.
    pub text: String,
    /// Where it is.
    pub place: Option<Place>,
}

impl Tests {
    /// Whether every test passed.
    pub fn passed(&self) -> bool {
        self.tests.iter().all(|test| test.passed)
    }

    /// A line for each test, and below it what did not come as expected.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for test in &self.tests {
            let verdict = if test.passed { "ok    " } else { "FAILED" };
            let _ = writeln!(out, "{verdict}  {}", test.name);
            out.push_str(&lines(test, "          "));
        }
        out
    }

    /// JUnit's XML: the project is a suite, and each test a case of it.
    ///
    /// # Errors
    ///
    /// Never: what is written is written into memory.
    pub fn junit(&self) -> std::io::Result<String> {
        let failed = self.tests.iter().filter(|test| !test.passed).count().to_string();
        let total = self.tests.len().to_string();
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        writer.create_element("testsuites").write_inner_content(|writer| {
            writer
                .create_element("testsuite")
                .with_attribute(("name", visible(&self.project).as_str()))
                .with_attribute(("tests", total.as_str()))
                .with_attribute(("failures", failed.as_str()))
                .write_inner_content(|writer| self.tests.iter().try_for_each(|test| case(writer, test)))?;
            Ok(())
        })?;
        Ok(String::from_utf8_lossy(&writer.into_inner()).into_owned() + "\n")
    }
}

fn case(writer: &mut Writer<Vec<u8>>, test: &Tried) -> std::io::Result<()> {
    let (name, file, line) = (visible(&test.name), visible(&test.place.file), test.place.line.to_string());
    let element = writer
        .create_element("testcase")
        .with_attribute(("classname", file.as_str()))
        .with_attribute(("name", name.as_str()))
        .with_attribute(("file", file.as_str()))
        .with_attribute(("line", line.as_str()));
    let Some(first) = test.failures.first() else {
        element.write_empty()?;
        return Ok(());
    };
    let message =
        visible(&first.expected.as_ref().map_or_else(unexpected, |expected| format!("expected {expected}")));
    element.write_inner_content(|writer| {
        writer
            .create_element("failure")
            .with_attribute(("message", message.as_str()))
            .write_text_content(BytesText::new(&visible(&lines(test, ""))))?;
        Ok(())
    })?;
    Ok(())
}

fn unexpected() -> String {
    "an error that nothing expects".to_owned()
}

/// What did not come as expected, a line each.
fn lines(test: &Tried, indent: &str) -> String {
    let mut out = String::new();
    for failure in &test.failures {
        let expected = failure.expected.clone().unwrap_or_else(|| "no other error".to_owned());
        let _ = writeln!(out, "{indent}expected {expected} ({})", failure.place);
        for found in &failure.found {
            let place = found.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            let _ = writeln!(out, "{indent}found    {}{place}", found.text);
        }
    }
    out
}

/// XML has no way to write most control characters.
fn visible(text: &str) -> String {
    let allowed = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect()
}
