//! Where the time of a check goes, stage by stage on one core, without the disk: `cargo bench -p clearway-tests --bench split`.
//!
//! Each stage is what it adds to the stages before it. What salsa costs is in the model and the rules and cannot be told from
//! them from outside; the last two rows show what remembering costs when little is left to compute.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed, and its figures are its output"
)]
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(missing_docs, reason = "pest generates one undocumented variant per grammar rule")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clearway_model::{Change, Db as _, MemorySystem, Workspace};
use clearway_tests::{MANIFEST, workload};
use pest::Parser as _;

/// The grammar alone: the same that `clearway-syntax` reads with.
#[derive(pest_derive::Parser)]
#[grammar = "../../grammar/clearway.pest"]
struct Grammar;

/// How often each stage is measured; the median counts.
const ROUNDS: usize = 7;

fn main() {
    let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    println!("milliseconds on one core, median of {ROUNDS}\n");
    println!("| stage | 1,000 services | 10,000 services |\n|---|---|---|");
    let columns = [1_000, 10_000].map(|services| one_core.install(|| column(services)));
    for (first, second) in columns[0].iter().zip(&columns[1]) {
        println!("| {} | {:.2} | {:.2} |", first.0, milliseconds(first.1), milliseconds(second.1));
    }
}

/// The stages of a workspace of this size, in order.
fn column(services: usize) -> Vec<(&'static str, Duration)> {
    let files = workload::workspace(services);
    let rounds: Vec<[Duration; 7]> = (0..ROUNDS).map(|_| round(&files)).collect();
    let names = [
        "the grammar (pest)",
        "the rest of reading: pieces, trees, comments",
        "names and imports",
        "matching, types and evaluation",
        "rules",
        "again, nothing changed",
        "again, one range changed",
    ];
    let median = |stage: usize| {
        let mut times: Vec<Duration> = rounds.iter().map(|round| round[stage]).collect();
        times.sort();
        times[times.len() / 2]
    };
    names.iter().enumerate().map(|(stage, name)| (*name, median(stage))).collect()
}

/// One check from text to diagnostics, and two more.
fn round(files: &[(String, String)]) -> [Duration; 7] {
    let pieces: Vec<&str> = files.iter().flat_map(|(_, text)| pieces(text)).collect();
    let grammar = timed(|| {
        for piece in &pieces {
            black_box(Grammar::parse(Rule::file, piece).unwrap());
        }
    });
    let mut workspace = open(files);
    let sources = workspace.project().sources(&workspace).clone();
    let reading = timed(|| {
        for file in &sources {
            clearway_model::parse(&workspace, *file);
        }
    });
    let naming = timed(|| {
        for file in &sources {
            clearway_model::names(&workspace, *file);
            clearway_model::scope(&workspace, *file);
        }
    });
    let lowering = timed(|| {
        for file in &sources {
            for item in clearway_model::items(&workspace, *file) {
                clearway_model::lower(&workspace, *item);
            }
        }
    });
    let rules = timed(|| check(&workspace));
    let nothing = timed(|| check(&workspace));
    let (path, text) = &files[1];
    let edited = text.replacen("svc-3.api ^1.3", "svc-3.api ^1.2", 1);
    assert_ne!(*text, edited);
    workspace.apply(vec![Change::Source(path.clone(), Some(Arc::from(edited)))]);
    let edit = timed(|| check(&workspace));
    [grammar, reading.saturating_sub(grammar), naming, lowering, rules, nothing, edit]
}

fn check(workspace: &Workspace) {
    assert!(clearway_analysis::check(workspace).checked.is_some());
}

/// The pieces in which a text is read.
fn pieces(text: &str) -> Vec<&str> {
    let parse = clearway_syntax::parse(text);
    parse.pieces.iter().map(|piece| &text[piece.start as usize..piece.end as usize]).collect()
}

fn open(files: &[(String, String)]) -> Workspace {
    let sources = files.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_str()))).collect();
    Workspace::new(Arc::new(MemorySystem::default()), MANIFEST, sources)
}

fn timed(act: impl FnOnce()) -> Duration {
    let start = Instant::now();
    act();
    start.elapsed()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
