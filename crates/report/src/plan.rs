//! What a release does, for a reviewer: the path through its environments, the order of its services, its schedule, what the targets keep,
//! and what is risky about it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clearway_plan::{Control, From, Plan, Release, Stage};
use clearway_schedule::{Length, Schedule, Zone};

use crate::Table;
use crate::markdown::{cell_text, line, write_table};

/// What there is to tell of a release.
pub struct Planned<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The release.
    pub release: &'p Release,
    /// When its stages may start; why there is no time, where there is none.
    pub schedule: Result<&'p Schedule, String>,
    /// How each target keeps each guarantee: the target, the guarantee, how far, and how.
    pub kept: Vec<[String; 4]>,
}

/// A release as Markdown.
pub fn markdown(planned: &Planned<'_>) -> String {
    let Planned { release, .. } = planned;
    let mut out = format!("# Release {}\n", line(&release.name));
    let _ = write!(out, "\n{}\n", cell_text(&opening(release)));
    out.push_str("\n## Path\n\n");
    write_table(&mut out, &path(planned));
    let order = order(release);
    if order.rows.is_empty() {
        out.push_str("\nNothing moves: what ships is what is deployed.\n");
    } else {
        out.push_str("\n## Order\n\n");
        write_table(&mut out, &order);
    }
    out.push_str("\n## Schedule\n\n");
    match &planned.schedule {
        Ok(schedule) => write_table(&mut out, &starts(planned.plan, release, schedule)),
        Err(why) => {
            let _ = writeln!(out, "{}", cell_text(&why_not(why)));
        }
    }
    if !planned.kept.is_empty() {
        out.push_str("\n## Guarantees\n\n");
        let mut table = Table::new(["target", "guarantee", "kept", "how"]);
        planned.kept.iter().for_each(|row| table.row(row.clone()));
        write_table(&mut out, &table);
    }
    let risks = risks(planned.plan, release);
    if !risks.is_empty() {
        out.push_str("\n## Risks\n\n");
        for risk in risks {
            let _ = writeln!(out, "- {}", cell_text(&risk));
        }
    }
    out
}

/// The first sentence about a release.
pub(crate) fn opening(release: &Release) -> String {
    format!("A {} change{}.", release.class, open(release))
}

/// Why it has no schedule.
pub(crate) fn why_not(why: &str) -> String {
    format!("There is no time for it: {why}")
}

