//! `clearway report bundle`
//!
//! All that an auditor asks for as one folder, which can be looked at without a network and without whoever wrote it: `sha256sum -c` finds a
//! file that was changed, `clearway ledger verify` a record that was, and the reports come out again, byte for byte, from the plan and the
//! records beside them.

use std::collections::BTreeMap;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use clearway_diagnostics::render::Format as Diagnostics;
use clearway_history::prose::Kind;
use clearway_model::lock::LOCK;
use clearway_report::access::Access;
use clearway_report::{Format, Report, render};
use clearway_runtime::ledger::Ledger;
use clearway_runtime::{Digest, PlanFile, Trouble};

use super::spec::Places;
use super::{history, matrix, prose};
use crate::Verdict;
use crate::args::{BundleArgs, HistoryArgs};
use crate::error::Failure;
use crate::output::Output;
use crate::project::{open, texts};
use crate::{files, runtime};

/// The records, each in a file of its own, as a ledger in a folder is kept.
const LEDGER: &str = "ledger";
const PLAN: &str = "plan.json";
const KEYS: &str = "keys.pem";
const SUMS: &str = "SHA256SUMS";
const README: &str = "README.md";

/// Writes the bundle whether or not something is found: what an auditor wants to see is where something does not hold.
pub(crate) fn run(args: &BundleArgs, output: &Output) -> Result<Verdict, Failure> {
    if args.out.exists() {
        return Err(Trouble::new(format!("`{}` exists already", args.out))
            .help("a bundle is written once, into a folder of its own")
            .into());
    }
    let opened = open(&args.project)?;
    let compiled = clearway_compile::plan(&opened.workspace);
    let Some(plan) = compiled.plan.as_ref().filter(|_| !compiled.fails()) else {
        output.diagnostics(&opened, &compiled.diagnostics, Diagnostics::Human)?;
        return Ok(Verdict::Fails);
    };
    let mut bundle = BTreeMap::new();
    let (controls, controlled) = matrix::gathered(&opened, &compiled.diagnostics);
    let places = Places::of(&opened);
    add_report(&mut bundle, "control-matrix", &controls)?;
    add_report(&mut bundle, "access", &Access::of(plan, &|origin| places.declared(origin)))?;
    if let Some(root) = opened.root() {
        let (manifest, sources) = texts(root)?;
        bundle.insert("spec/clearway.toml".to_owned(), manifest);
        bundle.extend(sources.into_iter().map(|(path, text)| (format!("spec/{path}"), text.to_string())));
        let lock = root.join(LOCK);
        if lock.exists() {
            bundle.insert(format!("spec/{LOCK}"), files::read(&lock)?);
        }
    }

    let built = files::read(&args.records.plan)?;
    let file = PlanFile::read(built.as_bytes())?;
    let same = file.plan == *plan;
    if !same {
        output.note(&format!(
            "`{}` was built from another spec than this: build again, or check out what it was built from",
            args.records.plan
        ));
    }
    // A report looks for the project's own keys where its plan says they are.
    let audit = file.plan.retrospective.as_ref().and_then(|ours| ours.audit.as_ref());
    if let Some(keys) = audit.and_then(|audit| audit.keys.as_ref()) {
        bundle.insert(place_of(keys, &bundle)?, files::read(Utf8Path::new(keys))?);
    }
    let now = runtime::clock(args.project.given.now);
    let looking = history_of(args, now);
    let mut audited = Verdict::Holds;
    for (name, kind) in [("audit", Kind::Audit), ("changes", Kind::Change)] {
        let (data, verdict) = history::data(kind, &looking)?;
        if verdict == Verdict::Fails {
            audited = Verdict::Fails;
        }
        bundle.insert(format!("{name}.json"), format!("{data:#}\n"));
        bundle.insert(format!("{name}.md"), prose(kind, None, &data)?);
    }
    bundle.insert(PLAN.to_owned(), built);
    if let Some(keys) = &args.records.trust {
        bundle.insert(KEYS.to_owned(), files::read(keys)?);
    }
    let mut records = Vec::new();
    let count = runtime::ledger(args.records.ledger.as_deref(), args.records.trust.as_deref())?
        .export(&mut records)?;
    bundle.insert(README.to_owned(), how_to_verify(args, now, count));

    write(&args.out, bundle, &records)?;
    output.note(&format!("{count} records, and all that is told of them, are in `{}`", args.out));
    let holds = same && controlled == Verdict::Holds && audited == Verdict::Holds;
    Ok(if holds { Verdict::Holds } else { Verdict::Fails })
}

