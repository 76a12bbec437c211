//! A line that is broken off inside brackets, read as if it went on: an editor asks what could stand at its end.

use crate::lexer::{Lexer, Token};

/// A bracket that is open.
struct Bracket {
    close: char,
    /// It starts with `for`, and what each comes to has not been said yet.
    lacks_value: bool,
}

/// What closes the brackets that a line leaves open, the innermost first: of `all([for s in x.y` it is ` : true])`. `None` where it leaves
/// none open.
pub fn closers(line: &str) -> Option<String> {
    let mut open: Vec<Bracket> = Vec::new();
    let mut after_bracket = false;
    for (token, span) in Lexer::new(line) {
        let word = &line[span.range()];
        match (token, word) {
            (Token::Open, "(") => open.push(Bracket { close: ')', lacks_value: false }),
            (Token::Open, "[") => open.push(Bracket { close: ']', lacks_value: false }),
            (Token::Close, ")" | "]") => {
                open.pop();
            }
            // No value goes over the start or the end of a block.
            (Token::Open | Token::Close, _) => open.clear(),
            (Token::Word, "for") if after_bracket => {
                if let Some(list) = open.last_mut() {
                    list.lacks_value = list.close == ']';
                }
            }
            (Token::Sign, ":") => {
                if let Some(list) = open.last_mut() {
                    list.lacks_value = false;
                }
            }
            _ => {}
        }
        after_bracket = token == Token::Open;
    }
    let closed = |bracket: &Bracket| {
        let value = if bracket.lacks_value { " : true" } else { "" };
        format!("{value}{}", bracket.close)
    };
    (!open.is_empty()).then(|| open.iter().rev().map(closed).collect())
}

/// What of a line belongs to no value: where the block around it, a comment or the next line begins.
pub fn behind_value(text: &str) -> &str {
    let ends = Lexer::new(text).find(|(token, span)| match token {
        Token::Newline | Token::Comment | Token::OpenComment => true,
        Token::Open | Token::Close => matches!(&text[span.range()], "{" | "}"),
        _ => false,
    });
    ends.map_or("", |(_, span)| &text[span.start as usize..])
}

#[cfg(test)]
mod tests {
    use super::{behind_value, closers};

    #[test]
    fn open_brackets_are_closed_from_the_innermost() {
        for (line, wanted) in [
            ("require has(s.owner)", None),
            ("require has(s.", Some(")")),
            ("require all([for s in declared(service) : has(s.", Some(")])")),
            ("require all([for s in declared(service) if s.", Some(" : true])")),
            ("require all([for s in x.", Some(" : true])")),
            ("data = [personal, ", Some("]")),
            ("every s in declared(x) { require has(", Some(")")),
            ("every s in declared(x { require s.", None),
            ("a = [b(\"(\") // (", Some("]")),
            (")]", None),
        ] {
            assert_eq!(closers(line).as_deref(), wanted, "{line}");
        }
    }

    #[test]
    fn behind_a_value_the_block_goes_on() {
        assert_eq!(behind_value(") and x }\n"), "}\n");
        assert_eq!(behind_value(" \"{\" { a }"), "{ a }");
        assert_eq!(behind_value(" x // y"), "// y");
        assert_eq!(behind_value("x"), "");
    }
}
