//! A graph in layers, from left to right.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use crate::implied::implied;
use crate::layers::{layers, turned};
use crate::order::order;
use crate::place::{Band, Item, place};
use crate::svg::{Form, MARGIN, cut, escaped, framed, lane, width};

/// A graph to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Graph {
    /// What it is called.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// The names of the swimlanes, from the top; none where there is nothing to tell apart.
    pub lanes: Vec<String>,
    /// What is connected.
    pub nodes: Vec<Node>,
    /// How. Ends that are no nodes are left out.
    pub edges: Vec<Edge>,
    /// What lines and colours mean, in a line below.
    pub legend: String,
}

/// A box.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// What it is called, and more lines below.
    pub lines: Vec<String>,
    /// How it looks.
    pub look: Look,
    /// Its lane.
    pub lane: usize,
    /// More about it, for who points at it.
    pub note: String,
    /// Where a click leads: `#service-checkout`.
    pub link: Option<String>,
    /// Something is wrong with it.
    pub marked: bool,
}

/// How a box looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    /// Nothing special.
    #[default]
    Plain,
    /// A service.
    Service,
    /// A library.
    Library,
    /// Something of a vendor.
    Vendor,
    /// Infrastructure.
    Infrastructure,
    /// Something is looked at.
    Check,
    /// People are asked.
    People,
    /// Something is deployed.
    Move,
    /// The way back.
    Back,
}

impl Look {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Service => "service",
            Self::Library => "library",
            Self::Vendor => "vendor",
            Self::Infrastructure => "infrastructure",
            Self::Check => "check",
            Self::People => "people",
            Self::Move => "move",
            Self::Back => "back",
        }
    }
}

/// An arrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    /// The number of the node that it leaves.
    pub from: usize,
    /// The number of the node that it leads to.
    pub to: usize,
    /// What it says.
    pub label: String,
    /// More about it, for who points at it.
    pub note: String,
    /// How it is drawn.
    pub line: Line,
    /// Something is wrong with it.
    pub marked: bool,
}

/// How an arrow is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Line {
    /// As a line.
    #[default]
    Solid,
    /// Dashed.
    Dashed,
    /// Dotted.
    Dotted,
    /// As a rule between the two, and nothing that one needs of the other.
    Rule,
}

impl Line {
    const fn class(self) -> &'static str {
        match self {
            Self::Solid => "",
            Self::Dashed => " dashed",
            Self::Dotted => " dotted",
            Self::Rule => " rule",
        }
    }
}

/// The letters of a line in a box.
const LETTERS: usize = 34;
/// The height of a line in a box.
const LINE: i64 = 16;
/// The room around a box, above and below.
const AROUND: i64 = 12;
/// How high an edge is where it passes a layer; higher, where it says something.
const PASSAGE: i64 = 8;
const LABELLED_PASSAGE: i64 = 18;
/// How far edges between the same two are apart.
const BESIDE: i64 = 14;
/// The room at the top of a lane for its name.
const HEAD: i64 = 24;
/// With more edges than this, what they say is only told to who points at them.
const LABELLED: usize = 40;

/// With more edges than this, they are thin.
const THICK: usize = 200;

/// A box in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    pub left: i64,
    pub top: i64,
    pub width: i64,
    pub height: i64,
}

/// Where everything stands.
pub(crate) struct Layout {
    pub boxes: Vec<Placed>,
    bands: Vec<Band>,
    /// For each edge the points that it goes through, as pairs of a left and a right end at one height, from left to right.
    routes: Vec<Vec<(i64, i64, i64)>>,
    turned: Vec<bool>,
    width: i64,
    height: i64,
}

impl Graph {
    /// The graph as a picture.
    #[must_use]
    pub fn svg(&self, form: Form) -> String {
        stacked(&self.title, &self.description, std::slice::from_ref(self), form)
    }

    /// Leaves out the plain arrows that follow from others, and says how many: of what somebody points at, or what is wrong, all stays.
    pub fn without_implied(&mut self) -> usize {
        let count = self.nodes.len();
        let is_plain =
            |edge: &Edge| edge.line == Line::Solid && !edge.marked && edge.from.max(edge.to) < count;
        let plain: Vec<(usize, usize)> =
            self.edges.iter().filter(|edge| is_plain(edge)).map(|edge| (edge.from, edge.to)).collect();
        let mut implied = implied(count, &plain).into_iter();
        let before = self.edges.len();
        self.edges.retain(|edge| !is_plain(edge) || !implied.next().unwrap_or_default());
        before - self.edges.len()
    }

    /// The edges that have both ends.
    fn connected(&self) -> Vec<&Edge> {
        let is_node = |at: usize| at < self.nodes.len();
        self.edges.iter().filter(|edge| is_node(edge.from) && is_node(edge.to)).collect()
    }