/// Where the project's keys stand in the folder: as their path says, where that leads out of it or onto another file nowhere.
fn place_of(keys: &str, bundle: &BTreeMap<String, String>) -> Result<String, Failure> {
    let is_inside = Utf8Path::new(keys).components().all(|part| matches!(part, Utf8Component::Normal(_)));
    let is_free = !bundle.contains_key(keys) && ![PLAN, KEYS, SUMS, README, LEDGER].contains(&keys);
    if is_inside && is_free {
        return Ok(keys.to_owned());
    }
    Err(Trouble::new(format!("the keys of the audit, `{keys}`, cannot stand in the bundle under that path"))
        .help("keep them in a folder of the project, and name them from its root: `keys = \"audit/ledger-keys.pem\"`")
        .into())
}

fn add_report(
    bundle: &mut BTreeMap<String, String>,
    name: &str,
    report: &impl Report,
) -> Result<(), Failure> {
    for (ending, format) in [("md", Format::Markdown), ("json", Format::Json), ("csv", Format::Csv)] {
        let text = render(report, format).map_err(std::io::Error::from)?;
        bundle.insert(format!("{name}.{ending}"), text);
    }
    Ok(())
}

/// What is looked back on: everything in the period.
fn history_of(args: &BundleArgs, now: jiff::Timestamp) -> HistoryArgs {
    HistoryArgs {
        records: args.records.clone(),
        release: None,
        run: None,
        change: None,
        incidents: None,
        column: Vec::new(),
        incident: None,
        within: None,
        often: None,
        now: Some(now),
    }
}

/// How somebody who has the folder alone looks whether it is whole.
fn how_to_verify(args: &BundleArgs, now: jiff::Timestamp, count: usize) -> String {
    let trust = if args.records.trust.is_some() { format!(" --trust {KEYS}") } else { String::new() };
    let time = |name: &str, time: Option<jiff::Timestamp>| {
        time.map(|time| format!(" --{name} {time}")).unwrap_or_default()
    };
    let period =
        time("since", args.records.since) + &time("until", args.records.until) + &time("now", Some(now));
    format!(
        "# What is here, and how to look whether it is whole\n\n\
         | file | what it is |\n|---|---|\n\
         | `{PLAN}` | what the pipelines were built from |\n\
         | `{LEDGER}/` | {count} records: each names the digest of the one before it |\n\
         | `changes.*` | every change, with who asked, what was measured, who agreed, what moved |\n\
         | `audit.*` | production changes against what must be there for each, with what is missing |\n\
         | `control-matrix.*` | which construct shows which control, by file and line of `spec/` |\n\
         | `access.*` | who may do what, on every way into an environment |\n\
         | `spec/` | what the plan is compiled from, but for the packages that it uses |\n\n\
         The reports that were measured are not here: a record has their digests.\n\n\
         In this folder, without a network:\n\n\
         ```sh\n\
         sha256sum -c {SUMS}\n\
         clearway ledger verify --ledger {LEDGER}{trust}\n\
         clearway report audit --ledger {LEDGER} --plan {PLAN}{trust}{period}\n\
         ```\n\n\
         The first finds a file that was changed, the second a record that was changed, left out or moved, and the third prints `audit.md` again.\n"
    )
}

/// Writes all or nothing: into a folder beside, which then takes its name.
fn write(out: &Utf8Path, bundle: BTreeMap<String, String>, records: &[u8]) -> Result<(), Failure> {
    let failure = |cause| Failure::Unwritable { path: out.to_owned(), cause };
    let parent = out.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(Utf8Path::new("."));
    std::fs::create_dir_all(parent).map_err(failure)?;
    let beside = tempfile::tempdir_in(parent).map_err(failure)?;
    let folder = Utf8PathBuf::from_path_buf(beside.path().join("bundle"))
        .map_err(|path| Trouble::new(format!("`{}` is no path that can be told", path.display())))?;
    for (path, text) in &bundle {
        files::write(&folder.join(path), text)?;
    }
    Ledger::open(folder.join(LEDGER).as_str())?.import(records)?;
    let mut sums = String::new();
    for path in files::all_below(&folder)? {
        let text = files::read(&folder.join(&path))?;
        sums += &format!("{}  {path}\n", Digest::of(text.as_bytes()).digits());
    }
    files::write(&folder.join(SUMS), &sums)?;
    std::fs::rename(&folder, out).map_err(failure)
}
