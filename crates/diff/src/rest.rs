//! All that no rule is about: nothing of a plan is changed in silence.
//!
//! Two plans are laid side by side as they are written down. What differs, and is in no field that a rule judges, is told as it stands.
//! So whatever is added to plans is told from its first day, and judged from the day on which it has a rule.

use std::collections::{BTreeMap, BTreeSet};

use clearway_plan::{Origin, Plan};
use serde_json::{Map, Value};

use crate::change::Change;
use crate::verdict::Verdict;

/// The fields of each collection that rules judge, or that follow from what they judge.
const JUDGED: [(&str, &[&str]); 14] = [
    ("environments", &["opening", "lock", "credentials", "monitoring", "tier"]),
    ("artifacts", &["build", "test", "deploy", "uses", "secrets", "smokes", "imported-from"]),
    ("gates", ALL),
    ("approvals", ALL),
    ("checklists", ALL),
    ("resources", ALL),
    ("people", ALL),
    ("retention", ALL),
    ("recurring", ALL),
    ("retrospective", &["within", "every", "by"]),
    ("groups", &["github", "gitlab"]),
    ("secrets", &["from", "max-age"]),
    ("waivers", &["gates", "environments", "expires"]),
    ("releases", &["class", "tag", "ships", "stages", "rollback", "accepts", "controls", "paths"]),
];
/// Every field.
const ALL: &[&str] = &["*"];
/// Collections of which what is used alone is in a plan: whoever uses it tells that it came or went.
const USED: [&str; 9] = [
    "environments",
    "artifacts",
    "gates",
    "approvals",
    "checklists",
    "groups",
    "secrets",
    "waivers",
    "releases",
];
/// What a plan says of itself, or a rule of its own judges.
const HEAD: [&str; 3] = ["clearway", "assumes-declared", "signed-by"];

/// What differs and no rule is about.
pub(crate) fn compare(old: &Plan, new: &Plan) -> Vec<Change> {
    let (before, after) = (written(old), written(new));
    let mut changes = Vec::new();
    for (collection, (was, is)) in both(&before, &after) {
        if HEAD.contains(&collection) {
            continue;
        }
        let (Value::Object(was), Value::Object(is)) = (or_empty(was), or_empty(is)) else {
            changes.extend(neutral(collection.replace('-', " "), was, is));
            continue;
        };
        for (name, (was, is)) in both(&was, &is) {
            changes.extend(entity(collection, name, was, is));
        }
    }
    changes
}

/// What differs though no rule has found anything: told as one change, so that nothing is silent. Conditions are left out, for their
/// meaning is decided; so is what is only counted from the rest.
pub(crate) fn leftover(old: &Plan, new: &Plan) -> Option<Change> {
    let value = |plan: &Plan| {
        let mut plan = plan.clone();
        for gate in plan.gates.values_mut() {
            (gate.requires, gate.assumes, gate.triage) = (Vec::new(), Vec::new(), None);
        }
        for release in &mut plan.releases {
            release.controls.clear();
            for stage in &mut release.stages {
                (stage.validates, stage.triggers) = (Vec::new(), Vec::new());
                stage.rollout.watches.clear();
            }
        }
        plain(serde_json::to_value(&plan).unwrap_or_default())
    };
    let mut at = Vec::new();
    let (was, is) = differing(&value(old), &value(new), &mut at)?;
    neutral(at.join(", "), Some(&was), Some(&is))
}

/// The first place in which two values differ, and what stands there.
fn differing(old: &Value, new: &Value, at: &mut Vec<String>) -> Option<(Value, Value)> {
    if old == new {
        return None;
    }
    if let (Value::Object(before), Value::Object(after)) = (old, new) {
        for (key, (was, is)) in both(before, after) {
            at.push(key.to_owned());
            let found = differing(was.unwrap_or(&Value::Null), is.unwrap_or(&Value::Null), at);
            if found.is_some() {
                return found;
            }
            at.pop();
        }
    }
    Some((old.clone(), new.clone()))
}

