//! What depends on what: as data, and as a picture.

use std::collections::{BTreeMap, BTreeSet};

use clearway_picture::{Edge as Arrow, Graph as Picture, Line, Look, Node as Shape};
use serde::Serialize;

/// With more arrows than this, those that follow from others are left out of the picture.
const MANY: usize = 200;

/// What is shipped, and how it hangs together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// The project.
    #[serde(skip)]
    pub project: String,
    /// Declarations, by name.
    pub nodes: Vec<Node>,
    /// What they require, by the names of both ends.
    pub edges: Vec<Edge>,
    /// Rules between versions of two of them.
    pub rules: Vec<Rule>,
}

/// A service, library, vendor or infrastructure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// Its declared version.
    pub version: String,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// The repository that it is built from.
    #[serde(skip)]
    pub repo: Option<String>,
    /// The classes of data that it holds.
    #[serde(skip)]
    pub data: Vec<String>,
    /// The parts that it provides, with their versions.
    #[serde(skip)]
    pub provides: Vec<String>,
}

/// A requirement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// Who requires.
    pub from: String,
    /// What is required.
    pub to: String,
    /// The part of it.
    pub part: Option<String>,
    /// The versions that will do.
    pub range: String,
    /// It may be absent.
    pub optional: bool,
    /// It never stands in the way.
    pub weak: bool,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
}

/// A rule between versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Whose rule it is.
    pub from: String,
    /// The other one.
    pub to: String,
    /// What it says: `at most 2 minor behind`.
    pub says: String,
}

impl Edge {
    /// The part and the versions: `api ^2.1`.
    pub fn label(&self) -> String {
        match &self.part {
            Some(part) => format!("{part} {}", self.range),
            None => self.range.clone(),
        }
    }
}

/// Which way the edges are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To what is required.
    Upstream,
    /// To what requires.
    Downstream,
}

/// What the swimlanes of the picture are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lanes<'w> {
    /// There are none.
    None,
    /// The teams that answer.
    Teams,
    /// The waves of an order, counted from 1, by service.
    Waves(&'w BTreeMap<String, usize>),
}

impl Graph {
    /// Leaves what a service needs, or what needs it, directly or through others, and the service.
    pub fn keep(&mut self, service: &str, direction: Direction) {
        let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for edge in &self.edges {
            let (from, to) = match direction {
                Direction::Upstream => (&edge.from, &edge.to),
                Direction::Downstream => (&edge.to, &edge.from),
            };
            next.entry(from).or_default().push(to);
        }
        let mut reached = BTreeSet::from([service.to_owned()]);
        let mut open = vec![service];
        while let Some(name) = open.pop() {
            for other in next.get(name).into_iter().flatten() {
                if reached.insert((*other).to_owned()) {
                    open.push(other);
                }
            }
        }
        self.nodes.retain(|node| reached.contains(&node.name));
        self.edges.retain(|edge| reached.contains(&edge.from) && reached.contains(&edge.to));
        self.rules.retain(|rule| reached.contains(&rule.from) && reached.contains(&rule.to));
    }

    /// The graph as a picture; `linked` makes each box a link to `#service-NAME`.
    #[must_use]
    pub fn picture(&self, lanes: Lanes<'_>, linked: bool) -> Picture {
        let at: BTreeMap<&str, usize> =
            self.nodes.iter().enumerate().map(|(at, node)| (node.name.as_str(), at)).collect();
        let lane_of = |node: &Node| match lanes {
            Lanes::None => (0, String::new()),
            Lanes::Teams => (
                usize::from(node.owner.is_none()),
                node.owner.clone().unwrap_or_else(|| "nobody answers for it".to_owned()),
            ),
            Lanes::Waves(waves) => match waves.get(&node.name) {
                Some(wave) => (*wave, format!("wave {wave}")),
                None => (usize::MAX, "does not move".to_owned()),
            },
        };
        let names: BTreeSet<(usize, String)> = self.nodes.iter().map(lane_of).collect();
        let names: Vec<(usize, String)> = names.into_iter().collect();
        let shape = |node: &Node| Shape {
            lines: vec![
                node.name.clone(),
                if node.kind == "service" {
                    node.version.clone()
                } else {
                    format!("{} {}", node.kind, node.version)
                },
            ],
            look: look(&node.kind),
            lane: names.binary_search(&lane_of(node)).unwrap_or_default(),
            note: format!(
                "{} {} {}{}",
                node.kind,
                node.name,
                node.version,
                node.owner.as_ref().map(|owner| format!(", of {owner}")).unwrap_or_default()
            ),
            link: linked.then(|| format!("#service-{}", node.name)),
            marked: false,
        };
        let arrow = |edge: &Edge| {
            Some(Arrow {
                from: *at.get(edge.from.as_str())?,
                to: *at.get(edge.to.as_str())?,
                label: edge.label(),
                note: edge.finding.clone().unwrap_or_default(),
                line: match (edge.weak, edge.optional) {
                    (true, _) => Line::Dotted,
                    (false, true) => Line::Dashed,
                    _ => Line::Solid,
                },
                marked: edge.finding.is_some(),
            })
        };
        let rule = |rule: &Rule| {
            let (from, to) = (*at.get(rule.from.as_str())?, *at.get(rule.to.as_str())?);
            Some(Arrow { from, to, label: rule.says.clone(), line: Line::Rule, ..Arrow::default() })
        };
        let edges: Vec<Arrow> =
            self.edges.iter().filter_map(arrow).chain(self.rules.iter().filter_map(rule)).collect();
        let lanes_named = match lanes {
            Lanes::None => Vec::new(),
            _ => names.iter().map(|(_, name)| name.clone()).collect(),
        };
        let mut picture = Picture {
            title: format!("What depends on what in {}", self.project),
            description: format!(
                "{} and {}. {}",
                counted(self.nodes.len(), "declaration"),
                counted(self.edges.len(), "requirement"),
                self.in_words()
            ),
            lanes: lanes_named,
            nodes: self.nodes.iter().map(shape).collect(),
            edges,
            legend: String::new(),
        };
        let left_out = if picture.edges.len() > MANY { picture.without_implied() } else { 0 };
        let left_out = (left_out > 0)
            .then(|| format!("not drawn: {} to what others lead to anyhow", counted(left_out, "arrow")));
        let edges = &picture.edges;
        let has = |line: Line| edges.iter().any(|edge| edge.line == line);
        let meant = [
            (!edges.is_empty(), "an arrow leads to what is required"),
            (has(Line::Dashed), "dashed: optional"),
            (has(Line::Dotted), "dotted: weak"),
            (has(Line::Rule), "dashes and dots: a rule between versions"),
            (!edges.is_empty(), "red: in a cycle, or does not fit"),
        ];
        let meant = meant.into_iter().filter(|(is, _)| *is).map(|(_, means)| means.to_owned());
        let legend: Vec<String> = meant.chain(left_out).collect();
        picture.legend = legend.join(" · ");
        picture
    }

