//! GitHub workflow commands, which the runner turns into annotations beside the changed lines.

use std::io::{self, Write};

use super::{help, locus};
use crate::{Report, Severity};

/// Writes one command per report. An annotation shows one place, so the others go into its text.
pub fn write(out: &mut dyn Write, reports: &[Report]) -> io::Result<()> {
    for report in reports {
        let command = command(report.severity);
        let properties: Vec<String> =
            properties(report).iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
        writeln!(out, "::{command} {}::{}", properties.join(","), data(&message(report)))?;
    }
    Ok(())
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Hint => "notice",
    }
}

fn properties(report: &Report) -> Vec<(&'static str, String)> {
    let primary = report.primary();
    let (start, end) = (primary.start, primary.end);
    let mut properties = vec![
        ("file", primary.file.clone()),
        ("line", start.line.to_string()),
        ("endLine", end.line.to_string()),
    ];
    // The runner refuses columns on an annotation of several lines.
    if start.line == end.line {
        properties.push(("col", start.column.to_string()));
        properties.push(("endColumn", end.column.to_string()));
    }
    properties.push(("title", format!("{} {}", report.code, report.name)));
    properties
}

fn message(report: &Report) -> String {
    let mut lines = vec![report.message.clone()];
    for label in &report.labels {
        match (label.primary, label.message.as_str()) {
            (true, "") => {}
            (true, what) => lines.push(what.to_owned()),
            (false, "") => lines.push(locus(label)),
            (false, what) => lines.push(format!("{}: {what}", locus(label))),
        }
    }
    lines.extend(help::lines_and_fixes(report).map(|help| format!("help: {help}")));
    lines.join("\n")
}

fn data(text: &str) -> String {
    // The percent sign first: the others bring some of their own.
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::{Position, Report, Severity, render::samples};

    fn github(reports: &[Report]) -> String {
        let mut out = Vec::new();
        write(&mut out, reports).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn other_places_and_help_are_told_in_the_text() {
        insta::assert_snapshot!(github(&[samples::unknown_name(), samples::conflict()]), @"
        ::error file=shop.cw,line=3,endLine=3,col=28,endColumn=35,title=CW9901 unknown-name::there is no label `optinal` of `requires`%0Ahelp: did you mean `optional`?
        ::error file=shop.cw,line=3,endLine=3,col=23,endColumn=27,title=CW9902 version-conflict::no version of `ledger` satisfies `checkout`%0A2.1 or later, below 3%0Ashop.cw:1:9: needed by this service%0Aour team/ledger.cw:2:13: the only version there is%0Ahelp: ship a version 2 of `ledger`%0Ahelp: or accept `^1.4`%0Ahelp: require it only with a flag
        ");
    }

    #[test]
    fn what_the_runner_would_read_as_syntax_is_escaped() {
        let mut report = Report { severity: Severity::Hint, ..samples::unknown_name() };
        report.message = "100 % of a, b::c\r\nand d".to_owned();
        report.help = None;
        report.labels.truncate(1);
        report.labels[0].file = "a,b/50%: c.cw".to_owned();
        insta::assert_snapshot!(github(&[report]), @"::notice file=a%2Cb/50%25%3A c.cw,line=3,endLine=3,col=28,endColumn=35,title=CW9901 unknown-name::100 %25 of a, b::c%0D%0Aand d%0Ahelp: write `optional`");
    }

    #[test]
    fn several_lines_have_no_columns() {
        let mut report = samples::unknown_name();
        report.labels.truncate(1);
        report.labels[0].end = Position { line: 9, column: 2, offset: 200 };
        insta::assert_snapshot!(github(&[report]), @"::error file=shop.cw,line=3,endLine=9,title=CW9901 unknown-name::there is no label `optinal` of `requires`%0Ahelp: did you mean `optional`?");
    }
}
