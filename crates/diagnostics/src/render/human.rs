//! For people: the message, the lines of the source with their labels, and how to go on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic, Label, Severity as Header};
use codespan_reporting::files::{Error, SimpleFiles};
use codespan_reporting::term::termcolor::WriteColor;
use codespan_reporting::term::{Config, emit_to_write_style};

use super::{Texts, help, printable};
use crate::{Position, Report, ReportLabel, Severity};

/// Writes every report, each followed by an empty line.
pub fn write(out: &mut dyn WriteColor, reports: &[Report], texts: &dyn Texts) -> io::Result<()> {
    let files = Files::new(reports, texts);
    let config = Config::default();
    for report in reports {
        let written = emit_to_write_style(out, &config, &files.texts, &diagnostic(report, &files));
        written.map_err(|error| match error {
            Error::Io(error) => error,
            other => io::Error::other(other),
        })?;
    }
    Ok(())
}

/// The texts of all files that have a label, each prepared once however many reports there are.
struct Files<'a> {
    ids: BTreeMap<&'a str, usize>,
    texts: SimpleFiles<String, Cow<'a, str>>,
}

impl<'a> Files<'a> {
    fn new(reports: &'a [Report], texts: &'a dyn Texts) -> Self {
        let mut files = Self { ids: BTreeMap::new(), texts: SimpleFiles::new() };
        for label in reports.iter().flat_map(|report| &report.labels) {
            files.ids.entry(&label.file).or_insert_with(|| {
                let text = printable::text(texts.text(&label.file));
                files.texts.add(printable::line(&label.file), text)
            });
        }
        files
    }

    fn label(&self, label: &ReportLabel) -> Option<Label<usize>> {
        let id = *self.ids.get(label.file.as_str())?;
        let range = visible(self.texts.get(id).ok()?.source(), label);
        let shown = if label.primary { Label::primary(id, range) } else { Label::secondary(id, range) };
        Some(shown.with_message(printable::line(&label.message)))
    }
}

fn diagnostic(report: &Report, files: &Files<'_>) -> Diagnostic<usize> {
    Diagnostic::new(header(report.severity))
        .with_code(&report.code)
        .with_message(printable::text(&report.message))
        .with_labels_iter(report.labels.iter().filter_map(|label| files.label(label)))
        .with_notes_iter(help::lines_and_fixes(report).map(|line| format!("help: {}", printable::line(line))))
}

fn header(severity: Severity) -> Header {
    match severity {
        Severity::Error => Header::Error,
        Severity::Warning => Header::Warning,
        Severity::Info | Severity::Hint => Header::Note,
    }
}

/// The bytes to underline: inside the text, and without a line end, which would draw the label over two lines.
fn visible(text: &str, label: &ReportLabel) -> Range<usize> {
    let mut start = boundary(text, label.start);
    let mut end = boundary(text, label.end).max(start);
    if text[start..end].contains('\n') {
        end = start + text[start..end].trim_end().len();
    }
    // Between the two characters of a line end nothing can be marked.
    if text[..start].ends_with('\r') && text[start..].starts_with('\n') {
        start -= 1;
        end = end.max(start);
    }
    start..end
}