/// What a run is told, and which tag its commit has.
fn open(release: &Release) -> String {
    let asked: Vec<&str> = [
        release.change.is_none().then_some("the change request"),
        release.requested_by.is_none().then_some("who asks for it"),
        release.ships.iter().any(|shipped| shipped.open).then_some("versions"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let told =
        if asked.is_empty() { String::new() } else { format!("; each run is told {}", asked.join(", ")) };
    let tag = release.tag.as_ref().map(|tag| format!("; its commit has the tag {}", cell_text(tag)));
    told + &tag.unwrap_or_default()
}

/// The environments, with what stands before each.
pub(crate) fn path(planned: &Planned<'_>) -> Table {
    let (plan, release) = (planned.plan, planned.release);
    let mut table = Table::new([
        "environment",
        "tier",
        "gates",
        "approval",
        "emergency",
        "rollback",
        "windows",
        "rollout",
        "fewest people",
    ]);
    let chain = |name: &Option<String>| {
        let named = name.as_ref().and_then(|name| Some((name, plan.approvals.get(name)?)));
        named.map_or_else(|| "nobody is asked".to_owned(), |(name, chain)| format!("{name}: {chain}"))
    };
    for stage in &release.stages {
        let place = plan.environments.get(&stage.environment);
        let times = place.map(|place| {
            let windows = place.opening.windows.iter().map(ToString::to_string);
            windows.chain(place.opening.freezes.iter().map(ToString::to_string)).collect::<Vec<_>>()
        });
        let times = times
            .filter(|times| !times.is_empty())
            .map_or_else(|| "at any time".to_owned(), |times| times.join("; "));
        let mut gates = stage.gates.clone();
        gates.extend(stage.checklist.iter().map(|list| format!("checklist {list}")));
        let controls = release.controls.iter().filter(|way| way.environment == stage.environment);
        let fewest: Vec<String> = controls.map(Control::to_string).collect();
        table.row([
            stage.environment.clone(),
            place.map(|place| place.tier.clone()).unwrap_or_default(),
            gates.join(", "),
            chain(&stage.approval),
            stage.emergency.as_ref().map_or_else(|| "closed".to_owned(), |_| chain(&stage.emergency)),
            chain(&release.rollback),
            times,
            rollout(stage),
            fewest.join(", "),
        ]);
    }
    table
}

fn rollout(stage: &Stage) -> String {
    let shares: Vec<String> =
        stage.rollout.shares.iter().map(|share| format!("{}%", share.percent.normalize())).collect();
    let shares = if shares.is_empty() { "all of it".to_owned() } else { shares.join(", ") };
    match stage.bake {
        0 => shares,
        bake => format!("{shares}; watched for {}", Length(std::time::Duration::from_secs(bake))),
    }
}

/// The moves in the order in which they are made.
fn order(release: &Release) -> Table {
    let mut table = Table::new(["environment", "wave", "service", "from", "to"]);
    for ordered in clearway_plan::order(&[release]) {
        let group = ordered.group.map(|group| format!(" ({group})")).unwrap_or_default();
        table.row([
            ordered.environment.to_owned(),
            ordered.wave.to_string(),
            format!("{}{group}", ordered.service),
            ordered.from.unwrap_or_else(|| "new".to_owned()),
            ordered.to.unwrap_or("gone").to_owned(),
        ]);
    }
    table
}

/// The earliest starts, on the clock of everybody who has an environment on the way.
pub(crate) fn starts(plan: &Plan, release: &Release, schedule: &Schedule) -> Table {
    let mut zones: Vec<Zone> = Vec::new();
    for stage in &release.stages {
        let windows =
            plan.environments.get(&stage.environment).into_iter().flat_map(|place| &place.opening.windows);
        for window in windows {
            if !zones.contains(&window.zone) {
                zones.push(window.zone.clone());
            }
        }
    }
    if zones.is_empty() {
        zones.push(Zone::utc());
    }
    let mut table = Table::new(["environment", "earliest start", "accepted"]);
    for slot in &schedule.stages {
        let on = |instant| zones.iter().map(|zone| zone.show(instant)).collect::<Vec<_>>().join(" = ");
        table.row([slot.stage.name.to_string(), on(slot.start), on(slot.accepted)]);
    }
    table
}

/// What is risky about a release, a sentence each.
pub(crate) fn risks(plan: &Plan, release: &Release) -> Vec<String> {
    let mut risks: Vec<String> = Vec::new();
    for stage in &release.stages {
        let environment = &stage.environment;
        let moves = || stage.waves.iter().flat_map(|wave| &wave.moves);
        let together: BTreeSet<&String> = moves().filter_map(|step| step.together.as_ref()).collect();
        for group in together {
            let services: BTreeSet<&str> = moves()
                .filter(|step| step.together.as_ref() == Some(group))
                .map(|step| step.service.as_str())
                .collect();
            let services = services.into_iter().collect::<Vec<_>>().join(", ");
            risks.push(format!(
                "in {environment}, {services} move as one ({group}): one cannot be undone without the others"
            ));
        }
        if let Some(wave) = stage.no_return {
            let finals: Vec<&str> =
                moves().filter(|step| step.is_final).map(|step| step.service.as_str()).collect();
            risks.push(format!(
                "in {environment} there is no way back from wave {} on: {} cannot be undone",
                wave + 1,
                finals.join(", ")
            ));
        }
        let place = plan.environments.get(environment).filter(|place| place.is_production());
        let Some(place) = place else { continue };
        if place.opening.windows.is_empty() {
            risks.push(format!("{environment} may change at any time, when nobody is there too"));
        }
        if stage.rollout.shares.is_empty() && stage.watches().next().is_none() {
            risks.push(format!("{environment} gets all of it at once, and nothing is watched"));
        }
    }
    risks.extend(thin(plan, release));
    risks
}

/// Groups of which everybody must agree: while one of them is away, nobody can.
fn thin(plan: &Plan, release: &Release) -> BTreeSet<String> {
    let chains = release
        .stages
        .iter()
        .flat_map(|stage| [&stage.approval, &stage.emergency])
        .chain([&release.rollback]);
    let named = chains.flatten().filter_map(|name| Some((name, plan.approvals.get(name)?)));
    let mut told = BTreeSet::new();
    for (name, chain) in named {
        for step in &chain.steps {
            let From::Group(group) = &step.from else { continue };
            let members = plan.groups.get(group).map_or(0, |group| group.members.len());
            let need = step.need as usize;
            if members <= need && step.escalate.is_none() {
                told.insert(format!("step {} of {name} needs {need} of {group}, which has {members}: while one is away, it cannot be given", step.name));
            }
        }
    }
    told
}
