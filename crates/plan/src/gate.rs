//! Gates: what must be measured before anything is deployed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::approval::Within;
use crate::condition::Condition;
use crate::ir::{Command, Origin};

/// Measured conditions without which nothing is deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Gate {
    /// The declaration.
    pub origin: Origin,
    /// Where the figures come from.
    pub evidence: Vec<Evidence>,
    /// What must hold, all of it.
    pub requires: Vec<Requirement>,
    /// Evidence older than this does not count, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// The command that makes the evidence, where neither a build nor a test does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Command>,
    /// What must hold of the evidence itself: otherwise it does not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assumes: Vec<Requirement>,
    /// Tests whose failures do not count, for now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantines: Vec<Quarantine>,
    /// How many tests may be in quarantine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_quarantined: Option<Cap>,
    /// The services that the evidence is about; all that ships where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<String>,
    /// What figures are compared with by metrics of growth.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub baseline: Vec<Evidence>,
    /// What is to be done about findings and records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triage: Option<Triage>,
}

/// What is to be done about findings and records of other systems. One that no rule is about blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Triage {
    /// Its name.
    pub name: String,
    /// What blocks the release.
    pub blockers: Vec<Requirement>,
    /// What is mended after it.
    pub defects: Vec<Defect>,
    /// Who agreed on these rules: a team or role.
    pub agreed_by: String,
}

/// What is mended after a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Defect {
    /// Which findings or records.
    pub when: Requirement,
    /// Who mends it: a team or a person.
    pub owner: String,
    /// How long they have.
    pub within: Within,
}

/// Tests that are known to be flaky.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Quarantine {
    /// Its name.
    pub name: String,
    /// The tests, as reports name them; `*` stands for any characters.
    pub tests: Vec<String>,
    /// Who mends them: a team or a person.
    pub owner: String,
    /// The last day, in UTC.
    pub until: Date,
    /// Why they are flaky.
    pub reason: String,
}

/// How much of a whole may be something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cap {
    /// So many.
    Count(u64),
    /// Such a percentage.
    Percent(#[serde(with = "rust_decimal::serde::str")] Decimal),
}

/// Reports of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Evidence {
    /// The reader, by its name in the language: `junit`, `lcov`, `prometheus`.
    pub reader: String,
    /// Globs of files, relative to the repository; or the address of a server.
    pub sources: Vec<String>,
    /// What the columns of a table mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
}

/// What the rows and columns of a table mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Table {
    /// What the rows are: `issues`, `changes`.
    pub rows: String,
    /// The column of each meaning: `id`, `status`.
    pub columns: BTreeMap<String, String>,
    /// The keys that lead to the rows of a JSON text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The states that are closed; the usual words where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed_states: Vec<String>,
    /// The severity of words that are not the usual ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub severities: BTreeMap<String, String>,
}

/// A condition with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Requirement {
    /// As it is written, in one line.
    pub text: String,
    /// The condition.
    pub condition: Condition,
}
