//! What to say about text that did not parse: habits of other languages first, then what the grammar expected.

use clearway_diagnostics::{Code, Span, catalogue};
use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use smol_str::SmolStr;

use crate::error::SyntaxError;
use crate::grammar::{Grammar, Rule};
use crate::lexer::{Lexer, Token, is_name};
use crate::tree::BinaryOp;
use crate::{MAX_DEPTH, MAX_OPERATORS};

type Unclosed = Option<(Rule, Span)>;

/// A statement that did not parse, with the text or comment it leaves open.
pub(crate) fn broken_statement(text: &str, span: Span, unclosed: Unclosed) -> SyntaxError {
    broken(text, span, unclosed, Rule::probe_statement)
}

/// A top-level item that did not parse.
pub(crate) fn broken_item(text: &str, span: Span, unclosed: Unclosed) -> SyntaxError {
    broken(text, span, unclosed, Rule::probe_item)
}

fn broken(text: &str, span: Span, unclosed: Unclosed, probe: Rule) -> SyntaxError {
    if let Some((rule, place)) = unclosed {
        return open_literal(rule, place, text);
    }
    let slice = text[span.range()].trim_end();
    let span = Span::new(span.start, span.start + slice.len() as u32);
    if let Some(comment) = comment_in_a_path(slice) {
        return open_literal(Rule::open_comment, comment.shifted(span.start), text);
    }
    if let Some(bracket) = open_bracket(slice) {
        let sign = &slice[bracket.range()];
        return SyntaxError::new(
            catalogue::UNCLOSED_BRACKET,
            bracket.shifted(span.start),
            format!("this `{sign}` is not closed"),
        )
        .label(if sign == "[" { "a `]` is missing" } else { "a `)` is missing" });
    }
    let (at, expected) = furthest_failure(slice, probe);
    let found = token_at(slice, at);
    let place = found.shifted(span.start);
    habit(slice, found).map_or_else(
        || {
            let message = match text.get(place.range()).map(str::trim) {
                Some("") | None => format!("expected {expected} before the end of the line"),
                Some(found) => format!("expected {expected}, found `{}`", abridged(found)),
            };
            SyntaxError::new(catalogue::SYNTAX, place, message).label(format!("expected {expected}"))
        },
        |habit| {
            let mut error = SyntaxError::new(habit.code, habit.span.shifted(span.start), habit.message)
                .label(habit.label)
                .help(habit.help);
            if let Some(replacement) = habit.replacement {
                let title = error.help.clone().unwrap_or_default();
                error = error.fix(title, habit.span.shifted(span.start), replacement);
            }
            error
        },
    )
}

/// Where the grammar gave up on a slice, and what it would have taken there, in words.
fn furthest_failure(slice: &str, probe: Rule) -> (usize, String) {
    let Err(error) = Grammar::parse(probe, slice) else {
        return (slice.len(), "the end of the line".to_owned());
    };
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let mut words: Vec<&str> = Vec::new();
    if let ErrorVariant::ParsingError { positives, .. } = error.variant {
        for word in positives.into_iter().filter_map(Rule::words) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
    }
    // A value may be nearly anything: naming its forms would only hide it.
    if words.contains(&"a list") && words.contains(&"a name") && !words.contains(&"a value") {
        words.push("a value");
    }
    if words.contains(&"a value") {
        words.retain(|word| matches!(*word, "a value" | "a block `{ … }`"));
    }
    let expected = match words.as_slice() {
        [] if at >= slice.len() => "more".to_owned(),
        [] => "the end of the statement".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    };
    (at, expected)
}

/// The first `(` or `[` that nothing closes.
fn open_bracket(slice: &str) -> Option<Span> {
    let mut open = Vec::new();
    for (token, span) in Lexer::new(slice) {
        match token {
            Token::Open if slice.as_bytes()[span.start as usize] != b'{' => open.push(span),
            Token::Close if slice.as_bytes()[span.start as usize] != b'}' => drop(open.pop()),
            _ => {}
        }
    }
    open.into_iter().next()
}

