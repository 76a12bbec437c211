//! Windows that never open, freezes that are no time or far too much, milestones that nothing meets, zones that are meant otherwise.
//! None of it depends on a clock: whether a release has a time from now on is asked when it is planned.

use std::time::Duration;

use clearway_diagnostics::{Diagnostic, Edit, Place, catalogue};
use clearway_model::views::{self, At, Freeze, Milestone, Window};
use clearway_model::{Db, Item, Value, ValueKind, lower, release};
use clearway_schedule::{
    Deployment, Environment, Finding, Length, NeverOpens, NoHours, Origin, Timing, Zone, findings,
    milestone_findings,
};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use smol_str::SmolStr;

use crate::times;

/// Recurring times are looked at over some years: which they are does not matter.
const SOME_DAY: Date = date(2026, 1, 1);
const A_YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What is suspicious about a window, freeze or milestone by itself.
pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    if views::is_template(db, item) || lower(db, item).broken {
        return Vec::new();
    }
    // What was wrong in the text, and was told, is not there.
    let is_sound = lower(db, item).diagnostics.is_empty();
    match item.kind(db).as_str() {
        "window" if is_sound => window(db, item),
        "freeze" if is_sound => freeze(db, item),
        "milestone" if is_sound => milestone(db, item),
        "release" => elsewhere(db, item),
        _ => Vec::new(),
    }
}

fn window(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view: Window = views::declared(db, item).view;
    let name = item.name(db);
    let mut found: Vec<Diagnostic> = abbreviation(view.timezone.as_ref(), &[]).into_iter().collect();
    let never = |why: &str, place: Place, what: &str| {
        let message = format!("no deployment can start in `{name}`: {why}");
        Diagnostic::new(catalogue::NEVER_OPENS, message, place, what)
    };
    if let (Some(hours), Some(Err(error))) = (&view.hours, times::hours_of(&view)) {
        let what = if error == NoHours::Empty { "ends when it starts" } else { "no hours of a day" };
        found.push(never("it has no hours", hours.place, what).help(error.to_string()));
    } else if let Some(window) = times::window_of(db, name, &view) {
        let days = view.days.as_ref().map_or(item.name_place(db), |days| days.place);
        let environment = Environment {
            name: SmolStr::default(),
            origin: Origin::default(),
            windows: vec![window],
            freezes: Vec::new(),
        };
        let deployment = Deployment { environment, timing: Timing::default() };
        for finding in findings(&deployment, some_instant(), A_YEAR) {
            let Finding::NeverOpens { why, .. } = finding else { continue };
            let told = never(&why.to_string(), days, "these days");
            found.push(match (why, &view.calendar) {
                (NeverOpens::OnlyHolidays, Some(calendar)) => {
                    told.related(calendar.place, "the calendar whose holidays are left out")
                }
                _ => told.help("name at least one day: `days = Mon..Thu`"),
            });
        }
    }
    found
}

fn freeze(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view: Freeze = views::declared(db, item).view;
    let name = item.name(db);
    let bounds: Vec<&At<Value>> = view.from.iter().chain(&view.until).collect();
    let mut found: Vec<Diagnostic> = abbreviation(view.timezone.as_ref(), &bounds).into_iter().collect();
    match (&view.every, view.from.as_ref().zip(view.until.as_ref()), bounds.first()) {
        (Some(every), _, Some(bound)) => {
            let message = format!("`{name}` is once and recurs");
            found.push(
                Diagnostic::new(catalogue::CONTRADICTORY_FACTS, message, bound.place, "once")
                    .related(every.place, "recurs")
                    .help("write either `from` and `until`, or `every`"),
            );
            return found;
        }
        (None, None, _) => {
            let message = format!("nothing says when `{name}` is");
            let (place, what) = match bounds.first() {
                Some(bound) => (bound.place, "the other end is missing"),
                None => (item.name_place(db), "a freeze without a time"),
            };
            found.push(
                Diagnostic::new(catalogue::MISSING_FIELD, message, place, what)
                    .help("write `from` and `until`, or `every` with `days-before`"),
            );
            return found;
        }
        _ => {}
    }
    let Some(freeze) = times::freeze_of(name, &view) else { return found };
    let environment = Environment {
        name: SmolStr::default(),
        origin: Origin::default(),
        windows: Vec::new(),
        freezes: vec![freeze],
    };
    let deployment = Deployment { environment, timing: Timing::default() };
    let recurs = view.days_before.as_ref().or(view.days_after.as_ref()).map(|days| days.place);
    let end = view.until.as_ref().map(|until| until.place).or(recurs).unwrap_or(item.name_place(db));
    for finding in findings(&deployment, some_instant(), A_YEAR) {
        found.push(match finding {
            Finding::EmptyFreeze { .. } => {
                let message = format!("`{name}` is over before it begins");
                let told = Diagnostic::new(catalogue::EMPTY_FREEZE, message, end, "the end");
                let told = match &view.from {
                    Some(from) => told.related(from.place, "the beginning"),
                    None => told,
                };
                told.help("a freeze that is no time holds nobody back: exchange the two, or correct the year")
            }
            Finding::LongFreeze { length, .. } => {
                let message = format!("`{name}` lasts {}", Length(length));
                let told = Diagnostic::new(catalogue::LONG_FREEZE, message, end, "is the end a mistake?");
                let told = match &view.from {
                    Some(from) => told.related(from.place, "the beginning"),
                    None => told,
                };
                told.help("nothing can be deployed for a third of a year")
            }
            Finding::EndlessFreeze { .. } => {
                let message = format!("`{name}` never ends: each of its times goes over into the next");
                let mut told =
                    Diagnostic::new(catalogue::LONG_FREEZE, message, end, "as long as the whole period");
                told.severity = clearway_diagnostics::Severity::Error;
                told.help("freeze fewer days, or a longer period")
            }
            Finding::NeverOpens { .. }
            | Finding::ContradictoryMilestone { .. }
            | Finding::MilestoneStatedTwice { .. } => continue,
        });
    }
    found
}

