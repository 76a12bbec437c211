//! Cutting a text into pieces at its top-level items.
//!
//! A declaration that starts at column 0 starts a piece. Pieces are parsed on their own: an edit costs one piece, and an error
//! cannot leave the item it is in.

use std::ops::Range;

use clearway_diagnostics::Span;

use crate::MAX_DEPTH;
use crate::lexer::{Lexer, Token, is_head};

/// The pieces of a text, which together are the whole text. A text that is known to be `broken` is cut at more places: an
/// unclosed `"""` or comment does not hide an item that follows.
pub(crate) fn split(text: &str, broken: bool) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut at_line_start = true;
    let mut in_documentation = false;
    let lexer = if broken { Lexer::suspicious(text) } else { Lexer::new(text) };
    for (token, span) in lexer {
        let begin = span.start as usize;
        let column_zero = at_line_start && (begin == 0 || text.as_bytes()[begin - 1] == b'\n');
        if column_zero && is_head(&text[begin..]) {
            if !in_documentation && begin > start {
                pieces.push(start..begin);
                start = begin;
            }
            in_documentation = token == Token::Comment;
        } else if !matches!(token, Token::Newline | Token::Comment) {
            in_documentation = false;
        }
        // A raw text may end a line of its own; what follows it is no line start.
        at_line_start = token == Token::Newline || token == Token::OpenRaw;
    }
    if start < text.len() || pieces.is_empty() {
        pieces.push(start..text.len());
    }
    pieces
}

/// The first place where brackets, blocks and `if` nest deeper than [`MAX_DEPTH`].
pub(crate) fn too_deep(text: &str) -> Option<Span> {
    if !may_be_deep(text) {
        return None;
    }
    // The `if`s seen in each open bracket: they nest without brackets of their own.
    let mut open: Vec<usize> = vec![0];
    let mut conditionals = 0;
    let mut line_starts = false;
    for (token, span) in Lexer::new(text) {
        let word = &text[span.range()];
        if line_starts && token != Token::Newline {
            let continues = matches!(word, "then" | "else" | "and" | "or") || token == Token::Sign;
            if !continues && let Some(seen) = open.last_mut() {
                conditionals -= *seen;
                *seen = 0;
            }
        }
        line_starts = token == Token::Newline;
        match token {
            Token::Open => open.push(0),
            Token::Close if open.len() > 1 => conditionals -= open.pop().unwrap_or(0),
            Token::Sign if word == "," => {
                if let Some(seen) = open.last_mut() {
                    conditionals -= *seen;
                    *seen = 0;
                }
            }
            Token::Word if word == "if" => {
                if let Some(seen) = open.last_mut() {
                    *seen += 1;
                    conditionals += 1;
                }
            }
            // An interpolation nests inside its text, where the lexer does not look.
            Token::Text if text[span.range()].matches("${").count() > MAX_DEPTH => return Some(span),
            _ => {}
        }
        if open.len() - 1 + conditionals > MAX_DEPTH {
            return Some(span);
        }
    }
    None
}

/// Whether every bracket and block of a text is opened and closed.
pub(crate) fn is_balanced(text: &str) -> bool {
    let mut open = 0usize;
    for (token, _) in Lexer::new(text) {
        match token {
            Token::Open => open += 1,
            Token::Close if open == 0 => return false,
            Token::Close => open -= 1,
            _ => {}
        }
    }
    open == 0
}

/// Whether there is enough in a text to nest that deep, wherever it stands: most texts need no closer look.
fn may_be_deep(text: &str) -> bool {
    let open = text.bytes().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count();
    open + text.matches("if").count() > MAX_DEPTH
}

#[cfg(test)]
mod tests {
    use super::{split, too_deep};

    fn pieces(text: &str, broken: bool) -> Vec<&str> {
        split(text, broken).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn items_at_column_zero_start_pieces_and_documentation_goes_with_its_item() {
        let text = "// top\nuse a.b\n\n/// one\n/// two\nservice a {\n  x = 1\n}\nservice b {\n}\n";
        assert_eq!(
            pieces(text, false),
            ["// top\n", "use a.b\n\n", "/// one\n/// two\nservice a {\n  x = 1\n}\n", "service b {\n}\n"]
        );
    }

    #[test]
    fn arguments_and_quoted_texts_assign_nothing() {
        let text = "window a : hours(zone = \"UTC\") { }\ntest \"a = b\" { }\nx y = f { }\n";
        let expected = ["window a : hours(zone = \"UTC\") { }\n", "test \"a = b\" { }\nx y = f { }\n"];
        assert_eq!(pieces(text, false), expected);
    }

    #[test]
    fn a_raw_text_hides_heads_unless_the_text_is_broken() {
        let text = "service a {\n  x = \"\"\"\nservice b {\n\"\"\"\n}\n";
        assert_eq!(pieces(text, false).len(), 1);
        assert_eq!(pieces(text, true).len(), 2);
    }

    #[test]
    fn nesting_is_bounded_but_long_texts_are_not_nested() {
        let deep = "[".repeat(129);
        assert!(too_deep(&deep).is_some());
        assert!(too_deep(&"[".repeat(128)).is_none());
        assert!(too_deep(&"x = if a then b else c\n".repeat(1000)).is_none());
        assert!(too_deep(&format!("x = [{}]", "if a then b else c, ".repeat(1000))).is_none());
        assert!(too_deep(&format!("x = {}", "if a then ".repeat(129))).is_some());
        assert!(too_deep(&format!("x = {}", "if f(a, b) then ".repeat(129))).is_some());
    }
}
