//! State files: what is deployed in an environment, as JSON derived from the ledger.

use std::collections::BTreeMap;
use std::fmt;

use clearway_diagnostics::{Diagnostic, Place, Span, catalogue};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::db::Db;
use crate::query::ExternalFile;
use clearway_versions::Range;

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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    /// The environment.
    pub environment: Option<String>,
    /// What is deployed, by service.
    pub services: BTreeMap<String, Deployed>,
}

/// A service's live versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Deployed {
    /// One version, or several at once.
    Live(Live),
    /// Versions by group of replicas.
    Groups(Groups),
}

/// Versions by group of replicas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Groups {
    /// The groups by name.
    pub groups: BTreeMap<String, Live>,
}

/// One version, or several at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Live {
    /// One version.
    One(Box<DeployedVersion>),
    /// Several versions at once.
    Several(Vec<DeployedVersion>),
}

/// A deployed version with the facts that were recorded when it was deployed. A fact that is absent is unknown; an empty list
/// is known to be empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedVersion {
    /// The version.
    pub version: String,
    /// The artifact's digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The provided versions of each part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provides: Option<BTreeMap<String, Vec<String>>>,
    /// What it requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<Vec<DeployedRequirement>>,
    /// How far it may be from others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew: Option<Vec<DeployedSkew>>,
}

/// A requirement of a deployed version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedRequirement {
    /// The service, or a part of it after a dot.
    pub target: String,
    /// The versions that will do.
    pub range: String,
    /// Only for these versions of the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// It may be absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// It never stands in the way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub weak: bool,
}

/// How far a deployed version may be from another service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeployedSkew {
    /// The other service, or `self`.
    pub target: String,
    /// How far behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Distance>,
    /// How far ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ahead: Option<Distance>,
    /// Only for these versions of the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
}

/// A distance between versions: `{"minor": 3}`, `{"major": 1}`, `"any"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum Distance {
    /// A number of releases.
    Releases {
        /// Minor releases.
        minor: Option<u32>,
        /// Major releases.
        major: Option<u32>,
    },
    /// `"any"`
    Any,
}

impl TryFrom<serde_json::Value> for Distance {
    type Error = &'static str;

    fn try_from(value: serde_json::Value) -> Result<Self, Self::Error> {
        const FORMS: &str = "a distance is `{\"minor\": 3}`, `{\"major\": 1}` or `\"any\"`";
        match value {
            serde_json::Value::String(word) if word == "any" => Ok(Self::Any),
            serde_json::Value::Object(fields) if !fields.is_empty() => {
                let mut releases = (None, None);
                for (name, number) in fields {
                    let number =
                        number.as_u64().and_then(|number| u32::try_from(number).ok()).ok_or(FORMS)?;
                    match name.as_str() {
                        "minor" => releases.0 = Some(number),
                        "major" => releases.1 = Some(number),
                        _ => return Err(FORMS),
                    }
                }
                Ok(Self::Releases { minor: releases.0, major: releases.1 })
            }
            _ => Err(FORMS),
        }
    }
}

/// In the forms that are read.
impl Serialize for Distance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_str("any"),
            Self::Releases { minor, major } => {
                let parts = [("minor", minor), ("major", major)];
                serializer.collect_map(
                    parts.iter().filter_map(|(name, number)| number.map(|number| (name, number))),
                )
            }
        }
    }
}

impl DeployedRequirement {
    /// The service, and the part of it.
    pub fn target(&self) -> (&str, Option<&str>) {
        match self.target.split_once('.') {
            Some((service, part)) => (service, Some(part)),
            None => (&self.target, None),
        }
    }
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
    let (state, services) = match file.text(db) {
        // The rule that asks for the file tells that it cannot be read, at the place that names it.
        Err(_) => (Err(Vec::new()), BTreeMap::new()),
        Ok(text) => match parse(text) {
            Ok((state, services)) => (Ok(state), services),
            Err(Wrong { span, what }) => {
                let message = format!("`{path}` is no state file");
                let place = Place::Bytes(id, span);
                let told = Diagnostic::new(catalogue::BAD_STATE_FILE, message, place, what);
                (Err(vec![told]), BTreeMap::new())
            }
        },
    };
    let place = Place::Bytes(id, Span::default());
    StateFile { path, place, state, unreadable: file.text(db).as_ref().err().cloned(), services }
}

impl StateFile {
    /// Where a service is written; the start of the file when it is not.
    pub fn service_place(&self, name: &str) -> Place {
        Place::Bytes(self.place.file(), self.services.get(name).copied().unwrap_or_default())
    }
}

/// What is wrong with the text of a state file, and where.
struct Wrong {
    span: Span,
    what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outer<'t> {
    clearway: u32,
    #[serde(default)]
    environment: Option<String>,
    #[serde(borrow)]
    services: Entries<'t>,
}

