//! Calls that say too little, or what is not so.

use super::pipeline::{LEDGER, Pipeline, ran};
use crate::common::COMMIT;

#[test]
fn usage_is_told_and_nothing_is_written() {
    let pipeline = Pipeline::new();
    let step = format!(
        "record begin --release train --path release --step deploy-production-ledger --subject {LEDGER} --commit {COMMIT}"
    );
    for (arguments, more, word) in [
        (step.as_str(), vec!["--plan", "plan.json", "--run", "1"], "where the records are"),
        (&step, vec!["--plan", "plan.json", "--ledger", "records"], "the run has no name"),
        (&step, vec!["--plan", "nowhere.json", "--ledger", "records", "--run", "1"], "cannot be read"),
        (
            "record begin --release nothing --step x",
            vec!["--plan", "plan.json", "--ledger", "records", "--run", "1"],
            "there is `train`",
        ),
        (
            "record end --release train --step gate-production-tests --result success",
            vec!["--plan", "plan.json", "--ledger", "records", "--run", "1"],
            "gate run",
        ),
    ] {
        let ran = ran(pipeline.command(arguments, &more).output().unwrap());
        assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
        assert!(ran.err.replace("\n  │ ", " ").contains(word), "without `{word}`: {}", ran.err);
    }
    assert!(!pipeline.path("records/records").exists());
    pipeline.write("other.json", "{\"clearway\": 99}");
    let other = ran(pipeline
        .command(&step, &["--plan", "other.json", "--ledger", "records", "--run", "1"])
        .output()
        .unwrap());
    assert_eq!(other.code, 2);
    assert!(other.err.contains("form 99"), "{}", other.err);
}
