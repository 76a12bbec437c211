//! The laws: nothing is lost, nothing changes its meaning, and formatting twice is formatting once.

use proptest::prelude::*;

use super::{ClauseShape, FormatOptions, format_counting};
use crate::lexer::{Lexer, Token};
use crate::{Clause, Item, parse, parse_piece};

const SAMPLE: &str = include_str!("../../tests/sample.cw");

/// Every form of the grammar, at least once.
const FORMS: &str = r#"
use a.b.c
use a.b.{ c, d }
use a.b as x
let short = 1
let longer = [1, 2.5, 1_000]
let chosen = if a == b then 1 else if c then 2 else 3
let chain = a and not b or c > 5 m and d != "x"
let sums = 1 + 2 * 3 - -4 / 5
let spans = [Mon..Thu, 09:00..16:00, 1..5, ^1 .. 2]
let picked = [for x in f(xs, by = "name") if x.size > 5 and (x.a or x.b) : x.name]
let text = "a ${b.c} \" ${f("x", [1])} c"
let raw = """
raw // text
  """
let when = [2026-12-28, 2026-12-24T10:00+01:00, 3.4.0-rc.1, 95%, 10 m, 250ms, true, ^2.1]

policy { }

/// A test with a text for a name.
test "some text" { x = 1; check it }

metric latency.p99 : duration, other("x") when x { unit = ms }

rollout r(a: percent = 1%, b: list(text), c: number = -1) : base(x = 1, 2), other {
  step 5% hold 10 m
  step 100%
  covers a, b, >=1.2, <3 for 10 m
  when (a or b) -x f(x) "s" 3.4.0 ^1 or ^2
  watch p99 <= 400 ms over 5 m; retry 3
  let inner = (a)
  field = value { nested = 1  deeper x { a = 1; b 2 } }
  use-it : base { a = 5 m  b }
  empty { }
  and = 1
  requires a >=1.2
  require a >= 1.2
  provides api 3.4.0 stable-for 12 months
}
"#;

/// Labels and their values together, as a vocabulary would have it.
struct Pairs;

impl ClauseShape for Pairs {
    fn columns(&self, _: &[&str], clause: &Clause) -> Vec<u32> {
        let label = |at: usize| {
            clause.operands.get(at).and_then(|operand| operand.as_name()).map(|name| {
                match name.text.as_str() {
                    "hold" => 2,
                    "over" | "for" | "stable-for" => 3,
                    _ => 1,
                }
            })
        };
        let mut least = 0;
        (0..clause.operands.len())
            .map(|at| {
                let own = label(at).filter(|own| *own > 1);
                let before = at.checked_sub(1).and_then(label).filter(|before| *before > 1);
                least = least.max(own.or(before).unwrap_or(u32::from(at > 0)));
                least
            })
            .collect()
    }
}

fn check(text: &str, width: usize) -> Result<bool, String> {
    let options = FormatOptions { width };
    let (out, given_up) = format_counting(text, &options, &Pairs);
    let (again, _) = format_counting(&out, &options, &Pairs);
    if again != out {
        return Err(format!("not idempotent\n--- source\n{text}\n--- once\n{out}\n--- twice\n{again}"));
    }
    let read = parse(text);
    let broken = |item: &Item| matches!(item, Item::Declaration(declaration) if declaration.broken);
    let sound = read.syntax_errors().next().is_none() && !read.items().any(|(_, item)| broken(item));
    if !sound {
        return Ok(false);
    }
    if given_up > 0 {
        return Err(format!("given up\n--- source\n{text}\n--- once\n{out}"));
    }
    let (before, after) = (parse_piece(text), parse_piece(&out));
    let comments = |text: &str, spans: &[clearway_diagnostics::Span]| -> Vec<String> {
        spans.iter().map(|span| text[span.range()].trim_end().to_owned()).collect()
    };
    if before.items != after.items {
        return Err(format!("another tree\n--- source\n{text}\n--- once\n{out}"));
    }
    if comments(text, &before.comments) != comments(&out, &after.comments) {
        return Err(format!("other comments\n--- source\n{text}\n--- once\n{out}"));
    }
    if let Some(line) = out.lines().find(|line| line.ends_with(' ') && !text.contains("\"\"\"")) {
        return Err(format!("space at a line's end: {line:?}\n--- source\n{text}"));
    }
    Ok(true)
}

