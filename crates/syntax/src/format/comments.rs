//! What stands between tokens: white space and comments.

use clearway_diagnostics::Span;

use super::document::Doc;

/// A comment and how it stood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'t> {
    pub(super) text: &'t str,
    /// The line ends between it and what stood before it.
    pub(super) newlines: usize,
    /// Whether it goes on to the end of its line.
    pub(super) to_line_end: bool,
}

impl<'t> Comment<'t> {
    pub(super) fn doc(self) -> Doc<'t> {
        Doc::source(self.text)
    }
}

/// What stands between two tokens.
#[derive(Debug, Clone, Default)]
pub(super) struct Trivia<'t> {
    pub(super) comments: Vec<Comment<'t>>,
    /// The line ends after the last comment.
    pub(super) newlines: usize,
}

impl<'t> Trivia<'t> {
    /// Whether the user went on to another line.
    pub(super) fn breaks(&self) -> bool {
        self.newlines > 0 || self.comments.iter().any(|comment| comment.newlines > 0 || comment.to_line_end)
    }

    /// The comments on the line of the token before, and what is left.
    pub(super) fn split_trailing(mut self) -> (Vec<Comment<'t>>, Self) {
        let trailing = self.comments.iter().take_while(|comment| comment.newlines == 0).count();
        let rest = self.comments.split_off(trailing);
        (self.comments, Self { comments: rest, newlines: self.newlines })
    }

    /// Two gaps with a token between them that is to stand in front of both.
    pub(super) fn join(mut self, mut after: Self) -> Self {
        if let Some(first) = after.comments.first_mut() {
            let ended = self.comments.last().is_some_and(|comment| comment.to_line_end);
            first.newlines = first.newlines.max(self.newlines).max(usize::from(ended));
            self.newlines = after.newlines;
        } else {
            self.newlines = self.newlines.max(after.newlines);
        }
        self.comments.append(&mut after.comments);
        self
    }
}

/// A place in the text of a piece.
pub(super) struct Cursor<'t> {
    text: &'t str,
    comments: &'t [Span],
    at: usize,
    /// Whether the text was not what the tree says.
    pub(super) lost: bool,
}

impl<'t> Cursor<'t> {
    pub(super) const fn new(text: &'t str, comments: &'t [Span]) -> Self {
        Self { text, comments, at: 0, lost: false }
    }

    /// How many comments are still to come.
    pub(super) const fn comments_left(&self) -> usize {
        self.comments.len()
    }

    pub(super) fn slice(&self, span: Span) -> &'t str {
        &self.text[span.range()]
    }

    /// Goes on to the next token. A `;` separates statements and is written anew where it is needed.
    pub(super) fn trivia(&mut self) -> Trivia<'t> {
        let mut trivia = Trivia::default();
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b';') => self.at += 1,
                Some(b'\n') => {
                    self.at += 1;
                    trivia.newlines += 1;
                }
                Some(b'/') => match self.comments.first() {
                    Some(comment) if comment.start as usize == self.at => {
                        let text = self.slice(*comment);
                        let to_line_end = text.starts_with("//");
                        let text = if to_line_end { text.trim_end() } else { text };
                        trivia.comments.push(Comment { text, newlines: trivia.newlines, to_line_end });
                        trivia.newlines = 0;
                        self.at = comment.end as usize;
                        self.comments = &self.comments[1..];
                    }
                    _ => return trivia,
                },
                _ => return trivia,
            }
        }
    }

    /// The token at a place of the tree, which must be the next one.
    pub(super) fn token(&mut self, span: Span) -> &'t str {
        self.lost |= self.at != span.start as usize;
        self.at = span.end as usize;
        self.slice(span)
    }

    /// A sign or word that the grammar demands here.
    pub(super) fn sign(&mut self, sign: &str) {
        if self.is_at(sign) {
            self.at += sign.len();
        } else {
            self.lost = true;
        }
    }

    pub(super) fn is_at(&self, sign: &str) -> bool {
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(sign))
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }
}

/// What stands between two tokens when no comment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    None,
    Space,
    /// Nothing, or a line end where the group is broken.
    Soft,
    /// A space, or a line end where the group is broken.
    Line,
    /// A line end.
    Hard,
}

impl Separator {
    const fn doc<'t>(self, blank: bool) -> Option<Doc<'t>> {
        match self {
            Self::None => None,
            Self::Space => Some(Doc::Space),
            Self::Soft => Some(Doc::Soft { blank }),
            Self::Line => Some(Doc::Line { blank }),
            Self::Hard => Some(Doc::Hard { blank }),
        }
    }

    const fn may_break(self) -> bool {
        matches!(self, Self::Soft | Self::Line | Self::Hard)
    }
}

/// Where a comment between two tokens of one line belongs when they are torn apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bind {
    Previous,
    Next,
    /// To the token before; the caller ends the line, because a closing bracket follows.
    Close,
}

/// Writes what stands between two tokens. Comments keep to the lines they were on.
pub(super) fn separate<'t>(
    out: &mut Vec<Doc<'t>>,
    trivia: Trivia<'t>,
    separator: Separator,
    bind: Bind,
    keep_blank: bool,
) {
    let breaks = trivia.breaks();
    let blank = keep_blank && trivia.newlines >= 2;
    let Some(last) = trivia.comments.last().copied() else {
        if bind != Bind::Close {
            out.extend(separator.doc(blank));
        }
        return;
    };
    if bind == Bind::Next && !breaks {
        out.push(separator.doc(false).unwrap_or(Doc::Space));
        for comment in trivia.comments {
            out.extend([comment.doc(), Doc::Space]);
        }
        return;
    }
    let mut on_own_line = false;
    for comment in trivia.comments {
        if comment.newlines > 0 {
            on_own_line = true;
            out.extend([Doc::Hard { blank: keep_blank && comment.newlines >= 2 }, comment.doc()]);
        } else if comment.to_line_end {
            out.push(Doc::Comment(comment.text));
        } else {
            out.extend([Doc::Space, comment.doc()]);
        }
    }
    match bind {
        Bind::Close => {}
        _ if last.to_line_end => out.push(Doc::Hard { blank }),
        _ if on_own_line && trivia.newlines > 0 => out.push(Doc::Hard { blank }),
        Bind::Next if on_own_line => out.push(Doc::Space),
        Bind::Next if !separator.may_break() => out.push(Doc::Hard { blank }),
        _ => out.extend(separator.doc(blank)),
    }
}
