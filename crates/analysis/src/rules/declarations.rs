//! What a single declaration should say and does not: an owner, gates and approval before production, something to ship.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::{Db, Item, environment, release, views};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if views::is_template(db, item) {
        return Vec::new();
    }
    match item.kind(db).as_str() {
        "service" => unowned(db, item).into_iter().collect(),
        "release" => release_rules(db, item),
        _ => Vec::new(),
    }
}

fn unowned(db: &dyn Db, item: Item) -> Option<Diagnostic> {
    let lowered = clearway_model::lower(db, item);
    // A wrong or misspelt owner was told already.
    let told = lowered.broken || lowered.values.field("owner").is_some() || !lowered.diagnostics.is_empty();
    (!told).then(|| {
        let message = format!("nobody answers for `{}`", lowered.name);
        Diagnostic::new(catalogue::NO_OWNER, message, item.name_place(db), "this service has no owner")
            .help("add `owner = …` with a team; approvals with `from = owner` ask its members")
    })
}

fn release_rules(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let release = release(db, item);
    if release.broken {
        return diagnostics;
    }
    let lowered = clearway_model::lower(db, item);
    if release.view.ship.is_empty() && release.view.retire.is_empty() && lowered.diagnostics.is_empty() {
        let message = format!("release `{}` ships nothing", release.name);
        diagnostics.push(
            Diagnostic::new(
                catalogue::EMPTY_RELEASE,
                message,
                item.name_place(db),
                "no `ship` and no `retire`",
            )
            .help("add `ship SERVICE VERSION`, or `ship SERVICE` for its declared version"),
        );
    }
    for (stage, written) in release.view.stages.iter().zip(lowered.values.clauses("stage")) {
        let Some(target) = &stage.environment else { continue };
        if environment(db, target.value.item).view.tier.as_ref().is_none_or(|tier| tier.value != "production")
        {
            continue;
        }
        let name = &target.value.name;
        let is_written =
            |field: &str| written.values.fields.iter().any(|value| value.name == field && value.written);
        if !is_written("gates") {
            let message = format!("nothing is measured before `{name}`");
            diagnostics.push(
                Diagnostic::new(
                    catalogue::UNGATED_PRODUCTION,
                    message,
                    target.place,
                    "a production stage without gates",
                )
                .help("add `gates = [ … ]` to the stage"),
            );
        }
        if !is_written("approval") {
            let message = format!("nobody has to agree before `{name}`");
            diagnostics.push(
                Diagnostic::new(
                    catalogue::UNAPPROVED_PRODUCTION,
                    message,
                    target.place,
                    "a production stage without approval",
                )
                .help("add `approval = …` to the stage"),
            );
        }
    }
    diagnostics
}
