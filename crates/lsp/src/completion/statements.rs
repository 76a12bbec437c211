//! What the vocabulary knows: kinds of declarations, fields, clauses, labels, flags.

use std::fmt::Write as _;

use clearway_model::vocabulary::{Clause, Contents, Field, Kind, Vocabulary};
use smol_str::SmolStr;

use super::{Completion, Sort};
use crate::describe;

/// What can start an item.
pub(super) fn kinds() -> Vec<Completion> {
    let kinds = Vocabulary::get().declarable().filter(|kind| !kind.library_only);
    let mut found: Vec<_> = kinds.map(kind).collect();
    found.push(
        Completion::new(Sort::Kind, "use")
            .snippet("use $0")
            .doc("Brings names of another file into this one."),
    );
    found.push(Completion::new(Sort::Kind, "let").snippet("let ${1:name} = $0").doc("Gives a value a name."));
    found
}

fn kind(kind: &Kind) -> Completion {
    let mut text = format!("{} ${{1:name}}", kind.name);
    let mut next = 2;
    if kind.typed {
        let _ = write!(text, " : ${{{next}:type}}");
        next += 1;
    }
    text += " {\n";
    for line in required(&kind.contents, &mut next) {
        let _ = writeln!(text, "  {line}");
    }
    text += if next == 2 { "  $0\n}" } else { "}$0" };
    Completion::new(Sort::Kind, kind.name.as_str()).snippet(text).doc(kind.doc.as_str())
}

/// What must stand in a block, each with a place to fill in.
fn required(contents: &Contents, next: &mut usize) -> Vec<String> {
    let mut place = || {
        let place = format!("${next}");
        *next += 1;
        place
    };
    let mut lines = Vec::new();
    for field in contents.fields.iter().filter(|field| field.required) {
        lines.push(format!("{} = {}", field.name, place()));
    }
    for clause in contents.clauses.iter().filter(|clause| clause.required) {
        lines.push(format!("{} {}", clause.keyword, place()));
    }
    lines
}

/// What a block knows and does not have yet.
pub(super) fn statements(contents: &Contents, beside: &[SmolStr]) -> Vec<Completion> {
    let fields = contents.fields.iter().filter(|field| !beside.contains(&field.name));
    let clauses =
        contents.clauses.iter().filter(|clause| clause.repeated || !beside.contains(&clause.keyword));
    fields.map(field).chain(clauses.map(clause)).collect()
}

fn field(field: &Field) -> Completion {
    Completion::new(Sort::Field, field.name.as_str())
        .snippet(format!("{} = $0", field.name))
        .detail(describe::field_type(field))
        .doc(field.doc.as_str())
        .rank(u8::from(!field.required))
}

fn clause(clause: &Clause) -> Completion {
    let contents = &clause.contents;
    let bare = contents.positionals.is_empty() && contents.labels.is_empty();
    let text = match (bare, contents.has_block()) {
        (true, true) => format!("{} {{\n  $0\n}}", clause.keyword),
        (true, false) => clause.keyword.to_string(),
        _ => {
            let labels = contents.labels.iter().filter(|label| label.required);
            let mut text = clause.keyword.to_string();
            let mut next = 1;
            for _ in contents.positionals.iter().filter(|positional| !positional.optional) {
                let _ = write!(text, " ${next}");
                next += 1;
            }
            for label in labels {
                let _ = write!(text, " {} ${next}", label.name);
                next += 1;
            }
            format!("{text}$0")
        }
    };
    Completion::new(Sort::Clause, clause.keyword.as_str())
        .snippet(text)
        .detail(describe::clause(clause))
        .doc(clause.doc.as_str())
        .rank(u8::from(!clause.required))
}

/// The labels and flags that a clause has left.
pub(super) fn labels(contents: &Contents, beside: &[SmolStr]) -> Vec<Completion> {
    let labels = contents.labels.iter().filter(|label| !beside.contains(&label.name));
    let labels = labels.map(|label| {
        Completion::new(Sort::Label, label.name.as_str())
            .snippet(format!("{} $0", label.name))
            .detail(label.ty.to_string())
            .doc(label.doc.as_str())
            .rank(u8::from(!label.required))
    });
    let flags = contents.flags.iter().filter(|flag| !beside.contains(&flag.name));
    labels
        .chain(flags.map(|flag| Completion::new(Sort::Flag, flag.name.as_str()).doc(flag.doc.as_str())))
        .collect()
}
