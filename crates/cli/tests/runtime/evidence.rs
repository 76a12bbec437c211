//! Evidence as a gate sees it.

use serde_json::{Value, json};

use super::pipeline::Pipeline;
use crate::common::{plan_json, write_plan};

#[test]
fn evidence_is_shown_as_a_gate_sees_it() {
    let pipeline = Pipeline::new();
    pipeline.write("a.xml", "<testsuite name=\"s\"><testcase name=\"a\"/></testsuite>");
    pipeline.write("b.json", "null");
    let shown = pipeline.plain("evidence show a.xml --format json");
    let shown: Value = serde_json::from_str(&shown.passes().out).unwrap();
    assert_eq!(
        (&shown[0]["reader"], &shown[0]["metrics"]["tests.total"], &shown[0]["refused"]),
        (&json!("junit"), &json!(1), &Value::Null)
    );
    let refused = pipeline.plain("evidence show a.xml b.json nowhere --format json");
    assert_eq!(refused.code, 1);
    let refused: Value = serde_json::from_str(&refused.out).unwrap();
    assert_eq!(
        (&refused[1]["refused"]["code"], &refused[2]["refused"]["code"]),
        (&json!("null-report"), &json!("unreadable"))
    );
    assert!(pipeline.plain("evidence show a.xml").passes().out.contains("tests.total"));
}

#[test]
fn tables_are_shown_by_a_mapping() {
    let pipeline = Pipeline::new();
    pipeline.write("issues.csv", "Key,State,Priority\nA-1,Open,High\nA-2,Shipped,Low\n");
    let refused = pipeline.plain("evidence show --reader table issues.csv");
    assert!(refused.code == 1 && refused.out.contains("`--table` and `--column`"), "{}", refused.out);
    let columns = "--column id=Key --column status=State --column severity=Priority";
    let shown = pipeline.plain(&format!("evidence show issues.csv --table issues {columns}"));
    for line in ["issues.total", "issues.open", "A-1"] {
        assert!(shown.passes().out.contains(line), "without `{line}`:\n{}", shown.out);
    }
    let figures = |arguments: &str| -> Value {
        let shown = pipeline.plain(&format!("evidence show {arguments} --format json"));
        serde_json::from_str::<Value>(&shown.passes().out).unwrap()[0]["metrics"].clone()
    };
    assert_eq!(figures(&format!("issues.csv --table issues {columns}"))["issues.open"], 2);
    let closed = format!("issues.csv --table issues {columns} --closed-state shipped");
    assert_eq!(figures(&closed)["issues.open"], 1);
    pipeline.write(
        "issues.json",
        r#"{"found": {"issues": [{"key": "A-1", "fields": {"status": {"name": "Done"}}}]}}"#,
    );
    let nested = "issues.json --table issues --rows-at found.issues --column id=key --column status=fields.status.name";
    assert_eq!(figures(nested)["issues.closed"], 1);
    // As a gate of the plan reads them.
    let mut plan = plan_json();
    let table =
        json!({"rows": "issues", "columns": {"id": "Key", "status": "State"}, "closed-states": ["Shipped"]});
    plan["gates"]["tests"]["evidence"] =
        json!([{"reader": "table", "sources": ["issues.csv"], "table": table}]);
    write_plan(&pipeline.path("tables.json"), &plan);
    assert_eq!(figures("issues.csv --gate tests --plan tables.json")["issues.open"], 1);
    for (wrong, word) in [
        ("issues.csv --gate nothing --plan plan.json", "there is `tests`"),
        ("issues.csv --gate tests --plan plan.json", "reads no table"),
        ("issues.csv --table nothing", "issues, changes, incidents, tickets, feedback"),
        ("issues.csv --table issues --column nothing=Key", "a column means one of id, title"),
        ("issues.csv --column id=Key", "--table"),
    ] {
        let ran = pipeline.plain(&format!("evidence show {wrong}"));
        assert!(
            ran.code == 2 && ran.err.replace("\n  │ ", " ").contains(word),
            "{wrong}: {}{}",
            ran.out,
            ran.err
        );
    }
}
