//! The steps of a way through a release as a picture: what waits for what, environment by environment, each on a line of its own.
//!
//! Steps of one kind that stand at one place (all builds, the deployments of a wave) are one box, so that a release of a thousand
//! services is a picture as well as one of two.

use std::collections::{BTreeMap, BTreeSet};

use clearway_picture::{Edge, Form, Graph, Line, Look, Node, implied, stacked};
use clearway_plan::{Path, Release, Step, StepKind};

/// How many steps of a box are named.
const NAMED: usize = 6;

/// A way of a release as a picture.
#[must_use]
pub fn picture(release: &Release, path: &Path, form: Form) -> String {
    let mut lanes: Vec<String> = vec!["before any environment".to_owned()];
    lanes.extend(release.stages.iter().map(|stage| stage.environment.clone()));
    let lane = |step: &Step| match (&step.does, step.does.environment()) {
        (StepKind::Outcome, _) => lanes.len() - 1,
        (_, Some(name)) => lanes.iter().position(|lane| lane == name).unwrap_or_default(),
        (_, None) => 0,
    };
    let mut boxes: Vec<(Node, Vec<String>)> = Vec::new();
    let mut known: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let mut box_of: BTreeMap<&str, usize> = BTreeMap::new();
    for step in &path.steps {
        let (title, name) = told(&step.does);
        let at = *known.entry((lane(step), title.clone())).or_insert_with(|| {
            let node =
                Node { lines: vec![title], look: look(&step.does), lane: lane(step), ..Node::default() };
            boxes.push((node, Vec::new()));
            boxes.len() - 1
        });
        boxes[at].1.extend(name);
        box_of.insert(&step.id, at);
    }
    let mut needs: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut failures: BTreeSet<(usize, usize)> = BTreeSet::new();
    for step in &path.steps {
        let Some(to) = box_of.get(step.id.as_str()) else { continue };
        let ends = |id: &String| Some((*box_of.get(id.as_str())?, *to)).filter(|(from, to)| from != to);
        needs.extend(step.needs.iter().filter_map(ends));
        failures.extend(step.after_failure_of.iter().filter_map(ends));
    }
    let ends: Vec<(usize, usize)> = needs.iter().copied().collect();
    let is_implied = implied(boxes.len(), &ends);
    let plain = ends.into_iter().zip(is_implied).filter(|(_, is_implied)| !is_implied);
    let plain = plain.map(|(ends, _)| (ends, Line::Solid));
    let failed = failures.difference(&needs).map(|ends| (*ends, Line::Dashed));
    let arrows: Vec<((usize, usize), Line)> = plain.chain(failed).collect();
    let nodes: Vec<Node> = boxes.into_iter().map(named).collect();
    let used: Vec<usize> =
        (0..lanes.len()).filter(|lane| nodes.iter().any(|node| node.lane == *lane)).collect();
    let mut graphs: Vec<Graph> = used.iter().map(|lane| of_lane(*lane, &lanes, &nodes, &arrows)).collect();
    if let Some(last) = graphs.last_mut() {
        let also = if failures.is_empty() {
            ""
        } else {
            " · dashed: to what starts when it failed or was cancelled"
        };
        last.legend = format!("an arrow leads to what waits{also}");
    }
    let through: Vec<&str> = release.stages.iter().map(|stage| stage.environment.as_str()).collect();
    let title = format!("The {} way of {}", path.kind, release.name);
    let description = format!("{} steps through {}", path.steps.len(), through.join(", "));
    stacked(&title, &description, &graphs, form)
}

/// A box with the names of what it stands for.
fn named((mut node, names): (Node, Vec<String>)) -> Node {
    if !names.is_empty() {
        node.note = format!("{}: {}", node.lines.join(" "), names.join(", "));
    }
    node.lines.extend(names.iter().take(NAMED).cloned());
    if names.len() > NAMED {
        node.lines.push(format!("and {} more", names.len() - NAMED));
    }
    node
}

/// The boxes of a lane, and for what comes from another lane a box that names it.
fn of_lane(lane: usize, lanes: &[String], nodes: &[Node], arrows: &[((usize, usize), Line)]) -> Graph {
    let mut graph = Graph { lanes: lanes.get(lane).cloned().into_iter().collect(), ..Graph::default() };
    let mut at: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, node) in nodes.iter().enumerate().filter(|(_, node)| node.lane == lane) {
        at.insert(number, graph.nodes.len());
        graph.nodes.push(Node { lane: 0, ..node.clone() });
    }
    for ((from, to), line) in arrows {
        let Some(to) = at.get(to).copied() else { continue };
        let from = *at.entry(*from).or_insert_with(|| {
            let other = &nodes[*from];
            let title = other.lines.first().cloned().unwrap_or_default();
            let lines = vec![format!("after {title}"), lanes.get(other.lane).cloned().unwrap_or_default()];
            graph.nodes.push(Node { lines, ..Node::default() });
            graph.nodes.len() - 1
        });
        graph.edges.push(Edge { from, to, line: *line, ..Edge::default() });
    }
    graph
}

/// What a box is called that the step stands in, and what the step adds to it.
fn told(step: &StepKind) -> (String, Option<String>) {
    let grouped = |group: &Option<String>, service: &String| match group {
        Some(group) => format!("{service} ({group})"),
        None => service.clone(),
    };
    match step {
        StepKind::Preflight => ("preflight".to_owned(), None),
        StepKind::Build { service } => ("build".to_owned(), Some(service.clone())),
        StepKind::Import { service } => ("import".to_owned(), Some(service.clone())),
        StepKind::Test { service } => ("test".to_owned(), Some(service.clone())),
        StepKind::Provision { dataset, .. } => ("provision".to_owned(), Some(dataset.clone())),
        StepKind::Scan { gate } => ("scan".to_owned(), Some(gate.clone())),
        StepKind::Gate { gate, .. } => ("gates".to_owned(), Some(gate.clone())),
        StepKind::Checklist { checklist, .. } => ("checklist".to_owned(), Some(checklist.clone())),
        StepKind::Approval { chain, step, .. } => (format!("approval {chain}: {step}"), None),
        StepKind::Deploy { wave, service, group, .. } => {
            (format!("deploy, wave {}", wave + 1), Some(grouped(group, service)))
        }
        StepKind::Smoke { wave, service, group, .. } => {
            (format!("smoke tests, wave {}", wave + 1), Some(grouped(group, service)))
        }
        StepKind::Wave { wave, .. } => (format!("wave {} is done", wave + 1), None),
        StepKind::Validate { .. } => ("watch and validate".to_owned(), None),
        StepKind::Accept { .. } => ("accept".to_owned(), None),
        StepKind::Flag { flag, .. } => ("flags".to_owned(), Some(flag.clone())),
        StepKind::Rollback { .. } => ("roll back".to_owned(), None),
        StepKind::Outcome => ("outcome".to_owned(), None),
    }
}

fn look(step: &StepKind) -> Look {
    match step {
        StepKind::Gate { .. }
        | StepKind::Scan { .. }
        | StepKind::Checklist { .. }
        | StepKind::Test { .. }
        | StepKind::Smoke { .. }
        | StepKind::Validate { .. }
        | StepKind::Preflight => Look::Check,
        StepKind::Approval { .. } => Look::People,
        StepKind::Deploy { .. } | StepKind::Flag { .. } | StepKind::Wave { .. } => Look::Move,
        StepKind::Rollback { .. } => Look::Back,
        StepKind::Build { .. }
        | StepKind::Import { .. }
        | StepKind::Provision { .. }
        | StepKind::Accept { .. }
        | StepKind::Outcome => Look::Plain,
    }
}
