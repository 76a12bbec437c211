//! Where the time of a check goes, stage by stage on one core, without the disk: `cargo bench -p clearway-tests --bench split`.
//!
//! Each stage is what it adds to the stages before it. What salsa costs is in the model and the rules and cannot be told from
//! them from outside; the last two rows show what remembering costs when little is left to compute.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed, and its figures are its output"
)]

#[cfg(unix)]
mod cpu;

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {
    println!("CPU time is measured on Unix");
}

#[cfg(unix)]
mod unix {
    use std::hint::black_box;
    use std::sync::Arc;
    use std::time::Duration;

    use clearway_model::{Change, Db as _, MemorySystem, Workspace, items, lower, names, parse, scope};
    use clearway_tests::{MANIFEST, workload};
    use nix::sys::resource::UsageWho::RUSAGE_SELF;
    use pest::Parser as _;

    use crate::cpu::{spread, used};

    /// The grammar alone: the same that `clearway-syntax` reads with.
    mod grammar {
        #![allow(missing_docs, reason = "pest generates one undocumented variant per grammar rule")]

        #[derive(pest_derive::Parser)]
        #[grammar = "../../grammar/clearway.pest"]
        pub(super) struct Grammar;
    }

    use grammar::{Grammar, Rule};

    const SIZES: [usize; 3] = [100, 1_000, 10_000];

    /// How often each stage is measured.
    const ROUNDS: usize = 7;

    const STAGES: [&str; 7] = [
        "the grammar (pest)",
        "the rest of reading: pieces, trees, comments",
        "names and imports",
        "matching, types and evaluation",
        "rules",
        "again, nothing changed",
        "again, one range changed",
    ];

    pub(super) fn main() {
        let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let columns = SIZES.map(|services| one_core.install(|| column(services)));
        println!("milliseconds of CPU time on one core, median of {ROUNDS}\n");
        println!("| stage | {} services |", SIZES.map(|services| services.to_string()).join(" | "));
        println!("|---|{}", "---|".repeat(SIZES.len()));
        for (stage, name) in STAGES.iter().enumerate() {
            println!(
                "| {name} | {} |",
                columns.each_ref().map(|times| format!("{:.2}", times[stage])).join(" | ")
            );
        }
    }

    /// What each stage takes in a workspace of this size.
    fn column(services: usize) -> [f64; STAGES.len()] {
        let files = workload::workspace(services);
        let rounds: Vec<_> = (0..ROUNDS).map(|_| round(&files)).collect();
        std::array::from_fn(|stage| spread(rounds.iter().map(|round| round[stage])).0)
    }

    /// One check from text to diagnostics, and two more.
    fn round(files: &[(String, String)]) -> [Duration; STAGES.len()] {
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
                parse(&workspace, *file);
            }
        });
        let naming = timed(|| {
            for file in &sources {
                names(&workspace, *file);
                scope(&workspace, *file);
            }
        });
        let lowering = timed(|| {
            for item in sources.iter().flat_map(|file| items(&workspace, *file)) {
                lower(&workspace, *item);
            }
        });
        let rules = timed(|| check(&workspace));
        let nothing = timed(|| check(&workspace));
        workspace.apply(vec![edit(files)]);
        let edited = timed(|| check(&workspace));
        [grammar, reading.saturating_sub(grammar), naming, lowering, rules, nothing, edited]
    }

    fn check(workspace: &Workspace) {
        assert!(clearway_analysis::check(workspace).checked.is_some());
    }

    /// A requirement asks for a little less.
    fn edit(files: &[(String, String)]) -> Change {
        let (path, text) = files.iter().find(|(path, _)| path == "services/f0.cw").unwrap();
        let edited = text.replacen("svc-3.api ^1.3", "svc-3.api ^1.2", 1);
        assert_ne!(*text, edited);
        Change::Source(path.clone(), Some(Arc::from(edited)))
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
        let (_, before) = used(RUSAGE_SELF);
        act();
        used(RUSAGE_SELF).1 - before
    }
}
