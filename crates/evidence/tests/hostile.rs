//! Whatever the bytes: no reader panics, and a good report that was cut off has no figures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod common;

use std::io::{self, Read};

use clearway_evidence::{Code, Limits, Mapping, Meaning, Reader, Topic, read, read_any, read_table};
use common::samples;
use proptest::prelude::*;

fn mapping() -> Mapping {
    let columns = [
        (Meaning::Id, "id"),
        (Meaning::Status, "status"),
        (Meaning::Labels, "labels"),
        (Meaning::Score, "score"),
    ];
    Mapping::new(Topic::Tickets, columns.map(|(meaning, name)| (meaning, name.to_owned())))
}

/// Reads bytes with every reader there is.
fn everything(bytes: &[u8]) {
    let limits = Limits { listed: 3, token: 4096, ..Limits::default() };
    let _ = read_any(bytes, &limits);
    for reader in Reader::all() {
        if let Ok(report) = read(reader, bytes, &limits) {
            // Figures of a report that is strange and was taken are had without a panic too, alone and joined with itself.
            let mut joined = report.clone();
            let _ = joined.join(report);
            let _ = joined.figures();
        }
    }
    let _ = read_table(&mapping(), bytes, &limits, |_| {});
}

/// Formats that are line by line and have no end of their own: cut off between two lines they are shorter reports that are well formed.
fn ends_anywhere(reader: Reader, text: &str, at: usize) -> bool {
    let lines = matches!(reader, Reader::Lcov | Reader::GoCover)
        || (reader == Reader::Jmeter && text == samples::JMETER_CSV);
    let between = || !text[..at].rsplit("end_of_record\n").next().unwrap_or_default().contains("SF:");
    lines && text[..at].ends_with('\n') && (reader != Reader::Lcov || between())
}

#[test]
fn a_good_report_that_is_cut_off_anywhere_is_refused() {
    for (reader, text) in samples::ALL {
        let whole = text.trim_end().len();
        for at in 0..whole {
            if !text.is_char_boundary(at) || ends_anywhere(*reader, text, at) {
                continue;
            }
            let cut = read(*reader, &text.as_bytes()[..at], &Limits::default());
            assert!(
                cut.is_err(),
                "{reader} takes a report that ends after byte {at}: {:?}",
                &text[..at][at.saturating_sub(80)..]
            );
            let detected = read_any(&text.as_bytes()[..at], &Limits::default());
            assert!(detected.is_err(), "some reader takes what is left of a {reader} report after byte {at}");
        }
    }
}

#[test]
fn what_line_formats_hold_when_cut_off_between_lines_is_known() {
    // The only cuts that are taken, and each of them a whole number of lines or records.
    let taken = |reader: Reader, text: &str| {
        (1..text.len())
            .filter(|at| read(reader, &text.as_bytes()[..*at], &Limits::default()).is_ok())
            .collect::<Vec<_>>()
    };
    let lcov = samples::LCOV.find("TN:unit\nSF:src/cart.rs").unwrap();
    assert_eq!(taken(Reader::Lcov, samples::LCOV), [lcov, lcov + "TN:unit\n".len()]);
    assert_eq!(taken(Reader::GoCover, samples::GO_COVER).len(), 3);
    assert_eq!(taken(Reader::Jmeter, samples::JMETER_CSV).len(), 2);
}

#[test]
fn every_good_report_is_found_by_how_it_begins() {
    for (reader, text) in samples::ALL {
        assert_eq!(common::found(text), Ok(*reader), "{}", &text[..80]);
        let spaced = format!("\u{feff}\n  {text}\n\n");
        let trimmed = if spaced.trim_start_matches(['\u{feff}', '\n', ' ']).starts_with("<?xml") {
            format!("\u{feff}{text}\n\n")
        } else {
            spaced
        };
        assert_eq!(common::found(trimmed), Ok(*reader), "with white space around: {}", &text[..80]);
    }
}

#[test]
fn every_other_reader_refuses_a_good_report() {
    for (reader, text) in samples::ALL {
        for other in Reader::all().filter(|other| other != reader) {
            let read = read(other, text.as_bytes(), &Limits::default());
            assert!(
                read.is_err(),
                "{other} takes a report for {reader}: {:?}",
                read.map(|report| common::figures(&report))
            );
        }
    }
}

#[test]
fn every_reader_refuses_what_is_no_report() {
    for (text, allowed) in [
        ("", &[Code::Empty][..]),
        ("\n \r\n\t", &[Code::Empty]),
        ("\0\0\0\0", &[Code::Empty]),
        ("\u{1f}\u{8b}", &[]),
        (
            "null",
            &[Code::NullReport, Code::Malformed, Code::WrongFormat, Code::Truncated, Code::UnknownFormat],
        ),
        ("{}", &[Code::WrongFormat, Code::Malformed, Code::Truncated, Code::UnknownFormat]),
        ("[]", &[Code::WrongFormat, Code::Malformed, Code::NoResults, Code::Truncated, Code::UnknownFormat]),
        (
            "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>",
            &[Code::HtmlPage, Code::Malformed, Code::Truncated, Code::WrongFormat, Code::UnknownFormat],
        ),
        (
            "404: Not Found",
            &[Code::Malformed, Code::WrongFormat, Code::Truncated, Code::MissingColumn, Code::UnknownFormat],
        ),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            &[Code::Malformed, Code::WrongFormat, Code::MissingColumn, Code::UnknownFormat],
        ),
    ] {
        for reader in Reader::all() {
            match read(reader, text.as_bytes(), &Limits::default()) {
                // Trivy's older form is a list, and one without an entry looked at nothing.
                Ok(report) => assert!(
                    reader == Reader::Trivy && text == "[]" && report.doubts().count() == 1,
                    "{reader} takes {text:?}"
                ),
                Err(refusal) => assert!(
                    allowed.is_empty() || allowed.contains(&refusal.code),
                    "{reader}: {text:?} is {}",
                    refusal.code
                ),
            }
        }
        assert!(read_any(text.as_bytes(), &Limits::default()).is_err(), "{text:?}");
    }
}