/// The entries of an object as they are written: a name that is there twice is not lost.
struct Entries<'t>(Vec<(String, &'t RawValue)>);

impl<'de: 't, 't> Deserialize<'de> for Entries<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(InOrder).map(Entries)
    }
}

/// The state that a text says, and where it says it of each service.
fn parse(text: &str) -> Result<(State, BTreeMap<String, Span>), Wrong> {
    let reader = Reader { text };
    let outer: Outer<'_> = reader.json(text)?;
    if outer.clearway != FORMAT {
        let what = format!("format {} is not {FORMAT}, which is read here", outer.clearway);
        return Err(Wrong { span: Span::default(), what });
    }
    let mut state = State { environment: outer.environment, services: BTreeMap::new() };
    let mut places = BTreeMap::new();
    for (name, raw) in outer.services.0 {
        let place = reader.name_before(&name, raw);
        let deployed = reader.deployed(raw)?;
        for version in deployed.versions() {
            reader.sound(&name, place, raw, version)?;
        }
        places.insert(name.clone(), place);
        if state.services.insert(name.clone(), deployed).is_some() {
            return Err(Wrong { span: place, what: format!("`{name}` is there twice") });
        }
    }
    Ok((state, places))
}

/// Reads parts of a text, and knows where in it each of them stands.
struct Reader<'t> {
    text: &'t str,
}

impl<'t> Reader<'t> {
    /// A part of the text as JSON.
    fn json<T: Deserialize<'t>>(&self, part: &'t str) -> Result<T, Wrong> {
        serde_json::from_str(part).map_err(|error| {
            let lines = part.split_inclusive('\n').take(error.line().saturating_sub(1));
            let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
            let at = (self.offset(part) + at).min(self.text.len()) as u32;
            let told = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let what = told.strip_suffix(&place).unwrap_or(&told).to_owned();
            Wrong { span: Span::new(at, (at + 1).min(self.text.len() as u32)), what }
        })
    }

    /// Where a part of the text starts in it.
    fn offset(&self, part: &str) -> usize {
        (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize)
    }

    /// Where the name of a value is written.
    fn name_before(&self, name: &str, raw: &RawValue) -> Span {
        let quoted = serde_json::Value::from(name).to_string();
        let before = &self.text[..self.offset(raw.get())];
        let at = before.rfind(&quoted).unwrap_or(0) as u32;
        Span::new(at, at + quoted.len() as u32)
    }

    /// A service: a version, a list of them, or either by group.
    fn deployed(&self, raw: &'t RawValue) -> Result<Deployed, Wrong> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct ByGroup<'t> {
            #[serde(borrow)]
            groups: Entries<'t>,
        }
        let has_groups = || {
            serde_json::from_str(raw.get())
                .is_ok_and(|Entries(fields)| fields.iter().any(|(name, _)| name == "groups"))
        };
        if !raw.get().contains("\"groups\"") || !has_groups() {
            return Ok(Deployed::Live(self.live(raw)?));
        }
        let by_group: ByGroup<'_> = self.json(raw.get())?;
        let mut groups = BTreeMap::new();
        for (name, raw) in by_group.groups.0 {
            if groups.insert(name.clone(), self.live(raw)?).is_some() {
                let what = format!("the group `{name}` is there twice");
                return Err(Wrong { span: self.name_before(&name, raw), what });
            }
        }
        Ok(Deployed::Groups(Groups { groups }))
    }

    fn live(&self, raw: &'t RawValue) -> Result<Live, Wrong> {
        if raw.get().starts_with('[') {
            self.json(raw.get()).map(Live::Several)
        } else {
            self.json(raw.get()).map(|version| Live::One(Box::new(version)))
        }
    }

    /// What the form of a version does not say: it is not empty, and its ranges are ranges.
    fn sound(&self, name: &str, place: Span, raw: &RawValue, version: &DeployedVersion) -> Result<(), Wrong> {
        if version.version.trim().is_empty() {
            return Err(Wrong { span: place, what: format!("`{name}` has an empty version") });
        }
        let requires = version.requires.iter().flatten().flat_map(|r| [Some(&r.range), r.when.as_ref()]);
        let skew = version.skew.iter().flatten().map(|skew| skew.when.as_ref());
        match requires.chain(skew).flatten().find(|range| Range::parse(range).is_none()) {
            None => Ok(()),
            Some(range) => {
                let quoted = serde_json::Value::from(range.as_str()).to_string();
                let at = (self.offset(raw.get()) + raw.get().find(&quoted).unwrap_or(0)) as u32;
                let span = Span::new(at, at + quoted.len() as u32);
                Err(Wrong { span, what: format!("`{range}` is no version range") })
            }
        }
    }
}
