//! Writing names, strings and comments of the language so that no input can break its syntax.

/// Words that an expression or a clause may read as something else than a name.
const WORDS: [&str; 24] = [
    "always", "and", "any", "as", "else", "false", "for", "from", "if", "in", "let", "not", "optional", "or",
    "self", "then", "true", "use", "weak", "when", "with", "none", "on", "to",
];

/// A name: bare where the language allows it, otherwise a string.
pub(crate) fn name(name: &str) -> String {
    if is_bare(name) { name.to_owned() } else { string(name) }
}

fn is_bare(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !name.ends_with('-')
        && !WORDS.contains(&name)
}

/// A string literal.
pub(crate) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '$' if rest.peek() == Some(&'{') => literal.push_str("\\$"),
            c if is_hidden(c) => literal.push(char::REPLACEMENT_CHARACTER),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Text from outside, on one line and of a length that can be read, for comments and notes.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 100;
    let visible: String = text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
    let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(LONGEST) {
        None => words,
        Some((end, _)) => format!("{}…", &words[..end]),
    }
}

/// `name` made of what a bare name may hold, to name something new after it.
pub(crate) fn slug(text: &str) -> String {
    let slug: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' })
        .collect();
    slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

/// Whether a name from outside can stand in a file that people read.
pub(crate) fn is_presentable(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= 200 && !name.chars().any(is_hidden)
}

/// Items as prose: `a`, `a and b`, `a, b and c`; many are cut short.
pub(crate) fn listed<'t>(items: impl IntoIterator<Item = &'t str>) -> String {
    const MOST: usize = 4;
    let items: Vec<String> = items.into_iter().map(shown).collect();
    let more = items.len().saturating_sub(MOST);
    match items.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] if more == 0 => format!("{} and {last}", most.join(", ")),
        all => format!("{} and {more} more", all[..MOST].join(", ")),
    }
}

/// `1 file`, `3 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Control characters, line ends, and what makes text look different from what it is.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must() {
        assert_eq!(name("redis-cart"), "redis-cart");
        assert_eq!(name("_x9"), "_x9");
        for odd in ["2fa", "in", "any", "a-", "a.b", "", "zahlüng"] {
            assert_eq!(name(odd), format!("\"{odd}\""));
        }
    }

    #[test]
    fn strings_are_escaped() {
        assert_eq!(string(r#"a"b\c"#), r#""a\"b\\c""#);
        assert_eq!(string("${HOME} $5 $${x}"), r#""\${HOME} $5 $\${x}""#);
        assert_eq!(string("a\nb\r\u{202e}"), "\"a\\nb\u{fffd}\u{fffd}\"");
    }

    #[test]
    fn comments_stay_on_their_line() {
        assert_eq!(shown("a\r\n  }\u{2028}service x {"), "a } service x {");
        assert_eq!(shown(&"é".repeat(200)).chars().count(), 101);
    }

    #[test]
    fn lists_read_as_prose() {
        assert_eq!(listed(["a"]), "a");
        assert_eq!(listed(["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(["a", "b", "c", "d", "e", "f"]), "a, b, c, d and 2 more");
    }
}
