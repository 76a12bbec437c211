//! The one type of everything Clearway has to say about a text.

use crate::{Code, Place, Severity};

/// Something to tell the author of a text, with its places and, where there is one, the fix.
///
/// The message says what is wrong in the user's words, without a full stop; labels say what each place has
/// to do with it; `help` says how to go on. Exactly one label is primary: the token to change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// The entry of the catalogue.
    pub code: Code,
    /// The catalogue's severity, unless a policy or a rule raised it.
    pub severity: Severity,
    /// What is wrong: one short line.
    pub message: String,
    /// The place to change.
    pub primary: Label,
    /// The other places that have to do with it, in the order in which they should be read.
    pub related: Vec<Label>,
    /// How to go on, one line each.
    pub help: Vec<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
    /// It holds at the time that the check was given, and may not at another: nothing that is built may depend on it.
    pub due: bool,
}

/// A place and what it has to do with the diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What is to be seen there; may be empty.
    pub message: String,
}

/// Edits that together mend a diagnostic.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fix {
    /// What applying it does, in the imperative: "write `optional`".
    pub title: String,
    /// The edits, none of which overlap.
    pub edits: Vec<Edit>,
    /// It promises something that does not follow from what is written: whoever is offered it decides, and it is never applied together
    /// with others.
    pub is_proposal: bool,
}

/// One replacement of text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Edit {
    /// Put the text in the place of what stands there.
    Replace(Place, String),
    /// Put the text directly before the place.
    Before(Place, String),
    /// Put the text directly after the place.
    After(Place, String),
    /// Put the text before the last byte of the place: of a declaration, at the end of its block.
    Inside(Place, String),
}

impl Diagnostic {
    /// A diagnostic at the token to change. `what` is the label's text there; it may be empty.
    pub fn new(code: Code, message: impl Into<String>, place: Place, what: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            primary: Label { place, message: what.into() },
            related: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
            due: false,
        }
    }

    /// Adds a place that has to do with it.
    pub fn related(mut self, place: Place, what: impl Into<String>) -> Self {
        self.related.push(Label { place, message: what.into() });
        self
    }

    /// Adds a line on how to go on.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a line on how to go on, when there is one.
    pub fn help_if(mut self, help: Option<impl Into<String>>) -> Self {
        self.help.extend(help.map(Into::into));
        self
    }

    /// Adds a fix of one edit.
    pub fn fix(mut self, title: impl Into<String>, edit: Edit) -> Self {
        self.fixes.push(Fix { title: title.into(), edits: vec![edit], is_proposal: false });
        self
    }

    /// Marks it as true by the clock alone, and says what that shows.
    pub fn due(mut self, now: impl std::fmt::Display) -> Self {
        self.due = true;
        self.help(format!("judged at {now}; `--now` sets another time"))
    }

    /// Whether this fails a check.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Whether this stops a spec from being compiled. What is due fails a check and a run; what is built never depends on the clock.
    pub fn stops_build(&self) -> bool {
        self.is_error() && !self.due
    }
}