    fn drawn(&self, edges: &[&Edge], layout: &Layout, width: i64) -> String {
        let in_circle = circles(self.nodes.len(), edges);
        let is_circular =
            |edge: &Edge| in_circle[edge.from].is_some() && in_circle[edge.from] == in_circle[edge.to];
        let mut body = String::new();
        for (name, (top, bottom)) in self.lanes.iter().zip(&layout.bands) {
            let _ = writeln!(body, "<g>{}</g>", lane(name, top - HEAD, width - 16, bottom - top + HEAD));
        }
        // Many lines are thin, or the boxes would not be seen for them.
        let is_thin = edges.len() > THICK;
        body.push_str(if is_thin { "<g class=\"many\">\n" } else { "" });
        for (at, edge) in edges.iter().enumerate() {
            let marked = edge.marked || is_circular(edge);
            self.edge(&mut body, edge, marked, &layout.routes[at], layout.turned[at]);
        }
        body.push_str(if is_thin { "</g>\n" } else { "" });
        if edges.len() <= LABELLED {
            draw_labels(&mut body, edges, &layout.routes);
        }
        for (at, (node, placed)) in self.nodes.iter().zip(&layout.boxes).enumerate() {
            draw_node(&mut body, node, *placed, node.marked || in_circle[at].is_some());
        }
        if !self.legend.is_empty() {
            let _ = writeln!(
                body,
                "<text class=\"faint\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
                layout.height - 12,
                escaped(&self.legend)
            );
        }
        body
    }

    fn layout(&self, edges: &[&Edge]) -> Layout {
        let count = self.nodes.len();
        let ends: Vec<(usize, usize)> = edges.iter().map(|edge| (edge.from, edge.to)).collect();
        let turned = turned(count, &ends);
        let straight: Vec<(usize, usize)> = ends
            .iter()
            .zip(&turned)
            .map(|((from, to), turned)| if *turned { (*to, *from) } else { (*from, *to) })
            .collect();
        let between: Vec<(usize, usize)> = straight.iter().copied().filter(|(from, to)| from != to).collect();
        let layer_of = layers(count, &between, room(count));
        let lane = |node: &Node| node.lane.min(self.lanes.len().saturating_sub(1));

        // Edges to one node share their way past the layers in between, so that a thing that all need takes one line and not a hundred;
        // where they say what they are, each has its own.
        let is_labelled = edges.len() <= LABELLED && edges.iter().any(|edge| !edge.label.is_empty());
        let passage_height = if is_labelled { LABELLED_PASSAGE } else { PASSAGE };
        let mut lanes: Vec<usize> = self.nodes.iter().map(lane).collect();
        let mut heights: Vec<i64> = self.nodes.iter().map(|node| height(node) + AROUND).collect();
        let mut columns: Vec<Vec<usize>> = vec![Vec::new(); layer_of.iter().max().map_or(0, |last| last + 1)];
        (0..count).for_each(|node| columns[layer_of[node]].push(node));
        let mut passages: BTreeMap<(usize, bool, usize, usize), usize> = BTreeMap::new();
        let mut ways: Vec<Vec<usize>> = Vec::with_capacity(straight.len());
        for (edge, ((from, to), turned)) in straight.iter().zip(&turned).enumerate() {
            let whose = if is_labelled { edge } else { 0 };
            let mut way = vec![*from];
            for (layer, column) in
                columns.iter_mut().enumerate().take(layer_of[*to]).skip(layer_of[*from] + 1)
            {
                let passage = passages.entry((*to, *turned, layer, whose)).or_insert_with(|| {
                    lanes.push(lanes[*to]);
                    heights.push(passage_height);
                    column.push(lanes.len() - 1);
                    lanes.len() - 1
                });
                way.push(*passage);
            }
            way.push(*to);
            ways.push(way);
        }
        let mut segments: Vec<(usize, usize)> =
            ways.iter().flat_map(|way| way.windows(2).map(|pair| (pair[0], pair[1]))).collect();
        segments.retain(|(from, to)| from != to);
        segments.sort_unstable();
        segments.dedup();

        order(&mut columns, &lanes, &segments);
        let bands = bands(&columns, &lanes, &heights, self.lanes.len());
        let items: Vec<Item> =
            lanes.iter().zip(&heights).map(|(lane, height)| Item { lane: *lane, height: *height }).collect();
        let middle = place(&columns, &items, &bands, &segments);

        let labels = if is_labelled {
            edges.iter().map(|edge| width(&cut(&edge.label, LETTERS))).max().unwrap_or_default()
        } else {
            0
        };
        let gap = 56 + labels;
        let mut boxes = vec![Placed { left: 0, top: 0, width: 0, height: 0 }; lanes.len()];
        let mut left = MARGIN + 4;
        for column in &columns {
            let nodes = || column.iter().filter_map(|item| self.nodes.get(*item));
            let wide = nodes().map(box_width).max().unwrap_or(40);
            for item in column {
                let height = self.nodes.get(*item).map_or(0, height);
                boxes[*item] = Placed { left, top: middle[*item] - height / 2, width: wide, height };
            }
            left += wide + gap;
        }
        // Edges between the same two leave and arrive next to each other.
        let mut beside: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        let routes = ways
            .iter()
            .zip(&straight)
            .map(|(way, ends)| {
                let number = beside.entry(*ends).and_modify(|number| *number += 1).or_insert(0);
                let through = |item: &usize| {
                    let placed = boxes[*item];
                    let aside = (*number * BESIDE).min(placed.height / 2 - 4).max(0);
                    (placed.left, placed.left + placed.width, placed.top + placed.height / 2 + aside)
                };
                way.iter().map(through).collect()
            })
            .collect();
        let name =
            width(&self.title).max(self.lanes.iter().map(|lane| width(lane)).max().unwrap_or_default());
        let bottom = bands.iter().map(|(_, bottom)| *bottom).max().unwrap_or(MARGIN);
        boxes.truncate(count);
        let legend = width(&self.legend);
        let width = (left - gap + MARGIN + 4).max(name.min(600) + 2 * MARGIN).max(legend + 2 * MARGIN);
        let below = if legend > 0 { 24 } else { 0 };
        Layout { boxes, bands, routes, turned, width, height: bottom + MARGIN + below }
    }