    /// The requirements as sentences, as far as anybody listens.
    fn in_words(&self) -> String {
        const HEARD: usize = 30;
        let said = self.edges.iter().take(HEARD).map(|edge| format!("{} requires {}.", edge.from, edge.to));
        let mut said: Vec<String> = said.collect();
        if self.edges.len() > HEARD {
            said.push(format!("And {} more.", self.edges.len() - HEARD));
        }
        said.join(" ")
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn look(kind: &str) -> Look {
    match kind {
        "library" => Look::Library,
        "vendor" => Look::Vendor,
        "infrastructure" => Look::Infrastructure,
        _ => Look::Service,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph() -> Graph {
        let node = |name: &str| Node {
            name: name.to_owned(),
            owner: (name != "d").then(|| "shop".to_owned()),
            ..Node::default()
        };
        let edge =
            |(from, to): (&str, &str)| Edge { from: from.to_owned(), to: to.to_owned(), ..Edge::default() };
        Graph {
            nodes: ["a", "b", "c", "d"].map(node).to_vec(),
            edges: [("a", "b"), ("b", "c"), ("d", "c")].map(edge).to_vec(),
            ..Graph::default()
        }
    }

    #[test]
    fn upstream_is_what_is_needed_and_downstream_what_needs_it() {
        let kept = |direction| {
            let mut graph = graph();
            graph.keep("b", direction);
            (graph.nodes.into_iter().map(|node| node.name).collect::<String>(), graph.edges.len())
        };
        assert_eq!(kept(Direction::Upstream), ("bc".to_owned(), 1));
        assert_eq!(kept(Direction::Downstream), ("ab".to_owned(), 1));
    }

    #[test]
    fn lanes_are_teams_or_waves_in_their_order() {
        let lanes = |lanes| {
            let picture = graph().picture(lanes, false);
            (picture.lanes, picture.nodes.iter().map(|node| node.lane).collect::<Vec<_>>())
        };
        assert_eq!(lanes(Lanes::None), (vec![], vec![0; 4]));
        assert_eq!(
            lanes(Lanes::Teams),
            (vec!["shop".to_owned(), "nobody answers for it".to_owned()], vec![0, 0, 0, 1])
        );
        let waves = BTreeMap::from([("c".to_owned(), 1), ("b".to_owned(), 2), ("a".to_owned(), 10)]);
        assert_eq!(
            lanes(Lanes::Waves(&waves)),
            (["wave 1", "wave 2", "wave 10", "does not move"].map(str::to_owned).to_vec(), vec![2, 1, 0, 3])
        );
    }

    #[test]
    fn of_many_arrows_those_that_follow_from_others_are_left_out_and_that_is_said() {
        let many = MANY;
        let name = |at: usize| format!("s{at}");
        let node = |at: usize| Node { name: name(at), ..Node::default() };
        let edge = |from: usize, to: usize| Edge { from: name(from), to: name(to), ..Edge::default() };
        // A chain, and beside it what leads two steps on: that follows, unless it is more than a plain requirement.
        let mut edges: Vec<Edge> = (0..many).map(|at| edge(at, at + 1)).collect();
        edges.push(edge(0, 2));
        edges.push(Edge { optional: true, ..edge(1, 3) });
        edges.push(Edge { finding: Some("does not fit".to_owned()), ..edge(2, 4) });
        let graph = Graph { nodes: (0..=many).map(node).collect(), edges, ..Graph::default() };
        let picture = graph.picture(Lanes::None, false);
        assert_eq!(picture.edges.len(), many + 2);
        assert!(
            picture.legend.contains("not drawn: 1 arrow to what others lead to anyhow"),
            "{}",
            picture.legend
        );
        assert!(picture.description.contains("203 requirements"), "{}", picture.description);
    }
}
