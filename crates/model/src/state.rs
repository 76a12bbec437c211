//! State files: what is deployed in an environment, as JSON derived from the ledger.

use std::collections::BTreeMap;

use clearway_diagnostics::{Diagnostic, Place, Span, catalogue};
use serde::Deserialize;

use crate::db::Db;
use crate::query::ExternalFile;
use crate::version::Range;

/// A state file that was read, or what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateFile {
    /// The path it was read from.
    pub path: String,
    /// The place that stands for the whole file.
    pub place: Place,
    /// What it says, or what is wrong with its text.
    pub state: Result<State, Vec<Diagnostic>>,
    /// Why it cannot be read at all.
    pub unreadable: Option<String>,
    /// Where each service is written.
    services: BTreeMap<String, Span>,
}

/// What is deployed in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The version of the format.
    pub clearway: u32,
    /// The environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// What is deployed, by service.
    pub services: BTreeMap<String, Deployed>,
}

/// A service's live versions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Deployed {
    /// One version, or several at once.
    Live(Live),
    /// Versions by group of replicas.
    Groups(Groups),
}

/// Versions by group of replicas.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// The groups by name.
    pub groups: BTreeMap<String, Live>,
}

/// One version, or several at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Live {
    /// One version.
    One(Box<DeployedVersion>),
    /// Several versions at once.
    Several(Vec<DeployedVersion>),
}

/// A deployed version with the facts that were recorded when it was deployed. A fact that is absent is unknown; an empty list
/// is known to be empty.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedVersion {
    /// The version.
    pub version: String,
    /// The artifact's digest.
    #[serde(default)]
    pub digest: Option<String>,
    /// The provided versions of each part.
    #[serde(default)]
    pub provides: Option<BTreeMap<String, Vec<String>>>,
    /// What it requires.
    #[serde(default)]
    pub requires: Option<Vec<DeployedRequirement>>,
    /// How far it may be from others.
    #[serde(default)]
    pub skew: Option<Vec<DeployedSkew>>,
}

/// A requirement of a deployed version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedRequirement {
    /// The service, or a part of it after a dot.
    pub target: String,
    /// The versions that will do.
    pub range: String,
    /// Only for these versions of the owner.
    #[serde(default)]
    pub when: Option<String>,
    /// It may be absent.
    #[serde(default)]
    pub optional: bool,
    /// It never stands in the way.
    #[serde(default)]
    pub weak: bool,
}

/// How far a deployed version may be from another service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedSkew {
    /// The other service, or `self`.
    pub target: String,
    /// How far behind.
    #[serde(default)]
    pub behind: Option<Distance>,
    /// How far ahead.
    #[serde(default)]
    pub ahead: Option<Distance>,
    /// Only for these versions of the owner.
    #[serde(default)]
    pub when: Option<String>,
}

/// A distance between versions: `{"minor": 3}`, `{"major": 1}`, `"any"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Distance {
    /// A number of releases.
    Releases {
        /// Minor releases.
        #[serde(default)]
        minor: Option<u32>,
        /// Major releases.
        #[serde(default)]
        major: Option<u32>,
    },
    /// `"any"`
    Any(AnyWord),
}

/// The word `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnyWord {
    /// `"any"`
    Any,
}

impl Live {
    /// The versions that are live.
    pub fn versions(&self) -> &[DeployedVersion] {
        match self {
            Self::One(version) => std::slice::from_ref(version),
            Self::Several(versions) => versions,
        }
    }
}

impl Deployed {
    /// The versions that are live, in all groups.
    pub fn versions(&self) -> impl Iterator<Item = &DeployedVersion> {
        let lives: Vec<&Live> = match self {
            Self::Live(live) => vec![live],
            Self::Groups(groups) => groups.groups.values().collect(),
        };
        lives.into_iter().flat_map(Live::versions)
    }
}

/// The format that this binary reads.
const FORMAT: u32 = 1;

pub(crate) fn read(db: &dyn Db, file: ExternalFile) -> StateFile {
    let id = file.id(db);
    let path = file.path(db).to_string();
    let place = Place::Bytes(id, Span::default());
    let state = match file.text(db) {
        // The rule that asks for the file tells that it cannot be read, at the place that names it.
        Err(_) => Err(Vec::new()),
        Ok(text) => typed(text, |span, what| {
            let message = format!("`{path}` is no state file");
            vec![Diagnostic::new(catalogue::BAD_STATE_FILE, message, Place::Bytes(id, span), what)]
        }),
    };
    let mut services = BTreeMap::new();
    if let (Ok(text), Ok(state)) = (file.text(db), &state) {
        for name in state.services.keys() {
            let quoted = serde_json::Value::from(name.as_str()).to_string();
            let keys = text.match_indices(&quoted).map(|(at, _)| at);
            let key = keys.into_iter().find(|at| text[at + quoted.len()..].trim_start().starts_with(':'));
            let at = key.unwrap_or(0) as u32;
            services.insert(name.clone(), Span::new(at, at + quoted.len() as u32));
        }
    }
    StateFile { path, place, state, unreadable: file.text(db).as_ref().err().cloned(), services }
}

impl StateFile {
    /// Where a service is written; the start of the file when it is not.
    pub fn service_place(&self, name: &str) -> Place {
        Place::Bytes(self.place.file(), self.services.get(name).copied().unwrap_or_default())
    }
}

fn typed(text: &str, bad: impl Fn(Span, String) -> Vec<Diagnostic>) -> Result<State, Vec<Diagnostic>> {
    let state: State = serde_json::from_str(text).map_err(|error| {
        let line =
            text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let at = (line + error.column().saturating_sub(1)).min(text.len()) as u32;
        bad(Span::new(at, (at + 1).min(text.len() as u32)), error.to_string())
    })?;
    if state.clearway != FORMAT {
        return Err(bad(
            Span::default(),
            format!("format {} is not {FORMAT}, which is read here", state.clearway),
        ));
    }
    if let Some((name, _)) = state
        .services
        .iter()
        .find(|(_, service)| service.versions().any(|version| version.version.trim().is_empty()))
    {
        let at = text.find(&format!("\"{name}\"")).unwrap_or(0) as u32;
        return Err(bad(Span::new(at, at + name.len() as u32 + 2), format!("`{name}` has an empty version")));
    }
    let ranges = state.services.values().flat_map(Deployed::versions).flat_map(|version| {
        let requires = version.requires.iter().flatten().flat_map(|r| [Some(&r.range), r.when.as_ref()]);
        requires.chain(version.skew.iter().flatten().map(|skew| skew.when.as_ref())).flatten()
    });
    for range in ranges {
        if Range::parse(range).is_none() {
            let at = text.find(&format!("\"{range}\"")).unwrap_or(0) as u32;
            return Err(bad(
                Span::new(at, at + range.len() as u32 + 2),
                format!("`{range}` is no version range"),
            ));
        }
    }
    Ok(state)
}
