//! The manual: every block of it is run.
//!
//! A block with `file=NAME` is a file of the page's project, and takes the place of an earlier one of that name. A `console` block
//! holds commands after `$ `, and below each what it prints: standard output, then standard error; a line `...` stands for any lines,
//! `exit=1` behind `console` for the exit code of the last command. A page is one project, from its top to its bottom. Blocks of other
//! languages are files too: one without a name is an error, so that nothing stands in the manual that nobody has tried.
//!
//! `CLEARWAY_UPDATE=1` writes anew what commands print, but for blocks with `...`; read it before it is committed.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "the tests read the manual, and write the files that it shows")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clearway_tests::{files_below, repository};

fn sources() -> PathBuf {
    repository().join("crates/cli/manual/src")
}

/// A fenced block of a page: its info string, its lines, and where the lines stand in the page. A block with fences in it has a longer one.
struct Block {
    info: String,
    from: usize,
    until: usize,
}

fn blocks(lines: &[String]) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(String, usize, usize)> = None;
    for (at, line) in lines.iter().enumerate() {
        let info = line.trim_start_matches('`');
        let ticks = line.len() - info.len();
        match &open {
            None if ticks >= 3 => open = Some((info.trim().to_owned(), at + 1, ticks)),
            Some((_, _, fence)) if ticks == *fence && info.is_empty() => {
                let (info, from, _) = open.take().unwrap();
                found.push(Block { info, from, until: at });
            }
            _ => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    found
}

/// Runs a page. The lines of the page as they should be.
fn run(page: &Path, update: bool) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let folder = tempfile::tempdir().unwrap();
    // From the last to the first an answer may grow without moving what comes before; but commands run from the first on.
    let mut answers: Vec<(usize, usize, Vec<String>)> = Vec::new();
    for block in blocks(&lines) {
        let body = lines[block.from..block.until].to_vec();
        let at = format!("{}:{}", page.display(), block.from);
        let word = block.info.split_whitespace().next().unwrap_or_default();
        let named = block.info.split_whitespace().find_map(|part| part.strip_prefix("file="));
        match (word, named) {
            ("console", None) => {
                let exit = block.info.split_whitespace().find_map(|part| part.strip_prefix("exit="));
                let exit: i32 = exit.map_or(0, |code| code.parse().unwrap());
                let answer = console(folder.path(), &body, exit, &at, update);
                answers.push((block.from, block.until, answer));
            }
            (_, Some(name)) => {
                let path = folder.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, body.join("\n") + "\n").unwrap();
            }
            _ => panic!("{at}: `{}` is neither a file nor a console", block.info),
        }
    }
    for (from, until, answer) in answers.into_iter().rev() {
        lines.splice(from..until, answer);
    }
    lines
}

/// Runs the commands of a block and compares what they print. The block as it should be.
fn console(folder: &Path, body: &[String], exit: i32, at: &str, update: bool) -> Vec<String> {
    let mut out = Vec::new();
    let starts: Vec<usize> =
        body.iter().enumerate().filter(|(_, line)| line.starts_with("$ ")).map(|(index, _)| index).collect();
    assert!(starts.first() == Some(&0), "{at}: a console begins with a command");
    for (nth, start) in starts.iter().enumerate() {
        let end = starts.get(nth + 1).copied().unwrap_or(body.len());
        let (command, expected) = (&body[*start], &body[start + 1..end]);
        let mut words = command[2..].split_whitespace();
        assert_eq!(words.next(), Some("clearway"), "{at}: only `clearway` is run here");
        let ran = Command::new(env!("CARGO_BIN_EXE_clearway"))
            .args(words)
            .current_dir(folder)
            .env_remove("CLEARWAY_LEDGER_KEY")
            .output()
            .unwrap();
        let wanted = if end == body.len() { exit } else { 0 };
        let mut printed = String::from_utf8(ran.stdout).unwrap();
        printed.push_str(&String::from_utf8(ran.stderr).unwrap());
        assert_eq!(ran.status.code(), Some(wanted), "{at}: {command}\n{printed}");
        let printed: Vec<String> = printed.lines().map(|line| line.trim_end().to_owned()).collect();
        out.push(command.clone());
        if update && !expected.iter().any(|line| line == "...") {
            out.extend(printed);
        } else {
            assert!(
                matches(expected, &printed),
                "{at}: {command}\nexpected:\n{}\nprinted:\n{}",
                expected.join("\n"),
                printed.join("\n")
            );
            out.extend(expected.iter().cloned());
        }
    }
    out
}

/// Whether lines are as expected, where `...` stands for any lines.
fn matches(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => {
            (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..]))
        }
        Some((first, rest)) => printed.first() == Some(first) && matches(rest, &printed[1..]),
    }
}

#[test]
fn every_block_of_the_manual_is_true() {
    let update = std::env::var_os("CLEARWAY_UPDATE").is_some();
    let pages: Vec<PathBuf> = files_below(&sources())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    assert!(pages.len() > 2, "only {} pages were found", pages.len());
    for page in pages {
        let lines = run(&page, update);
        if update {
            fs::write(&page, lines.join("\n") + "\n").unwrap();
        }
    }
}

#[test]
fn the_summary_of_the_manual_has_each_page() {
    let summary = fs::read_to_string(sources().join("SUMMARY.md")).unwrap();
    for name in summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(sources().join(name).exists(), "{name} is in the summary, and does not exist");
    }
    for page in files_below(&sources()).iter().filter(|path| path.extension().is_some_and(|end| end == "md"))
    {
        let name = page.strip_prefix(sources()).unwrap().to_string_lossy().replace('\\', "/");
        assert!(name == "SUMMARY.md" || summary.contains(&format!("({name})")), "{name} is in no chapter");
    }
}
