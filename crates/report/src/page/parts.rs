//! The parts of the page, as what its template is filled in with.

use std::collections::BTreeMap;

use clearway_picture::Form;
use clearway_plan::{Deployer, Origin, PathKind, slug};
use jiff::Timestamp;
use serde::Serialize;

use super::{Compared, Page};
use crate::graph::Edge;
use crate::plan::{Planned, opening, path, risks, starts, why_not};
use crate::{Table, jobs, review, timeline};

/// A release.
#[derive(Serialize)]
pub(super) struct Part<'p> {
    anchor: String,
    name: &'p str,
    summary: String,
    risks: Vec<String>,
    stages: Vec<StagePart<'p>>,
    no_time: Option<String>,
    chart: String,
    starts: Table,
    kept: Table,
    ways: Vec<Way>,
}

/// An environment on the way, with what stands before it and what moves there.
#[derive(Serialize)]
struct StagePart<'p> {
    environment: &'p str,
    facts: Vec<(&'static str, String)>,
    waves: Vec<WavePart<'p>>,
}

#[derive(Serialize)]
struct WavePart<'p> {
    number: usize,
    moves: Vec<MovePart<'p>>,
    no_return: bool,
}

#[derive(Serialize)]
struct MovePart<'p> {
    service: &'p str,
    group: Option<&'p str>,
    from: String,
    to: &'p str,
}

#[derive(Serialize)]
struct Way {
    kind: PathKind,
    svg: String,
}

pub(super) fn release<'p>(planned: &'p Planned<'p>, now: Timestamp) -> Part<'p> {
    let (plan, release) = (planned.plan, planned.release);
    let mut kept = Table::new(["target", "guarantee", "kept", "how"]);
    planned.kept.iter().for_each(|row| kept.row(row.clone()));
    let schedule = planned.schedule.as_ref().ok().copied();
    let way =
        |path: &clearway_plan::Path| Way { kind: path.kind, svg: jobs::picture(release, path, Form::Inline) };
    Part {
        anchor: format!("release-{}", slug(&release.name)),
        name: &release.name,
        summary: opening(release),
        risks: risks(plan, release),
        stages: stages(planned),
        no_time: planned.schedule.as_ref().err().map(|why| why_not(why)),
        chart: timeline::chart(plan, release, schedule, now).svg(Form::Inline),
        starts: schedule.map_or_else(|| Table::new([]), |schedule| starts(plan, release, schedule)),
        kept,
        ways: release.paths.iter().map(way).collect(),
    }
}

fn stages<'p>(planned: &Planned<'p>) -> Vec<StagePart<'p>> {
    let table = path(planned);
    let mut rows = table.rows.into_iter();
    let mut stages: Vec<StagePart<'p>> = Vec::new();
    for stage in &planned.release.stages {
        let cells = rows.next().unwrap_or_default();
        // Its name stands above, and what there is nothing of is not told.
        let facts = table.columns.iter().copied().zip(cells).skip(1).filter(|(_, cell)| !cell.is_empty());
        stages.push(StagePart { environment: &stage.environment, facts: facts.collect(), waves: Vec::new() });
    }
    for ordered in clearway_plan::order(&[planned.release]) {
        let Some(stage) = stages.iter_mut().find(|stage| stage.environment == ordered.environment) else {
            continue;
        };
        if stage.waves.last().is_none_or(|wave| wave.number != ordered.wave) {
            let no_return = planned.release.stage(ordered.environment).and_then(|stage| stage.no_return);
            let no_return = no_return.is_some_and(|from| from + 1 == ordered.wave);
            stage.waves.push(WavePart { number: ordered.wave, moves: Vec::new(), no_return });
        }
        let Some(wave) = stage.waves.last_mut() else { continue };
        wave.moves.push(MovePart {
            service: ordered.service,
            group: ordered.group,
            from: ordered.from.unwrap_or_else(|| "new".to_owned()),
            to: ordered.to.unwrap_or("gone"),
        });
    }
    stages
}

/// What the change comes to.
#[derive(Serialize)]
pub(super) struct Changed {
    summary: String,
    groups: Vec<Group>,
    effects: Table,
}

#[derive(Serialize)]
struct Group {
    verdict: &'static str,
    table: Table,
}

