//! What is drawn: the declarations of a project, what they require, and the rules between their versions.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Severity};
use clearway_model::{Item, ValueKind, Workspace, views};
use clearway_report::graph::{Edge, Graph, Node, Rule};

/// The graph of a project. Where a diagnostic is told at a requirement, it goes with it.
pub(crate) fn gathered(db: &Workspace, found: &[Diagnostic]) -> Graph {
    let told: BTreeMap<_, &str> = found
        .iter()
        .filter(|one| one.severity <= Severity::Warning)
        .map(|one| (one.primary.place, one.message.as_str()))
        .collect();
    let mut nodes: Vec<Node> =
        views::project_wide(db, &views::DEPLOYABLE).map(|item| node(db, item)).collect();
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let mut edges = clearway_analysis::requirements(db);
    edges.sort_by(|a, b| (&a.from, &a.to, &a.part).cmp(&(&b.from, &b.to, &b.part)));
    let edges = edges.into_iter().map(|edge| Edge {
        finding: [edge.place, edge.range_place]
            .iter()
            .find_map(|place| told.get(place))
            .map(|message| (*message).to_owned()),
        from: edge.from.to_string(),
        to: edge.to.to_string(),
        part: edge.part.map(|part| part.to_string()),
        range: edge.range,
        optional: edge.optional,
        weak: edge.weak,
    });
    let mut rules: Vec<Rule> =
        views::project_wide(db, &views::DEPLOYABLE).flat_map(|item| rules(db, item)).collect();
    rules.sort_by(|a, b| (&a.from, &a.to, &a.says).cmp(&(&b.from, &b.to, &b.says)));
    Graph { project: db.manifest().name.clone(), nodes, edges: edges.collect(), rules }
}

fn node(db: &Workspace, item: Item) -> Node {
    let declared = clearway_model::deployable(db, item);
    let view = &declared.view;
    let provided = |part: &views::Provided| {
        let version = part.version.as_ref().map(|version| format!(" {}", version.value)).unwrap_or_default();
        Some(format!("{}{version}", part.part.as_ref()?.value))
    };
    Node {
        name: declared.name.to_string(),
        kind: item.kind(db).to_string(),
        version: view.version.as_ref().map(|version| version.value.to_string()).unwrap_or_default(),
        owner: view.owner.as_ref().map(|owner| owner.value.name.to_string()),
        repo: view.repo.as_ref().map(|repo| repo.value.to_string()),
        data: view.data.iter().map(|class| class.value.to_string()).collect(),
        provides: view.provides.iter().filter_map(provided).collect(),
    }
}

/// What a declaration says of its version beside another's.
fn rules(db: &Workspace, item: Item) -> Vec<Rule> {
    let declared = clearway_model::deployable(db, item);
    let from = declared.name.to_string();
    let skew = declared.view.skew.iter().filter_map(|rule| {
        // A rule about its own replicas is between no two.
        let ValueKind::Reference(target) = &rule.target.as_ref()?.value.kind else { return None };
        let sides = [("behind", &rule.behind), ("ahead", &rule.ahead)];
        let said: Vec<String> = sides
            .into_iter()
            .filter_map(|(word, side)| Some(format!("{} {word}", side.as_ref()?.value)))
            .collect();
        let says =
            if said.is_empty() { "no skew".to_owned() } else { format!("at most {}", said.join(", ")) };
        Some((target.name.to_string(), says))
    });
    let never_newer = declared.view.never_newer.iter().map(|rule| (&rule.target, "never newer"));
    let matches = declared.view.matches.iter().map(|rule| (&rule.target, "the same version"));
    let others = never_newer
        .chain(matches)
        .filter_map(|(target, says)| Some((target.as_ref()?.value.name.to_string(), says.to_owned())));
    skew.chain(others).map(|(to, says)| Rule { from: from.clone(), to, says }).collect()
}
