//! Pictures of timetables: every time stands where it is, and what is out of sight is not drawn.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use clearway_picture::{Bar, BarLook, Chart, Form, Row, Section, Tick};
use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;

fn bar(from: i64, until: i64) -> Bar {
    Bar { from, until, look: BarLook::Work, note: format!("{from} to {until}") }
}

fn chart(bars: Vec<Bar>, ticks: Vec<Tick>) -> Chart {
    let rows = vec![Row { name: "this".to_owned(), bars }];
    let sections = vec![Section { name: "there".to_owned(), ticks, rows }];
    Chart { title: "when".to_owned(), from: 1_000, until: 2_000, sections, ..Chart::default() }
}

/// The left ends and the widths of the bars, and the labels of ticks.
fn seen(svg: &str) -> (Vec<(i64, i64)>, Vec<String>) {
    let mut reader = Reader::from_str(svg);
    let (mut bars, mut labels, mut is_label) = (Vec::new(), Vec::new(), false);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return (bars, labels),
            Event::Start(element) | Event::Empty(element) => {
                let value = |name: &str| {
                    let found = element.try_get_attribute(name).unwrap();
                    found.map(|found| found.value.into_owned()).unwrap_or_default()
                };
                if value("class") == "work" {
                    bars.push((value("x").parse().unwrap(), value("width").parse().unwrap()));
                }
                is_label = value("class") == "faint";
            }
            Event::Text(text) if is_label => labels.push(text.into_inner().into_owned()),
            _ => is_label = false,
        }
    }
}

#[test]
fn a_time_is_drawn_where_it_is_and_cut_off_at_the_ends() {
    let (bars, _) =
        seen(&chart(vec![bar(1_000, 2_000), bar(1_500, 1_750), bar(0, 9_999)], vec![]).svg(Form::File));
    let (left, whole) = bars[0];
    assert_eq!(bars, [(left, whole), (left + whole / 2, whole / 4), (left, whole)]);
}

#[test]
fn a_moment_can_be_seen_and_what_is_not_in_sight_is_not_drawn() {
    let bars = vec![bar(1_500, 1_500), bar(0, 999), bar(2_001, 3_000), bar(1_800, 1_200)];
    let (bars, _) = seen(&chart(bars, vec![]).svg(Form::File));
    assert!(bars.len() == 1 && bars[0].1 > 0, "{bars:?}");
}

#[test]
fn labels_of_a_clock_do_not_cover_each_other() {
    let ticks = (0..100).map(|at| Tick { at: 1_000 + 10 * at, label: format!("day {at}") }).collect();
    let (_, labels) = seen(&chart(vec![], ticks).svg(Form::File));
    assert!(labels.len() > 5 && labels.len() < 25, "{labels:?}");
}

proptest! {
    #[test]
    fn no_instant_is_too_far(from in any::<i64>(), until in any::<i64>(), start in any::<i64>(), end in any::<i64>()) {
        let mut chart = chart(vec![bar(from, until)], vec![Tick { at: from, label: "x".to_owned() }]);
        (chart.from, chart.until) = (start, end);
        seen(&chart.svg(Form::File));
    }
}