fn milestone(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view: Milestone = views::declared(db, item).view;
    let name = item.name(db);
    let on = view
        .on
        .as_ref()
        .map(|on| At { value: Value { kind: ValueKind::Date(on.value), place: on.place }, place: on.place });
    let bounds: Vec<&At<Value>> = view.before.iter().chain(&view.after).chain(&on).collect();
    let mut found: Vec<Diagnostic> = abbreviation(view.timezone.as_ref(), &bounds).into_iter().collect();
    let Some((first, others)) = bounds.split_first() else {
        let message = format!("nothing says when `{name}` is");
        found.push(
            Diagnostic::new(
                catalogue::MISSING_FIELD,
                message,
                item.name_place(db),
                "a milestone without a time",
            )
            .help("write `before`, `after` or `on`"),
        );
        return found;
    };
    let Some(milestone) = times::milestone_of(name, &view) else { return found };
    for finding in milestone_findings(&[milestone]) {
        if let Finding::ContradictoryMilestone { .. } = finding {
            let message = format!("no time meets `{name}`: what it says contradicts itself");
            let told = Diagnostic::new(catalogue::CONTRADICTORY_MILESTONE, message, first.place, "this");
            found.push(others.iter().fold(told, |told, other| told.related(other.place, "and this")));
        }
    }
    found
}

/// A time in common with a place that the release does not go to.
fn elsewhere(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let view = &release(db, item).view;
    let goes_to = |name: &SmolStr| {
        let mut stages = view.stages.iter().filter_map(|stage| stage.environment.as_ref());
        stages.any(|environment| environment.value.name == *name)
    };
    let others = view.common_slot.iter().filter(|at| !goes_to(&at.value.name));
    others
        .map(|at| {
            let message = format!("`{}` does not go to `{}`", item.name(db), at.value.name);
            Diagnostic::new(catalogue::CONTRADICTORY_FACTS, message, at.place, "none of its stages")
                .help("name environments of its stages")
        })
        .collect()
}

fn some_instant() -> Timestamp {
    Zone::utc().start_of(SOME_DAY)
}

/// Abbreviations that are names of zones too, and stand still all year, with the zone that people mean by them.
const STANDING_STILL: [(&str, &str, &str); 2] =
    [("EST", "America/New_York", "EDT"), ("MST", "America/Denver", "MDT")];

/// A zone that is named by an abbreviation, where the clocks of those who use it are set otherwise on the days that are meant; without
/// days, all year round.
fn abbreviation(zone: Option<&At<SmolStr>>, bounds: &[&At<Value>]) -> Option<Diagnostic> {
    let written = zone?;
    let (_, meant, summer) = STANDING_STILL.into_iter().find(|(name, ..)| *name == written.value)?;
    let (own, meant_zone) = (times::zone(Some(written))?, Zone::named(meant).ok()?);
    let differs = |day: Date| own.start_of(day) != meant_zone.start_of(day);
    let day = |at: &&At<Value>| match &at.value.kind {
        ValueKind::Date(day) => Some((*day, at.place)),
        ValueKind::DateTime(moment) if moment.offset.is_none() => Some((moment.local.date(), at.place)),
        _ => None,
    };
    let name = &written.value;
    let fix = |told: Diagnostic| {
        told.help(format!("did you mean `{meant}`?"))
            .fix(format!("write `{meant}`"), Edit::Replace(written.place, format!("\"{meant}\"")))
    };
    if bounds.is_empty() {
        let message = format!("`{name}` is an hour off for half of the year");
        let what = format!("stands still, and {meant} goes to {summer} in summer");
        return Some(fix(Diagnostic::new(catalogue::ZONE_ABBREVIATION, message, written.place, what)));
    }
    let (date, place) = bounds.iter().filter_map(day).find(|(day, _)| differs(*day))?;
    let message = format!("on {date} the clocks of {meant} are on {summer}, not on {name}");
    let told = Diagnostic::new(catalogue::ZONE_ABBREVIATION, message, written.place, "stands still all year");
    Some(fix(told.related(place, "a day in summer")))
}
