//! What a file means: its declarations and `let`s with the values that are written in them or inherited.

use std::fmt::Write as _;

use clearway_model::{Db, Values, Workspace, items, let_value, lower};

/// The items of a file with their values; defaults of the vocabulary are left out.
pub(crate) fn meaning(workspace: &Workspace, path: &str) -> String {
    let db: &dyn Db = workspace;
    let mut out = String::new();
    let Some(file) = workspace.source(path) else { return out };
    for item in items(db, file) {
        match item.kind(db).as_str() {
            "use" => {}
            "let" => {
                let value = &let_value(db, *item).0;
                let _ = writeln!(out, "let {} = {value} : {}", item.name(db), value.kind.describe());
            }
            kind => {
                let _ = writeln!(out, "{kind} {}", item.name(db));
                values(&mut out, "  ", &lower(db, *item).values);
            }
        }
    }
    out
}

fn values(out: &mut String, indent: &str, values_of: &Values) {
    for field in values_of.fields.iter().filter(|field| field.written) {
        let _ = writeln!(out, "{indent}{} = {} : {}", field.name, field.value, field.value.kind.describe());
    }
    for clause in &values_of.clauses {
        let parts = clause.parts.iter().map(|(name, value)| format!("{name}: {value}"));
        let flags = clause.flags.iter().map(|(name, _)| name.to_string());
        let operands: Vec<String> = parts.chain(flags).collect();
        let _ = writeln!(out, "{indent}{} {}", clause.keyword, operands.join(", "));
        values(out, &format!("{indent}  "), &clause.values);
    }
}
