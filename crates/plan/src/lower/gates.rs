//! Gates.

use clearway_model::views::{self, At};
use clearway_model::{CallValue, Db, Reference, Value, ValueKind, instance};

use super::seconds::seconds;
use super::{conditions, instance_name};
use crate::gate::{Evidence, Gate};
use crate::ir::{Command, Origin};

/// How long a measuring command may take where the gate does not say.
const MEASURING: u64 = 60 * 60;

/// A gate, as a stage uses it.
pub(super) fn gate(db: &dyn Db, reference: &Reference) -> Gate {
    let view: views::Gate = views::of(instance(db, reference));
    let conditions = view.conditions.iter().filter_map(|condition| condition.condition.as_ref());
    Gate {
        origin: Origin::new("gate", &instance_name(reference)),
        evidence: view.evidence.iter().map(evidence).collect(),
        requires: conditions.map(|condition| conditions::requirement(db, &condition.value)).collect(),
        max_age: seconds(view.max_age.as_ref()),
        measure: view.run.as_ref().map(|run| Command {
            run: run.value.to_string(),
            timeout: seconds(view.timeout.as_ref()).unwrap_or(MEASURING),
        }),
    }
}

fn evidence(call: &At<std::sync::Arc<CallValue>>) -> Evidence {
    let call: &CallValue = &call.value;
    let texts = |value: &Value| -> Vec<String> {
        let text = |value: &Value| match &value.kind {
            ValueKind::Text(text) => Some(text.to_string()),
            _ => None,
        };
        value.items().iter().filter_map(text).collect()
    };
    let sources = call.args.first().map(|(_, value)| texts(value)).unwrap_or_default();
    Evidence { reader: call.function.to_string(), sources }
}
