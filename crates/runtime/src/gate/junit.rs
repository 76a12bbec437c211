//! A gate's decision as JUnit XML: GitLab and others show it as a report of tests.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::answer::Answer;
use crate::ledger::plain;

/// The decision as a suite, each requirement as a case of it. What is waived is skipped and says by whom; what keeps the evidence from being
/// proof is an error of its own.
///
/// # Errors
///
/// Never: what is written is written into memory.
pub fn junit(answer: &Answer) -> io::Result<String> {
    let column = |head: &str| answer.table.heads.iter().position(|known| *known == head);
    let cell = |row: &[String], head| column(head).and_then(|at| row.get(at)).cloned().unwrap_or_default();
    let mut cases: Vec<(String, Option<(&str, String)>)> = Vec::new();
    for row in &answer.table.rows {
        let kind = match cell(row, "result").as_str() {
            "pass" => None,
            _ if answer.holds => Some("skipped"),
            "fail" => Some("failure"),
            _ => Some("error"),
        };
        let message = format!(
            "{}: measured {}, wanted {}. {}",
            cell(row, "result"),
            cell(row, "measured"),
            cell(row, "wanted"),
            cell(row, "why")
        );
        cases.push((cell(row, "requirement"), kind.map(|kind| (kind, message))));
    }
    if !answer.holds && cases.iter().all(|(_, wrong)| wrong.is_none()) {
        cases.push(("the evidence".to_owned(), Some(("error", answer.notes.join("; ")))));
    }
    let count = |kind: &str| {
        let of_kind = cases.iter().filter(|(_, wrong)| wrong.as_ref().is_some_and(|(of, _)| *of == kind));
        of_kind.count().to_string()
    };
    let (total, failures, errors, skipped) =
        (cases.len().to_string(), count("failure"), count("error"), count("skipped"));
    let title = plain(&answer.title);
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.create_element("testsuites").write_inner_content(|writer| {
        writer
            .create_element("testsuite")
            .with_attribute(("name", title.as_str()))
            .with_attribute(("tests", total.as_str()))
            .with_attribute(("failures", failures.as_str()))
            .with_attribute(("errors", errors.as_str()))
            .with_attribute(("skipped", skipped.as_str()))
            .write_inner_content(|writer| {
                for (name, wrong) in &cases {
                    case(writer, &title, &plain(name), wrong.as_ref())?;
                }
                let notes: Vec<String> = answer.notes.iter().map(|note| plain(note)).collect();
                writer.create_element("system-out").write_text_content(BytesText::new(&notes.join("\n")))?;
                Ok(())
            })?;
        Ok(())
    })?;
    Ok(String::from_utf8_lossy(&writer.into_inner()).into_owned() + "\n")
}

fn case(
    writer: &mut Writer<Vec<u8>>,
    suite: &str,
    name: &str,
    wrong: Option<&(&str, String)>,
) -> io::Result<()> {
    let element =
        writer.create_element("testcase").with_attribute(("classname", suite)).with_attribute(("name", name));
    let Some((kind, message)) = wrong else {
        element.write_empty()?;
        return Ok(());
    };
    element.write_inner_content(|writer| {
        writer.create_element(*kind).with_attribute(("message", plain(message).as_str())).write_empty()?;
        Ok(())
    })?;
    Ok(())
}
