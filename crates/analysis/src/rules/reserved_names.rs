//! Declarations that are named with a word reserved in expressions: they cannot be named in a value without quotes.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::{Db, SourceFile, items};
use clearway_syntax::RESERVED;

pub(crate) fn check(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let reserved = items(db, file)
        .iter()
        .filter(|item| item.kind(db) != "use" && RESERVED.contains(&item.name(db).as_str()));
    reserved
        .map(|item| {
            let message = format!("`{}` is a reserved word in values", item.name(db));
            Diagnostic::new(catalogue::RESERVED_NAME, message, item.name_place(db), "reserved")
                .help("give it another name, or write it between double quotes wherever it is meant")
        })
        .collect()
}
