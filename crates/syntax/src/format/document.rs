//! What a value may look like on one line or on several, and the lines that come out.

use std::borrow::Cow;

/// How far a level is indented.
pub(super) const INDENT: usize = 2;

/// A part of a line, or of several.
#[derive(Debug)]
pub(super) enum Doc<'t> {
    /// Text without a line end.
    Text(Cow<'t, str>),
    /// Text of the user that goes over several lines and is not to be touched.
    Lines(&'t str),
    Space,
    /// Nothing, or a line end where the group is broken.
    Soft {
        blank: bool,
    },
    /// A space, or a line end where the group is broken.
    Line {
        blank: bool,
    },
    /// A line end; the groups around it are broken.
    Hard {
        blank: bool,
    },
    /// Text that is only there where the group is broken.
    Broken(&'static str),
    /// A comment up to the end of the line; a line end follows.
    Comment(&'t str),
    /// Lines that begin in here are indented.
    Nest(Vec<Doc<'t>>),
    /// What stands on one line if it fits and is broken otherwise.
    Group(Box<Group<'t>>),
}

#[derive(Debug)]
pub(super) struct Group<'t> {
    docs: Vec<Doc<'t>>,
    flat: Option<usize>,
    lead: Lead,
}

/// What comes at least before the next place where the line may end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lead {
    pub(super) width: usize,
    /// Whether there is such a place.
    pub(super) ends: bool,
}

impl Lead {
    const fn then(self, after: Self) -> Self {
        if self.ends { self } else { Self { width: self.width + after.width, ends: after.ends } }
    }
}

impl<'t> Doc<'t> {
    pub(super) const fn text(text: &'t str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A token or comment as the user wrote it.
    pub(super) fn source(text: &'t str) -> Self {
        if text.contains('\n') { Self::Lines(text) } else { Self::text(text) }
    }

    pub(super) fn group(docs: Vec<Self>) -> Self {
        let flat = flat_width(&docs);
        let lead = lead(&docs);
        Self::Group(Box::new(Group { docs, flat, lead }))
    }

    fn flat_width(&self) -> Option<usize> {
        match self {
            Self::Text(text) => Some(width(text)),
            Self::Space | Self::Line { .. } => Some(1),
            Self::Soft { .. } | Self::Broken(_) => Some(0),
            Self::Lines(_) | Self::Hard { .. } | Self::Comment(_) => None,
            Self::Nest(docs) => flat_width(docs),
            Self::Group(group) => group.flat,
        }
    }

    fn lead(&self) -> Lead {
        let plain = |width| Lead { width, ends: false };
        match self {
            Self::Text(text) => plain(width(text)),
            Self::Space => plain(1),
            Self::Broken(text) => plain(width(text)),
            Self::Lines(text) => Lead { width: text.lines().next().map_or(0, width), ends: true },
            Self::Soft { .. } | Self::Line { .. } | Self::Hard { .. } | Self::Comment(_) => {
                Lead { width: 0, ends: true }
            }
            Self::Nest(docs) => lead(docs),
            Self::Group(group) => group.lead,
        }
    }
}

/// The characters of a text.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// The width on one line, if that is possible.
pub(super) fn flat_width(docs: &[Doc<'_>]) -> Option<usize> {
    docs.iter().map(Doc::flat_width).sum()
}

/// What comes at least before the first place where the line may end.
pub(super) fn lead(docs: &[Doc<'_>]) -> Lead {
    let mut all = Lead::default();
    for doc in docs {
        all = all.then(doc.lead());
        if all.ends {
            break;
        }
    }
    all
}

/// What follows each document on its line, when `tail` follows the last one.
pub(super) fn tails<'l>(leads: impl DoubleEndedIterator<Item = Lead> + 'l, tail: Lead) -> Vec<Lead> {
    let mut tails: Vec<Lead> = leads
        .rev()
        .scan(tail, |after, lead| {
            let own = *after;
            *after = lead.then(own);
            Some(own)
        })
        .collect();
    tails.reverse();
    tails
}

/// The text on one line.
pub(super) fn flat_text(docs: &[Doc<'_>], out: &mut String) {
    for doc in docs {
        match doc {
            Doc::Text(text) => out.push_str(text),
            Doc::Space | Doc::Line { .. } => out.push(' '),
            Doc::Nest(docs) => flat_text(docs, out),
            Doc::Group(group) => flat_text(&group.docs, out),
            // The others stand on no line that is all there is, or are nothing there.
            Doc::Lines(_) | Doc::Soft { .. } | Doc::Hard { .. } | Doc::Broken(_) | Doc::Comment(_) => {}
        }
    }
}

/// A line of the result.
#[derive(Debug, Default)]
pub(super) struct Line<'t> {
    pub(super) text: String,
    /// The comment at its end.
    pub(super) comment: Option<&'t str>,
    /// How far it is indented.
    pub(super) indent: usize,
    /// The column at which the comment starts.
    pub(super) comment_column: usize,
}

impl Line<'_> {
    pub(super) const fn is_blank(&self) -> bool {
        self.text.is_empty() && self.comment.is_none()
    }

    /// The width without the comment.
    pub(super) fn width(&self) -> usize {
        width(self.text.rsplit('\n').next().unwrap_or_default())
    }

    pub(super) fn write(&self, out: &mut String) {
        out.push_str(&self.text);
        if let Some(comment) = self.comment {
            let gap = self.comment_column.saturating_sub(self.width());
            out.extend(std::iter::repeat_n(' ', gap));
            out.push_str(comment);
        }
    }
}

/// Collects lines.
pub(super) struct Writer<'t> {
    lines: Vec<Line<'t>>,
    current: Option<Line<'t>>,
    column: usize,
    limit: usize,
}

impl<'t> Writer<'t> {
    pub(super) const fn new(limit: usize) -> Self {
        Self { lines: Vec::new(), current: None, column: 0, limit }
    }

    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// Whether that much more fits on the line.
    pub(super) const fn fits(&self, more: usize) -> bool {
        self.column + more <= self.limit
    }

    /// Ends the line, if one was begun; gives the number of the next.
    pub(super) fn end_line(&mut self) -> usize {
        if let Some(mut line) = self.current.take() {
            line.text.truncate(line.text.trim_end_matches(' ').len());
            self.lines.push(line);
        }
        self.lines.len()
    }

    /// Begins a line, after a blank one if that is wanted.
    pub(super) fn newline(&mut self, indent: usize, blank: bool) {
        self.end_line();
        if blank {
            self.lines.push(Line::default());
        }
        self.current = Some(Line { text: " ".repeat(indent), indent, ..Line::default() });
        self.column = indent;
    }

    /// A blank line.
    pub(super) fn blank(&mut self) {
        self.end_line();
        self.lines.push(Line::default());
    }

    pub(super) fn text(&mut self, text: &str) {
        // Nothing may follow a comment on its line.
        if let Some(Line { comment: Some(_), indent, .. }) = self.current {
            self.newline(indent, false);
        }
        self.current.get_or_insert_default().text.push_str(text);
        self.column = match text.rsplit_once('\n') {
            Some((_, last)) => width(last),
            None => self.column + width(text),
        };
    }

    /// At least a space, up to a column.
    pub(super) fn pad(&mut self, column: usize) {
        let gap = column.saturating_sub(self.column).max(1);
        self.text(&" ".repeat(gap));
    }

    pub(super) fn comment(&mut self, comment: &'t str) {
        self.current.get_or_insert_default().comment = Some(comment);
    }

    /// Prints documents, the groups among them broken where they do not fit together with what follows.
    pub(super) fn print(&mut self, docs: &[Doc<'t>], indent: usize, tail: Lead) {
        for (doc, tail) in docs.iter().zip(tails(docs.iter().map(Doc::lead), tail)) {
            match doc {
                Doc::Text(text) => self.text(text),
                Doc::Lines(text) => self.text(text),
                Doc::Broken(text) => self.text(text),
                Doc::Space => self.text(" "),
                Doc::Soft { blank } | Doc::Line { blank } | Doc::Hard { blank } => {
                    self.newline(indent, *blank);
                }
                Doc::Comment(comment) => self.comment(comment),
                Doc::Nest(docs) => self.print(docs, indent + INDENT, tail),
                Doc::Group(group) => match group.flat {
                    Some(flat) if self.fits(flat + tail.width) => {
                        let mut text = String::with_capacity(flat);
                        flat_text(&group.docs, &mut text);
                        self.text(&text);
                    }
                    _ => self.print(&group.docs, indent, tail),
                },
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<Line<'t>> {
        self.end_line();
        self.lines
    }
}
