//! Large reports are read in bounded memory.
//!
//! The reports are made up while they are read, so that nothing but the reader holds any of them. `CLEARWAY_EVIDENCE_MB` says how large they are,
//! 64 by default; `.ci/full` asks for 1024. What is measured is the largest resident memory of the process, which Linux alone tells; elsewhere
//! the reports are read and nothing is measured. One test, so that no other runs beside it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and these read files of the machine"
)]

use std::io::{self, Read};

use clearway_evidence::{Limits, Reader, Report, read};

/// A report of a head, a body that is made again and again until the size is reached, and a tail.
struct Synthetic<F> {
    body: F,
    tail: &'static str,
    left: u64,
    count: u64,
    buffer: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<F: FnMut(u64) -> String> Synthetic<F> {
    fn new(head: &str, body: F, tail: &'static str, size: u64) -> Self {
        Self { body, tail, left: size, count: 0, buffer: head.as_bytes().to_vec(), at: 0, ended: false }
    }
}

impl<F: FnMut(u64) -> String> Read for Synthetic<F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() {
            self.at = 0;
            self.buffer.clear();
            if self.left > 0 {
                self.buffer.extend_from_slice((self.body)(self.count).as_bytes());
                self.count += 1;
                self.left = self.left.saturating_sub(self.buffer.len() as u64);
            } else if !self.ended {
                self.ended = true;
                self.buffer.extend_from_slice(self.tail.as_bytes());
            }
        }
        let length = (self.buffer.len() - self.at).min(out.len());
        out[..length].copy_from_slice(&self.buffer[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

/// A number of `/proc/self/status`, in bytes.
fn status(key: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// Reads a report, and says how much more memory that took at most than the process had before.
fn measured(reader: Reader, input: impl Read) -> (Report, u64) {
    // Writing 5 there sets the largest resident memory back to the present one.
    let reset = std::fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = status("VmRSS:").unwrap_or_default();
    let report = read(reader, input, &Limits::default()).unwrap();
    let most = if reset { status("VmHWM:").unwrap_or_default().saturating_sub(before) } else { 0 };
    (report, most)
}

#[test]
fn large_reports_are_read_in_bounded_memory() {
    let megabytes: u64 =
        std::env::var("CLEARWAY_EVIDENCE_MB").ok().and_then(|text| text.parse().ok()).unwrap_or(64);
    let size = megabytes << 20;
    // Eight bytes a case are kept, of at most four million, to find the same case in another report; the rest does not grow.
    let bound = 48 << 20;
    let told = |what: &str, most: u64| {
        println!("{what}, {megabytes} MB: {:.1} MB of memory at most", most as f64 / f64::from(1 << 20));
    };

    let case = |n: u64| match n % 100 {
        0 => format!(
            "<testcase classname=\"shop.pay\" name=\"case {n}\" time=\"0.01\"><failure message=\"expected {n}\">trace</failure></testcase>\n"
        ),
        _ => format!(
            "<testcase classname=\"shop.pay\" name=\"case {n}\" time=\"0.01\"><system-out>paid {n} of many, and some more output</system-out></testcase>\n"
        ),
    };
    let many = Synthetic::new("<testsuites><testsuite name=\"s\">", case, "</testsuite></testsuites>", size);
    let (report, most) = measured(Reader::Junit, many);
    told("JUnit with many cases", most);
    let counts = report.tests.as_ref().unwrap().all;
    assert!(counts.total > size / 200 && counts.failed == counts.total.div_ceil(100), "{counts:?}");
    assert_eq!(report.items.list().len() as u64 + report.items.omitted, counts.failed);
    assert!(most < bound, "{most} bytes");

    let line = |n: u64| format!("line {n} of what the test printed\n");
    let log = Synthetic::new(
        "<testsuite><testcase name=\"a\"><failure><![CDATA[",
        line,
        "]]></failure></testcase></testsuite>",
        size,
    );
    let (report, most) = measured(Reader::Junit, log);
    told("JUnit with one long output", most);
    assert_eq!(report.tests.as_ref().unwrap().all.failed, 1);
    assert!(report.items.list()[0].message.starts_with("line 0 of what the test printed line 1"));
    assert!(most < 16 << 20, "{most} bytes");

    let result = |n: u64| {
        let level = if n % 1000 == 999 { "error" } else { "note" };
        format!(
            "{{\"ruleId\": \"rule-{}\", \"level\": \"{level}\", \"message\": {{\"text\": \"finding {n} is told at some length\"}}, \"locations\": \
             [{{\"physicalLocation\": {{\"artifactLocation\": {{\"uri\": \"src/file-{n}.rs\"}}, \"region\": {{\"startLine\": {n}}}}}}}], \
             \"codeFlows\": [{{\"threadFlows\": [{{\"locations\": [{{\"location\": {{\"message\": {{\"text\": \"here\"}}}}}}]}}]}}]}},\n",
            n % 500
        )
    };
    let tail = "{\"ruleId\": \"last\", \"level\": \"error\"}], \"tool\": {\"driver\": {\"name\": \"T\"}}}], \"version\": \"2.1.0\"}";
    let log = Synthetic::new("{\"runs\": [{\"results\": [\n", result, tail, size / 2);
    let (report, most) = measured(Reader::Sarif, log);
    told("SARIF, half of that", most);
    let all = report.findings.as_ref().unwrap().all();
    assert!(all.total() > size / 2 / 500, "{all:?}");
    let high = all.exactly(clearway_evidence::Severity::High);
    assert_eq!(high, all.total() / 1000 + 1);
    assert!(
        report
            .items
            .list()
            .iter()
            .take(usize::try_from(high.min(1000)).unwrap())
            .all(|item| item.severity == Some(clearway_evidence::Severity::High))
    );
    assert_eq!(report.items.list().len() as u64 + report.items.omitted, all.total());
    assert!(most < 48 << 20, "{most} bytes");
}
