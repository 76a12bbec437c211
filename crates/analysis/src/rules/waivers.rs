//! Waivers: what they wave through must exist, for an incident that can be looked up, and not for ever.

use clearway_diagnostics::{Diagnostic, Edit, catalogue, suggest};
use clearway_model::views::{self, Policy, Waiver};
use clearway_model::{Db, Item, Project, lower};
use smol_str::SmolStr;

use crate::control::{has_expired, in_force};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let lowered = lower(db, item);
    if item.kind(db) != "waiver" || lowered.broken || views::is_template(db, item) {
        return Vec::new();
    }
    let waiver: Waiver = views::of(lowered);
    let name = &lowered.name;
    let is_written =
        |field: &str| lowered.values.fields.iter().any(|value| value.name == field && value.written);
    // A wrong or misspelt field was told already.
    let told = !lowered.diagnostics.is_empty();
    let mut diagnostics = Vec::new();
    if !is_written("incident") && !told {
        let message = format!("waiver `{name}` names no incident");
        diagnostics.push(
            Diagnostic::new(
                catalogue::NO_INCIDENT,
                message,
                waiver.place,
                "nothing says what makes it necessary",
            )
            .help("add `incident = \"…\"` with the number of the incident"),
        );
    }
    if waiver.gates.is_empty() && waiver.controls.is_empty() && !told {
        let message = format!("waiver `{name}` waives nothing");
        diagnostics.push(
            Diagnostic::new(catalogue::EMPTY_WAIVER, message, waiver.place, "neither `gates` nor `controls`")
                .help("add `gates = [ … ]`, or `controls = [ … ]` with the numbers of controls"),
        );
    }
    diagnostics.extend(unknown_controls(db, &waiver));
    diagnostics.extend(expired(db, name, &waiver));
    diagnostics
}

/// A waiver that counts no longer.
fn expired(db: &dyn Db, name: &str, waiver: &Waiver) -> Option<Diagnostic> {
    let (now, expires) = (db.project().now(db)?, waiver.expires.as_ref()?);
    has_expired(waiver, now).then(|| {
        let message = format!("waiver `{name}` expired on {}", expires.value);
        Diagnostic::new(catalogue::EXPIRED_WAIVER, message, expires.place, "it counts no longer")
            .help("take it away, or let its approver allow it for longer")
            .due(now)
    })
}

/// Controls that no policy of the project has.
fn unknown_controls(db: &dyn Db, waiver: &Waiver) -> Vec<Diagnostic> {
    if waiver.controls.is_empty() {
        return Vec::new();
    }
    let known = controls(db, db.project());
    let strangers = waiver.controls.iter().filter(|control| !known.iter().any(|id| *id == *control.value));
    strangers
        .map(|control| {
            let message = format!("no policy here has a control `{}`", control.value);
            let place = control.place;
            let diagnostic =
                Diagnostic::new(catalogue::UNKNOWN_CONTROL, message, place, "the number of no control");
            match suggest::closest(&control.value, known.iter().map(SmolStr::as_str)) {
                Some(closest) => diagnostic
                    .help(format!("did you mean `{closest}`?"))
                    .fix(format!("write `\"{closest}\"`"), Edit::Replace(place, format!("\"{closest}\""))),
                None if known.is_empty() => diagnostic.help("the project declares no policy"),
                None => diagnostic.help(format!("the controls are `{}`", known.join("`, `"))),
            }
        })
        .collect()
}

/// The numbers of the controls in force, those of extended policies included.
fn controls(db: &dyn Db, project: Project) -> Vec<SmolStr> {
    let mut known: Vec<SmolStr> = in_force(db, project)
        .into_iter()
        .flat_map(|policy| views::of::<Policy>(lower(db, policy)).controls)
        .filter_map(|control| Some(SmolStr::new(&*control.id?.value)))
        .collect();
    known.sort();
    known.dedup();
    known
}