/// A `/*` inside a word: a path without its quotes, and no comment.
fn comment_in_a_path(slice: &str) -> Option<Span> {
    let glued = |start: u32| slice[..start as usize].ends_with(|c: char| c.is_alphanumeric() || c == '*');
    let comments = Lexer::new(slice).filter(|(token, _)| *token == Token::OpenComment);
    comments.map(|(_, span)| span).find(|span| glued(span.start))
}

/// The token that starts at or after a byte.
fn token_at(slice: &str, at: usize) -> Span {
    let mut at = at.min(slice.len());
    while !slice.is_char_boundary(at) {
        at -= 1;
    }
    let rest = slice[at..].trim_start_matches([' ', '\t']);
    let start = slice.len() - rest.len();
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let length = match rest.chars().next() {
        None | Some('\n' | '\r') => 0,
        Some(first) if word(first) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
        Some(first) => first.len_utf8(),
    };
    Span::new(start as u32, (start + length) as u32)
}

fn abridged(text: &str) -> String {
    const SHOWN: usize = 24;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= SHOWN {
        return line.to_owned();
    }
    line.chars().take(SHOWN).chain(['…']).collect()
}

/// Something people write because another language has it.
struct Habit {
    code: Code,
    span: Span,
    message: String,
    label: &'static str,
    help: String,
    replacement: Option<String>,
}

fn habit(slice: &str, found: Span) -> Option<Habit> {
    if let Some(colon) = slice.find(':')
        && is_name(slice[..colon].trim())
    {
        let name = slice[..colon].trim();
        return Some(Habit {
            code: catalogue::SYNTAX,
            span: Span::new(colon as u32, colon as u32 + 1),
            message: "a field is written with `=`".to_owned(),
            label: "",
            help: format!("write `{name} = …`"),
            replacement: Some(" =".to_owned()),
        });
    }
    let rest = &slice[found.start as usize..];
    let before = &slice[..found.start as usize];
    let at = |length: usize| Span::new(found.start, found.start + length as u32);
    let say = |length: usize, message: &str, label: &'static str, help: &str, replacement: Option<&str>| {
        Some(Habit {
            code: catalogue::SYNTAX,
            span: at(length),
            message: message.to_owned(),
            label,
            help: help.to_owned(),
            replacement: replacement.map(str::to_owned),
        })
    };
    for (sign, word) in [("&&", "and"), ("||", "or")] {
        if rest.starts_with(sign) {
            let message = format!("`{sign}` is not an operator here");
            return say(2, &message, "", &format!("write `{word}`"), Some(word));
        }
    }
    if rest.starts_with('!') && !rest.starts_with("!=") {
        return say(1, "`!` is not an operator here", "", "write `not`", Some("not "));
    }
    if let Some(body) = rest.strip_prefix('\'') {
        let quoted = body.find('\'').map(|end| format!("\"{}\"", &body[..end]));
        let length = quoted.as_ref().map_or(1, String::len);
        let help = quoted
            .as_ref()
            .map_or("write the text between double quotes".to_owned(), |quoted| format!("write `{quoted}`"));
        return say(length, "a text stands between double quotes", "", &help, quoted.as_deref());
    }
    if rest.starts_with("${{") || (before.ends_with('$') && rest.starts_with("{{")) {
        let help = "write `\\${` for the two characters, or put the text between `\"\"\"`";
        return say(3, "`${` starts an interpolation in a text", "a name is expected here", help, None);
    }
    if before.ends_with("${") {
        let help = "name a parameter or a `let`; write `\\${` for the two characters themselves";
        let what = "`${` starts an interpolation in a text";
        return say(found.range().len(), what, "a name is expected here", help, None);
    }
    if rest.starts_with('#') {
        return say(1, "`#` starts no comment", "", "write `//`", Some("//"));
    }
    if let Some(sign) = [">=", "<=", ">", "<"].into_iter().find(|sign| rest.starts_with(sign))
        && before.trim_end().ends_with(',')
    {
        let label = "it stands apart from its version";
        let version = rest[sign.len()..].split_whitespace().next().unwrap_or("1.2");
        let help = format!("a range has no space after its operator: `{sign}{version}`");
        let what = "after a comma a version range goes on, and this compares";
        return say(sign.len(), what, label, &help, None)
            .map(|habit| Habit { code: catalogue::UNEXPECTED_OPERAND, ..habit });
    }
    if rest.starts_with('[') && before.ends_with(|c: char| c.is_alphanumeric()) {
        let help = "take the items with a comprehension: `[for x in xs if … : x]`";
        return say(1, "lists cannot be indexed", "", help, None);
    }
    if rest.starts_with('{') && before.trim_end().ends_with('=') {
        let name = before.trim_end().trim_end_matches('=').trim_end();
        let help = format!("write `{name} {{ … }}`, without the `=`");
        return say(1, "a block is not a value", "", &help, None);
    }
    if rest.starts_with(',') {
        let help = "remove it: statements are separated by the ends of lines";
        return say(1, "there is no comma at the end of a statement", "", help, Some(""));
    }
    if rest.starts_with('=') && !rest.starts_with("==") {
        if before.trim_end().ends_with('=') {
            return say(1, "there is one `=` too many", "", "write the value after a single `=`", Some(""));
        }
        // `step board need = 2`: a clause's operands, then what looks like a field.
        let words: Vec<&str> = before.split_whitespace().collect();
        if words.len() > 1
            && let Some(name) = words.last()
            && is_name(name)
        {
            let message = format!("`{name} = …` is a field, and the clause before it has not ended");
            let help = format!("end the clause with `;`, or give it a block: `{{ {name} = … }}`");
            return say(1, &message, "a field starts here", &help, None);
        }
    }
    if rest.starts_with("..") && before.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if rest.starts_with(['*', '/']) || before.ends_with(['*', '/']) {
        let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | '=' | '{' | '}');
        let start = before.rfind(ends).map_or(0, |at| at + 1);
        let end = slice[start..].find(ends).map_or(slice.len(), |at| start + at);
        let quoted = format!("\"{}\"", &slice[start..end]);
        return Some(Habit {
            code: catalogue::SYNTAX,
            span: Span::new(start as u32, end as u32),
            message: "a path stands between double quotes".to_owned(),
            label: "",
            help: format!("write `{quoted}`"),
            replacement: Some(quoted),
        });
    }
    number_habit(slice, found)
}

