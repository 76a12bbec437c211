//! Gates.

use std::collections::BTreeMap;

use clearway_model::views::{self, At};
use clearway_model::{CallValue, Db, Reference, Value, ValueKind, instance};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::seconds::seconds;
use super::{Parts, chains, conditions, instance_name};
use crate::condition::{Amount, Compare, Condition, MetricUse, NoData, Operand, Operator, Scalar};
use crate::gate::{Cap, Defect, Evidence, Gate, Quarantine, Requirement, Table, Triage};
use crate::ir::{Command, Origin};

/// How long a measuring command may take where the gate does not say.
const MEASURING: u64 = 60 * 60;

/// The name of a gate, which is noted in `parts`.
pub(super) fn named(db: &dyn Db, reference: &Reference, parts: &mut Parts) -> String {
    let name = instance_name(reference);
    if !parts.gates.contains_key(&name) {
        let lowered = gate(db, reference, parts);
        parts.gates.insert(name.clone(), lowered);
    }
    name
}

/// A gate, as a stage uses it.
pub(super) fn gate(db: &dyn Db, reference: &Reference, parts: &mut Parts) -> Gate {
    let view: views::Gate = views::of(instance(db, reference));
    let conditions = view.conditions.iter().filter_map(|condition| condition.condition.as_ref());
    let journeys = view.covers.iter().filter_map(|covered| journey(db, &covered.value));
    let quarantines: Vec<Quarantine> =
        view.quarantines.iter().filter_map(|named| quarantine(db, &named.value)).collect();
    Gate {
        origin: Origin::new("gate", &instance_name(reference)),
        evidence: view.evidence.iter().map(evidence).collect(),
        requires: conditions
            .map(|condition| conditions::requirement(db, &condition.value))
            .chain(journeys)
            .collect(),
        max_age: seconds(view.max_age.as_ref()),
        measure: view.run.as_ref().map(|run| Command {
            run: run.value.to_string(),
            timeout: seconds(view.timeout.as_ref()).unwrap_or(MEASURING),
        }),
        assumes: view.load.as_ref().map(load).unwrap_or_default(),
        max_quarantined: view
            .max_quarantined
            .as_ref()
            .filter(|_| !quarantines.is_empty())
            .and_then(|cap| self::cap(&cap.value)),
        quarantines,
        scope: view.scope.iter().map(|service| service.value.name.to_string()).collect(),
        baseline: view.baseline.iter().map(evidence).collect(),
        triage: view.triage.as_ref().and_then(|triage| self::triage(db, &triage.value, parts)),
    }
}

fn triage(db: &dyn Db, reference: &Reference, parts: &mut Parts) -> Option<Triage> {
    let view: views::Triage = views::of(instance(db, reference));
    let blockers = view.blockers.iter().filter_map(|rule| rule.when.as_ref());
    let mut defects = Vec::new();
    for defect in &view.defects {
        defects.push(Defect {
            when: conditions::requirement(db, &defect.when.as_ref()?.value),
            owner: chains::named(&defect.owner.as_ref()?.value, parts),
            within: chains::within(defect.within.as_ref()?)?,
        });
    }
    let agreed_by = view.agreed_by.as_ref()?.value.name.to_string();
    parts.groups.insert(agreed_by.clone());
    Some(Triage {
        name: instance_name(reference),
        blockers: blockers.map(|when| conditions::requirement(db, &when.value)).collect(),
        defects,
        agreed_by,
    })
}

/// What the tests of a journey have to show: there are some, and all of them pass.
fn journey(db: &dyn Db, reference: &Reference) -> Option<Requirement> {
    let view: views::Journey = views::of(instance(db, reference));
    let tag = view.tag.as_ref()?.value.to_string();
    let tests = |metric: &str, operator, value: u32| {
        let args = [("tag".to_owned(), Scalar::Text(tag.clone()))].into();
        compare(&format!("tests.{metric}"), args, operator, Decimal::from(value), "")
    };
    Some(Requirement {
        text: format!("journey {}: tests tagged `{tag}` pass", reference.name),
        condition: Condition::All(vec![
            tests("passed", Operator::GreaterOrEqual, 1),
            tests("failed", Operator::Equal, 0),
            tests("errored", Operator::Equal, 0),
            tests("skipped", Operator::Equal, 0),
        ]),
    })
}

