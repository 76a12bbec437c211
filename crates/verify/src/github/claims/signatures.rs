//! The key that signs records: every step has it that writes records, and no other.

use clearway_plan::Guarantee;

use super::calls;
use crate::finding::Broken;
use crate::github::way::Way;
use crate::github::{Graph, Scalar};

/// The variable with the key, and the secret.
const KEY: &str = "CLEARWAY_LEDGER_KEY";

/// The commands that write records, and the one that looks whether they can.
const WRITES: [&str; 7] =
    ["record ", "gate run", "checklist verify", "approval verify", "window check", "watch ", "preflight "];

/// Where the plan names keys, each step that writes records has the secret, in a job that stands in an environment, which only the reviewed
/// branch may enter; nothing else has it.
pub(super) fn signatures(way: &Way<'_>) -> Result<Broken, String> {
    let signed = !way.emitted.plan.signed_by.is_empty();
    let mut broken = hand(&way.graph, signed);
    for graph in way.clocks()? {
        broken.extend(hand(&graph, signed));
    }
    for (file, workflow) in &way.folder.workflows {
        if workflow.env.iter().any(|(key, value)| is_it(key, value)) {
            let what = format!("{file} gives the key that signs records to all of its jobs");
            broken.push(crate::Spot::new(file, &["env"]).says(what).of(Guarantee::Credentials));
        }
    }
    Ok(broken)
}

/// Whether a variable is the key, or has it.
fn is_it(key: &str, value: &Scalar) -> bool {
    key == KEY || value.text().contains(&format!("secrets.{KEY}")) || value.text().contains("toJSON(secrets")
}

fn hand(graph: &Graph, signed: bool) -> Broken {
    let mut broken = Vec::new();
    let secret = format!("${{{{ secrets.{KEY} }}}}");
    for node in &graph.nodes {
        if node.job.env.iter().any(|(key, value)| is_it(key, value)) {
            let what = format!("`{}` gives the key that signs records to all of its steps", node.id);
            broken.push(node.spot().key("env").says(what).of(Guarantee::Credentials));
        }
        let writes: Vec<usize> = WRITES.iter().flat_map(|command| calls(node, command)).collect();
        for (place, step) in node.job.steps().iter().enumerate() {
            let has = step.env.get(KEY).map(Scalar::text);
            let is_writing = signed && writes.contains(&place);
            if is_writing && node.job.environment().is_none() {
                let what = format!("`{}` has the key that signs records outside of an environment", node.id);
                broken.push(node.spot().key("environment").says(what).of(Guarantee::Credentials));
            }
            if is_writing && has.as_deref() != Some(&*secret) {
                let what = format!("`{}` writes records that nobody signs", node.id);
                broken.push(node.spot().key("steps").says(what));
            }
            let mut told = step.env.iter().chain(&step.with);
            if !is_writing && told.any(|(key, value)| is_it(key, value)) {
                let what = format!("a step of `{}` has the key that signs records, and writes none", node.id);
                broken.push(node.spot().key("steps").says(what).of(Guarantee::Credentials));
            }
        }
    }
    broken
}
