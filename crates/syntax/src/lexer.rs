//! A light lexer: enough to know what is a comment, a text or a bracket without parsing.
//!
//! It serves what must be known before the grammar is asked (where top-level items begin, how deep a text nests) and
//! what the grammar drops (comments). It accepts any text; its rules for strings and comments are those of the grammar.

use clearway_diagnostics::Span;

/// A token, as far as the lexer tells tokens apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// `// …`, `/// …` or `/* … */`
    Comment,
    /// `"…"`, or `"…` up to the end of its line
    Text,
    /// `"""…"""`
    Raw,
    /// A `"""` that is never closed
    OpenRaw,
    /// A `/*` that is never closed
    OpenComment,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// A line feed
    Newline,
    /// A name or number
    Word,
    /// Anything else, a character each
    Sign,
}

/// The tokens of a text; white space other than line feeds is skipped.
pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// A `"""` whose text would contain a top-level head at the start of a line counts as unclosed.
    suspicious: bool,
}

impl<'t> Lexer<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self { text, at: 0, suspicious: false }
    }

    /// A lexer for text that is known to be broken: an unclosed `"""` must not swallow its neighbours.
    pub(crate) const fn suspicious(text: &'t str) -> Self {
        Self { text, at: 0, suspicious: true }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn comment_or_sign(&mut self) -> Token {
        let rest = self.rest();
        if rest.starts_with("//") {
            self.at += line_length(rest);
            Token::Comment
        } else if rest.starts_with("/*") {
            let (length, closed) = block_comment(rest);
            self.at += length;
            if closed { Token::Comment } else { Token::OpenComment }
        } else {
            self.at += 1;
            Token::Sign
        }
    }

    fn quoted(&mut self) -> Token {
        let rest = self.rest();
        let Some(body) = rest.strip_prefix("\"\"\"") else {
            self.at += string(rest);
            return Token::Text;
        };
        let close = body.find("\"\"\"");
        let swallows =
            self.suspicious && close.is_some_and(|close| heads_in(&body[..close]).next().is_some());
        match close.filter(|_| !swallows) {
            Some(close) => {
                self.at += close + 6;
                Token::Raw
            }
            None => {
                self.at += 3 + heads_in(body).next().unwrap_or(body.len());
                Token::OpenRaw
            }
        }
    }
}

impl Iterator for Lexer<'_> {
    type Item = (Token, Span);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
        let start = self.at;
        let token = match *bytes.get(start)? {
            b'\n' => {
                self.at += 1;
                Token::Newline
            }
            b'"' => self.quoted(),
            b'/' => self.comment_or_sign(),
            b'(' | b'[' | b'{' => {
                self.at += 1;
                Token::Open
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                Token::Close
            }
            byte if is_name_byte(byte) => {
                self.at += bytes[start..].iter().take_while(|byte| is_name_byte(**byte)).count();
                Token::Word
            }
            byte if byte.is_ascii() => {
                self.at += 1;
                Token::Sign
            }
            _ => {
                self.at += self.rest().chars().next().map_or(1, char::len_utf8);
                Token::Sign
            }
        };
        Some((token, Span::new(start as u32, self.at as u32)))
    }
}

/// Where the lines start at which a top-level item begins, within the body of an open text.
fn heads_in(body: &str) -> impl Iterator<Item = usize> {
    body.match_indices('\n').map(|(newline, _)| newline + 1).filter(|start| is_head(&body[*start..]))
}

/// Whether a top-level item begins here, at the start of a line: `use x`, `let x`, documentation, a declaration
/// with its brace on the line, or one whose parameters go on over the next lines.
pub(crate) fn is_head(text: &str) -> bool {
    if text.starts_with("///") {
        return true;
    }
    let line = &text[..line_length(text)];
    let word = name_length(line);
    if word == 0 {
        return false;
    }
    let after = &line[word..];
    let rest = after.trim_start_matches([' ', '\t']);
    if rest.starts_with('{') {
        return true;
    }
    if rest.len() == after.len() {
        return false;
    }
    let name = name_length(rest);
    if name == 0 && !rest.starts_with('"') {
        return false;
    }
    if matches!(&line[..word], "use" | "let") {
        return true;
    }
    // The first brace opens the block, unless a value is assigned before it.
    let opens_block =
        rest.find(['{', '}']).is_some_and(|at| rest.as_bytes()[at] == b'{' && !assigns(&rest[..at]));
    let opens_params = rest[name..].starts_with('(')
        && !rest.contains(')')
        && text[line.len()..].trim_start_matches(['\r', '\n']).starts_with([' ', '\t', ')']);
    opens_block || opens_params || (rest[name..].starts_with('(') && rest.contains('{'))
}