    fn edge(&self, out: &mut String, edge: &Edge, marked: bool, route: &[(i64, i64, i64)], turned: bool) {
        let (Some((_, start, from)), Some((end, _, to))) = (route.first().copied(), route.last().copied())
        else {
            return;
        };
        let mut path = String::new();
        if edge.from == edge.to {
            let _ = write!(path, "M{start} {} c28 -18 28 26 0 12", from - 4);
        } else {
            let _ = write!(path, "M{start} {from}");
            let (mut x, mut y) = (start, from);
            for (left, right, height) in route.iter().skip(1).copied() {
                let bend = (left - x) / 2;
                let _ = write!(path, " C{} {y} {} {height} {left} {height}", x + bend, left - bend);
                if (left, right) != (end, right) {
                    let _ = write!(path, " H{right}");
                }
                (x, y) = (right, height);
            }
        }
        let name = |at: usize| self.nodes[at].lines.first().map_or("", String::as_str);
        let told = format!("{} → {}", name(edge.from), name(edge.to));
        let told = if edge.label.is_empty() { told } else { format!("{told}: {}", edge.label) };
        let told = if edge.note.is_empty() { told } else { format!("{told} ({})", edge.note) };
        let class = format!("{}{}", edge.line.class(), if marked { " marked" } else { "" });
        let _ = write!(
            out,
            "<g data-from=\"{}\" data-to=\"{}\"><title>{}</title><path class=\"edge{class}\" d=\"{path}\"/>",
            escaped(name(edge.from)),
            escaped(name(edge.to)),
            escaped(&told)
        );
        let tip = match (edge.from == edge.to, turned) {
            (true, _) => format!("M{start} {} l8 -4 v8z", from + 8),
            (false, true) => format!("M{start} {from} l8 -4 v8z"),
            (false, false) => format!("M{end} {to} l-8 -4 v8z"),
        };
        let _ = write!(out, "<path class=\"tip{class}\" d=\"{tip}\"/>");
        out.push_str("</g>\n");
    }
}

/// Graphs below each other as one picture.
#[must_use]
pub fn stacked(title: &str, description: &str, graphs: &[Graph], form: Form) -> String {
    let laid: Vec<(&Graph, Vec<&Edge>, Layout)> = graphs
        .iter()
        .map(|graph| {
            let edges = graph.connected();
            let layout = graph.layout(&edges);
            (graph, edges, layout)
        })
        .collect();
    let width = laid.iter().map(|(.., layout)| layout.width).max().unwrap_or(2 * MARGIN);
    let (mut body, mut top) = (String::new(), 0);
    for (graph, edges, layout) in &laid {
        let drawn = graph.drawn(edges, layout, width);
        if top == 0 {
            body.push_str(&drawn);
        } else {
            let _ = writeln!(body, "<g transform=\"translate(0 {top})\">\n{drawn}</g>");
        }
        // The room below one is that above the next.
        top += layout.height - if graph.legend.is_empty() { MARGIN - 10 } else { 0 };
    }
    let has_links = graphs.iter().flat_map(|graph| &graph.nodes).any(|node| node.link.is_some());
    framed(form, (width, top + 8), (title, description), has_links, &body)
}

