//! Every fault that evidence can have, of every kind of gate: none passes, the cause is told, and the decision is recorded.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../common/mod.rs"]
mod common;
mod kinds;
#[path = "../../../evidence/tests/common/samples.rs"]
mod samples;
mod servers;

use std::collections::BTreeSet;

use clearway_evidence::{Limits, Reader};
use clearway_runtime::replay::{From, replay};
use common::gates::decide;
use common::{Memory, NOW, Shop};
use kinds::Kind;

/// The time of a file, as hours from now.
fn hours(hours: i64) -> Option<jiff::Timestamp> {
    let now: jiff::Timestamp = NOW.parse().unwrap();
    Some(now + jiff::SignedDuration::from_hours(hours))
}

fn of(text: &str) -> Memory {
    Memory::of(&[("reports/a", text)])
}

fn at(text: &str, time: Option<jiff::Timestamp>) -> Memory {
    let mut files = of(text);
    files.0.values_mut().for_each(|file| file.1 = time);
    files
}

/// A way in which evidence can be wrong: its name, what there is then, and a word by which the answer names the cause. `None` where a
/// format cannot be wrong so.
type Fault = (&'static str, fn(&Kind) -> Option<Memory>, &'static str);

const FAULTS: &[Fault] = &[
    ("missing", |_| Some(Memory::default()), "an absent report is not a good one"),
    ("elsewhere", |kind| Some(Memory::of(&[("reports/deep/a", &kind.good)])), "no file matches"),
    ("empty", |_| Some(of("")), "[empty]"),
    ("of white space", |_| Some(of(" \n")), "[empty]"),
    ("null", |_| Some(of("null")), "is refused"),
    ("truncated", |kind| Some(of(&kind.good[..kind.good.len() / 2])), "is refused"),
    ("a page", |_| Some(of("<!doctype html><html>Sign in</html>")), "is refused"),
    ("of bytes", |_| Some(of("\u{1}\u{2}\u{3}")), "is refused"),
    ("of another kind", |kind| Some(of(other_than(kind.reader))), "is refused"),
    ("with NaN for a number", |kind| Some(of(&kind.with_nan())), ""),
    ("of a tool that looked at nothing", |kind| kind.nothing.map(of), ""),
    ("of another commit", |kind| kind.of_another_commit().map(|text| of(&text)), "is of commit ffff"),
    ("of another artifact", |kind| kind.of_another_artifact().map(|text| of(&text)), "is of sha256:"),
    ("stale", |kind| Some(at(&kind.made(false), hours(-24))), "old"),
    ("of tomorrow", |kind| Some(at(&kind.made(true), hours(24))), "a clock is wrong"),
    ("of no time", |kind| (!says_when(kind)).then(|| at(&kind.good, None)), "nothing says when"),
    (
        "contradicted by a second one",
        |kind| Some(Memory::of(&[("reports/a", &kind.good), ("reports/b", kind.against.as_ref()?)])),
        "",
    ),
    (
        "beside one that is empty",
        |kind| Some(Memory::of(&[("reports/a", &kind.good), ("reports/b", "")])),
        "`reports/b` is refused",
    ),
];

/// A good report for another reader.
fn other_than(reader: Reader) -> &'static str {
    if reader == Reader::Statuspage { samples::SPDX } else { samples::STATUSPAGE }
}

/// Whether the report itself says when it was made.
fn says_when(kind: &Kind) -> bool {
    let read = clearway_evidence::read(kind.reader, kind.good.as_bytes(), &Limits::default());
    read.is_ok_and(|report| report.origin.times.is_some())
}

#[test]
fn good_evidence_of_every_kind_passes() {
    let mut stopped = Vec::new();
    for kind in kinds::all() {
        let answer = decide(&kind.shop(), &of(&kind.good));
        if !answer.holds {
            stopped.push(format!("{}: {answer}", kind.name));
        }
        assert_eq!(answer.details["evidence"][0]["file"], "reports/a");
        assert!(answer.details["evidence"][0]["digest"].as_str().unwrap().starts_with("sha256:"));
    }
    assert!(stopped.is_empty(), "{}", stopped.join("\n"));
    let readers: BTreeSet<Reader> = kinds::all().iter().map(|kind| kind.reader).collect();
    assert_eq!(readers, Reader::all().collect(), "every reader has its kind");
    for (reader, sample) in samples::ALL {
        let forms = samples::ALL.iter().filter(|(other, _)| other == reader).count();
        let kinds = kinds::all().iter().filter(|kind| kind.reader == *reader).count();
        assert!(kinds >= forms, "{reader} has a form without a kind: {}", &sample[..60]);
    }
}

