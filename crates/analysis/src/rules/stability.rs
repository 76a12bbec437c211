//! What was promised of a part's versions: how long each stays, and until when one that is deprecated is there.

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::{self, At, Deployable, Deprecated, Provided, Quantity, Requirement};
use clearway_model::{Db, Item, deployable, deployed_state, release};
use clearway_schedule::{Calendar, Period, PeriodUnit, Zone};
use clearway_versions::{Range, Scheme};
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;

use crate::query::{interface, promises};
use crate::world::declared_item;

/// A day of elapsed time, in seconds.
const DAY: u64 = 24 * 60 * 60;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if views::is_template(db, item) {
        return Vec::new();
    }
    match item.kind(db).as_str() {
        "release" => removed_by(db, item),
        kind if views::DEPLOYABLE.contains(&kind) => {
            let view = &deployable(db, item).view;
            let mut found = deprecated_early(view);
            found.extend(not_kept(db, item, view));
            found.extend(on_deprecated(db, view));
            found
        }
        _ => Vec::new(),
    }
}

/// Whether what is provided keeps a version of a part: the version itself, or a later one that breaks nothing.
fn keeps(provides: &[Provided], part: &str, version: &str) -> bool {
    let numbers = Scheme::default();
    let range = Range::parse(&format!("^{version}"));
    provides.iter().filter(|provided| provided.part.as_ref().is_some_and(|name| name.value == part)).any(
        |provided| {
            provided.version.as_ref().is_some_and(|kept| {
                let fits = range.as_ref().and_then(|range| range.admits(&kept.value, &numbers));
                kept.value == version || fits == Some(true)
            })
        },
    )
}

/// The last day of a promise.
fn promised_until(provided: &Provided) -> Option<Date> {
    let (since, length) = (provided.since.as_ref()?, provided.stable_for.as_ref()?);
    after(since.value, &length.value)
}

fn after(since: Date, length: &Quantity) -> Option<Date> {
    let counted =
        |unit| Period::new(length.amount.ceil().to_u32()?, unit).after_day(since, &Calendar::default());
    match length.unit.as_str() {
        "business-days" => counted(PeriodUnit::BusinessDays),
        "months" => counted(PeriodUnit::Months),
        "quarters" => counted(PeriodUnit::Quarters),
        "years" => counted(PeriodUnit::Years),
        _ => {
            let days = length.base()?.to_u64()? / DAY;
            since.checked_add(jiff::Span::new().try_days(i64::try_from(days).ok()?).ok()?).ok()
        }
    }
}

/// A deprecation that ends before the promise does.
fn deprecated_early(view: &Deployable) -> Vec<Diagnostic> {
    let facts = std::iter::once((&view.provides, &view.deprecates));
    let facts = facts.chain(view.at.iter().map(|at| (&at.provides, &at.deprecates)));
    let mut found = Vec::new();
    for (provides, deprecates) in facts {
        for Deprecated { part, version, until, .. } in deprecates {
            let (Some(part), Some(version), Some(until)) = (part, version, until) else { continue };
            let promise = provides.iter().find(|provided| {
                provided.part.as_ref().is_some_and(|name| name.value == part.value)
                    && provided.version.as_ref().is_some_and(|own| own.value == version.value)
            });
            let Some((promise, end)) = promise.and_then(|promise| Some((promise, promised_until(promise)?)))
            else {
                continue;
            };
            if until.value < end {
                let message = format!(
                    "`{}` {} is promised until {end}, and would be taken away after {}",
                    part.value, version.value, until.value
                );
                let place = promise.stable_for.as_ref().map_or(promise.place, |length| length.place);
                found.push(
                    Diagnostic::new(
                        catalogue::DEPRECATED_EARLY,
                        message,
                        until.place,
                        "before the promise is over",
                    )
                    .related(place, "promised here")
                    .help(format!("deprecate it until {end} or later")),
                );
            }
        }
    }
    found
}

/// Today, where a check has a clock.
fn today(db: &dyn Db) -> Option<(jiff::Timestamp, Date)> {
    let now = db.project().now(db)?;
    Some((now, Zone::utc().local(now).date()))
}

/// A deprecated version that is gone already, while its time runs.
fn not_kept(db: &dyn Db, item: Item, view: &Deployable) -> Vec<Diagnostic> {
    let Some((now, today)) = today(db) else { return Vec::new() };
    let mut found = Vec::new();
    for Deprecated { part, version, until, .. } in &view.deprecates {
        let (Some(part), Some(version), Some(until)) = (part, version, until) else { continue };
        if until.value >= today && !keeps(&view.provides, &part.value, &version.value) {
            let message = format!(
                "`{}` provides `{}` {} no longer, and has promised it until {}",
                item.name(db),
                part.value,
                version.value,
                until.value
            );
            found.push(
                Diagnostic::new(
                    catalogue::REMOVED_EARLY,
                    message,
                    version.place,
                    "not among what it provides",
                )
                .related(until.place, "promised until here")
                .help(format!("provide it too until then: `provides {} {}`", part.value, version.value))
                .due(now),
            );
        }
    }
    found
}