pub(super) fn diff(compared: &Compared<'_>) -> Changed {
    match compared {
        Compared::Diff(diff, place) => Changed {
            summary: match diff.uncompared() {
                Some(told) => format!("{} Of the spec not all was compared: {told}.", review::summary(diff)),
                None => review::summary(diff),
            },
            groups: review::tables(diff, place)
                .into_iter()
                .map(|(verdict, table)| Group { verdict: verdict.name(), table })
                .collect(),
            effects: review::effects(&diff.effects),
        },
        Compared::Not(why) => Changed { summary: why.clone(), groups: Vec::new(), effects: Table::new([]) },
    }
}

/// What is known of a service.
#[derive(Serialize)]
pub(super) struct Service<'p> {
    name: &'p str,
    facts: Vec<(String, String)>,
    links: Vec<Links<'p>>,
}

#[derive(Serialize)]
struct Links<'p> {
    what: &'static str,
    to: Vec<Link<'p>>,
}

#[derive(Serialize)]
struct Link<'p> {
    name: &'p str,
    says: String,
}

pub(super) fn services<'p>(page: &'p Page<'p>) -> Vec<Service<'p>> {
    let mut needs: BTreeMap<&str, Vec<Link<'p>>> = BTreeMap::new();
    let mut needed: BTreeMap<&str, Vec<Link<'p>>> = BTreeMap::new();
    for edge in &page.graph.edges {
        needs.entry(&edge.from).or_default().push(Link { name: &edge.to, says: said(edge) });
        needed.entry(&edge.to).or_default().push(Link { name: &edge.from, says: said(edge) });
    }
    let mut ruled: BTreeMap<&str, Vec<Link<'p>>> = BTreeMap::new();
    for rule in &page.graph.rules {
        ruled.entry(&rule.from).or_default().push(Link { name: &rule.to, says: format!(": {}", rule.says) });
    }
    let releases: Vec<_> = page.releases.iter().map(|planned| planned.release).collect();
    let mut moved: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
    for ordered in clearway_plan::order(&releases) {
        let (from, to) = (ordered.from.as_deref().unwrap_or("new"), ordered.to.unwrap_or("gone"));
        let told = format!("{from} → {to}, wave {} of {}", ordered.wave, ordered.release);
        moved.entry(ordered.service).or_default().push((ordered.environment.to_owned(), told));
    }
    let service = |node: &'p crate::graph::Node| {
        let name = node.name.as_str();
        let links = [
            ("requires", needs.remove(name)),
            ("required by", needed.remove(name)),
            ("versions", ruled.remove(name)),
        ];
        Service {
            name,
            facts: facts(page, node, moved.remove(name).unwrap_or_default()),
            links: links.into_iter().filter_map(|(what, to)| Some(Links { what, to: to? })).collect(),
        }
    };
    page.graph.nodes.iter().map(service).collect()
}

fn said(edge: &Edge) -> String {
    let how = match (edge.weak, edge.optional) {
        (true, _) => ", weak",
        (false, true) => ", optional",
        _ => "",
    };
    let finding = edge.finding.as_ref().map(|finding| format!(" ({finding})")).unwrap_or_default();
    format!(" {}{how}{finding}", edge.label())
}

fn facts(page: &Page<'_>, node: &crate::graph::Node, moved: Vec<(String, String)>) -> Vec<(String, String)> {
    let artifact = page.plan.artifacts.get(&node.name);
    let deploys = artifact.and_then(|artifact| artifact.deploy.as_ref()).map(|deploy| match deploy {
        Deployer::Kubernetes { workload, .. } => format!("Kubernetes, {workload}"),
        Deployer::Helm { release, chart, .. } => format!("Helm, {release} from {chart}"),
        Deployer::Command { run } => run.clone(),
    });
    let built = artifact.and_then(|artifact| artifact.build.as_ref()).map(|build| build.command.run.clone());
    let tested = artifact.and_then(|artifact| artifact.test.as_ref()).map(|test| test.run.clone());
    let list = |values: &[String]| (!values.is_empty()).then(|| values.join(", "));
    let secrets = artifact.and_then(|artifact| list(&artifact.secrets));
    let place = (page.place)(&Origin::new(&node.kind, &node.name)).map(|place| place.to_string());
    let known = [
        ("kind", Some(node.kind.clone())),
        ("version", Some(node.version.clone()).filter(|version| !version.is_empty())),
        ("owner", node.owner.clone()),
        ("repository", node.repo.clone()),
        ("data", list(&node.data)),
        ("provides", list(&node.provides)),
        ("build", built),
        ("test", tested),
        ("deployment", deploys),
        ("secrets", secrets),
        ("written in", place),
    ];
    let known = known.into_iter().filter_map(|(term, fact)| Some((term.to_owned(), fact?)));
    known.chain(moved).collect()
}
