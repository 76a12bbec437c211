//! Pictures of graphs: nothing touches, everything is drawn, the file is well-formed, and the same graph gives the same bytes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use clearway_picture::{Edge, Form, Graph, Line, Look, Node, stacked};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

fn graph(count: usize, lanes: usize, edges: &[(usize, usize)]) -> Graph {
    let node = |at: usize| Node {
        lines: vec![format!("service-{at}"), "1.2.3".to_owned()],
        look: Look::Service,
        lane: at % lanes.max(1),
        ..Node::default()
    };
    Graph {
        title: "what needs what".to_owned(),
        description: "a graph".to_owned(),
        legend: "what it means".to_owned(),
        lanes: (0..lanes).map(|lane| format!("lane {lane}")).collect(),
        nodes: (0..count).map(node).collect(),
        edges: edges.iter().map(|(from, to)| Edge { from: *from, to: *to, ..Edge::default() }).collect(),
    }
}

/// What is read back: the boxes of nodes and lanes, how many edges there are, and the elements.
#[derive(Default)]
struct Seen {
    boxes: Vec<[i64; 4]>,
    lanes: Vec<[i64; 4]>,
    edges: usize,
    marked: usize,
    elements: Vec<String>,
}

fn seen(svg: &str) -> Seen {
    let mut reader = Reader::from_str(svg);
    let (mut seen, mut depth, mut is_node) = (Seen::default(), 0, false);
    loop {
        let event = reader.read_event().unwrap();
        let (Event::Start(element) | Event::Empty(element)) = &event else {
            match event {
                Event::End(_) => depth -= 1,
                Event::Eof => break,
                _ => {}
            }
            continue;
        };
        depth += i32::from(matches!(event, Event::Start(_)));
        let value =
            |name: &str| element.try_get_attribute(name).unwrap().map(|found| found.value.into_owned());
        let class = value("class").unwrap_or_default();
        let number = |name| value(name).and_then(|value| value.parse().ok()).unwrap_or_default();
        let area = || [number("x"), number("y"), number("width"), number("height")];
        match element.name().as_ref() {
            "path" if class.starts_with("edge") => {
                seen.edges += 1;
                seen.marked += usize::from(class.ends_with("marked"));
            }
            "rect" if class == "lane" => seen.lanes.push(area()),
            "rect" if class.is_empty() && is_node => seen.boxes.push(area()),
            "g" => is_node = class.starts_with("node"),
            _ => {}
        }
        seen.elements.push(element.name().as_ref().to_owned());
    }
    assert_eq!(depth, 0, "an element is not closed");
    seen
}

fn apart(one: [i64; 4], other: [i64; 4]) -> bool {
    one[0] + one[2] <= other[0]
        || other[0] + other[2] <= one[0]
        || one[1] + one[3] <= other[1]
        || other[1] + other[3] <= one[1]
}

fn check(graph: &Graph) {
    let svg = graph.svg(Form::File);
    assert_eq!(svg, graph.svg(Form::File));
    let seen = seen(&svg);
    assert_eq!(seen.boxes.len(), graph.nodes.len());
    assert_eq!(seen.edges, graph.edges.len());
    for (at, one) in seen.boxes.iter().enumerate() {
        assert!(seen.boxes[at + 1..].iter().all(|other| apart(*one, *other)), "box {at} is covered");
        if let Some(lane) = seen.lanes.get(graph.nodes[at].lane) {
            assert!(lane[1] <= one[1] && one[1] + one[3] <= lane[1] + lane[3], "box {at} leaves its lane");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_box_touches_another_and_every_edge_is_drawn(
        count in 1_usize..40,
        lanes in 0_usize..4,
        edges in prop::collection::vec((0_usize..40, 0_usize..40), 0..80),
    ) {
        let edges: Vec<_> = edges.into_iter().map(|(from, to)| (from % count, to % count)).collect();
        check(&graph(count, lanes, &edges));
    }

    #[test]
    fn no_text_is_taken_for_markup(letters in prop::collection::vec(any::<char>(), 0..50)) {
        let text: String = letters.into_iter().collect();
        let mut graph = graph(2, 1, &[(0, 1)]);
        let plain = seen(&graph.svg(Form::Inline));
        graph.title.clone_from(&text);
        graph.lanes[0].clone_from(&text);
        graph.nodes[0].lines[0].clone_from(&text);
        graph.nodes[0].note.clone_from(&text);
        graph.edges[0].label.clone_from(&text);
        let with = seen(&graph.svg(Form::Inline));
        let shapes = |seen: &Seen| seen.elements.iter().filter(|name| !matches!(name.as_str(), "title" | "text")).cloned().collect::<Vec<_>>();
        prop_assert_eq!(shapes(&with), shapes(&plain));
    }
}

#[test]
fn five_hundred_nodes_are_laid_out_apart() {
    let edges: Vec<(usize, usize)> = (1..500)
        .flat_map(|at| [(at, at / 2), (at, at / 3), (at, 2 * at / 3)])
        .filter(|(from, to)| from != to)
        .collect();
    check(&graph(500, 0, &edges));
}

#[test]
fn a_circle_is_marked_and_what_leads_to_it_is_not() {
    let seen = seen(&graph(4, 0, &[(0, 1), (1, 2), (2, 1), (3, 3)]).svg(Form::File));
    assert_eq!((seen.edges, seen.marked), (4, 3));
}

#[test]
fn a_rule_between_two_is_no_need_and_makes_no_circle() {
    let mut graph = graph(2, 0, &[(0, 1), (1, 0)]);
    graph.edges[1].line = Line::Rule;
    assert_eq!(seen(&graph.svg(Form::File)).marked, 0);
}

#[test]
fn ends_that_are_no_nodes_are_left_out_and_nothing_is_a_picture_too() {
    assert_eq!(seen(&graph(2, 0, &[(0, 7), (0, 1)]).svg(Form::File)).edges, 1);
    assert!(seen(&graph(0, 0, &[]).svg(Form::File)).boxes.is_empty());
}

#[test]
fn edges_between_the_same_two_do_not_cover_each_other() {
    let svg = graph(2, 0, &[(0, 1), (0, 1), (1, 0)]).svg(Form::File);
    let mut ways: Vec<&str> = svg.split(" d=\"").skip(1).filter(|way| way.contains(" C")).collect();
    ways.sort_unstable();
    ways.dedup();
    assert_eq!(ways.len(), 3, "{svg}");
}

#[test]
fn graphs_below_each_other_are_one_picture() {
    let (one, other) = (graph(3, 1, &[(0, 1)]), graph(2, 1, &[(0, 1)]));
    let both = stacked("both", "two graphs", &[one.clone(), other], Form::File);
    assert_eq!(seen(&both).boxes.len(), 5);
    assert!(both.contains("translate(0 "));
    assert_eq!(
        stacked(&one.title, &one.description, std::slice::from_ref(&one), Form::File),
        one.svg(Form::File)
    );
}

#[test]
fn it_says_what_it_is_to_who_does_not_see_it() {
    let svg = graph(1, 0, &[]).svg(Form::File);
    assert!(svg.contains("role=\"img\" aria-label=\"what needs what\""), "{svg}");
    assert!(svg.contains("<title>what needs what</title>\n<desc>a graph</desc>"), "{svg}");
    assert!(svg.contains("prefers-color-scheme: dark"));
    assert!(!graph(1, 0, &[]).svg(Form::Inline).contains("<style>"));
}
