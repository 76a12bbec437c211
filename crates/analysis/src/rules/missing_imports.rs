//! Names that a file uses and does not import. One `use` mends every use of a name, so they are one mistake: it is told at the first of
//! them.

use clearway_diagnostics::{Diagnostic, Label, catalogue};

/// So many places are shown beside the first: that of the declaration, and other uses. Who has more of them needs no list.
const SHOWN: usize = 4;

/// What there is to tell of a file, with each missing import once.
pub(crate) fn told_once(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> = Vec::new();
    for one in found {
        if one.code != catalogue::NOT_IMPORTED {
            told.push(one);
            continue;
        }
        let is_same = |known: &&mut Diagnostic| {
            (known.code, &known.message, &known.help) == (one.code, &one.message, &one.help)
        };
        match told.iter_mut().find(is_same) {
            Some(first) if first.related.len() < SHOWN => {
                first.related.push(Label { place: one.primary.place, message: "and here".to_owned() });
            }
            Some(_) => {}
            None => told.push(one),
        }
    }
    told
}
