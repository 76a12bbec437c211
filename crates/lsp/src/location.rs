//! Places in texts, as features give them.

use clearway_diagnostics::Span;
use clearway_model::SourceFile;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    pub file: SourceFile,
    pub span: Span,
}

/// A replacement of text in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TextChange {
    pub span: Span,
    pub text: String,
}