/// The text may be another than the one the report was made of.
fn boundary(text: &str, position: Position) -> usize {
    let mut at = text.len().min(position.offset as usize);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::render::samples::{self, Files, at, label, report};
    use crate::render::termcolor::{Ansi, NoColor};
    use crate::{Position, Report, ReportLabel, Severity};

    /// Without the white space that codespan leaves at the end of lines.
    fn human(reports: &[Report], files: &Files<'_>) -> String {
        let mut out = NoColor::new(Vec::new());
        write(&mut out, reports, files).unwrap();
        let written = String::from_utf8(out.into_inner()).unwrap();
        written.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    /// One report with these labels in one file.
    fn labelled(file: (&str, &str), labels: impl Into<Vec<ReportLabel>>) -> String {
        human(&[report("CW9903", "sample", "this is wrong", labels)], &Files(&[file]))
    }

    #[test]
    fn one_label_and_a_fix_that_the_help_tells() {
        insta::assert_snapshot!(human(&[samples::unknown_name()], &samples::TEXTS), @"
        error[CW9901]: there is no label `optinal` of `requires`
          ┌─ shop.cw:3:28
          │
        3 │   requires ledger.api ^2.1 optinal
          │                            ^^^^^^^
          │
          = help: did you mean `optional`?
        ");
    }

    #[test]
    fn labels_in_two_files_and_a_fix_of_its_own() {
        let warning = Report { severity: Severity::Warning, ..samples::unknown_name() };
        insta::assert_snapshot!(human(&[samples::conflict(), warning], &samples::TEXTS), @"
        error[CW9902]: no version of `ledger` satisfies `checkout`
          ┌─ shop.cw:3:23
          │
        1 │ service checkout {
          │         -------- needed by this service
        2 │   owner = payments
        3 │   requires ledger.api ^2.1 optinal
          │                       ^^^^ 2.1 or later, below 3
          │
          ┌─ our team/ledger.cw:2:13
          │
        2 │   version = 1.4.2
          │             ----- the only version there is
          │
          = help: ship a version 2 of `ledger`
          = help: or accept `^1.4`
          = help: require it only with a flag

        warning[CW9901]: there is no label `optinal` of `requires`
          ┌─ shop.cw:3:28
          │
        3 │   requires ledger.api ^2.1 optinal
          │                            ^^^^^^^
          │
          = help: did you mean `optional`?
        ");
    }

    #[test]
    fn many_labels_in_one_file() {
        let text = "\
release autumn {
  ship checkout 3.4.0
  ship ledger 2.3.1
  ship auth-sdk 5.2.0

  stage staging { gates = [e2e] }
  stage production-eu {
    gates = [e2e, load-test]
    approval = standard
    rollout = careful()
    bake = 2 h
  }
}
";
        let production = &text[text.find("stage production-eu").unwrap()..text.rfind("\n}").unwrap()];
        let file = ("a.cw", text);
        let labels = [
            label(file, "checkout", "needs `ledger`"),
            label(file, "ledger", "needs `auth-sdk`"),
            label(file, "auth-sdk", "needs `checkout`"),
            label(file, "[e2e]", "first here"),
            label(file, "e2e", ""),
            label(file, "staging", "all of them go to this stage"),
            label(file, production, "and to this one"),
            label(file, "release autumn", "in this release"),
        ];
        insta::assert_snapshot!(labelled(file, labels), @"
        error[CW9903]: this is wrong
           ┌─ a.cw:2:8
           │
         1 │   release autumn {
           │   -------------- in this release
         2 │     ship checkout 3.4.0
           │          ^^^^^^^^ needs `ledger`
         3 │     ship ledger 2.3.1
           │          ------ needs `auth-sdk`
         4 │     ship auth-sdk 5.2.0
           │          -------- needs `checkout`
         5 │
         6 │     stage staging { gates = [e2e] }
           │           -------           -----
           │           │                 │
           │           │                 first here
           │           all of them go to this stage
         7 │ ╭   stage production-eu {
         8 │ │     gates = [e2e, load-test]
         9 │ │     approval = standard
        10 │ │     rollout = careful()
        11 │ │     bake = 2 h
        12 │ │   }
           │ ╰───' and to this one
        ");
    }

    #[test]
    fn a_label_over_several_lines_ends_at_its_last_word() {
        let text = "service a {\r\n  owner = b\r\n}\r\n\r\nuse c\r\n";
        let file = ("a.cw", text);
        let labels = [
            label(file, "a {\r\n  owner = b\r\n}\r\n\r\n", "all of it"),
            label(file, "use c\r\n", "with its line end"),
        ];
        insta::assert_snapshot!(labelled(file, labels), @"
        error[CW9903]: this is wrong
          ┌─ a.cw:1:9
          │
        1 │   service a {
          │ ╭─────────^
        2 │ │   owner = b
        3 │ │ }
          │ ╰─^ all of it
        4 │
        5 │   use c
          │   ----- with its line end
        ");
    }

    #[test]
    fn the_end_of_a_text_can_be_marked() {
        let at_end = |text: &str| {
            let file = ("a.cw", text);
            labelled(file, [at(file, text.len()..text.len(), "something is missing")])
        };
        insta::assert_snapshot!(at_end("service a {"), @"
        error[CW9903]: this is wrong
          ┌─ a.cw:1:12
          │
        1 │ service a {
          │            ^ something is missing
        ");
        insta::assert_snapshot!(at_end("service a {\n"), @"
        error[CW9903]: this is wrong
          ┌─ a.cw:2:1
          │
        2 │
          │ ^ something is missing
        ");
        insta::assert_snapshot!(at_end(""), @"
        error[CW9903]: this is wrong
          ┌─ a.cw:1:1
          │
        1 │
          │ ^ something is missing
        ");
    }

    #[test]
    fn a_line_end_can_be_marked() {
        let text = "use a\r\nuse b\n";
        let file = ("a.cw", text);
        let labels = [
            at(file, 5..7, "both characters"),
            at(file, 6..6, "between them"),
            at(file, 12..13, "one character"),
        ];
        insta::assert_snapshot!(labelled(file, labels), @"
        error[CW9903]: this is wrong
          ┌─ a.cw:1:6
          │
        1 │ use a
          │      ^
          │
          │      both characters
          │      between them
        2 │ use b
          │      - one character
        ");
    }

    #[test]
    fn wide_characters_and_tabs_are_marked_where_they_are_shown() {
        let text = "\tlet\té = \"日本語 e\u{301}\" x\n";
        let file = ("a.cw", text);
        let labels = [
            label(file, "é", "two bytes"),
            label(file, "日本語", "twice as wide"),
            label(file, "x", "after them"),
        ];
        insta::assert_snapshot!(labelled(file, labels), @r#"
        error[CW9903]: this is wrong
          ┌─ a.cw:1:6
          │
        1 │     let é = "日本語 é" x
          │         ^    ------    - after them
          │         │    │
          │         │    twice as wide
          │         two bytes
        "#);
    }

    #[test]
    fn a_text_that_has_changed_since_is_no_reason_to_fail() {
        let mut far = report("CW9903", "sample", "this is wrong", [at(("a.cw", "x"), 0..1, "gone")]);
        for (start, end) in [(1, 2), (3, 900), (900, 3)] {
            far.labels[0].start = Position { line: 1, column: 1, offset: start };
            far.labels[0].end = Position { line: 1, column: 1, offset: end };
            for text in ["", "é", "日", "ab\ncd"] {
                assert!(human(std::slice::from_ref(&far), &Files(&[("a.cw", text)])).contains("gone"));
            }
        }
    }

    #[test]
    fn nothing_reaches_the_terminal_that_would_command_it() {
        let text = "use a\u{1b}[2J // \u{202e}b\n";
        let mut hostile =
            report("CW9903", "sample", "no `a\u{1b}[2J`", [label(("\r.cw", text), "a\u{1b}[2J", "\u{7}")]);
        hostile.help = Some("\u{9b}2J".to_owned());
        insta::assert_snapshot!(human(&[hostile], &Files(&[("\r.cw", text)])), @"
        error[CW9903]: no `a?[2J`
          ┌─ ?.cw:1:5
          │
        1 │ use a?[2J // �b
          │     ^^^^^ ?
          │
          = help: ¿2J
        ");
    }

    #[test]
    fn severities_are_told_by_colour() {
        let note = Report { severity: Severity::Info, ..samples::unknown_name() };
        let mut out = Ansi::new(Vec::new());
        write(&mut out, &[note], &samples::TEXTS).unwrap();
        let shown = String::from_utf8(out.into_inner()).unwrap().replace('\u{1b}', "ESC");
        insta::assert_snapshot!(shown, @"
        ESC[0mESC[1mESC[38;5;10mnote[CW9901]ESC[0mESC[1m: there is no label `optinal` of `requires`ESC[0m
          ESC[0mESC[36m┌─ESC[0m shop.cw:3:28
          ESC[0mESC[36m│ESC[0m
        ESC[0mESC[36m3ESC[0m ESC[0mESC[36m│ESC[0m   requires ledger.api ^2.1 ESC[0mESC[32moptinalESC[0m
          ESC[0mESC[36m│ESC[0m                            ESC[0mESC[32m^^^^^^^ESC[0m
          ESC[0mESC[36m│ESC[0m
          ESC[0mESC[36m=ESC[0m help: did you mean `optional`?
        ");
    }
}