/// The tokens of a sample with what stands between them, and how deep in round and square brackets that is.
fn tokens(text: &str) -> Vec<(String, String, usize)> {
    let mut tokens: Vec<(String, String, usize)> = Vec::new();
    let mut end = 0;
    let mut depth = 0usize;
    let mut open = Vec::new();
    for (token, span) in Lexer::new(text) {
        if matches!(token, Token::Newline | Token::Comment) {
            continue;
        }
        let slice = &text[span.range()];
        tokens.push((text[end..span.start as usize].to_owned(), slice.to_owned(), depth));
        match token {
            Token::Open => {
                open.push(slice.to_owned());
                depth =
                    if slice == "{" && !text[..span.start as usize].ends_with('.') { 0 } else { depth + 1 };
            }
            Token::Close => {
                open.pop();
                depth = open.iter().rev().take_while(|bracket| *bracket != "{").count();
            }
            _ => {}
        }
        end = span.end as usize;
    }
    tokens.push((text[end..].to_owned(), String::new(), 0));
    tokens
}

/// The sample with other white space and comments between its tokens.
fn shuffled(text: &str, choices: &[u8]) -> String {
    let mut out = String::new();
    let mut comment = 0;
    let mut choices = choices.iter().cycle();
    for (before, token, depth) in tokens(text) {
        let choice = *choices.next().unwrap_or(&0);
        comment += 1;
        let spaced = !before.is_empty();
        let line_end = before.contains('\n');
        let gap = match choice % 32 {
            0 if spaced => "  ".to_owned(),
            1 if spaced => format!("/* {comment} */{}", if line_end { "\n" } else { "" }),
            2 if spaced => format!(" /* {comment} */{before}"),
            3 if line_end => format!(" // {comment}\n"),
            4 if line_end => format!(" // {comment}\n\n\n// more {comment}\n"),
            5 if line_end => format!("\n/// {comment}\n  "),
            6 if line_end => format!("\n  /* {comment} */ "),
            7 if line_end => " ; ".to_owned(),
            8 if line_end => format!("{before}\n\n"),
            9 if depth > 0 => format!("\n// {comment}\n"),
            10 if depth > 0 => format!(" // {comment}\n"),
            11 if depth > 0 => "\n".to_owned(),
            12 if depth > 0 => "\n\n".to_owned(),
            13 if depth > 0 => format!(" /* {comment} */\n"),
            14 if depth > 0 => format!("\n/* {comment}\n  more */ "),
            15 if spaced => format!("{before}// {comment}\n"),
            16 if spaced => " \\\n".replace('\\', ""),
            17 if spaced => format!(" /*{comment}*/ /* b\n */ "),
            18 if matches!(token.as_str(), "and" | "or" | "+" | "then" | "else" | "==") => {
                format!(" // {comment}\n // x\n")
            }
            19 if matches!(token.as_str(), "and" | "or" | "+" | "then" | "else" | "==") => "\n".to_owned(),
            20 if token == "}" && line_end => format!("\n// {comment}\n\n"),
            21 if spaced && !line_end => "\t".to_owned(),
            22 if depth > 0 => format!("/* {comment} */"),
            _ => before,
        };
        out.push_str(&gap);
        out.push_str(&token);
    }
    out
}

/// The parts of a text that can stand alone.
fn parts(text: &str) -> Vec<&str> {
    parse(text).pieces.iter().map(|piece| &text[piece.start as usize..piece.end as usize]).collect()
}

#[test]
fn the_samples_keep_the_laws() {
    for text in [SAMPLE, FORMS] {
        assert!(parse(text).syntax_errors().next().is_none());
        for width in [1, 20, 40, 60, 80, 100, 125, 1000] {
            assert_eq!(check(text, width), Ok(true), "{width}");
        }
    }
}