/// What a load test must have put on to count.
fn load(view: &views::LoadProfile) -> Vec<Requirement> {
    let quantity = |metric: &str, unit: &str, at: &Option<At<views::Quantity>>| {
        let written = &at.as_ref()?.value;
        let text = format!("{metric} >= {} {}", written.amount.normalize(), written.unit);
        Some(at_least(text, metric, written.base()?.normalize(), unit))
    };
    let users = view.users.as_ref().map(|users| {
        let text = format!("load.users >= {}", users.value);
        at_least(text, "load.users", Decimal::from(users.value), "")
    });
    let profile = [
        quantity("http.request-rate", "rps", &view.rate),
        quantity("load.duration", "s", &view.duration),
        users,
    ];
    profile.into_iter().flatten().collect()
}

fn at_least(text: String, metric: &str, value: Decimal, unit: &str) -> Requirement {
    let condition = compare(metric, BTreeMap::new(), Operator::GreaterOrEqual, value, unit);
    Requirement { text, condition }
}

/// A metric of the library, measured in reports, against a number.
fn compare(
    metric: &str,
    args: BTreeMap<String, Scalar>,
    operator: Operator,
    value: Decimal,
    unit: &str,
) -> Condition {
    let metric = MetricUse {
        name: metric.to_owned(),
        args,
        unit: unit.to_owned(),
        no_data: NoData::Fail,
        min_samples: 1,
        least: Some(Decimal::ZERO),
        most: None,
        query: None,
        samples: None,
    };
    Condition::Compare(Box::new(Compare {
        left: Operand::Metric(metric),
        operator,
        right: Operand::Value(Scalar::Amount(Amount { value, unit: unit.to_owned() })),
    }))
}

fn quarantine(db: &dyn Db, reference: &Reference) -> Option<Quarantine> {
    let view: views::Quarantine = views::of(instance(db, reference));
    Some(Quarantine {
        name: instance_name(reference),
        tests: view.tests.iter().map(|test| test.value.to_string()).collect(),
        owner: view.owner.as_ref()?.value.to_string(),
        until: view.until.as_ref()?.value,
        reason: view.reason.as_ref()?.value.to_string(),
    })
}

fn cap(value: &Value) -> Option<Cap> {
    match &value.kind {
        ValueKind::Number(number) => number.value.to_u64().map(Cap::Count),
        ValueKind::Percent(percent) => Some(Cap::Percent(*percent)),
        _ => None,
    }
}

/// Reports of one kind, as a call names them.
pub(super) fn evidence(call: &At<std::sync::Arc<CallValue>>) -> Evidence {
    let call: &CallValue = &call.value;
    let texts = |value: &Value| -> Vec<String> {
        let text = |value: &Value| match &value.kind {
            ValueKind::Text(text) => Some(text.to_string()),
            _ => None,
        };
        value.items().iter().filter_map(text).collect()
    };
    let sources = call.args.first().map(|(_, value)| texts(value)).unwrap_or_default();
    let table = call.args.iter().find(|(name, _)| name == "rows").map(|(_, rows)| table(call, rows, texts));
    Evidence { reader: call.function.to_string(), sources, table }
}

/// What the arguments of `table` say: those that are texts name columns, those that are called like a severity list its words.
fn table(call: &CallValue, rows: &Value, texts: impl Fn(&Value) -> Vec<String>) -> Table {
    let mut table = Table {
        rows: rows.to_string(),
        columns: BTreeMap::new(),
        path: Vec::new(),
        closed_states: Vec::new(),
        severities: BTreeMap::new(),
    };
    // The first one names the files.
    for (name, value) in call.args.iter().skip(1) {
        let words = texts(value);
        match (name.as_str(), &value.kind) {
            ("path", _) => {
                let keys = words.iter().flat_map(|path| path.split('.')).filter(|key| !key.is_empty());
                table.path = keys.map(str::to_owned).collect();
            }
            ("closed-states", _) => table.closed_states = words,
            (meaning, ValueKind::Text(column)) if !column.is_empty() => {
                table.columns.insert(meaning.to_owned(), column.to_string());
            }
            (severity, ValueKind::List(_)) => {
                table.severities.extend(words.into_iter().map(|word| (word, severity.to_owned())));
            }
            _ => {}
        }
    }
    table
}
