//! What `clearway check` costs as a process, start and reading included, for growing workspaces: `cargo bench -p clearway-tests
//! --bench process`. The release binary is built first, so that none but today's is measured.
//!
//! CPU time is what to compare; the wall clock also shows what else the machine does. Sizes take turns, so that a busy minute
//! falls on all of them, and what counts is the ratio of one size to the one before.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on has failed, and its figures are its output"
)]
#![allow(clippy::disallowed_methods, reason = "it measures time, over files on the disk")]

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
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    /// Services in a workspace. One service is the price of starting.
    const SIZES: [usize; 4] = [1, 100, 1_000, 10_000];
    const ROUNDS: usize = 7;

    /// What one run took.
    struct Run {
        wall: Duration,
        cpu: Duration,
    }

    /// One size, its runs, and the most memory that a run of it or of a smaller size had.
    struct Size {
        services: usize,
        folder: PathBuf,
        runs: Vec<Run>,
        peak_megabytes: f64,
    }

    pub(super) fn main() {
        let binary = build();
        let scratch = tempfile::tempdir().unwrap();
        let mut sizes = SIZES.map(|services| Size {
            services,
            folder: generate(scratch.path(), services),
            runs: Vec::new(),
            peak_megabytes: 0.0,
        });
        for round in 0..ROUNDS {
            for size in &mut sizes {
                size.runs.push(check(&binary, &size.folder));
                // The system keeps the maximum over all children so far: in the first round each size is the largest yet.
                if round == 0 {
                    size.peak_megabytes = usage().max_rss() as f64 / 1024.0;
                }
            }
        }
        report(&sizes);
    }

    /// Builds the release binary in the folder where this benchmark was built.
    fn build() -> PathBuf {
        let arguments = ["build", "--release", "--locked", "--quiet", "--package", "clearway"];
        let built = Command::new(env!("CARGO")).args(arguments).current_dir(repository()).status().unwrap();
        assert!(built.success(), "the release binary was not built");
        let own = std::env::current_exe().unwrap();
        own.ancestors().nth(2).unwrap().join("clearway")
    }

    fn generate(scratch: &Path, services: usize) -> PathBuf {
        let folder = scratch.join(services.to_string());
        fs::create_dir_all(folder.join("services")).unwrap();
        fs::write(folder.join("clearway.toml"), MANIFEST).unwrap();
        for (path, text) in workload::workspace(services) {
            fs::write(folder.join(path), text).unwrap();
        }
        folder
    }

    fn check(binary: &Path, folder: &Path) -> Run {
        let before = cpu();
        let start = Instant::now();
        let mut command = Command::new(binary);
        let ended = command.arg("check").arg(folder).stdout(Stdio::null()).stderr(Stdio::null()).status();
        let wall = start.elapsed();
        assert!(ended.unwrap().success(), "{} does not hold", folder.display());
        Run { wall, cpu: cpu() - before }
    }

    fn usage() -> nix::sys::resource::Usage {
        getrusage(UsageWho::RUSAGE_CHILDREN).unwrap()
    }

    /// What all children have used so far.
    fn cpu() -> Duration {
        let duration = |time: TimeVal| {
            Duration::from_secs(time.tv_sec() as u64) + Duration::from_micros(time.tv_usec() as u64)
        };
        duration(usage().user_time()) + duration(usage().system_time())
    }

    fn report(sizes: &[Size]) {
        println!(
            "median of {ROUNDS} (least to most), in milliseconds; the exponent is that of the median CPU time\n"
        );
        println!("| services | CPU | wall | peak MB | exponent |\n|---|---|---|---|---|");
        let mut before: Option<(usize, f64)> = None;
        for size in sizes {
            let (cpu, spread) = median(size.runs.iter().map(|run| run.cpu));
            let (wall, wall_spread) = median(size.runs.iter().map(|run| run.wall));
            // From one service to a hundred the start dominates: nothing grows yet.
            let exponent =
                before.filter(|(services, _)| *services > 1).map_or_else(String::new, |(services, time)| {
                    format!("{:.2}", (cpu / time).ln() / (size.services as f64 / services as f64).ln())
                });
            before = Some((size.services, cpu));
            println!(
                "| {} | {cpu:.1} ({spread}) | {wall:.1} ({wall_spread}) | {:.0} | {exponent} |",
                size.services, size.peak_megabytes
            );
        }
    }

    /// The median, and the least and the most as text.
    fn median(times: impl Iterator<Item = Duration>) -> (f64, String) {
        let mut times: Vec<f64> = times.map(|time| time.as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        (times[times.len() / 2], format!("{:.1} to {:.1}", times[0], times[times.len() - 1]))
    }
}
