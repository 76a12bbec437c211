//! What `clearway check` costs as a process, start and reading included, for growing workspaces: `cargo bench -p clearway-tests
//! --bench process`. The release binary is built first, so that none but today's is measured.
//!
//! CPU time is what to compare; the wall clock also shows what else the machine does. Sizes take turns, so that a busy minute
//! falls on all of them, and what counts is the ratio of one size to the one before.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed, and its figures are its output"
)]
#![allow(clippy::disallowed_methods, reason = "it measures time, over files on the disk")]

#[cfg(unix)]
mod cpu;

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {
    println!("what a process costs is measured on Unix");
}

#[cfg(unix)]
mod unix {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use clearway_tests::{MANIFEST, repository, workload};
    use nix::sys::resource::UsageWho::RUSAGE_CHILDREN;

    use crate::cpu::{spread, used};

    /// Services in a workspace. One service is the price of starting.
    const SIZES: [usize; 4] = [1, 100, 1_000, 10_000];
    const ROUNDS: usize = 7;

    /// One size and what its runs took.
    struct Size {
        services: usize,
        folder: PathBuf,
        cpu: Vec<Duration>,
        wall: Vec<Duration>,
        /// The most memory that a run of this or of a smaller size had, in MB.
        peak: f64,
    }

    pub(super) fn main() {
        // What children used is told for all of them together: the compiler's memory must not count, so another process measures.
        const MEASURE: &str = "--measure";
        let own = std::env::current_exe().unwrap();
        if std::env::args().any(|argument| argument == MEASURE) {
            measure(&binary(&own));
        } else {
            build();
            assert!(Command::new(own).arg(MEASURE).status().unwrap().success(), "not all was measured");
        }
    }

    fn measure(binary: &Path) {
        let scratch = tempfile::tempdir().unwrap();
        let mut sizes = SIZES.map(|services| Size::generate(scratch.path(), services));
        for _ in 0..ROUNDS {
            for size in &mut sizes {
                size.check(binary);
            }
        }
        report(&sizes);
    }

    fn build() {
        let arguments = ["build", "--release", "--locked", "--quiet", "--package", "clearway"];
        let built = Command::new(env!("CARGO")).args(arguments).current_dir(repository()).status().unwrap();
        assert!(built.success(), "the release binary was not built");
    }

    /// The release binary lies where this benchmark was built.
    fn binary(own: &Path) -> PathBuf {
        own.ancestors().nth(2).unwrap().join("clearway")
    }

    impl Size {
        fn generate(scratch: &Path, services: usize) -> Self {
            let folder = scratch.join(services.to_string());
            fs::create_dir_all(folder.join("services")).unwrap();
            fs::write(folder.join("clearway.toml"), MANIFEST).unwrap();
            for (path, text) in workload::workspace(services) {
                fs::write(folder.join(path), text).unwrap();
            }
            Self { services, folder, cpu: Vec::new(), wall: Vec::new(), peak: 0.0 }
        }

        fn check(&mut self, binary: &Path) {
            let (_, before) = used(RUSAGE_CHILDREN);
            let start = Instant::now();
            let mut command = Command::new(binary);
            command.arg("check").arg(&self.folder).stdout(Stdio::null()).stderr(Stdio::null());
            assert!(command.status().unwrap().success(), "{} does not hold", self.folder.display());
            self.wall.push(start.elapsed());
            let (usage, after) = used(RUSAGE_CHILDREN);
            self.cpu.push(after - before);
            // The system tells the maximum over all children so far: in the first round each size is the largest yet.
            if self.cpu.len() == 1 {
                self.peak = usage.max_rss() as f64 / 1024.0;
            }
        }
    }

    fn report(sizes: &[Size]) {
        println!("median (least to most) of {ROUNDS}, in milliseconds\n");
        println!(
            "| services | CPU | wall | peak MB | growth exponent of the CPU time |\n|---|---|---|---|---|"
        );
        let mut before: Option<(usize, f64)> = None;
        for size in sizes {
            let (cpu, cpu_least, cpu_most) = spread(size.cpu.iter().copied());
            let (wall, wall_least, wall_most) = spread(size.wall.iter().copied());
            // From one service to a hundred the start dominates: nothing grows yet.
            let grown =
                before.filter(|(services, _)| *services > 1).map_or_else(String::new, |(services, time)| {
                    format!("{:.2}", (cpu / time).ln() / (size.services as f64 / services as f64).ln())
                });
            before = Some((size.services, cpu));
            println!(
                "| {} | {cpu:.1} ({cpu_least:.1} to {cpu_most:.1}) | {wall:.1} ({wall_least:.1} to {wall_most:.1}) | {:.0} | {grown} |",
                size.services, size.peak
            );
        }
    }
}