/// `5-3`, `3.4.x`, `1.0-rc.1`, `9:00`: a number with something stuck to it.
fn number_habit(slice: &str, found: Span) -> Option<Habit> {
    let start = slice[..found.start as usize]
        .rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | ',' | '='))
        .map_or(0, |at| at + 1);
    let word = slice[start..]
        .split(|c: char| c.is_whitespace() || matches!(c, ')' | ']' | ',' | '}' | '{'))
        .next()?;
    let operator = word.len() - word.trim_start_matches(['^', '~', '>', '<']).len();
    let (sign, number) = word.split_at(operator);
    // A number that is whole is not what is wrong.
    if !number.starts_with(|c: char| c.is_ascii_digit()) || number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let span = Span::new(start as u32, (start + word.len()) as u32);
    let habit = |message: String, help: String, replacement: Option<String>| {
        Some(Habit { code: catalogue::SYNTAX, span, message, label: "", help, replacement })
    };
    if let Some(numbers) = number.strip_suffix(".x").or_else(|| number.strip_suffix(".*")) {
        let numbers = numbers.trim_end_matches(".x").trim_end_matches(".*");
        if slice[..start].trim_end().ends_with('=') {
            let zeros = ".0".repeat(3usize.saturating_sub(numbers.split('.').count()));
            let help =
                format!("a version is one, `{numbers}{zeros}` for example; `~{numbers}` is a range of many");
            return habit(format!("`{word}` is no version"), help, None);
        }
        let range = format!("{}{numbers}", if sign.is_empty() { "~" } else { sign });
        return habit(
            format!("`{word}` is no version"),
            format!("write `{range}` for every version that starts so"),
            Some(range),
        );
    }
    if let Some((hours, minutes)) = number.split("..").next().and_then(|time| time.split_once(':'))
        && [hours, minutes].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        let padded = number.split("..").map(|time| format!("{time:0>5}")).collect::<Vec<_>>().join("..");
        return habit(
            format!("`{word}` is no time of day"),
            format!("hours and minutes have two digits: `{padded}`"),
            Some(padded),
        );
    }
    let plain = number.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
    if plain && number.contains('-') {
        return habit(
            format!("`{word}` is neither a number nor a date"),
            "subtraction needs spaces around `-`; a date has three parts; a version of another scheme is quoted".to_owned(),
            None,
        );
    }
    if !sign.is_empty() {
        return habit(
            format!("`{word}` is no version range"),
            "after the operator stands a version: one to three numbers, and perhaps a pre-release".to_owned(),
            None,
        );
    }
    let quoted = format!("\"{word}\"");
    habit(
        format!("`{word}` is neither a number, a version nor a name"),
        format!("write it between double quotes: {quoted}"),
        Some(quoted),
    )
}

