//! What does not parse, as the syntax tells it.

use clearway_diagnostics::{Diagnostic, Edit, Place, Span};
use clearway_model::{Db, SourceFile, parse};
use clearway_syntax::SyntaxError;

pub(crate) fn check(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let place = |span: Span| Place::Bytes(file.id(db), span);
    let diagnostic = |error: SyntaxError| {
        let mut diagnostic =
            Diagnostic::new(error.code, error.message, place(error.span), error.label).help_if(error.help);
        for (span, what) in error.related {
            diagnostic = diagnostic.related(place(span), what);
        }
        match error.fix {
            Some(fix) => diagnostic.fix(fix.title, Edit::Replace(place(fix.span), fix.text)),
            None => diagnostic,
        }
    };
    parse(db, file).syntax_errors().map(diagnostic).collect()
}