/// Whether a `=` stands in the text that is no part of a comparison or range, of an argument or of a quoted text.
fn assigns(text: &str) -> bool {
    let bytes = text.as_bytes();
    let sign = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied();
    let (mut depth, mut is_quoted) = (0_usize, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            _ if is_quoted => {}
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'=' if depth == 0 => {
                let compares = matches!(sign(at.checked_sub(1)), Some(b'=' | b'<' | b'>' | b'!'))
                    || sign(Some(at + 1)).is_some_and(|next| next == b'=' || next.is_ascii_digit());
                if !compares {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// The words that are no names in a value. Anywhere else they are names like any other.
pub const RESERVED: [&str; 10] = ["and", "or", "not", "if", "then", "else", "for", "in", "true", "false"];

/// Whether a text can be written as a bare name: `[A-Za-z_][A-Za-z0-9_-]*`, not ending in `-`.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && name_length(text) == text.len()
}

fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_') {
        return 0;
    }
    let run = bytes.iter().take_while(|byte| is_name_byte(**byte)).count();
    text[..run].trim_end_matches('-').len()
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The bytes up to the end of the line, without the line end.
fn line_length(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |newline| text[..newline].trim_end_matches('\r').len())
}

/// The length of the block comment at the start of a text, and whether it is closed. A `/*` after white space
/// inside it means that it was never closed; then it ends at its line.
fn block_comment(text: &str) -> (usize, bool) {
    let body = &text[2..];
    let close = body.find("*/");
    let reopened = body
        .match_indices("/*")
        .find(|(at, _)| *at > 0 && matches!(body.as_bytes()[at - 1], b' ' | b'\t' | b'\n'))
        .map(|(at, _)| at);
    match (close, reopened) {
        (Some(close), None) => (close + 4, true),
        (Some(close), Some(reopened)) if close < reopened => (close + 4, true),
        _ => (line_length(text), false),
    }
}

/// The length of the string at the start of a text, up to the end of its line when it is not closed.
fn string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    // Open interpolations, each with the number of its open braces; inside one a quote opens another string.
    let mut braces: Vec<usize> = Vec::new();
    let mut in_string = true;
    let mut strings = 0usize;
    while let Some(byte) = bytes.get(at) {
        match (byte, in_string) {
            (b'\n', _) => break,
            (b'\\', true) => at += 1,
            (b'"', true) if strings == 0 && braces.is_empty() => return at + 1,
            (b'"', true) => {
                strings -= 1;
                in_string = false;
            }
            (b'"', false) => {
                strings += 1;
                in_string = true;
            }
            (b'$', true) if bytes.get(at + 1) == Some(&b'{') => {
                braces.push(strings);
                in_string = false;
                at += 1;
            }
            (b'}', false) => {
                strings = braces.pop().unwrap_or(0);
                in_string = true;
            }
            _ => {}
        }
        at += 1;
    }
    // Not closed: what a block needs stays outside, as in the grammar's `open_string`.
    let line = &text[..line_length(text)];
    let inside = line.trim_end_matches([' ', '\t']);
    inside.strip_suffix(['{', '}']).filter(|_| inside.len() > 1).map_or(line.len(), str::len)
}

#[cfg(test)]
mod tests {
    use super::{Lexer, RESERVED, Token, is_head, string};
    use crate::{Item, parse};

    #[test]
    fn the_reserved_words_are_those_of_the_grammar() {
        let is_name_in_a_value = |word: &&str| {
            let parsed = parse(&format!("let x = {word}\n"));
            parsed.items().any(|(_, item)| matches!(item, Item::Let(item) if item.value.as_name().is_some()))
        };
        assert!(["a", "service", "use", "let", "m", "step", "iff"].iter().all(is_name_in_a_value));
        assert!(!RESERVED.iter().any(is_name_in_a_value));
    }

    #[test]
    fn strings_end_where_the_grammar_ends_them() {
        for (text, length) in [
            (r#""a" b"#, 3),
            (r#""a\"b" c"#, 6),
            (r#""a ${f("x")} b" c"#, 15),
            (r#""a ${"b ${"c"}"} d" e"#, 19),
            ("\"open\nnext", 5),
            ("\"open {\n", 6),
        ] {
            assert_eq!(string(text), length, "{text}");
        }
    }

    #[test]
    fn comments_and_raw_texts_hide_what_is_in_them() {
        let text = "a /* { */ \"\"\" } \"\"\" // (\n";
        let tokens: Vec<_> = Lexer::new(text).map(|(token, _)| token).collect();
        assert_eq!(tokens, [Token::Word, Token::Comment, Token::Raw, Token::Comment, Token::Newline]);
    }

    #[test]
    fn heads_are_declarations_uses_lets_and_documentation() {
        for head in [
            "service a {",
            "use a.b",
            "let x = 1",
            "/// d",
            "test \"x\" {",
            "policy {",
            "rollout r(a: b = 1) : c {",
            "alert b when x == 1 {",
        ] {
            assert!(is_head(head), "{head}");
        }
        for line in ["owner = a", "}", "requires a ^1", "// c", "stage = { }", "a = b {", " use x", "user x"]
        {
            assert!(!is_head(line), "{line}");
        }
    }
}