/// What texts are made of that mean nothing.
const CHARACTERS: &[char] = &[
    'a', 'b', 'c', '{', '}', '(', ')', '[', ']', '=', ',', ';', ':', '.', '"', '/', '*', '0', '1', '9', ' ',
    '\n', '\r', '%', '^', '<', '>', '-',
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_layout_keeps_the_laws(choices in prop::collection::vec(any::<u8>(), 1..200), width in 0usize..140, seed in any::<prop::sample::Index>()) {
        let all: Vec<&str> = parts(SAMPLE).into_iter().chain(parts(FORMS)).collect();
        let text = shuffled(all[seed.index(all.len())], &choices);
        prop_assert_eq!(check(&text, width).map(|_| ()), Ok(()));
    }

    #[test]
    fn any_text_is_formatted_once(characters in prop::collection::vec(prop::sample::select(CHARACTERS), 0..=80)) {
        let text = String::from_iter(characters);
        prop_assert_eq!(check(&text, 40).map(|_| ()), Ok(()));
    }
}

/// Most shuffled samples must still be sound, or the laws would be tested on nothing.
#[test]
fn most_layouts_are_sound() {
    let all: Vec<&str> = parts(SAMPLE).into_iter().chain(parts(FORMS)).collect();
    let mut random = 1u64;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    let mut sound = 0;
    for _ in 0..400 {
        // From a change at every token to one at a token in 64.
        let rare = 1 << (2 * (next() % 4));
        let choices: Vec<u8> =
            (0..50 + next() % 200).map(|_| if next() % rare == 0 { next() as u8 } else { u8::MAX }).collect();
        let mut text = shuffled(all[next() % all.len()], &choices);
        if next() % 4 == 0 {
            text = text.replace('\n', "\r\n");
        }
        sound += usize::from(check(&text, next() % 140).unwrap_or_else(|message| panic!("{message}")));
    }
    assert!(sound > 240, "{sound}");
}

/// Damaged text: what does not parse is left alone, and that twice.
#[test]
fn damaged_samples_are_formatted_once() {
    let text = format!("{SAMPLE}{FORMS}");
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(37).collect();
    for (number, at) in places.iter().enumerate() {
        let sign = ["", "{", "}", "\"", "(", "]", "/*", "=", "\"\"\"", "\n", ";", "x", " and "][number % 13];
        let damaged = format!("{}{sign}{}", &text[..*at], &text[at + 1..]);
        if let Err(message) = check(&damaged, 100) {
            panic!("{message}");
        }
    }
}

/// Nesting up to the limit, in every way there is, on the small stack of a test's thread.
#[test]
fn deep_nests_are_formatted() {
    let deep = |open: &str, middle: &str, close: &str| {
        format!("let a = {}{middle}{}\n", open.repeat(126), close.repeat(126))
    };
    for text in [
        deep("[", "", "]"),
        deep("[b, ", "c", "]"),
        deep("f(b, ", "c", ")"),
        deep("f(b = ", "c", ")"),
        deep("(b and ", "c", ")"),
        deep("if b then c else ", "d", ""),
        deep("-", "d", ""),
        deep("not ", "d", ""),
        deep("[for x in ", "d", " : x]"),
        format!("a {{ {} {} }}\n", "b { ".repeat(126), "} ".repeat(126)),
        format!("a {{ {} {} }}\n", "b {\n  ".repeat(126), "} ".repeat(126)),
        format!("let a = b{}\n", " + c".repeat(500)),
        format!("let a = b{}\n", " and c or d == e".repeat(160)),
    ] {
        for width in [1, 100, 10_000] {
            assert_eq!(check(&text, width), Ok(true), "{text}");
        }
    }
}

/// What each piece needs grows with it and not faster: a block on one line is not looked at again at every level.
#[test]
fn long_lines_and_long_blocks_are_formatted() {
    for text in [
        format!("let a = [{}]\n", "a, f(b, c = [1, 2]), ".repeat(2000)),
        format!("service a {{\n{}}}\n", "a = b // c\nlonger = 3\n".repeat(2000)),
        format!("service a {{ {} }}\n", "a = b  c 1 2 3; ".repeat(2000)),
        format!("a {{ {}{}{} }}\n", "b { ".repeat(40), "c = 1  ".repeat(2000), "} ".repeat(40)),
    ] {
        assert_eq!(check(&text, 100), Ok(true));
    }
}
