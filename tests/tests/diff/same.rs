//! Edits that change nothing a plan says: formatting, comments, the order of declarations and of lists that are sets.

use clearway_model::vocabulary::Shape;
use clearway_syntax::{FormatOptions, format};
use clearway_tests::{Fixture, files_below, repository};
use rayon::prelude::*;

use super::{Read, diff, example};

/// The examples.
fn examples() -> Vec<String> {
    let root = repository().join("examples");
    let manifests = files_below(&root);
    let folders =
        manifests.iter().filter(|path| path.ends_with("clearway.toml")).map(|path| path.parent().unwrap());
    let names = folders.map(|folder| folder.strip_prefix(&root).unwrap().to_string_lossy().into_owned());
    // What projects share ships nothing, so it has no plan.
    names.filter(|name| !name.starts_with("shared")).collect()
}

/// Another text for each file.
fn changed(fixture: &Fixture, change: &dyn Fn(&str) -> String) -> Fixture {
    let mut changed = fixture.clone();
    changed.sources.iter_mut().for_each(|(_, text)| *text = change(text));
    changed
}

/// Every line break and indentation otherwise, as far as the language lets one write it.
fn narrow(text: &str) -> String {
    format(text, &FormatOptions { width: 40 }, &Shape)
}

fn commented(text: &str) -> String {
    let line = |line: &str| match line.is_empty() || line.trim_start().starts_with("//") {
        true => format!("{line}\n"),
        false => format!("{line} // as before\n"),
    };
    // A comment at the end of a line of a text over several lines would be a part of the text.
    if text.contains("\"\"\"") { format!("// as before\n{text}") } else { text.lines().map(line).collect() }
}

/// The declarations of a file the other way round; what is imported stays first.
fn turned(text: &str) -> String {
    let (mut head, mut blocks): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for block in text.split_inclusive("\n\n") {
        let is_use = block.lines().any(|line| line.starts_with("use "));
        // What is inside of a declaration belongs to it.
        let goes_on = block.starts_with([' ', '}', '\n']);
        match (is_use, goes_on, blocks.last_mut()) {
            (true, ..) => head.push(block.to_owned()),
            (_, true, Some(last)) => last.push_str(block),
            _ => blocks.push(format!("{}\n\n", block.trim_end_matches('\n'))),
        }
    }
    blocks.reverse();
    head.into_iter().chain(blocks).collect()
}

#[test]
fn formatting_comments_and_the_order_of_declarations_change_nothing() {
    examples().par_iter().for_each(|name| {
        let fixture = example(name);
        let read = Read::of(&fixture.workspace()).unwrap();
        for (what, change) in
            [("formatting", &narrow as &dyn Fn(&str) -> String), ("comments", &commented), ("order", &turned)]
        {
            let other = changed(&fixture, change);
            assert_ne!(other.sources, fixture.sources, "{name}: {what}");
            let other = Read::of(&other.workspace()).unwrap_or_else(|why| panic!("{name}: {what}: {why}"));
            let found = diff(&read, &other, &[]);
            assert!(found.is_empty() && found.effects.is_empty(), "{name}: {what}: {:#?}", found.changes);
        }
    });
}
