//! The reports that look ahead: what a plan says of a release that is to be made, and what is on record of it already.

use std::collections::{BTreeMap, BTreeSet};

use clearway_history::{Change, changes};
use clearway_plan::{Plan, Release};
use clearway_report::ahead::Ahead;
use clearway_runtime::{PlanFile, Trouble};
use serde_json::{Value, json};

use crate::args::HistoryArgs;
use crate::error::Failure;
use crate::{files, runtime};

/// The data of a report: the releases that are asked for, and the runs of them where there are records.
pub(super) fn data(args: &HistoryArgs) -> Result<Value, Failure> {
    let plan = PlanFile::read(files::read(&args.records.plan)?.as_bytes())?.plan;
    let releases = asked(&plan, args)?;
    let changes = on_record(&releases, args)?;
    let mut ticked = Ticked::default();
    for release in &releases {
        ticked.release(release, &changes);
    }
    let ahead: Vec<Ahead<'_>> = releases.iter().map(|release| Ahead::of(&plan, release)).collect();
    Ok(json!({
        "project": plan.project,
        "releases": ahead,
        "changes": changes,
        "runs": ticked.runs,
        "passed": ticked.passed,
        "given": ticked.given,
    }))
}

fn asked<'p>(plan: &'p Plan, args: &HistoryArgs) -> Result<Vec<&'p Release>, Failure> {
    let Some(name) = &args.release else { return Ok(plan.releases.iter().collect()) };
    let found = plan.release(name).ok_or_else(|| {
        let known: Vec<&str> = plan.releases.iter().map(|release| release.name.as_str()).collect();
        Trouble::new(format!("the plan has no release `{name}`"))
            .help(format!("the releases are: {}", known.join(", ")))
    })?;
    Ok(vec![found])
}

/// The runs that are asked for, in their order; none where nobody says where the records are.
fn on_record(releases: &[&Release], args: &HistoryArgs) -> Result<Vec<Change>, Failure> {
    if args.records.ledger.is_none() {
        return Ok(Vec::new());
    }
    let log = runtime::ledger(args.records.ledger.as_deref(), args.records.trust.as_deref())?.log()?;
    let is = |wanted: &Option<String>, has: Option<&String>| {
        wanted.as_ref().is_none_or(|wanted| has == Some(wanted))
    };
    let mut found = changes(&log);
    found.retain(|change| {
        releases.iter().any(|release| release.name == change.release)
            && is(&args.run, Some(&change.run))
            && is(&args.change, change.request.as_ref())
            && args.records.since.is_none_or(|since| since <= change.began)
            && args.records.until.is_none_or(|until| change.began <= until)
    });
    Ok(found)
}

/// What is done, by release and environment: of the last run that is asked for.
#[derive(Default)]
struct Ticked {
    runs: BTreeMap<String, Option<String>>,
    passed: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    given: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

impl Ticked {
    fn release(&mut self, release: &Release, changes: &[Change]) {
        let last = changes.iter().rev().find(|change| change.release == release.name);
        let (mut passed, mut given) = (BTreeMap::new(), BTreeMap::new());
        for stage in &release.stages {
            let gates = last.into_iter().flat_map(|change| &change.gates);
            let gates = gates.filter(|gate| gate.environment == stage.environment && gate.result == "pass");
            let steps = last.into_iter().flat_map(|change| &change.approvals);
            let steps = steps.filter(|step| step.environment == stage.environment && step.result == "given");
            passed.insert(stage.environment.clone(), gates.map(|gate| gate.gate.clone()).collect());
            given.insert(stage.environment.clone(), steps.map(|step| step.step.clone()).collect());
        }
        self.runs.insert(release.name.clone(), last.map(|change| change.run.clone()));
        self.passed.insert(release.name.clone(), passed);
        self.given.insert(release.name.clone(), given);
    }
}