fn open_literal(rule: Rule, place: Span, text: &str) -> SyntaxError {
    let line_end = text[place.range()].find('\n').map_or(place.end, |at| place.start + at as u32);
    let end = Span::new(line_end, line_end);
    let written = &text[place.start as usize..line_end as usize];
    match rule {
        Rule::bad_string => {
            let at = place.start + written.find("${").unwrap_or(0) as u32;
            SyntaxError::new(
                catalogue::SYNTAX,
                Span::new(at, at + 2),
                "`${` starts an interpolation in a text",
            )
            .label("what follows is no value")
            .help("write `\\${` for the two characters, or put the text between `\"\"\"`")
        }
        Rule::open_string => SyntaxError::new(catalogue::UNCLOSED_TEXT, place, "this text is not closed")
            .label("a `\"` is missing at its end")
            .help("a text ends on its line; between `\"\"\"` it may go on over several")
            .fix("close the text with `\"`", end, "\""),
        Rule::open_raw => {
            let quotes = Span::new(place.start, place.start + 3);
            SyntaxError::new(catalogue::UNCLOSED_TEXT, quotes, "this text is not closed")
                .label("the closing `\"\"\"` is missing")
        }
        _ if text[..place.start as usize].ends_with(|c: char| !c.is_whitespace()) => {
            let start =
                text[..place.start as usize].rfind([' ', '\t', '\n', '=', '[', '(']).map_or(0, |at| at + 1);
            let end = text[place.start as usize..].find([' ', ',', ')', ']', '}', '\n']);
            let end = end.map_or(text.len(), |end| place.start as usize + end);
            let path = Span::new(start as u32, end as u32);
            let quoted = format!("\"{}\"", &text[path.range()]);
            SyntaxError::new(catalogue::SYNTAX, path, "a path stands between double quotes")
                .label("`/*` starts a comment")
                .fix(format!("write `{quoted}`"), path, quoted)
        }
        _ => {
            let start = Span::new(place.start, place.start + 2);
            SyntaxError::new(catalogue::UNCLOSED_COMMENT, start, "this comment is not closed")
                .label("the closing `*/` is missing")
                .help("a comment may not contain another; `//` comments out whole lines")
        }
    }
}

pub(crate) fn no_value(text: &str, span: Span, name: &str) -> SyntaxError {
    let written = text[span.range()].trim_end();
    let end = span.start + written.len() as u32;
    SyntaxError::new(catalogue::SYNTAX, Span::new(end - 1, end), format!("`{name}` has no value"))
        .label("a value is expected on this line")
}

/// A block that is not closed. When the indentation of the braces shows that an inner block is the one without its own
/// `}`, that one is named.
pub(crate) fn unclosed_block(text: &str, block: Span, end: Span) -> SyntaxError {
    let brace = innermost_mismatch(text, block).unwrap_or(block.start);
    let open = Span::new(brace, brace + 1);
    SyntaxError::new(catalogue::UNCLOSED_BLOCK, open, "this block is not closed")
        .label("this `{` has no `}`")
        .related(end_of_content(text, end), "the text goes on to here")
}

