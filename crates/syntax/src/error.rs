//! What did not parse.

use clearway_diagnostics::{Code, Span};

/// A piece of text that does not follow the grammar. Spans are relative to the tree's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// The entry of the catalogue.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The token to change.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub label: String,
    /// Other places that have to do with it.
    pub related: Vec<(Span, String)>,
    /// How to go on.
    pub help: Option<String>,
    /// The edit that mends it.
    pub fix: Option<SyntaxFix>,
}

/// An edit that mends a syntax error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxFix {
    /// What it does.
    pub title: String,
    /// What it replaces; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl SyntaxError {
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span,
            label: String::new(),
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn related(mut self, span: Span, what: impl Into<String>) -> Self {
        self.related.push((span, what.into()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn fix(mut self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(SyntaxFix { title: title.into(), span, text: text.into() });
        self
    }
}
