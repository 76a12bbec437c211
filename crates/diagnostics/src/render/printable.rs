//! Text that does on a terminal what it seems to do.
//!
//! Sources and messages hold whatever somebody committed. Control characters would move the cursor or colour
//! the output, and characters that turn the writing direction would show an order that is not the text's.

use std::borrow::Cow;

/// The text with a placeholder for every such character, as long in bytes, so that offsets stay true.
pub fn text(text: &str) -> Cow<'_, str> {
    if !text.contains(deceives) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        let ends_line = char == '\r' && text[at..].starts_with("\r\n");
        shown.push(if deceives(char) && !ends_line { placeholder(char) } else { char });
    }
    Cow::Owned(shown)
}

/// The same on one line.
pub fn line(line: &str) -> String {
    text(&line.replace("\r\n", "\n")).replace(['\n', '\t'], " ")
}

fn deceives(char: char) -> bool {
    let turns_direction = matches!(
        char,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    );
    turns_direction || char.is_control() && !matches!(char, '\n' | '\t')
}

fn placeholder(char: char) -> char {
    match char.len_utf8() {
        1 => '?',
        2 => '¿',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::{line, text};

    #[test]
    fn ordinary_text_is_left_alone() {
        let ordinary = "a\tb\r\nçé 日本\n";
        assert_eq!(text(ordinary), ordinary);
    }

    #[test]
    fn placeholders_keep_the_length() {
        let hostile = "\u{1b}[31m\u{85}\u{202e}\rx";
        assert_eq!(text(hostile), "?[31m¿\u{fffd}?x");
        assert_eq!(text(hostile).len(), hostile.len());
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("one\r\ntwo\n\tthree"), "one two  three");
    }
}
