//! What a record says to those who know in-toto and not Clearway.
//!
//! Each record is a statement. What came of a gate is a verification summary of SLSA about the artifacts that it was decided for, what came
//! of a deployment is a statement about the artifact that moved, and all else is about the plan and the artifacts that it names. The
//! record itself always stands in it, as the predicate or as an extension of it; the rest follows from the record and the one before it
//! that it ends, so that it can be made again and compared.

use std::collections::BTreeMap;

use clearway_plan::StepKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::log::{Act, Log};
use super::record::{Ending, Entry, Moved, Outcome, Record, Subject};
use crate::digest::Digest;

/// The kind of statement.
const STATEMENT: &str = "https://in-toto.io/Statement/v1";

/// A record, as a predicate and as the extension of one.
const RECORD: &str = "https://clearway.dev/ledger/record/v2";

/// The verification summary of SLSA: <https://slsa.dev/spec/v1.1/verification_summary>.
const VERIFICATION_SUMMARY: &str = "https://slsa.dev/verification_summary/v1";

/// A deployment, as it ended.
const DEPLOYMENT: &str = "https://clearway.dev/deployment/v1";

/// Who decides gates.
const VERIFIER: &str = "https://clearway.dev/gate";

/// What a passed gate is among the levels of SLSA, which users may add to with words of their own.
const LEVEL: &str = "CLEARWAY_GATE";

/// A statement of in-toto.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Resource>,
    predicate_type: String,
    predicate: Value,
}

/// An artifact, or something else that has a digest.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    name: String,
    digest: BTreeMap<String, String>,
}

impl Resource {
    fn new(name: impl Into<String>, digest: &Digest) -> Self {
        Self {
            name: name.into(),
            digest: BTreeMap::from([("sha256".to_owned(), digest.digits().to_owned())]),
        }
    }

    /// An artifact, where it has a digest.
    fn of(artifact: &Subject) -> Option<Self> {
        let digest = artifact.digest.as_ref()?;
        Some(Self::new(format!("{}@{}", artifact.service, artifact.version), digest))
    }
}

impl Statement {
    /// The statement that a record is, after the records of a log.
    pub fn of(record: &Record, log: &Log) -> serde_json::Result<Self> {
        let said = serde_json::to_value(record)?;
        let special = match &record.entry {
            Entry::Outcome(outcome) => log
                .act(&outcome.intent)
                .and_then(|act| verified(record, outcome, &act).or_else(|| deployed(record, outcome, &act))),
            _ => None,
        };
        let (subject, predicate_type, predicate) = match special {
            Some((subject, predicate_type, mut predicate)) => {
                predicate[RECORD] = said;
                (subject, predicate_type, predicate)
            }
            None => (about(record), RECORD, said),
        };
        Ok(Self { kind: STATEMENT.to_owned(), subject, predicate_type: predicate_type.to_owned(), predicate })
    }

    /// The record in a statement; or what is wrong with it, in words.
    pub fn record(mut self) -> Result<Record, String> {
        let said = match self.predicate_type.as_str() {
            RECORD => self.predicate,
            _ => self.predicate.get_mut(RECORD).map(Value::take).unwrap_or_default(),
        };
        if self.kind != STATEMENT || said.is_null() {
            return Err(format!(
                "its statement is a `{}`, which is not read here",
                self.predicate_type.escape_debug()
            ));
        }
        serde_json::from_value(said).map_err(|error| format!("its statement is not one of a record: {error}"))
    }
}

/// What a statement is about, by its type: its subjects and its predicate.
type Special = (Vec<Resource>, &'static str, Value);

/// The plan, and the artifacts that the record names.
fn about(record: &Record) -> Vec<Resource> {
    let artifacts = match &record.entry {
        Entry::Intent(intent) => intent.subjects.as_slice(),
        Entry::Outcome(_)
        | Entry::Adopted(_)
        | Entry::Closed(_)
        | Entry::Attested(_)
        | Entry::Leased(_)
        | Entry::Looked(_)
        | Entry::Reviewed(_) => &[],
    };
    std::iter::once(Resource::new("plan", &record.plan))
        .chain(artifacts.iter().filter_map(Resource::of))
        .collect()
}

/// What came of a gate, as a verification summary. A gate that is waived does not pass. `None` where nothing that it was decided for has a
/// digest: such a summary would be about nothing.
fn verified(record: &Record, outcome: &Outcome, act: &Act<'_>) -> Option<Special> {
    let StepKind::Gate { environment, gate } = &act.intent.does else { return None };
    let decision = outcome.decision.as_ref()?;
    let scope = decision["scope"].as_array();
    let in_scope = |artifact: &&Subject| {
        scope.is_none_or(|scope| scope.iter().any(|service| service.as_str() == Some(&artifact.service)))
    };
    let subject: Vec<Resource> =
        act.intent.subjects.iter().filter(in_scope).filter_map(Resource::of).collect();
    if subject.is_empty() {
        return None;
    }
    let has_passed = outcome.result == Ending::Success && decision["result"] == "pass";
    let (result, level) = if has_passed { ("PASSED", LEVEL) } else { ("FAILED", "FAILED") };
    let reports =
        [&decision["evidence"], &decision["baseline"]].into_iter().filter_map(Value::as_array).flatten();
    let report =
        |seen: &Value| Some(Resource::new(seen["file"].as_str()?, &seen["digest"].as_str()?.parse().ok()?));
    let predicate = json!({
        "verifier": {"id": VERIFIER},
        "timeVerified": record.at,
        "resourceUri": uri("environment", environment),
        "policy": {"uri": uri("gate", gate), "digest": Resource::new("", &record.plan).digest},
        "inputAttestations": reports.filter_map(report).collect::<Vec<_>>(),
        "verificationResult": result,
        "verifiedLevels": [level],
        "slsaVersion": "1.1",
    });
    Some((subject, VERIFICATION_SUMMARY, predicate))
}

/// What came of a deployment, or of the way back from one. `None` where the artifact has no digest.
fn deployed(record: &Record, outcome: &Outcome, act: &Act<'_>) -> Option<Special> {
    let moved @ Moved { service, group, before, after, undoes, .. } = act.intent.moves.as_ref()?;
    let environment = act.intent.does.environment()?;
    let digest = |live: &Value| live["digest"].as_str()?.parse::<Digest>().ok();
    // What is taken away is told of what was there.
    let live = after.as_ref().or(before.as_ref())?;
    let version = live["version"].as_str()?;
    let known = act.intent.subjects.iter().find(|artifact| artifact.service == moved.service);
    let digest = digest(live).or_else(|| known.filter(|known| known.version == version)?.digest.clone())?;
    let predicate = json!({
        "environment": uri("environment", environment),
        "service": service,
        "group": group,
        "version": after.as_ref().and_then(|after| after["version"].as_str()),
        "undoes": undoes,
        "result": outcome.result,
        "startedOn": act.record.at,
        "finishedOn": record.at,
        "policy": {"uri": uri("release", &act.intent.release), "digest": Resource::new("", &record.plan).digest},
    });
    Some((vec![Resource::new(format!("{service}@{version}"), &digest)], DEPLOYMENT, predicate))
}

/// Something that the plan declares, as a URI.
fn uri(kind: &str, name: &str) -> String {
    let mut out = format!("clearway:{kind}:");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
