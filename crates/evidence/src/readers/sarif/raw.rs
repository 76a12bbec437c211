//! The parts of a SARIF log that are read, as they stand in the file.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

use super::Rule;
use crate::json::{First, Word, nullable};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component {
    pub name: Option<String>,
    pub version: Option<String>,
    pub semantic_version: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawRule {
    #[serde(default, deserialize_with = "nullable")]
    pub id: String,
    #[serde(default, deserialize_with = "nullable")]
    pub default_configuration: Configuration,
    #[serde(default, deserialize_with = "nullable")]
    pub properties: Properties,
}

impl RawRule {
    pub fn kept(self) -> Rule {
        Rule {
            id: SmolStr::new(self.id),
            level: self.default_configuration.level.map(SmolStr::new),
            score: self.properties.score.map(|score| SmolStr::new(score.0)),
        }
    }
}

#[derive(Deserialize, Default)]
pub(super) struct Configuration {
    pub level: Option<String>,
}

#[derive(Deserialize, Default)]
pub(super) struct Properties {
    #[serde(rename = "security-severity")]
    pub score: Option<Word>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawResult {
    pub rule_id: Option<String>,
    pub rule_index: Option<i64>,
    pub rule: Option<RuleReference>,
    pub level: Option<String>,
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub message: Message,
    #[serde(default = "First::default")]
    pub locations: First<RawLocation>,
    #[serde(default, deserialize_with = "nullable")]
    pub suppressions: Vec<Suppression>,
    pub baseline_state: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub properties: Properties,
    #[serde(default, deserialize_with = "nullable")]
    pub fingerprints: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "nullable")]
    pub partial_fingerprints: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleReference {
    pub id: Option<String>,
    pub index: Option<i64>,
    pub tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
pub(super) struct ComponentReference {
    pub index: Option<i64>,
}

#[derive(Deserialize, Default)]
pub(super) struct Message {
    pub text: Option<String>,
    pub markdown: Option<String>,
    pub id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Suppression {
    /// 2.1.0 calls it `status`; drafts called it `state`.
    #[serde(alias = "state")]
    pub status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawLocation {
    pub physical_location: Option<Physical>,
    #[serde(default = "First::default")]
    pub logical_locations: First<Logical>,
}

impl RawLocation {
    pub fn told(self) -> String {
        let physical = self.physical_location.and_then(|physical| {
            let uri = physical.artifact_location?.uri?;
            Some(match physical.region.and_then(|region| region.start_line) {
                Some(line) => format!("{uri}:{line}"),
                None => uri,
            })
        });
        let logical =
            || self.logical_locations.0.and_then(|logical| logical.fully_qualified_name.or(logical.name));
        physical.or_else(logical).unwrap_or_default()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub artifact_location: Option<Artifact>,
    pub region: Option<Region>,
}

#[derive(Deserialize)]
pub(super) struct Artifact {
    pub uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub start_line: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical {
    pub name: Option<String>,
    pub fully_qualified_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub execution_successful: Option<bool>,
    pub exit_code_description: Option<String>,
    pub process_start_failure_message: Option<String>,
    pub start_time_utc: Option<String>,
    pub end_time_utc: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    pub tool_execution_notifications: Vec<Notification>,
    #[serde(default, deserialize_with = "nullable")]
    pub tool_configuration_notifications: Vec<Notification>,
    #[serde(default, deserialize_with = "nullable")]
    pub rule_configuration_overrides: Vec<Override>,
}

#[derive(Deserialize)]
pub(super) struct Notification {
    pub level: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Override {
    #[serde(default, deserialize_with = "nullable")]
    pub descriptor: RuleReference,
    #[serde(default, deserialize_with = "nullable")]
    pub configuration: Configuration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Versioned {
    pub revision_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct External {
    #[serde(default = "First::default")]
    pub results: First<serde::de::IgnoredAny>,
}