#[test]
fn texts_from_windows_are_read() {
    let utf16 =
        |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for (reader, text) in samples::ALL {
        let expected = read(*reader, text.as_bytes(), &Limits::default()).unwrap();
        let little = [vec![0xff, 0xfe], utf16(text, u16::to_le_bytes)].concat();
        let big = [vec![0xfe, 0xff], utf16(text, u16::to_be_bytes)].concat();
        for bytes in [
            little,
            big,
            text.replace('\n', "\r\n").into_bytes(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        ] {
            assert_eq!(
                read(*reader, &bytes[..], &Limits::default()).unwrap().figures(),
                expected.figures(),
                "{reader}"
            );
        }
    }
}

/// Hands bytes on in small pieces, and fails in the end.
struct Failing<'b>(&'b [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.0.is_empty() {
            return Err(io::Error::other("the disk is gone"));
        }
        let length = self.0.len().min(out.len()).min(7);
        let (now, later) = self.0.split_at(length);
        out[..length].copy_from_slice(now);
        self.0 = later;
        Ok(length)
    }
}

#[test]
fn a_report_that_cannot_be_read_to_its_end_is_refused() {
    for (reader, text) in samples::ALL {
        let refusal = read(*reader, Failing(text.as_bytes()), &Limits::default()).unwrap_err();
        assert_eq!(refusal.code, Code::Unreadable, "{reader}: {}", refusal.message);
        assert!(refusal.message.contains("the disk is gone"), "{}", refusal.message);
    }
}

#[test]
fn a_report_beyond_the_limit_of_bytes_is_refused() {
    for (reader, text) in samples::ALL {
        let limits = Limits { bytes: text.len() as u64 - 1, ..Limits::default() };
        assert_eq!(read(*reader, text.as_bytes(), &limits).unwrap_err().code, Code::TooLarge, "{reader}");
        let limits = Limits { bytes: text.len() as u64, ..Limits::default() };
        assert!(read(*reader, text.as_bytes(), &limits).is_ok(), "{reader}");
    }
}

#[test]
fn nesting_beyond_measure_is_refused() {
    let deep = 100_000;
    let json = |open: &str| open.repeat(deep);
    for reader in Reader::all() {
        for text in [
            json("["),
            json("{\"runs\":"),
            json("{\"results\":["),
            "<testsuite>".repeat(deep),
            "<bom><components>".repeat(deep),
        ] {
            assert!(read(reader, text.as_bytes(), &Limits::default()).is_err());
        }
    }
    assert_eq!(common::code(Reader::Junit, "<testsuite>".repeat(deep)), Code::TooDeep);
    assert_eq!(common::code(Reader::Sarif, format!("{{\"x\":{}", "[".repeat(deep))), Code::TooDeep);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        everything(&bytes);
    }

    #[test]
    fn no_change_to_a_good_report_makes_a_reader_panic(
        which in 0..samples::ALL.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0_u8..6, any::<u8>()), 1..8),
    ) {
        let mut bytes = samples::ALL[which].1.as_bytes().to_vec();
        for (at, kind, byte) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, byte),
                3 => { let copy = bytes[at..(at + 40).min(bytes.len())].to_vec(); bytes.splice(at..at, copy); }
                4 => bytes.truncate(at),
                _ => bytes[at] = b"0123456789-<>\"{}[],:&"[usize::from(byte) % 21],
            }
        }
        everything(&bytes);
    }

    #[test]
    fn no_soup_of_tokens_makes_a_reader_panic(tokens in proptest::collection::vec(
        prop::sample::select(vec![
            "<testsuite>", "</testsuite>", "<testcase name='a'>", "</testcase>", "<failure/>", "<![CDATA[", "]]>", "<!--", "-->", "&amp;", "&#0;",
            "<testsuite tests='999999999999' failures='999999999999'>", "{", "}", "[", "]", ",", ":", "\"runs\"", "\"results\"", "\"version\"", "\"2.1.0\"",
            "\"matches\"", "\"metrics\"", "\"http_reqs\"", "\"count\"", "1e308", "-1", "0.5", "null", "true", "SF:a\n", "DA:1,1\n", "end_of_record\n",
            "mode: set\n", "a.go:1.1,2.2 1 1\n", "elapsed,success\n", "1,true\n", "\"", "\\u0000", "<coverage>", "<class filename='a'>", "<line number='4294967295' hits='1'/>",
            "</class>", "</coverage>", "id,status\n", "1,open\n",
        ]), 0..40)) {
        everything(tokens.concat().as_bytes());
    }
}
