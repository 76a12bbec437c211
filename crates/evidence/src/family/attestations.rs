//! What somebody attested of artifacts.

use std::collections::BTreeMap;

use super::Family;
use crate::figure::{Figure, Filter};
use crate::refusal::{Note, Refusal};

/// An artifact that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name, which may be empty.
    pub name: String,
    /// Its digests by algorithm, in lower-case hexadecimal: `sha256` to 64 digits.
    pub digests: BTreeMap<String, String>,
}

/// A statement about artifacts. Its signature was not verified: whoever relies on it does that first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What kind of statement it is, as a URI: `https://slsa.dev/provenance/v1`.
    pub predicate_type: String,
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// Whether it stands in an envelope with at least one signature.
    pub signed: bool,
    /// What a test result or a verification summary says came out, as its word: `PASSED`, `FAILED`.
    pub result: Option<String>,
}

impl Statement {
    /// Whether it says of its subjects that they failed: anything but passed, where the predicate has a result.
    pub fn fails(&self) -> bool {
        self.result.as_deref().is_some_and(|result| !result.eq_ignore_ascii_case("passed"))
    }
}

/// The statements of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attestations {
    /// The statements, in their order.
    pub statements: Vec<Statement>,
}

impl Attestations {
    /// The statements about an artifact: `sha256:` and the digits.
    pub fn about<'a>(&'a self, digest: &'a str) -> impl Iterator<Item = &'a Statement> {
        self.statements.iter().filter(move |statement| {
            let (algorithm, digits) = digest.split_once(':').unwrap_or(("sha256", digest));
            statement.subjects.iter().any(|subject| {
                subject.digests.get(algorithm).is_some_and(|known| known.eq_ignore_ascii_case(digits))
            })
        })
    }
}

impl Family for Attestations {
    fn metrics(&self) -> Vec<&'static str> {
        vec!["attestations.count", "attestations.signed", "attestations.failed", "attestations.subjects"]
    }

    fn measure(&self, metric: &str, filter: &Filter) -> Option<Figure> {
        let count = match metric {
            _ if *filter != Filter::ALL => return None,
            "attestations.count" => self.statements.len(),
            "attestations.signed" => self.statements.iter().filter(|statement| statement.signed).count(),
            "attestations.failed" => self.statements.iter().filter(|statement| statement.fails()).count(),
            "attestations.subjects" => self.statements.iter().map(|statement| statement.subjects.len()).sum(),
            _ => return None,
        };
        Some(Figure::count(count as u64, self.statements.len() as u64))
    }

    fn filters(&self, _: &str) -> Vec<Filter> {
        Vec::new()
    }

    fn join(&mut self, other: Self, _: &mut Vec<Note>) -> Result<(), Refusal> {
        self.statements.extend(other.statements);
        Ok(())
    }
}
