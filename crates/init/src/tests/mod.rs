//! Whole proposals, from repositories in memory.

mod compose;
mod hostile;
mod kubernetes;
mod packages;
mod random;

use crate::{Proposal, Repository, propose};
use std::collections::BTreeMap;

struct Memory(BTreeMap<String, String>);

impl Memory {
    fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self(files.map(|(path, text)| (path.to_owned(), text.to_owned())).into())
    }
}

impl Repository for Memory {
    fn files(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).filter(|text| !text.contains('\0')).cloned()
    }
}

/// All of a proposal, the files first.
fn show(proposal: &Proposal) -> String {
    let files = proposal.files.iter().map(|file| format!("==> {}\n{}", file.path, file.text));
    let notes = proposal.notes.iter().map(|note| format!("note: {note}\n"));
    files.chain(notes).collect::<Vec<_>>().join("\n")
}

/// The services alone, and the notes.
fn services<const N: usize>(files: [(&str, &str); N]) -> String {
    let mut proposal = propose("shop", &Memory::of(files));
    proposal.files.retain(|file| file.path == "services.cw");
    show(&proposal)
}

/// Whether strings are closed and braces balance on every line's way, as the lexer sees it.
fn is_well_formed(text: &str) -> bool {
    let mut open = 0_i32;
    for line in text.lines() {
        let mut rest = line.chars().peekable();
        let mut in_string = false;
        while let Some(c) = rest.next() {
            match c {
                '\\' if in_string => drop(rest.next()),
                '$' if in_string && rest.peek() == Some(&'{') => return false,
                '"' => in_string = !in_string,
                '/' if !in_string && rest.peek() == Some(&'/') => break,
                '{' if !in_string => open += 1,
                '}' if !in_string => open -= 1,
                _ => {}
            }
        }
        if in_string || open < 0 {
            return false;
        }
    }
    open == 0
}

#[test]
fn an_empty_folder_gets_the_starter() {
    let proposal = propose("my shop", &Memory::of([("README.md", "hello")]));
    let paths: Vec<&str> = proposal.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["clearway.toml", "services.cw", "release.cw"]);
    assert!(proposal.files.iter().all(|file| is_well_formed(&file.text)));
    insta::assert_snapshot!(proposal.files[0].text, @r#"
    [project]
    name = "my shop"
    "#);
    insta::assert_snapshot!(proposal.notes.join("\n"), @r#"found no services in this folder: here is a small project to start from"#);
}
