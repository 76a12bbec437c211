//! The pages of the catalogue: every code has one, its example raises the code and nothing else that is an error, and the
//! mended example holds.

#![allow(clippy::disallowed_methods, reason = "the tests read the repository they are in")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clearway_diagnostics::{Code, Diagnostic, catalogue};
use clearway_tests::Fixture;

/// The manifest of an example that shows none.
const PLAIN_MANIFEST: &str = "[project]\nname = \"example\"\n";

/// The file of a block that names none.
const MAIN: &str = "main.cw";

/// The block that says at which time an example is checked.
const NOW: &str = "now";

/// A file of an example: path and text.
type File = (String, String);

/// A page's examples.
struct Page {
    example: Vec<File>,
    mended: Vec<File>,
}

/// Reads a page, or says which part of its form it lacks.
fn parse(code: Code) -> Result<Page, String> {
    let mut headings = Vec::new();
    let mut examples: Vec<Vec<File>> = vec![Vec::new()];
    let mut prose = false;
    let mut lines = code.page().lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            let file = (path(info)?, format!("{}\n", block.join("\n")));
            examples.last_mut().ok_or("a block stands before the title")?.push(file);
        } else if let Some(heading) = line.strip_prefix("## ") {
            headings.push(heading);
            examples.push(Vec::new());
        } else {
            prose |= headings.is_empty() && !line.is_empty() && !line.starts_with('#');
        }
    }
    let title = format!("# {}: ", code.name());
    match examples.as_slice() {
        _ if !code.page().starts_with(&title) => Err(format!("it does not begin with `{title}…`")),
        _ if !prose => Err("it says nothing before its example".to_owned()),
        _ if headings != ["Example", "Mended"] => Err(format!("its headings are {headings:?}")),
        [before, example, mended] if before.is_empty() && !example.is_empty() && !mended.is_empty() => {
            Ok(Page { example: example.clone(), mended: mended.clone() })
        }
        _ => Err("it needs a block in each of its examples, and none before".to_owned()),
    }
}

/// The path of a block's file: `cw title=services.cw`, or the main file.
fn path(info: &str) -> Result<String, String> {
    if info == NOW {
        return Ok(NOW.to_owned());
    }
    let (language, title) = info.split_once(" title=").unwrap_or((info, MAIN));
    let fits = title.rsplit('.').next() == Some(language);
    fits.then(|| title.to_owned())
        .ok_or_else(|| format!("a block `{info}` needs `title=` with a file of that form"))
}

/// Every diagnostic of a project of these files.
fn check(files: &[File]) -> Vec<Diagnostic> {
    let mut fixture = Fixture { manifest: PLAIN_MANIFEST.to_owned(), ..Fixture::default() };
    for (path, text) in files {
        if path == NOW {
            // Without a time an example that needs one does not raise its code.
            fixture.now = text.trim().parse().ok();
        } else {
            fixture.add(path, text);
        }
    }
    fixture.sources.sort();
    let workspace = fixture.workspace();
    let outcome = clearway_analysis::check(&workspace);
    assert_eq!(outcome.checked.is_some(), !outcome.diagnostics.iter().any(Diagnostic::stops_build));
    clearway_compile::check(&workspace).diagnostics
}

fn told<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> String {
    let lines = diagnostics.into_iter().map(|found| {
        format!("  {} {} {}: {}\n", found.severity.word(), found.code.id(), found.code.name(), found.message)
    });
    lines.collect()
}

/// Runs the examples of a code's page, and says what is wrong with them.
fn judge(code: Code) -> Vec<String> {
    let page = match parse(code) {
        Ok(page) => page,
        Err(why) => return vec![format!("{}: {why}", code.id())],
    };
    let mut wrong = Vec::new();
    let raised = check(&page.example);
    if !raised.iter().any(|found| found.code == code && found.severity == code.severity()) {
        wrong.push(format!(
            "{}: its example raises no such {}, but\n{}",
            code.id(),
            code.severity().word(),
            told(&raised)
        ));
    }
    let others: Vec<&Diagnostic> =
        raised.iter().filter(|found| found.is_error() && found.code != code).collect();
    if !others.is_empty() {
        wrong.push(format!("{}: its example raises other errors too\n{}", code.id(), told(others)));
    }
    let left = check(&page.mended);
    let left: Vec<&Diagnostic> = left.iter().filter(|found| found.is_error() || found.code == code).collect();
    if !left.is_empty() {
        wrong.push(format!("{}: its mended example does not hold\n{}", code.id(), told(left)));
    }
    wrong
}

#[test]
fn every_example_raises_its_code_and_is_mended() {
    let wrong: Vec<String> = catalogue::all().iter().flat_map(|code| judge(*code)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_page_belongs_to_a_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/diagnostics/pages");
    let pages: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let codes: BTreeSet<String> = catalogue::all().iter().map(|code| format!("{}.md", code.id())).collect();
    assert_eq!(pages, codes);
}
