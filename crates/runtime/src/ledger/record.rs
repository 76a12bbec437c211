//! What a ledger holds: records of what was about to happen and of what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use clearway_plan::{PathKind, StepKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;

/// The number of this form. A record of another form is refused, never guessed at.
pub const FORMAT: u32 = 2;

/// A record. It names the digest of the one before, so that none can be changed, left out or moved without all after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Record {
    /// The number of the form: [`FORMAT`].
    pub clearway: u32,
    /// Its number, from 1.
    pub sequence: u64,
    /// The digest of the record before; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// When it was written, by the clock of its writer.
    pub at: Timestamp,
    /// The run that wrote it.
    pub run: String,
    /// The build that this run is: its number and attempt on the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// The plan that the run follows.
    pub plan: Digest,
    /// What it says.
    pub entry: Entry,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// Something is about to happen.
    Intent(Box<Intent>),
    /// What came of it.
    Outcome(Outcome),
    /// An environment was taken over as a reviewed state file says it is.
    Adopted(Adopted),
    /// A person has looked after an intent without an outcome.
    Closed(Closed),
    /// A person says that an item of a checklist is done.
    Attested(Attested),
    /// A run holds a lock, or holds it no longer.
    Leased(Leased),
    /// A run looked whether it may go on, at something that it does not change.
    Looked(Looked),
    /// A person has looked at what was done, or at who may do it.
    Reviewed(Reviewed),
}

/// Something is about to happen: a gate is decided, people are asked, a service moves or goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Intent {
    /// The release.
    pub release: String,
    /// The way that the run takes through it.
    pub path: PathKind,
    /// The step of that way.
    pub step: String,
    /// What the step does.
    pub does: StepKind,
    /// What it is done with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
    /// The commit that the run is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Who started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The change request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Who asked for the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requested_by: Option<String>,
    /// What moves, where something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moves: Option<Moved>,
}

/// A service goes from what is live to something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Moved {
    /// The service.
    pub service: String,
    /// The group of its replicas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// All groups of the service, where they move on their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// What was live before, in the form of a state file: what the last move that ended well had left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is live after; nothing where the service is taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// It cannot be undone.
    #[serde(default)]
    pub is_final: bool,
    /// The intent of the deployment that it undoes, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<Digest>,
}

/// What came of an intent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Outcome {
    /// The intent.
    pub intent: Digest,
    /// How it ended.
    pub result: Ending,
    /// How it was decided, where something was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Value>,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// As it was meant.
    Success,
    /// Not as it was meant.
    Failure,
    /// Somebody or something stopped it.
    Cancelled,
}

impl Ending {
    /// Every ending.
    pub const ALL: [Self; 3] = [Self::Success, Self::Failure, Self::Cancelled];

    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Ending {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|ending| ending.name() == word);
        found.ok_or_else(|| format!("a result is {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// An environment was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Adopted {
    /// The environment.
    pub environment: String,
    /// The release whose plan says what is deployed there.
    pub release: String,
    /// What is deployed, by service, in the form of a state file.
    pub services: BTreeMap<String, Value>,
}

/// An intent without an outcome was looked after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Closed {
    /// The intent.
    pub intent: Digest,
    /// Why nothing is open any more.
    pub reason: String,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

/// A person says that an item of a checklist is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attested {
    /// The release.
    pub release: String,
    /// The checklist.
    pub checklist: String,
    /// The item, by its id.
    pub item: String,
    /// What the item said.
    pub text: String,
    /// Who says so, by the name in the spec.
    pub person: String,
    /// The commit that it was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A person has looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reviewed {
    /// At what.
    pub seen: Seen,
    /// Who says so, by the name in the spec.
    pub person: String,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a person has looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// Who may do what: each grant in a line, so that the next look shows what has changed.
    Access {
        /// The grants.
        grants: BTreeSet<String>,
    },
    /// A change in production.
    Change {
        /// The run that made it.
        run: String,
        /// The digest of the document that tells of the review.
        document: Digest,
    },
}

/// A run holds a lock until a moment, or holds it no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Leased {
    /// The lock.
    pub lock: String,
    /// The run.
    pub holder: String,
    /// The number of the record with which it came to hold it: the fencing token, larger with every holder.
    pub token: u64,
    /// Until when; none where it holds it no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The person who ended it in the place of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

/// A run looked whether it may go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Looked {
    /// At what.
    pub at: Observed,
    /// The release.
    pub release: String,
    /// The way through it.
    pub path: PathKind,
    /// The environment.
    pub environment: String,
    /// Whether it may go on.
    pub result: Ending,
    /// How that was decided.
    pub decision: Value,
}

/// What is looked at and not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observed {
    /// The windows and freezes of an environment.
    Window,
    /// The running system.
    Watch,
}

/// What something is done with: a version of a service, and its artifact's digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Subject {
    /// The service.
    pub service: String,
    /// The version.
    pub version: String,
    /// The artifact's digest, where there is an artifact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

impl FromStr for Subject {
    type Err = String;

    /// Reads `SERVICE=VERSION@DIGEST` or `SERVICE=VERSION`.
    fn from_str(text: &str) -> Result<Self, String> {
        const FORM: &str = "write SERVICE=VERSION@DIGEST, or SERVICE=VERSION where there is no artifact";
        let (service, rest) = text.split_once('=').ok_or(FORM)?;
        let (version, digest) = match rest.split_once('@') {
            Some((version, digest)) => (version, Some(digest.parse()?)),
            None => (rest, None),
        };
        if service.is_empty() || version.is_empty() {
            return Err(FORM.to_owned());
        }
        Ok(Self { service: service.to_owned(), version: version.to_owned(), digest })
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.service, self.version)?;
        match &self.digest {
            Some(digest) => write!(f, " ({digest})"),
            None => Ok(()),
        }
    }
}
