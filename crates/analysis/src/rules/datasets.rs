//! Data of customers stays where customers are.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Dataset};
use clearway_model::{Db, Item, environment, lower};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "dataset" || views::is_template(db, item) {
        return Vec::new();
    }
    let view: Dataset = views::of(lower(db, item));
    let Some(source) = view.source.as_ref().filter(|source| source.value == "production") else {
        return Vec::new();
    };
    // What anyone may read may be read anywhere.
    let mut guarded = view.class.iter().filter(|class| class.value != "public");
    let Some(class) = guarded.next() else { return Vec::new() };
    let outside = view.environments.iter().filter(|at| {
        let tier = &environment(db, at.value.item).view.tier;
        tier.as_ref().is_some_and(|tier| tier.value != "production")
    });
    outside
        .map(|at| {
            let message = format!(
                "`{}` brings {} data of production to `{}`, as customers left it",
                item.name(db),
                class.value,
                at.value.name
            );
            Diagnostic::new(
                catalogue::RAW_PRODUCTION_DATA,
                message,
                at.place,
                "no place for data of customers",
            )
            .related(source.place, "as it is in production")
            .related(class.place, format!("{} data", class.value))
            .help("take `source = masked` or `synthetic`, with a command that makes it so")
        })
        .collect()
}
