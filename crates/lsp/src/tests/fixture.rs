//! A project in one text with a cursor: `//- path` starts a file, `$0` is where the cursor is. `clearway.toml` is its manifest; what
//! begins with `../`, or is not in the language, is read when something names it.

use std::sync::Arc;

use clearway_model::{Db, MANIFEST, MemorySystem, SourceFile, Workspace};
use clearway_schedule::Zone;

use crate::location::{Location, TextChange};
use crate::reader::Reader;

/// Someone in Tokyo, on a Monday in November.
pub(super) fn reader() -> Reader {
    Reader { now: "2026-11-02T09:00:00Z".parse().unwrap(), zone: Zone::named("Asia/Tokyo").unwrap() }
}

/// A project with a cursor in one of its files.
pub(super) struct Fixture {
    pub workspace: Workspace,
    pub file: SourceFile,
    pub offset: u32,
}

impl Fixture {
    pub(super) fn new(text: &str) -> Self {
        let mut files: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            match line.strip_prefix("//- ") {
                Some(path) => files.push((path.trim().to_owned(), String::new())),
                None => {
                    if files.is_empty() {
                        files.push(("main.cw".to_owned(), String::new()));
                    }
                    files.last_mut().unwrap().1.push_str(line);
                }
            }
        }
        let mut cursor = None;
        for (path, text) in &mut files {
            if let Some(at) = text.find("$0") {
                text.replace_range(at..at + 2, "");
                cursor = Some((path.clone(), at as u32));
            }
        }
        files.sort();
        let (path, offset) = cursor.expect("the fixture has a cursor");
        let mut manifest = "[project]\nname = \"test\"\n".to_owned();
        let mut system = MemorySystem::default();
        let mut sources = Vec::new();
        for (path, text) in files {
            match path.as_str() {
                MANIFEST => manifest = text,
                other if other.starts_with("../") || !other.ends_with(".cw") => {
                    system.files.insert(path, text);
                }
                _ => sources.push((path, Arc::from(text))),
            }
        }
        let workspace = Workspace::new(Arc::new(system), &manifest, sources);
        let file = workspace.source(&path).unwrap();
        Self { workspace, file, offset }
    }

    /// A place as `path:line:column text`.
    pub(super) fn show(&self, place: Location) -> String {
        let text = place.file.text(&self.workspace);
        let before = &text[..place.span.start as usize];
        let line = before.matches('\n').count() + 1;
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
        format!("{}:{line}:{column} {}", place.file.path(&self.workspace), &text[place.span.range()])
    }

    /// The files after changes, in one text; only those that changed.
    pub(super) fn changed(&self, changes: Vec<(SourceFile, TextChange)>) -> String {
        let mut result = String::new();
        for file in self.workspace.project().sources(&self.workspace) {
            let mut mine: Vec<_> =
                changes.iter().filter(|(of, _)| of == file).map(|(_, change)| change).collect();
            if mine.is_empty() {
                continue;
            }
            mine.sort_by_key(|change| std::cmp::Reverse(change.span.start));
            let mut text = file.text(&self.workspace).to_string();
            for change in mine {
                text.replace_range(change.span.range(), &change.text);
            }
            result += &format!("//- {}\n{text}", file.path(&self.workspace));
        }
        result
    }
}
