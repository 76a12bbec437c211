//! How long an editor waits: from an edit to what is told of it in its file, and in another; for completion and for hover. In generated
//! workspaces, over the real protocol. `cargo bench -p clearway --bench editor [-- SERVICES…]` prints median and 99th percentile in
//! milliseconds.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures time, writes the workspace it opens, and prints what it found"
)]

#[path = "../tests/editor/client.rs"]
#[allow(dead_code, reason = "the tests ask for more")]
mod client;

use std::fs;
use std::time::{Duration, Instant};

use clearway_tests::workload;
use client::{Client, position};
use serde_json::json;
use tempfile::TempDir;

/// How often each is measured.
const ROUNDS: usize = 60;

fn main() {
    let given: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![100, 1_000, 10_000] } else { given };
    println!("{:>8} {:<34} {:>9} {:>9}", "services", "what", "median", "p99");
    for services in sizes {
        measure(services);
    }
}

fn row(services: usize, what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |at: usize| times[at.min(times.len() - 1)].as_secs_f64() * 1000.0;
    println!("{services:>8} {what:<34} {:>9.2} {:>9.2}", ms(times.len() / 2), ms(times.len() * 99 / 100));
}

/// A service of a file that some other file requires, and the path of that file.
fn dependent_elsewhere<'f>(files: &'f [(String, String)], path: &str, text: &str) -> (String, &'f str) {
    let declared = text.lines().filter_map(|line| line.strip_prefix("service ")?.strip_suffix(" {"));
    let pair = |name: &str| {
        let wanted = format!("  requires {name}.api ");
        let (other, _) = files.iter().find(|(other, text)| other != path && text.contains(&wanted))?;
        Some((name.to_owned(), other.as_str()))
    };
    declared.filter_map(pair).next().expect("the services are in more than one file")
}

fn measure(services: usize) {
    let folder = TempDir::new().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::write(root.join("clearway.toml"), "[project]\nname = \"load\"\n").unwrap();
    fs::create_dir(root.join("services")).unwrap();
    let files = workload::workspace(services);
    for (path, text) in &files {
        fs::write(root.join(path), text).unwrap();
    }
    let (path, text) = &files[1 + (services.div_ceil(workload::PER_FILE) - 1) / 2];
    let (mut client, _) = Client::start(&["utf-8"]);

    let sound = text.as_str();
    let line = sound.lines().rev().find(|line| line.contains("  requires ")).unwrap();
    let range = line.rsplit_once(' ').unwrap().1;
    let wrong_range = sound.replacen(line, &line.replace(range, "^9"), 1);
    let new_edge = sound.replacen(line, &format!("{line}\n  requires svc-0.nothing ^1"), 1);
    let comment = sound.replacen(line, &format!("  // Why.\n{line}"), 1);

    let start = Instant::now();
    let uri = client.open(&root.join(path), &wrong_range);
    client.diagnostics(&uri, |found| !found.is_empty());
    row(services, "open the project, first diagnostics", vec![start.elapsed()]);
    let mut version = 2;
    client.replace(&uri, version, sound);
    client.diagnostics(&uri, <[_]>::is_empty);

    let (provider, dependent) = dependent_elsewhere(&files, path, sound);
    let (before, after) = sound.split_once(&format!("service {provider} {{")).unwrap();
    let taken_away =
        format!("{before}service {provider} {{{}", after.replacen("provides api 1.", "provides api 9.", 1));
    let elsewhere = client::uri(&root.join(dependent));
    let edits = [
        ("a changed range", &wrong_range, &uri),
        ("an added or removed edge", &new_edge, &uri),
        ("of another file", &taken_away, &elsewhere),
    ];
    for (what, mistaken, told) in edits {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            for (text, sound) in [(mistaken.as_str(), false), (sound, true)] {
                version += 1;
                let start = Instant::now();
                client.replace(&uri, version, text);
                client.diagnostics(told, |found| found.is_empty() == sound);
                times.push(start.elapsed());
            }
        }
        row(services, &format!("diagnostics: {what}"), times);
    }
    let asks = [("completion", "textDocument/completion"), ("hover", "textDocument/hover")];
    for (what, method) in asks {
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            version += 1;
            let text = if round % 2 == 0 { comment.as_str() } else { sound };
            client.replace(&uri, version, text);
            let at = position(text, text.find(line).unwrap() + "  requires ".len());
            let start = Instant::now();
            client.request(method, json!({ "textDocument": { "uri": uri }, "position": at }));
            times.push(start.elapsed());
        }
        row(services, &format!("{what} after an edit"), times);
    }
    if let Some(memory) = client.memory() {
        println!("{services:>8} {:<34} {memory:>9}", "memory in MB");
    }
    client.stop();
}
