//! `clearway basis`

use camino::Utf8PathBuf;
use clearway_diagnostics::render::Format;
use clearway_model::Change;
use clearway_plan::{PathKind, slug};
use clearway_runtime::{Answer, Digest, PlanFile};

use crate::Verdict;
use crate::args::BasisArgs;
use crate::error::Failure;
use crate::files;
use crate::output::Output;
use crate::project::open_path;
use crate::runtime::{ledger_of, plan, tell};

pub(crate) fn run(args: &BasisArgs, output: &Output) -> Result<Verdict, Failure> {
    let emitted = plan(&args.run)?;
    let release = emitted.release(&args.way.release)?;
    let mut wanted = emitted.plan.clone();
    if PathKind::from(args.way.path) != PathKind::Rollback {
        let mut opened = open_path(args.project.as_deref())?;
        let mut changes: Vec<Change> = args
            .ship
            .iter()
            .map(|(service, version)| Change::Ship(service.clone(), version.clone()))
            .collect();
        changes.extend(deployed(args, &emitted, release)?);
        // Another release may well not hold against what is deployed now: it is not the one that runs.
        changes.push(Change::Judge(release.name.clone()));
        // What the pipeline was built upon is what its runs are judged by.
        changes.push(Change::AssumeDeclared(emitted.plan.assumes_declared));
        opened.workspace.apply(changes);
        let compiled = clearway_compile::plan(&opened.workspace);
        let Some(now) = compiled.plan.as_ref().filter(|_| !compiled.fails()) else {
            output.diagnostics(&opened, &compiled.diagnostics, Format::Human)?;
            return Ok(Verdict::Fails);
        };
        match clearway_compile::of_run(&emitted.plan, now, &release.name) {
            Ok(plan) => wanted = plan,
            Err(reasons) => {
                let title =
                    format!("the pipeline of `{}` must not run against what is deployed now", release.name);
                return tell(&Answer::stops(title, reasons), &args.run, output);
            }
        }
    }
    let text = serde_json::to_string_pretty(&wanted).map_err(std::io::Error::from)? + "\n";
    files::write(&args.out, &text)?;
    let title = format!("`{}` holds against what is deployed now", release.name);
    let mut answer = Answer::holds(title).output("plan-digest", Digest::of(text.as_bytes()).as_str());
    for shipped in wanted.release(&release.name).into_iter().flat_map(|release| &release.ships) {
        answer = answer.output(format!("version-{}", slug(&shipped.service)), &*shipped.version);
    }
    tell(&answer, &args.run, output)
}

/// What the ledger says is deployed, environment by environment, as state files beside the plan of the run.
fn deployed(
    args: &BasisArgs,
    plan: &PlanFile,
    release: &clearway_plan::Release,
) -> Result<Vec<Change>, Failure> {
    let ledger = ledger_of(&args.run, plan)?;
    let here = files::working_directory()?;
    let folder = args.out.parent().map_or_else(|| Utf8PathBuf::from("."), ToOwned::to_owned);
    let mut changes = Vec::new();
    for stage in &release.stages {
        if let Some(state) = ledger.state(&stage.environment)? {
            let path = here.join(&folder).join(format!("state-{}.json", slug(&stage.environment)));
            files::write(&path, &format!("{state:#}\n"))?;
            changes.push(Change::Deployed(stage.environment.clone(), path.into_string()));
        }
    }
    Ok(changes)
}
