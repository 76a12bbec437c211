//! Who must agree, in which order.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::ir::Origin;

/// An approval chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Approval {
    /// The declaration.
    pub origin: Origin,
    /// The steps, each asked when the one before has agreed.
    pub steps: Vec<ApprovalStep>,
    /// Duties that one person may not have together; none where the chain says `separate none`, all of them where it says nothing.
    pub separate: BTreeSet<Duty>,
}

impl Approval {
    /// The step with a name.
    pub fn step(&self, name: &str) -> Option<&ApprovalStep> {
        self.steps.iter().find(|step| step.name == name)
    }
}

/// The steps: `1 of each owner, then 3 of change-board (sometimes)`.
impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.steps.iter().enumerate() {
            write!(f, "{}{step}", if at == 0 { "" } else { ", then " })?;
        }
        Ok(())
    }
}

/// A step of an approval chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ApprovalStep {
    /// Its name.
    pub name: String,
    /// Who may agree.
    pub from: From,
    /// How many different people must: of the group, or of the owner of each service that is shipped.
    pub need: u32,
    /// How long they have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    /// The group or person that is asked when they do not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate: Option<String>,
    /// Only then it is asked; otherwise the step records why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// Gates that must have passed before anybody is asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
}

/// How many of whom, whether always, and what must have passed before: `1 of security (after penetration-test)`.
impl fmt::Display for ApprovalStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = match &self.from {
            From::Group(group) => group.as_str(),
            From::Owners => "each owner",
        };
        write!(f, "{} of {from}", self.need)?;
        if self.when.is_some() {
            f.write_str(" (sometimes)")?;
        }
        if !self.requires.is_empty() {
            write!(f, " (after {})", self.requires.join(", "))?;
        }
        Ok(())
    }
}

/// The people of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// A team or role, by name.
    Group(String),
    /// The owning team of each service that is shipped.
    Owners,
}

/// A part that a person plays in a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// Asked for it, or wrote a commit of it.
    Author,
    /// Approved a step of its chain.
    Approver,
    /// Started its deployment.
    Deployer,
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 3] = [Self::Author, Self::Approver, Self::Deployer];

    /// Its word in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Approver => "approver",
            Self::Deployer => "deployer",
        }
    }
}

/// A time that people are given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Within {
    /// So many seconds.
    Seconds(u64),
    /// Time counted by a calendar.
    Period(clearway_schedule::Period),
}