#[test]
fn no_fault_passes_any_kind_of_gate() {
    let all = kinds::all();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let tried: Vec<_> = all.iter().map(|kind| scope.spawn(|| wrong_with(kind))).collect();
        tried.into_iter().flat_map(|tried| tried.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The faults that pass a kind of gate, or of which nobody is told the cause.
fn wrong_with(kind: &Kind) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, spoilt, word) in FAULTS {
        let Some(files) = spoilt(kind) else { continue };
        // That the ledger has the decision, and how it ended, is looked at wherever one is made.
        let answer = decide(&kind.shop(), &files);
        let told = answer.to_string();
        let reasons = answer.table.rows.iter().filter(|row| !row[4].is_empty() || row[3] == "fail").count();
        let says_why = reasons + answer.notes.len() > 0 && told.contains(word);
        if answer.holds || answer.details["result"] == "pass" || !says_why {
            wrong.push(format!("{}, {name}, must not pass, and say `{word}`: {told}", kind.name));
        }
    }
    wrong
}

/// A fault that a format cannot have is left out above. Which these are is known: a new reader has to say so here.
#[test]
fn what_a_format_cannot_be_wrong_in_is_known() {
    let lacking = |has: fn(&Kind) -> bool| -> BTreeSet<Reader> {
        kinds::all().iter().filter(|kind| !has(kind)).map(|kind| kind.reader).collect()
    };
    // Their clean report says that nothing was found, and in no other way that they looked; of tables it is one without rows.
    assert_eq!(
        lacking(|kind| kind.nothing.is_some()),
        [Reader::Osv, Reader::Grype, Reader::Gitlab, Reader::Statuspage, Reader::Table].into()
    );
    // What one run executed, another run does not contradict: coverage is the union of both.
    assert_eq!(
        lacking(|kind| kind.against.is_some()),
        [Reader::Lcov, Reader::Cobertura, Reader::Jacoco, Reader::GoCover].into()
    );
    let of_something =
        |kind: &Kind| kind.of_another_commit().is_some() || kind.of_another_artifact().is_some();
    // These name neither commit nor artifact; that a gate is given the reports of its own run alone is the pipeline's part.
    let nameless: BTreeSet<Reader> = Reader::all()
        .filter(|reader| !kinds::all().iter().any(|kind| kind.reader == *reader && of_something(kind)))
        .collect();
    assert_eq!(
        nameless,
        [
            Reader::Lcov,
            Reader::Cobertura,
            Reader::Jacoco,
            Reader::GoCover,
            Reader::K6,
            Reader::Jmeter,
            Reader::Osv,
            Reader::Semgrep,
            Reader::Gitlab,
            Reader::Spdx,
            Reader::Statuspage,
            Reader::Table,
        ]
        .into()
    );
}

/// The record with which the last decision begins.
fn last_record(shop: &Shop) -> String {
    shop.ledger.log().unwrap().acts().next_back().unwrap().digest.to_string()
}

#[test]
fn every_kind_of_decision_replays_to_the_same_answer() {
    for kind in kinds::all() {
        for files in [of(&kind.good), of(&kind.good[..kind.good.len() / 2]), Memory::default()] {
            let shop = kind.shop();
            let decided = decide(&shop, &files);
            // A copy of the reports has other times, and it is another day: the record says which.
            let mut copy = files.clone();
            copy.0.values_mut().for_each(|file| file.1 = None);
            let plans = std::slice::from_ref(&shop.plan);
            let from = From { ledger: &shop.ledger, plans, reports: &copy };
            let again = replay(from, Some(&last_record(&shop))).unwrap();
            assert!(again.holds, "{}: {again}", kind.name);
            assert_eq!(again.details, decided.details);
        }
    }
}