/// The `{` inside `block` whose `}` stands at another indentation than the line it was opened on.
fn innermost_mismatch(text: &str, block: Span) -> Option<u32> {
    let mut open: Vec<u32> = Vec::new();
    let mut found = None;
    for (token, span) in Lexer::new(&text[block.range()]) {
        let at = block.start + span.start;
        match (token, text.as_bytes()[at as usize]) {
            (Token::Open, b'{') => open.push(at),
            (Token::Close, b'}') => {
                let opened = open.pop()?;
                let leads_line =
                    text[..at as usize].rsplit('\n').next().is_some_and(|line| line.trim().is_empty());
                if found.is_none() && leads_line && indentation(text, opened) != indentation(text, at) {
                    found = Some(opened);
                }
            }
            _ => {}
        }
    }
    found
}

fn indentation(text: &str, at: u32) -> usize {
    let line = text[..at as usize].rfind('\n').map_or(0, |newline| newline + 1);
    text[line..].len() - text[line..].trim_start_matches([' ', '\t']).len()
}

fn end_of_content(text: &str, end: Span) -> Span {
    let length = text[..end.end as usize].trim_end().len() as u32;
    Span::new(length.saturating_sub(1), length)
}

pub(crate) fn brace_below(text: &str, below: Span) -> SyntaxError {
    let brace = below.start + text[below.range()].find('{').unwrap_or(0) as u32;
    let line = text[..below.start as usize].trim_end_matches('\r').len() as u32;
    SyntaxError::new(
        catalogue::SYNTAX,
        Span::new(brace, brace + 1),
        "the `{` of a declaration stands on its first line",
    )
    .label("move it up")
    .fix("move the `{` to the line above", Span::new(line, brace + 1), " {")
}

pub(crate) fn missing_open(text: &str, header: Span) -> SyntaxError {
    let written = text[header.range()].trim_end();
    let end = header.start + written.len() as u32;
    SyntaxError::new(catalogue::SYNTAX, header, format!("`{}` has no block", abridged(written)))
        .label("a `{` is missing at the end of this line")
        .fix("write `{`", Span::new(end, end), " {")
}

pub(crate) fn stray_brace(stray: Span, before: Option<(SmolStr, Span)>) -> SyntaxError {
    let error =
        SyntaxError::new(catalogue::STRAY_BRACE, stray, "this `}` closes nothing").label("one too many");
    match before {
        Some((name, body)) if body.end > body.start => {
            error.related(Span::new(body.end - 1, body.end), format!("`{name}` was already closed here"))
        }
        _ => error,
    }
}

pub(crate) fn orphan_statement(text: &str, span: Span) -> SyntaxError {
    let word = text[span.range()].split_whitespace().next().unwrap_or_default();
    SyntaxError::new(
        catalogue::SYNTAX,
        Span::new(span.start, span.start + word.len() as u32),
        format!("`{}` stands outside of a declaration", abridged(word)),
    )
    .label("only `use`, `let` and declarations `kind name { … }` stand here")
}

pub(crate) fn chained_comparison(span: Span, first: BinaryOp, second: BinaryOp) -> SyntaxError {
    let (first, second) = (first.text(), second.text());
    SyntaxError::new(catalogue::SYNTAX, span, "comparisons do not chain")
        .label(format!("the result of `{first}` is no number to compare"))
        .help(format!("write `a {first} b and b {second} c`"))
}

pub(crate) fn too_long(span: Span) -> SyntaxError {
    let message = format!("this expression has more than {MAX_OPERATORS} operators or {MAX_DEPTH} prefixes");
    SyntaxError::new(catalogue::TOO_DEEP, span, message).help("name its parts with `let`")
}

pub(crate) fn bad_escape(span: Span, escape: &str) -> SyntaxError {
    SyntaxError::new(catalogue::SYNTAX, span, format!("`{escape}` is no escape"))
        .label("unknown escape")
        .help("the escapes are `\\n`, `\\r`, `\\t`, `\\0`, `\\\"`, `\\\\`, `\\$` and `\\u{1F680}`; between `\"\"\"` a `\\` is itself")
}
