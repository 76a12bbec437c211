//! The words that declarations may be made of.

use std::collections::BTreeMap;

use clearway_model::vocabulary::{Contents, Vocabulary};

/// Every field, clause, positional, label and flag that a spec may write, as dotted paths, with its documentation.
pub fn vocabulary_words() -> BTreeMap<String, String> {
    let mut words = BTreeMap::new();
    for kind in Vocabulary::get().declarable().filter(|kind| !kind.library_only) {
        walk(&kind.name, &kind.contents, &mut words);
    }
    words
}

fn walk(path: &str, contents: &Contents, out: &mut BTreeMap<String, String>) {
    let mut add = |name: &str, doc: &str| drop(out.insert(format!("{path}.{name}"), doc.to_owned()));
    contents.fields.iter().for_each(|field| add(&field.name, &field.doc));
    contents.positionals.iter().for_each(|positional| add(&positional.name, &positional.doc));
    contents.labels.iter().for_each(|label| add(&label.name, &label.doc));
    contents.flags.iter().for_each(|flag| add(&flag.name, &flag.doc));
    contents.clauses.iter().for_each(|clause| add(&clause.keyword, &clause.doc));
    for clause in &contents.clauses {
        walk(&format!("{path}.{}", clause.keyword), &clause.contents, out);
    }
}
