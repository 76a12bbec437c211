//! Reading a page: its headings, its blocks, and what they expect.

use std::fmt;

use clearway_diagnostics::{Report, Severity};

/// A heading with blocks under it.
pub(crate) struct Case {
    /// The heading's text.
    pub heading: String,
    /// Its line in the page.
    pub line: usize,
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A file of the project.
    File,
    /// How a file is read.
    Tree,
    /// What a file means.
    Values,
    /// A file with every fix applied.
    Fixed,
    /// The time of the check.
    Now,
}

/// A block.
pub(crate) struct Block {
    /// What it is.
    pub form: Form,
    /// The file it is, or is about.
    pub file: String,
    /// The line of its first fence in the page.
    pub line: usize,
    /// Its text, without what it expects.
    pub text: String,
    /// What must be told of it.
    pub expected: Vec<Expected>,
}

/// Something that must be told.
pub(crate) struct Expected {
    file: String,
    line: u32,
    pub severity: Severity,
    code: String,
    texts: Vec<String>,
}

impl Expected {
    /// Whether a report says this.
    pub(crate) fn is_met_by(&self, report: &Report) -> bool {
        let primary = report.primary();
        let place = primary.file == self.file && primary.start.line == self.line;
        let says = |wanted: &String| {
            report.message.contains(wanted)
                || report.labels.iter().any(|label| label.message.contains(wanted))
                || report.help.iter().any(|help| help.contains(wanted))
                || report.fixes.iter().any(|fix| fix.title.contains(wanted))
        };
        place && report.severity == self.severity && report.code == self.code && self.texts.iter().all(says)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}[{}]", self.file, self.line, self.severity.word(), self.code)?;
        self.texts.iter().try_for_each(|text| write!(f, " {text:?}"))
    }
}

/// The tests of a page, or what is wrong with its form.
pub(crate) fn read(page: &str, text: &str) -> Result<Vec<Case>, String> {
    let mut cases: Vec<Case> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let wrong = |what: &str| format!("{page}:{}: {what}", at + 1);
        if let Some(heading) = line.strip_prefix('#') {
            let heading = heading.trim_start_matches('#').trim().to_owned();
            cases.push(Case { heading, line: at + 1, blocks: Vec::new() });
        } else if let Some(info) = line.strip_prefix("```") {
            let (form, file) = kind(info).ok_or_else(|| wrong("unknown block"))?;
            let case = cases.last_mut().ok_or_else(|| wrong("a block before the first heading"))?;
            let mut block = Block { form, file, line: at + 1, text: String::new(), expected: Vec::new() };
            loop {
                let (_, line) = lines.next().ok_or_else(|| wrong("a block that does not end"))?;
                if line == "```" {
                    break;
                }
                let number = block.text.lines().count() as u32 + 1;
                let code = match form {
                    Form::File => take_expected(line, &block.file, number, &mut block.expected)
                        .map_err(|what| wrong(&what))?,
                    _ => line,
                };
                block.text += code;
                block.text.push('\n');
            }
            case.blocks.push(block);
        }
    }
    cases.retain(|case| !case.blocks.is_empty());
    Ok(cases)
}

/// What a block is, by the line that opens it.
fn kind(info: &str) -> Option<(Form, String)> {
    let mut words = info.split(' ');
    let language = words.next()?;
    let mut form = match language {
        "tree" => Form::Tree,
        "values" => Form::Values,
        "now" => Form::Now,
        "cw" | "toml" | "json" | "text" | "yaml" => Form::File,
        _ => return None,
    };
    let mut file = if language == "toml" { "clearway.toml" } else { "main.cw" };
    for word in words {
        match word.split_once('=') {
            Some(("file", path)) => file = path,
            None if word == "fixed" && language == "cw" => form = Form::Fixed,
            _ => return None,
        }
    }
    (form != Form::File || language == "text" || file.ends_with(language)).then(|| (form, file.to_owned()))
}

/// A line without what it expects.
fn take_expected<'l>(
    line: &'l str,
    file: &str,
    number: u32,
    out: &mut Vec<Expected>,
) -> Result<&'l str, String> {
    const MARKS: [(&str, Severity); 5] = [
        ("// error: ", Severity::Error),
        ("// warning: ", Severity::Warning),
        ("// info: ", Severity::Info),
        ("# error: ", Severity::Error),
        ("# warning: ", Severity::Warning),
    ];
    let first = MARKS.iter().filter_map(|(mark, _)| line.find(mark)).min();
    let Some(first) = first else { return Ok(line) };
    let mut rest = &line[first..];
    while !rest.is_empty() {
        let (mark, severity) = MARKS
            .iter()
            .find(|(mark, _)| rest.starts_with(mark))
            .ok_or_else(|| format!("`{rest}` is no expectation"))?;
        let after = &rest[mark.len()..];
        let (code, after) = after.split_at_checked(6).ok_or_else(|| format!("`{after}` is no code"))?;
        let mut expected = Expected {
            file: file.to_owned(),
            line: number,
            severity: *severity,
            code: code.to_owned(),
            texts: Vec::new(),
        };
        rest = after.trim_start();
        while let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted
                .match_indices('"')
                .map(|(at, _)| at)
                .find(|at| matches!(quoted.as_bytes().get(at + 1), None | Some(b' ')));
            let end = end.ok_or_else(|| format!("`{quoted}` is not closed"))?;
            expected.texts.push(quoted[..end].to_owned());
            rest = quoted[end + 1..].trim_start();
        }
        out.push(expected);
    }
    Ok(line[..first].trim_end())
}

/// The page with other texts in some of its blocks.
pub(crate) fn rewritten(text: &str, anew: &[(&Block, String)]) -> String {
    let mut out = String::new();
    let mut skipping = false;
    for (at, line) in text.lines().enumerate() {
        skipping &= line != "```";
        if !skipping {
            out += line;
            out.push('\n');
        }
        if let Some((_, actual)) = anew.iter().find(|(block, _)| block.line == at + 1) {
            out += actual;
            skipping = true;
        }
    }
    out
}
