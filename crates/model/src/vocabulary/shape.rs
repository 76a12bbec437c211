//! What the formatter asks the vocabulary: which part of its clause each operand belongs to.

use clearway_syntax::{Clause, ClauseShape};

use super::{Vocabulary, match_operands};

/// The vocabulary's answer to the formatter.
pub struct Shape;

impl ClauseShape for Shape {
    fn columns(&self, path: &[&str], clause: &Clause) -> Vec<u32> {
        let mut contents = path
            .split_first()
            .and_then(|(kind, _)| Vocabulary::get().kinds.get(*kind))
            .map(|kind| &kind.contents);
        for keyword in path.iter().skip(1) {
            contents = contents.and_then(|contents| contents.clause(keyword)).map(|clause| &clause.contents);
        }
        match contents.and_then(|contents| contents.clause(&clause.keyword.text)) {
            Some(spec) => match_operands(&spec.contents, &clause.operands).columns,
            None => (0..clause.operands.len() as u32).collect(),
        }
    }
}
