//! The key that signs records: the pods have it that write records, and no other.

use clearway_plan::Guarantee;
use serde_json::{Value, json};

use crate::argo::way::Way;
use crate::finding::Broken;
use crate::in_order;

/// The variable with the key.
const KEY: &str = "CLEARWAY_LEDGER_KEY";

/// How a script calls what writes records, or looks whether it can.
const WRITES: [&str; 9] = [
    "begin ",
    "ended ",
    "clearway record ",
    "clearway gate run",
    "clearway checklist verify",
    "clearway approval verify",
    "clearway window check",
    "clearway watch ",
    "clearway preflight",
];

/// How what the scripts share takes the key out of the environment before it hands it to `clearway`.
const TAKES: [&str; 3] = [
    "ledger_key=\"${CLEARWAY_LEDGER_KEY:-}\"",
    "unset CLEARWAY_LEDGER_KEY",
    "CLEARWAY_LEDGER_KEY=\"${ledger_key}\" env ",
];

/// Where the plan names keys, the pods that write records have the private one, out of a secret that must be there.
pub(super) fn signatures(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let signed = !way.emitted.plan.signed_by.is_empty();
    let wanted = json!({ "name": "clearway-ledger", "key": "key" });
    if signed && let Err(why) = in_order(way.text("clearway.sh")?, &TAKES) {
        broken.push(way.text_spot("clearway.sh").says(why));
    }
    for template in way.containers() {
        let script = way.script(template)?;
        let writes = script.lines().any(|line| WRITES.iter().any(|call| line.trim_start().contains(call)));
        let all = template.value["container"]["env"].as_array().into_iter().flatten();
        let has: Vec<&Value> = all.filter(|one| has_key(one)).collect();
        let spot = || way.workflow.spot(&template.name).key("container");
        if signed && writes && !has.iter().any(|one| one["valueFrom"]["secretKeyRef"] == wanted) {
            broken.push(spot().says(format!("`{}` writes records that nobody signs", template.name)));
        }
        let is_run_by_others =
            template.value["serviceAccountName"].as_str().is_some_and(|name| name.ends_with("-build"));
        if !has.is_empty() && (!signed || is_run_by_others) {
            let what = format!("`{}` has the key that signs records, and writes none", template.name);
            broken.push(spot().says(what).of(Guarantee::Credentials));
        }
    }
    Ok(broken)
}

/// Whether a variable is the key, or is read from where it is.
fn has_key(variable: &Value) -> bool {
    variable["name"] == KEY || variable["valueFrom"]["secretKeyRef"]["name"] == "clearway-ledger"
}