/// What differs of one entry of a collection.
fn entity(collection: &str, name: &str, was: Option<&Value>, is: Option<&Value>) -> Vec<Change> {
    let judged =
        JUDGED.iter().find(|(of, _)| *of == collection).map_or(&[] as &[&str], |(_, fields)| *fields);
    let kind = kind(collection);
    let origin = Origin::new(kind, name);
    // That a look is taken at all is judged with how late it may be.
    let is_look = collection == "retrospective" && ["access-review", "reviews"].contains(&name);
    if judged == ALL || is_look && (was.is_none() || is.is_none()) {
        return Vec::new();
    }
    let (Some(Value::Object(before)), Some(Value::Object(after))) = (was, is) else {
        let told = was != is && !(USED.contains(&collection) && (was.is_none() || is.is_none()));
        let change = told.then(|| neutral(format!("{kind} `{name}`"), was, is)).flatten();
        return change.map(|change| change.at(&origin, &[])).into_iter().collect();
    };
    let fields = both(before, after).into_iter().filter(|(field, _)| !judged.contains(field));
    let changes = fields.filter_map(|(field, (was, is))| {
        let change = neutral(format!("{} of {kind} `{name}`", field.replace('-', " ")), was, is)?;
        Some(change.at(&origin, &[field]))
    });
    changes.collect()
}

/// The word for an entry of a collection.
fn kind(collection: &str) -> &str {
    match collection {
        "artifacts" => "service",
        "groups" => "team",
        "retrospective" => "retrospective",
        "vendors" => "vendor",
        plural => plural.strip_suffix('s').unwrap_or(plural),
    }
}

fn neutral(subject: String, was: Option<&Value>, is: Option<&Value>) -> Option<Change> {
    if was == is {
        return None;
    }
    let told = |value: Option<&Value>| value.map(shown);
    Some(Change::new(Verdict::Neutral, None, subject).between(told(was), told(is)))
}

/// A value in one line.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map)
            if !map.is_empty() && map.iter().all(|(key, value)| value.as_str() == Some(key)) =>
        {
            map.keys().cloned().collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// What stands at each key on either side.
fn both<'v>(
    old: &'v Map<String, Value>,
    new: &'v Map<String, Value>,
) -> BTreeMap<&'v str, (Option<&'v Value>, Option<&'v Value>)> {
    let keys = old.keys().chain(new.keys());
    keys.map(|key| (key.as_str(), (old.get(key), new.get(key)))).collect()
}

fn or_empty(value: Option<&Value>) -> Value {
    value.cloned().unwrap_or_else(|| Value::Object(Map::new()))
}

/// A plan as it is written down, but for what is no matter of meaning: the order of lists that are sets, the text of a condition beside
/// the condition, where something is declared. What is only there to be run by is left out: it follows from the rest.
fn written(plan: &Plan) -> Map<String, Value> {
    let mut plan = plan.clone();
    // What a release does is judged by the rules; it is the greater part of a plan.
    for release in &mut plan.releases {
        release.paths.clear();
        release.stages.clear();
    }
    let value = serde_json::to_value(&plan).unwrap_or_default();
    match plain(value) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn plain(value: Value) -> Value {
    match value {
        Value::Object(mut map) => {
            map.remove("origin");
            if map.contains_key("condition") {
                map.remove("text");
            }
            Value::Object(map.into_iter().map(|(key, value)| (key, plain(value))).collect())
        }
        Value::Array(list) => {
            let name = |value: &Value| {
                let name =
                    ["id", "name", "service"].into_iter().find_map(|key| value.get(key)).unwrap_or(value);
                name.as_str().map(str::to_owned)
            };
            let names: Option<Vec<String>> = list.iter().map(name).collect();
            let are_distinct =
                |names: &Vec<String>| names.iter().collect::<BTreeSet<_>>().len() == names.len();
            let list = list.into_iter().map(plain);
            match names.filter(are_distinct) {
                Some(names) => Value::Object(names.into_iter().zip(list).collect()),
                None => Value::Array(list.collect()),
            }
        }
        other => other,
    }
}
