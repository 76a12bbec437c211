//! What the tests of the readers share: reading a text, its figures as words, and one good report of each format.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test uses some of it, and one that cannot go on has failed"
)]

pub mod samples;

use std::collections::BTreeMap;

use clearway_evidence::{Code, Filter, Limits, NoteCode, Reader, Refusal, Report, read, read_any};

/// The report in a text.
pub fn report(reader: Reader, text: impl AsRef<[u8]>) -> Report {
    match read(reader, text.as_ref(), &Limits::default()) {
        Ok(report) => report,
        Err(refusal) => panic!("{reader} refuses it: {} [{}]", refusal.told(), refusal.code),
    }
}

/// Why a text is refused.
pub fn refusal(reader: Reader, text: impl AsRef<[u8]>) -> Refusal {
    match read(reader, text.as_ref(), &Limits::default()) {
        Ok(report) => panic!("{reader} takes it: {:?}", figures(&report)),
        Err(refusal) => refusal,
    }
}

/// The code with which a text is refused.
pub fn code(reader: Reader, text: impl AsRef<[u8]>) -> Code {
    refusal(reader, text).code
}

/// The reader that is found for a text.
pub fn found(text: impl AsRef<[u8]>) -> Result<Reader, Code> {
    read_any(text.as_ref(), &Limits::default()).map(|report| report.reader).map_err(|refusal| refusal.code)
}

/// All figures, as they are written in JSON.
pub fn figures(report: &Report) -> BTreeMap<String, String> {
    report.figures().into_iter().map(|(name, figure)| (name, figure.value.normalize().to_string())).collect()
}

/// One figure, as it is written in JSON; `-` for no data.
pub fn figure(report: &Report, metric: &str) -> String {
    figure_of(report, metric, &Filter::ALL)
}

/// One figure with a filter.
pub fn figure_of(report: &Report, metric: &str, filter: &Filter) -> String {
    report
        .measure(metric, filter)
        .map_or_else(|| "-".to_owned(), |figure| figure.value.normalize().to_string())
}

/// Total, passed, failed, errored, skipped and flaky test cases.
pub fn counts(report: &Report) -> [u64; 6] {
    let all = report.tests.as_ref().expect("test cases").all;
    [all.total, all.passed, all.failed, all.errored, all.skipped, all.flaky]
}

/// The codes of the notes.
pub fn notes(report: &Report) -> Vec<NoteCode> {
    report.notes.iter().map(|note| note.code).collect()
}

/// The ids of what is listed.
pub fn ids(report: &Report) -> Vec<&str> {
    report.items.list().iter().map(|item| item.id.as_str()).collect()
}
