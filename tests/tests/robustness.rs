//! Damaged text: neighbours stay whole, nothing panics, nothing hangs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "how long it goes on is told in the environment")]

use std::collections::BTreeMap;

use clearway_syntax::{FormatOptions, Item, PlainShape, format, parse};
use clearway_tests::{Fixture, line, sources_of};
use clearway_verify::Rng;
use rayon::prelude::*;

fn samples() -> Vec<(String, String)> {
    let mut samples = sources_of("examples");
    samples.extend(sources_of("stdlib"));
    assert!(samples.len() > 10);
    samples
}

/// The stack that the command line gives its threads.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(32 * 1024 * 1024).spawn(test).unwrap().join().unwrap();
}

/// Every declaration by kind and name, with what it says.
fn declarations(text: &str) -> BTreeMap<(String, String), Item> {
    let mut found = BTreeMap::new();
    for (_, item) in parse(text).items() {
        let key = match item {
            Item::Use(item) => (
                "use".to_owned(),
                item.path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("."),
            ),
            Item::Let(item) => ("let".to_owned(), item.name.text.to_string()),
            Item::Declaration(item) => (
                item.kind.text.to_string(),
                item.name.as_ref().map(|name| name.text.to_string()).unwrap_or_default(),
            ),
        };
        found.insert(key, item.clone());
    }
    found
}

/// The bytes of the tokens of a text: words, texts and single signs.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if text[at..].starts_with("//") => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                continue;
            }
            b'"' => at += 1 + text[at + 1..].find('"').map_or(0, |end| end + 1),
            byte if byte.is_ascii_alphanumeric() || byte == b'_' => {
                at += text[at..]
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
                    .unwrap_or(text.len() - at);
            }
            _ => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
        found.push(start..at);
    }
    found
}

#[test]
fn deleting_any_one_token_leaves_the_other_declarations_as_they_are() {
    let deleted: usize = samples()
        .into_par_iter()
        .map(|(path, text)| {
            let whole = declarations(&text);
            let tokens = tokens(&text);
            for token in &tokens {
                let damaged = format!("{}{}", &text[..token.start], &text[token.end..]);
                let left = declarations(&damaged);
                let changed: Vec<_> = whole
                    .iter()
                    .filter(|(key, item)| left.get(*key) != Some(*item))
                    .map(|(key, _)| key)
                    .collect();
                assert!(
                    changed.len() <= 1,
                    "{path}: without `{}` at {}: {changed:?}",
                    &text[token.clone()],
                    token.start
                );
            }
            tokens.len()
        })
        .sum();
    assert!(deleted > 3_000, "only {deleted} tokens");
}

/// One random change of a text.
fn mutate(text: &str, rng: &mut Rng) -> String {
    const INSERTS: &[&str] = &[
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "\"\"\"",
        "/*",
        "*/",
        "//",
        "${",
        "=",
        ",",
        ";",
        "\n",
        " ",
        "service x {",
        "ü",
        "\0",
    ];
    let boundary = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let from = boundary(rng.below(text.len() + 1));
    let to = boundary((from + rng.below(40)).min(text.len())).max(from);
    match rng.below(6) {
        0 => format!("{}{}{}", &text[..from], rng.pick(INSERTS), &text[from..]),
        1 => format!("{}{}", &text[..from], &text[to..]),
        2 => text[..from].to_owned(),
        3 => format!("{}{}{}{}", &text[..from], &text[to..], &text[from..to], ""),
        4 => {
            let line = text[from..].find('\n').map_or(text.len(), |at| from + at);
            format!("{}{}", &text[..from], &text[line..])
        }
        _ => text.replacen('\n', " ", 1 + rng.below(3)),
    }
}

/// Words and signs of the language in no order.
fn soup(rng: &mut Rng) -> String {
    const TOKENS: &[&str] = &[
        "service",
        "use",
        "let",
        "x",
        "a.b",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "=",
        "==",
        ">=1.2",
        "^2",
        "..",
        ",",
        ";",
        "\n",
        "\n",
        "\"t\"",
        "\"",
        "\"\"\"",
        "/*",
        "*/",
        "//",
        "///",
        "10 m",
        "95%",
        "3.4.0",
        "2026-12-28",
        "09:00",
        "if",
        "then",
        "else",
        "not",
        "and",
        "for",
        "in",
        ":",
        "-",
        "${",
    ];
    (0..rng.below(120)).map(|_| *rng.pick(TOKENS)).collect::<Vec<_>>().join(if rng.below(2) == 0 {
        " "
    } else {
        ""
    })
}

#[test]
fn damaged_text_never_panics() {
    /// Each has its own row of random numbers, so that the rounds are the same on every machine.
    const WORKERS: u64 = 4;
    // `CLEARWAY_MUTATIONS` asks for more: the soak of the full gate.
    let asked = std::env::var("CLEARWAY_MUTATIONS").ok();
    let count: u64 = asked.map_or(3_000, |count| count.parse().unwrap());
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| std::thread::spawn(move || with_stack(move || damage(7 + worker, count / WORKERS))))
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
}

/// Damages texts, and reads them.
fn damage(seed: u64, rounds: u64) {
    let samples = samples();
    let mut rng = Rng::new(seed);
    for round in 0..rounds {
        let text = if round % 4 == 0 { soup(&mut rng) } else { mutate(&rng.pick(&samples).1, &mut rng) };
        let parsed = parse(&text);
        let last = parsed.pieces.last().map_or(0, |piece| piece.end as usize);
        assert_eq!(last, text.len(), "the pieces are the whole text");
        if round % 8 == 0 {
            let formatted = format(&text, &FormatOptions::default(), &PlainShape);
            assert_eq!(format(&formatted, &FormatOptions::default(), &PlainShape), formatted, "{text}");
            let _ = Fixture::of(&text).reports();
        }
    }
}

#[test]
fn nesting_is_refused_with_one_error_beyond_128_levels() {
    with_stack(|| {
        let nested = |levels: usize| format!("let x = {}1{}\n", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(parse(&nested(128)).syntax_errors().count(), 0);
        let reports = Fixture::of(&nested(129)).reports();
        let lines: Vec<String> = reports.iter().map(line).collect();
        assert_eq!(lines, ["main.cw:1:137: error[CW0106] too-deep: this nests more than 128 levels deep"]);
        for indent in ["", "  "] {
            let blocks = format!("{indent}x {{\n").repeat(128) + &format!("{indent}}}\n").repeat(128);
            for first in ["", " version = 1.0.0"] {
                let reports = Fixture::of(&format!("service a {{{first}\n{blocks}}}\n")).reports();
                let codes: Vec<&str> = reports.iter().map(|report| report.code.as_str()).collect();
                assert_eq!(codes, ["CW0106"], "{indent:?} {first:?}");
            }
        }
        let unclosed = "service a {\n".repeat(130);
        assert_eq!(parse(&unclosed).syntax_errors().count(), 130, "each lost brace is told");
        for opening in ["[", "{", "(", "a { b ", "not ", "- ", "-(", "if a then ", "\"${", "f(", "x = ["] {
            let text = format!("let x = {}", opening.repeat(100_000));
            assert!(parse(&text).syntax_errors().count() >= 1, "{opening}");
        }
        let chain = format!("let x = {}1\n", "1 + ".repeat(100_000));
        assert_eq!(parse(&chain).syntax_errors().count(), 1);
    });
}
