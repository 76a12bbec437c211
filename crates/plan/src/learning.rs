//! How a project looks back on its changes.

use serde::{Deserialize, Serialize};

use crate::gate::{Evidence, Requirement};

/// What is learnt from what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Retrospective {
    /// Where incidents come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incidents: Option<Evidence>,
    /// How long after a deployment an incident may follow it, in seconds.
    pub follow_within: u64,
    /// What is written of incidents, where anything must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postmortems: Option<Postmortems>,
    /// What is written of changes in production, where anything must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews: Option<Reviews>,
    /// Who looks at who may do what, and how often, where somebody must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_review: Option<AccessReview>,
    /// What goes wrong in so many changes is a lesson.
    pub lesson_after: u32,
    /// What every change in production must show to an auditor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// How well changes are to be delivered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<Requirement>,
}

/// Of which incidents a postmortem is written, until when, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Postmortems {
    /// The lowest severity.
    pub from: String,
    /// Its place in the order of severities, from 0.
    pub rank: usize,
    /// How long after the incident, in seconds.
    pub within: u64,
    /// The folder.
    pub folder: String,
}

/// Until when changes in production are reviewed, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reviews {
    /// How long after the change, in seconds.
    pub within: u64,
    /// The folder.
    pub folder: String,
    /// The team or role of which one says that each was held; the file is enough where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Who looks at who may do what, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AccessReview {
    /// The team or role.
    pub by: String,
    /// How long after it was looked at before, in seconds.
    pub every: u64,
}

/// What every change in production must show to an auditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Audit {
    /// The form of a change request's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<String>,
    /// The file with the public keys of which one has signed each record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
}

impl Audit {
    /// Whether a text has the form of a change request's number; any has, where none is said.
    pub fn is_request(&self, text: &str) -> bool {
        self.requests.as_ref().is_none_or(|form| clearway_analysis::has_form(text, form))
    }
}