/// Versions of parts that a release takes away while their promise runs.
fn removed_by(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let Some((now, today)) = today(db) else { return Vec::new() };
    let view = &release(db, item).view;
    let mut found: Vec<Diagnostic> = Vec::new();
    for ship in &view.ship {
        let Some(service) = &ship.service else { continue };
        let name = &service.value.name;
        let Some(owner) = declared_item(db, name).filter(|owner| promises(db, *owner)) else { continue };
        let owner = &deployable(db, owner).view;
        let given = db.project().ship(db).get(name.as_str()).map(SmolStr::new);
        let version =
            given.or_else(|| ship.version.as_ref().or(owner.version.as_ref()).map(|at| at.value.clone()));
        let Some(after) = version.and_then(|version| provided_at(owner, &version)) else { continue };
        let place = ship.version.as_ref().map_or(service.place, |version| version.place);
        for stage in view.stages.iter().filter_map(|stage| stage.environment.as_ref()) {
            let state = deployed_state(db, stage.value.item).and_then(|file| file.state.as_ref().ok());
            let live = state.and_then(|state| state.services.get(name.as_str()));
            for before in live.into_iter().flat_map(|live| live.versions()) {
                let Some(before) = provided_at(owner, &before.version) else { continue };
                for told in removed(name, before, after, today, place) {
                    let told = told.due(now);
                    if !found.contains(&told) {
                        found.push(told);
                    }
                }
            }
        }
    }
    found
}

/// Whether a view promises how long a version of a part stays.
pub(crate) fn has_promise(view: &Deployable) -> bool {
    let facts = view.at.iter().flat_map(|at| &at.provides);
    view.provides.iter().chain(facts).any(|provided| provided.stable_for.is_some())
}

/// What a version provides, by its own facts.
fn provided_at<'v>(owner: &'v Deployable, version: &str) -> Option<&'v [Provided]> {
    let scheme = owner.scheme();
    let same = |at: &At<SmolStr>| {
        at.value == version || scheme.read(&at.value).is_some_and(|read| Some(read) == scheme.read(version))
    };
    if let Some(at) = owner.at.iter().find(|at| at.version.as_ref().is_some_and(same)) {
        return Some(&at.provides);
    }
    owner.version.as_ref().is_some_and(same).then_some(&*owner.provides)
}

fn removed(
    name: &str,
    before: &[Provided],
    after: &[Provided],
    today: Date,
    place: Place,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for provided in before {
        let (Some(part), Some(version), Some(length)) =
            (&provided.part, &provided.version, &provided.stable_for)
        else {
            continue;
        };
        if keeps(after, &part.value, &version.value) {
            continue;
        }
        let what = format!("{} {}", part.value, version.value);
        let promised = format!("{} {}", length.value.amount, length.value.unit);
        let told = match promised_until(provided) {
            Some(end) if end >= today => {
                let message =
                    format!("this release takes `{name}.{what}` away, which is promised until {end}");
                Diagnostic::new(catalogue::REMOVED_EARLY, message, place, "does not provide it any more")
                    .help(format!("provide it too until then: `provides {what}`"))
            }
            Some(_) => continue,
            None if provided.since.is_some() => continue,
            None => {
                let message = format!(
                    "this release takes `{name}.{what}` away, and nothing says since when its {promised} run"
                );
                Diagnostic::new(catalogue::REMOVED_EARLY, message, place, "does not provide it any more")
                    .help("say it where it is promised: `since 2026-01-15`")
            }
        };
        found.push(told.related(length.place, format!("promised for {promised}")));
    }
    found
}

/// Requirements that nothing but a deprecated version meets.
fn on_deprecated(db: &dyn Db, view: &Deployable) -> Vec<Diagnostic> {
    view.requires.iter().filter_map(|requirement| only_deprecated(db, requirement)).collect()
}

fn only_deprecated(db: &dyn Db, requirement: &Requirement) -> Option<Diagnostic> {
    let (target, range) = (requirement.target.as_ref()?, requirement.range.as_ref()?);
    let (part, _) = target.value.part.as_ref()?;
    let owner = interface(db, declared_item(db, &target.value.name)?);
    let numbers = Scheme::default();
    let offered = owner.provides.versions(part).map(|(version, _)| version);
    let fitting: Vec<&SmolStr> =
        offered.filter(|version| range.value.admits(version, &numbers) == Some(true)).collect();
    let ends = |version: &&SmolStr| {
        let gone = owner.deprecates.iter().find(|(of, gone, _)| of == part && gone == *version);
        gone.map(|(_, _, until)| until)
    };
    let gone: Vec<&At<Date>> = fitting.iter().filter_map(ends).collect();
    let last = gone.iter().max_by_key(|until| until.value)?;
    if gone.len() < fitting.len() {
        return None;
    }
    let name = &target.value.name;
    let message = format!(
        "only a deprecated version of `{name}.{part}` is in `{}`, and it is gone after {}",
        range.value, last.value
    );
    Some(
        Diagnostic::new(catalogue::REQUIRES_DEPRECATED, message, range.place, "nothing else meets this")
            .related(last.place, format!("`{name}` takes it away after this day"))
            .help(format!("work with a newer version of `{name}.{part}` before that day")),
    )
}
