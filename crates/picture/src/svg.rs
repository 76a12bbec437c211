//! What all pictures share: texts made safe, how wide they are, the frame and the style.

use std::borrow::Cow;
use std::fmt::Write as _;

/// What a picture is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A file of its own: it carries its style.
    File,
    /// A part of a page that has [`STYLE`] among its styles.
    Inline,
}

/// The style of all pictures. Each colour has a contrast of at least 4.5 to what it is read on.
pub const STYLE: &str = include_str!("style.css");

/// How wide a letter is at most, at a size of 12.
const LETTER: usize = 7;

/// The room around the whole of a picture.
pub(crate) const MARGIN: i64 = 16;

/// The letters of a lane's name.
const NAME: usize = 100;

/// A part of a picture with a name of its own.
pub(crate) fn lane(name: &str, top: i64, width: i64, height: i64) -> String {
    format!(
        "<rect class=\"lane\" x=\"8\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/><text class=\"head\" x=\"{}\" \
         y=\"{}\">{}</text>",
        MARGIN + 2,
        top + 17,
        escaped(&cut(name, NAME))
    )
}

/// A text as XML has it. What XML cannot hold at all is shown as what it is: a letter that nobody can read.
pub(crate) fn escaped(text: &str) -> String {
    let is_bad = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    let text: Cow<'_, str> = if text.contains(is_bad) {
        text.chars()
            .map(|c| match c {
                '\n' | '\t' => ' ',
                c if is_bad(c) => '\u{fffd}',
                c => c,
            })
            .collect::<String>()
            .into()
    } else {
        text.into()
    };
    quick_xml::escape::escape(text).into_owned()
}

/// A text, cut to a number of letters.
pub(crate) fn cut(text: &str, letters: usize) -> String {
    if text.chars().count() <= letters {
        return text.to_owned();
    }
    text.chars().take(letters.saturating_sub(1)).chain(['…']).collect()
}

/// How wide a text is drawn at most. Letters of East Asia take twice the room.
pub(crate) fn width(text: &str) -> i64 {
    let letters: usize = text.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum();
    i64::try_from(letters.saturating_mul(LETTER)).unwrap_or(i64::MAX)
}

/// A picture: its frame, what it is called and what it shows, around what is drawn.
pub(crate) fn framed(
    form: Form,
    (width, height): (i64, i64),
    (title, description): (&str, &str),
    has_links: bool,
    body: &str,
) -> String {
    // What is an image to a screen reader has no links in it.
    let role = if has_links { "group" } else { "img" };
    let name = escaped(title);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" role=\"{role}\" aria-label=\"{name}\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\">\n<title>{name}</title>\n<desc>{}</desc>\n",
        escaped(description)
    );
    if form == Form::File {
        let _ = writeln!(out, "<style>{}</style>", escaped(STYLE));
    }
    let _ = writeln!(out, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>");
    out.push_str(body);
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup_or_breaks_the_file() {
        assert_eq!(escaped("<b a=\"'\">&\u{0}\n"), "&lt;b a=&quot;&apos;&quot;&gt;&amp;\u{fffd} ");
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(cut("größer", 4), "grö…");
        assert_eq!(cut("größer", 6), "größer");
    }
}