/// What edges say, each where it is alone: at the end where no other edge is, or else half-way.
fn draw_labels(out: &mut String, edges: &[&Edge], routes: &[Vec<(i64, i64, i64)>]) {
    let hops: Vec<_> = routes.iter().filter_map(|route| Some((*route.first()?, *route.get(1)?))).collect();
    for (edge, route) in edges.iter().zip(routes).filter(|(edge, _)| !edge.label.is_empty()) {
        let (Some(first), Some(next)) = (route.first(), route.get(1)) else { continue };
        let (start, from) = (first.1, first.2);
        let leaving = hops.iter().filter(|hop| hop.0 == *first).count();
        let arriving = hops.iter().filter(|hop| hop.1 == *next).count();
        let (anchor, x, y) = match (arriving, leaving) {
            (1, _) => ("end", next.0 - 12, next.2),
            (_, 1) => ("start", start + 6, from),
            _ => ("middle", i64::midpoint(start, next.0), i64::midpoint(from, next.2)),
        };
        let _ = writeln!(
            out,
            "<text class=\"faint label\" text-anchor=\"{anchor}\" x=\"{x}\" y=\"{}\">{}</text>",
            y - 4,
            escaped(&cut(&edge.label, LETTERS))
        );
    }
}

/// How many nodes a layer holds: so many that the picture is about as wide as it is high.
fn room(count: usize) -> usize {
    let mut root = 1;
    while root * root < count {
        root += 1;
    }
    (root * 19 / 10).max(7)
}

/// Which circle each node is part of, if any.
fn circles(count: usize, edges: &[&Edge]) -> Vec<Option<usize>> {
    let mut graph = DiGraph::<(), ()>::new();
    let nodes: Vec<_> = (0..count).map(|_| graph.add_node(())).collect();
    // A rule between two is no need of one for the other.
    for edge in edges.iter().filter(|edge| edge.line != Line::Rule) {
        graph.add_edge(nodes[edge.from], nodes[edge.to], ());
    }
    let mut found = vec![None; count];
    for (number, circle) in tarjan_scc(&graph).into_iter().enumerate() {
        let is_circle =
            circle.len() > 1 || circle.first().is_some_and(|node| graph.contains_edge(*node, *node));
        if is_circle {
            circle.into_iter().for_each(|node| found[node.index()] = Some(number));
        }
    }
    found
}

/// The top and the bottom of each lane: as high as its fullest layer.
fn bands(columns: &[Vec<usize>], lanes: &[usize], heights: &[i64], named: usize) -> Vec<Band> {
    let mut highest = vec![0; named.max(1)];
    for column in columns {
        let mut used = vec![0; highest.len()];
        for item in column {
            used[lanes[*item]] += heights[*item];
        }
        for (highest, used) in highest.iter_mut().zip(used) {
            *highest = used.max(*highest);
        }
    }
    let mut top = MARGIN;
    let mut bands = Vec::with_capacity(highest.len());
    for height in highest {
        top += if named > 0 { HEAD } else { 0 };
        bands.push((top, top + height));
        top += height + 10;
    }
    bands
}

fn box_width(node: &Node) -> i64 {
    let widest = node.lines.iter().map(|line| width(&cut(line, LETTERS))).max().unwrap_or_default();
    (widest + 24).max(72)
}

fn height(node: &Node) -> i64 {
    i64::try_from(node.lines.len()).unwrap_or(1).max(1) * LINE + 10
}

fn draw_node(out: &mut String, node: &Node, placed: Placed, marked: bool) {
    let Placed { left, top, width, height } = placed;
    if let Some(link) = &node.link {
        let _ = write!(out, "<a href=\"{}\">", escaped(link));
    }
    let mark = if marked { " marked" } else { "" };
    let _ = write!(out, "<g class=\"node {}{mark}\">", node.look.class());
    if !node.note.is_empty() {
        let _ = write!(out, "<title>{}</title>", escaped(&node.note));
    }
    let _ = write!(out, "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/>");
    let mut y = top + 17;
    for (at, line) in node.lines.iter().enumerate() {
        let class = if at == 0 { "head" } else { "faint" };
        let text = escaped(&cut(line, LETTERS));
        let _ = write!(
            out,
            "<text class=\"{class}\" x=\"{}\" y=\"{y}\" text-anchor=\"middle\">{text}</text>",
            left + width / 2
        );
        y += LINE;
    }
    out.push_str("</g>");
    out.push_str(if node.link.is_some() { "</a>\n" } else { "\n" });
}
