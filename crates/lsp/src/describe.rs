//! The vocabulary and declarations in words: what hover and completion show. All prose is stdlib's or the user's own.

use std::fmt::Write as _;

use clearway_model::vocabulary::{Clause, Contents, Field, Function, Parameter, Vocabulary};
use clearway_model::{
    ClauseValue, Db, Item, ItemSyntax, ValueKind, Values, let_value, lower, signature, syntax_of,
};
use clearway_syntax as syntax;

/// How many lines of a declaration are shown.
const LINES: usize = 14;

/// `requires TARGET RANGE [when …] [optional]`
pub(crate) fn clause(clause: &Clause) -> String {
    format!("{}{}", clause.keyword, operands(&clause.contents))
}

fn operands(contents: &Contents) -> String {
    let mut text = String::new();
    for positional in &contents.positionals {
        let name = positional.name.to_uppercase();
        let _ = if positional.optional { write!(text, " [{name}]") } else { write!(text, " {name}") };
    }
    for label in &contents.labels {
        let _ = if label.required {
            write!(text, " {} …", label.name)
        } else {
            write!(text, " [{} …]", label.name)
        };
    }
    for flag in &contents.flags {
        let _ = write!(text, " [{}]", flag.name);
    }
    if contents.has_block() {
        text += " { … }";
    }
    text
}

/// What a field takes, in words.
pub(crate) fn field_type(field: &Field) -> String {
    format!("{}{}", field.ty, if field.required { ", required" } else { "" })
}

/// `oidc(role: a text, ttl: a duration)`
pub(crate) fn function(function: &Function) -> String {
    format!("{}({})", function.name, parameters(&function.params))
}

pub(crate) fn parameters(params: &[Parameter]) -> String {
    let params: Vec<String> = params.iter().map(parameter).collect();
    params.join(", ")
}

pub(crate) fn parameter(param: &Parameter) -> String {
    let optional = if param.default.is_some() { "?" } else { "" };
    format!("{}{optional}: {}", param.name, param.ty)
}

/// The words of an enum, as a list.
pub(crate) fn words(name: &str) -> String {
    let words = Vocabulary::get().enums.get(name).map(|words| words.words.as_slice()).unwrap_or_default();
    words.iter().fold(String::new(), |mut text, word| {
        let _ = writeln!(text, "- `{}`: {}", word.name, word.doc);
        text
    })
}

/// A declaration's first line: `rollout careful(max-errors?: a percentage)`.
pub(crate) fn heading(db: &dyn Db, item: Item) -> String {
    let (kind, name) = (item.kind(db), item.name(db));
    if kind == "let" {
        return format!("let {name} = {}", let_value(db, item).0);
    }
    let params = signature(db, item).map(|params| format!("({})", parameters(params))).unwrap_or_default();
    let typed = Vocabulary::get().kinds.get(kind).is_some_and(|kind| kind.typed);
    let result = typed.then(|| lower(db, item).result.clone()).flatten();
    let result = result.map(|ty| format!(" : {ty}")).unwrap_or_default();
    format!("{kind} {name}{params}{result}")
}

/// The documentation of a declaration or `let`: without a look at what it says.
pub(crate) fn documentation(db: &dyn Db, item: Item) -> String {
    let doc = match syntax_of(db, item).as_ref().map(ItemSyntax::item) {
        Some(syntax::Item::Let(binding)) => binding.doc.clone(),
        Some(syntax::Item::Declaration(declaration)) => declaration.doc.clone(),
        _ => None,
    };
    doc.unwrap_or_default().to_string()
}

/// A declaration with what is written in it, its values worked out.
pub(crate) fn declaration(db: &dyn Db, item: Item) -> String {
    let heading = heading(db, item);
    if item.kind(db) == "let" {
        return heading;
    }
    let lines = statements(&lower(db, item).values);
    if lines.is_empty() {
        return heading;
    }
    let more = if lines.len() > LINES { "  …\n" } else { "" };
    let shown = lines.iter().take(LINES).fold(String::new(), |text, line| format!("{text}  {line}\n"));
    format!("{heading} {{\n{shown}{more}}}")
}

fn statements(values: &Values) -> Vec<String> {
    let fields = values.fields.iter().filter(|field| field.written);
    let fields = fields.map(|field| format!("{} = {}", field.name, field.value));
    fields.chain(values.clauses.iter().map(statement)).collect()
}

fn statement(clause: &ClauseValue) -> String {
    let mut line = clause.keyword.to_string();
    for (name, value) in &clause.parts {
        let label = Vocabulary::get().kinds.values().any(|kind| has_label(&kind.contents, clause, name));
        let _ = if label { write!(line, " {name} {value}") } else { write!(line, " {value}") };
    }
    for (flag, _) in &clause.flags {
        let _ = write!(line, " {flag}");
    }
    let inner = statements(&clause.values);
    if !inner.is_empty() {
        let _ = write!(line, " {{ {} }}", inner.join("  "));
    }
    line
}

fn has_label(contents: &Contents, clause: &ClauseValue, name: &str) -> bool {
    contents.clause(&clause.keyword).is_some_and(|clause| clause.contents.label(name).is_some())
}

/// A value that says more than its text: a call that was computed, a name that stands for something.
pub(crate) fn worked_out(kind: &ValueKind) -> bool {
    !matches!(
        kind,
        ValueKind::Unknown
            | ValueKind::Parameter(_)
            | ValueKind::Reference(_)
            | ValueKind::Call(_)
            | ValueKind::Word(..)
            | ValueKind::Name(_)
            | ValueKind::Type(_)
    )
}
