//! The keys that records are signed with stand in a file beside the spec, so they are changed in the plan here.

use clearway_diff::Change;
use clearway_plan::Plan;
use serde_json::json;

use super::{changes, example, planned, short};

/// The change from some keys to others.
fn change(plan: &Plan, old: &[&str], new: &[&str]) -> Option<Change> {
    let with = |keys: &[&str]| {
        let mut plan = serde_json::to_value(plan).unwrap();
        plan["signed-by"] = json!(keys);
        serde_json::from_value(plan).unwrap()
    };
    let mut found = changes(&with(old), &with(new));
    assert!(found.len() < 2, "{found:#?}");
    found.pop()
}

#[test]
fn more_who_may_sign_and_nobody_who_must_are_weaker() {
    let plan = planned(&example("payments").workspace()).unwrap();
    for (old, new, expected, witness) in [
        (&["a"][..], &[][..], "weaker records -", "whoever may write to the ledger's store"),
        (&["a"], &["a", "b"], "weaker records -", "the private half of b"),
        (&["a"], &["b"], "weaker records -", "the private half of b"),
        (&["a", "b"], &["b"], "stronger records -", ""),
        (&[], &["a"], "stronger records -", ""),
    ] {
        let change = change(&plan, old, new).unwrap();
        assert_eq!(short(&change), expected, "{old:?} → {new:?}");
        assert!(change.witness.unwrap_or_default().contains(witness), "{old:?} → {new:?}");
    }
    // Their order is no matter.
    assert!(change(&plan, &["a", "b"], &["b", "a"]).is_none_or(|change| short(&change) == "neutral - -"));
}
