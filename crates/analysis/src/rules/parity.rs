//! Environments that are meant to be like another: each field in which they differ, and that nothing lets differ.

use clearway_diagnostics::{Diagnostic, Place, catalogue, suggest};
use clearway_model::views::{Environment, Parity};
use clearway_model::vocabulary::Vocabulary;
use clearway_model::{Db, Item, Lowered, Value, environment, lower};

/// Which environment it is, and what runs there: no two are alike in these.
const ITS_OWN: [&str; 2] = ["tier", "deployed"];

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "environment" {
        return Vec::new();
    }
    let view: &Environment = &environment(db, item).view;
    view.parity.iter().flat_map(|parity| compare(db, item, parity)).collect()
}

fn compare(db: &dyn Db, item: Item, parity: &Parity) -> Vec<Diagnostic> {
    let fields: Vec<&str> = Vocabulary::get()
        .kinds
        .get("environment")
        .map(|kind| kind.contents.fields.iter().map(|field| field.name.as_str()).collect())
        .unwrap_or_default();
    let mut found: Vec<Diagnostic> = Vec::new();
    for field in parity.except.iter().filter(|field| !fields.contains(&field.value.as_str())) {
        let message = format!("an environment has no field `{}`", field.value);
        let told =
            Diagnostic::new(catalogue::UNKNOWN_FIELD, message, field.place, "no field of an environment");
        found.push(told.help_if(suggest::did_you_mean(&field.value, fields.iter().copied())));
    }
    let Some(with) = &parity.with else { return found };
    let other = with.value.item;
    if other == item {
        let message = format!("`{}` is compared with itself", item.name(db));
        found.push(Diagnostic::new(
            catalogue::CONTRADICTORY_FACTS,
            message,
            with.place,
            "another one is to be named here",
        ));
        return found;
    }
    let (own, theirs) = (lower(db, item), lower(db, other));
    if own.broken || theirs.broken {
        return found;
    }
    let may_differ =
        |field: &str| ITS_OWN.contains(&field) || parity.except.iter().any(|except| except.value == field);
    for field in fields.iter().copied().filter(|field| !may_differ(field)) {
        let (mine, its) = (own.values.field(field), theirs.values.field(field));
        if same(mine, its) {
            continue;
        }
        let (name, other_name) = (item.name(db), other.name(db));
        let message = format!("`{name}` and `{other_name}` differ in `{field}`");
        let place = written(own, field).unwrap_or(with.place);
        let told = Diagnostic::new(catalogue::PARITY_DIFFERENCE, message, place, says(mine));
        let told = told.related(written(theirs, field).unwrap_or_else(|| other.name_place(db)), says(its));
        found.push(told.help(format!(
            "make them alike, or say that they may differ: `parity with {other_name} except [… {field}]`"
        )));
    }
    found
}

/// Whether two values say the same; the order of a list says nothing here.
fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    let text = |value: Option<&Value>| {
        let mut items: Vec<String> =
            value.iter().flat_map(|value| value.items()).map(ToString::to_string).collect();
        items.sort();
        items
    };
    text(one) == text(other)
}

fn says(value: Option<&Value>) -> String {
    match value {
        Some(value) if !value.items().is_empty() => value.to_string(),
        _ => "none".to_owned(),
    }
}

/// Where a field is written; a default is written nowhere.
fn written(lowered: &Lowered, name: &str) -> Option<Place> {
    let field = lowered.values.fields.iter().find(|field| field.name == name && field.written)?;
    Some(field.value.place)
}
