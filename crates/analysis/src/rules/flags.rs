//! Flags: somebody answers for them, they have an end, and a ramp goes up.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, Flag};
use clearway_model::{Db, Item, lower};

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if item.kind(db) != "flag" || views::is_template(db, item) || lower(db, item).broken {
        return Vec::new();
    }
    let flag: Flag = views::of(lower(db, item));
    let mut found = falling(&flag);
    found.extend(stale(db, item, &flag));
    let is_missing =
        |field: &str| lower(db, item).values.field(field).is_none() && lower(db, item).diagnostics.is_empty();
    if is_missing("owner") {
        let message = format!("nobody answers for the flag `{}`", item.name(db));
        found.push(
            Diagnostic::new(catalogue::UNOWNED_FLAG, message, item.name_place(db), "no `owner`")
                .help("add `owner = …` with the team that takes it out of the code in the end"),
        );
    }
    if is_missing("expires") {
        let message = format!("the flag `{}` has no end", item.name(db));
        found.push(
            Diagnostic::new(catalogue::ENDLESS_FLAG, message, item.name_place(db), "no `expires`").help(
                "add `expires = DATE`: the day by which everybody has it, and no code asks for it any more",
            ),
        );
    }
    found
}

/// A flag past the day by which no code asks for it any more.
fn stale(db: &dyn Db, item: Item, flag: &Flag) -> Option<Diagnostic> {
    let now = db.project().now(db)?;
    let day = flag.expires.as_ref()?;
    (day.value < clearway_schedule::Zone::utc().local(now).date()).then(|| {
        let message = format!("the flag `{}` should be gone since {}", item.name(db), day.value);
        Diagnostic::new(catalogue::STALE_FLAG, message, day.place, "this day is over")
            .help("take the flag out of the code, and then its declaration out of the spec")
            .help("or decide anew by when it goes: a later day here is a change that is reviewed")
            .due(now)
    })
}

/// Steps of a ramp that do not go up.
fn falling(flag: &Flag) -> Vec<Diagnostic> {
    let shares: Vec<_> =
        flag.ramp.iter().flat_map(|ramp| &ramp.steps).filter_map(|step| step.share.as_ref()).collect();
    let falls = shares.windows(2).filter(|pair| pair[1].value <= pair[0].value);
    falls
        .map(|pair| {
            let message = "a step of a ramp gives the flag to no more users than the one before";
            Diagnostic::new(catalogue::FALLING_RAMP, message, pair[1].place, "not more")
                .related(pair[0].place, "than this")
                .help("let the shares rise, the last to 100%")
        })
        .collect()
}
