//! From declared windows, freezes and calendars to those that time is counted by.

use std::time::Duration;

use clearway_model::views::{self, At, Calendar, Freeze, Milestone, Quantity, Rollout, Stage, Window};
use clearway_model::{Db, Item, Moment, Reference, Value, ValueKind, environment, instance};
use clearway_schedule::{
    self as schedule, Bound, FreezeTime, Hours, Month, NoHours, PeriodEnd, Recurrence, Timing, Weekdays, Zone,
};
use jiff::civil::Weekday;
use rust_decimal::prelude::ToPrimitive;
use smol_str::SmolStr;

/// The windows and freezes of an environment. What was wrong in their text, and was told, is left out.
pub fn opening(db: &dyn Db, item: Item) -> schedule::Environment {
    let declared = environment(db, item);
    let name = declared.name.clone();
    let windows = declared.view.windows.iter().filter_map(|at| window(db, &at.value)).collect();
    let freezes = declared.view.freezes.iter().filter_map(|at| freeze(db, &at.value)).collect();
    schedule::Environment { name, origin: schedule::Origin::default(), windows, freezes }
}

/// How long a stage takes, at the least: there may be more than one wave. How long going back takes is not said by the spec.
pub fn timing(db: &dyn Db, stage: &Stage) -> Timing {
    let rollout = stage.rollout.as_ref();
    let shares = rollout.map(|rollout| views::of::<Rollout>(instance(db, &rollout.value)).steps);
    let holds = shares.iter().flatten().filter_map(|share| share.hold.as_ref());
    Timing {
        rollout: holds.map(|hold| duration(&hold.value)).fold(Duration::ZERO, Duration::saturating_add),
        bake: stage.bake.as_ref().map_or(Duration::ZERO, |bake| duration(&bake.value)),
        bake_in_window: stage.bake_in_window,
        ..Timing::default()
    }
}

fn duration(quantity: &Quantity) -> Duration {
    let seconds = quantity.base().unwrap_or_default();
    Duration::from_secs(seconds.to_u64().unwrap_or_default())
}

/// A milestone. What was wrong in its text, and was told, is left out.
pub fn milestone(db: &dyn Db, reference: &Reference) -> Option<schedule::Milestone> {
    milestone_of(&reference.name, &views::of(instance(db, reference)))
}

/// The times of a milestone.
pub fn milestone_of(name: &SmolStr, view: &Milestone) -> Option<schedule::Milestone> {
    Some(schedule::Milestone {
        name: name.clone(),
        origin: schedule::Origin::default(),
        zone: view.timezone.as_ref().map_or_else(|| Some(Zone::utc()), |at| zone(Some(at)))?,
        before: view.before.as_ref().and_then(|at| bound(&at.value)),
        after: view.after.as_ref().and_then(|at| bound(&at.value)),
        on: view.on.as_ref().map(|at| at.value),
    })
}

/// When something that names a day or a moment is over: a day includes the whole of it.
pub fn ends(value: &Value, timezone: Option<&At<SmolStr>>) -> Option<jiff::Timestamp> {
    let zone = timezone.map_or_else(|| Some(Zone::utc()), |at| zone(Some(at)))?;
    Some(bound(value)?.ends(&zone))
}

fn window(db: &dyn Db, reference: &Reference) -> Option<schedule::Window> {
    window_of(db, &reference.name, &views::of(instance(db, reference)))
}

/// The times of a window.
pub fn window_of(db: &dyn Db, name: &SmolStr, view: &Window) -> Option<schedule::Window> {
    let days = view.days.as_ref().map_or_else(every_day, |days| weekdays(&days.value));
    Some(schedule::Window {
        name: name.clone(),
        origin: schedule::Origin::default(),
        days,
        hours: vec![hours_of(view)?.ok()?],
        zone: zone(view.timezone.as_ref())?,
        calendar: view.calendar.as_ref().map(|at| calendar(db, &at.value)),
    })
}

/// The hours of a window; the whole day where it does not say.
pub(crate) fn hours_of(view: &Window) -> Option<Result<Hours, NoHours>> {
    let Some(hours) = &view.hours else { return Some(Ok(Hours::WHOLE_DAY)) };
    let (from, until) = span_of_times(&hours.value)?;
    Some(Hours::new(from, until))
}

fn freeze(db: &dyn Db, reference: &Reference) -> Option<schedule::Freeze> {
    freeze_of(&reference.name, &views::of(instance(db, reference)))
}

/// The times of a freeze.
pub fn freeze_of(name: &SmolStr, view: &Freeze) -> Option<schedule::Freeze> {
    let when = match &view.every {
        Some(every) => FreezeTime::Recurring(Recurrence {
            every: match every.value.as_str() {
                "month-end" => PeriodEnd::MonthEnd,
                "quarter-end" => PeriodEnd::QuarterEnd,
                _ => PeriodEnd::YearEnd,
            },
            days_before: view.days_before.as_ref().map_or(0, |days| days.value),
            days_after: view.days_after.as_ref().map_or(0, |days| days.value),
            year_starts: Month::default(),
        }),
        None => FreezeTime::Once {
            from: bound(&view.from.as_ref()?.value)?,
            until: bound(&view.until.as_ref()?.value)?,
        },
    };
    Some(schedule::Freeze {
        name: name.clone(),
        origin: schedule::Origin::default(),
        zone: view.timezone.as_ref().map_or_else(|| Some(Zone::utc()), |at| zone(Some(at)))?,
        when,
        reason: view.reason.as_ref().map(|reason| SmolStr::new(&*reason.value)),
    })
}

fn calendar(db: &dyn Db, reference: &Reference) -> schedule::Calendar {
    let view: Calendar = views::of(instance(db, reference));
    schedule::Calendar {
        name: reference.name.clone(),
        holidays: view.holidays.iter().map(|at| at.value).collect(),
        ..schedule::Calendar::default()
    }
}

pub(crate) fn zone(name: Option<&At<SmolStr>>) -> Option<Zone> {
    Zone::named(&name?.value).ok()
}

/// A day, or a moment on the wall or of its own offset.
fn bound(value: &Value) -> Option<Bound> {
    match &value.kind {
        ValueKind::Date(day) => Some(Bound::Day(*day)),
        ValueKind::DateTime(Moment { local, offset: None }) => Some(Bound::Clock(*local)),
        ValueKind::DateTime(Moment { local, offset: Some(seconds) }) => {
            let offset = jiff::tz::Offset::from_seconds(*seconds).ok()?;
            offset.to_timestamp(*local).ok().map(Bound::Instant)
        }
        _ => None,
    }
}

fn span_of_times(value: &Value) -> Option<(u16, u16)> {
    let ValueKind::Span(ends) = &value.kind else { return None };
    match (&ends.0.kind, &ends.1.kind) {
        (ValueKind::Time(from), ValueKind::Time(until)) => Some((*from, *until)),
        _ => None,
    }
}

fn every_day() -> Weekdays {
    Weekdays::span(Weekday::Monday, Weekday::Sunday)
}

/// A day, a list of days, or a span that may go round the week's end.
fn weekdays(value: &Value) -> Weekdays {
    match &value.kind {
        ValueKind::Span(ends) => match (weekday(&ends.0), weekday(&ends.1)) {
            (Some(from), Some(until)) => Weekdays::span(from, until),
            _ => Weekdays::default(),
        },
        _ => value.items().iter().filter_map(weekday).fold(Weekdays::default(), Weekdays::with),
    }
}

fn weekday(value: &Value) -> Option<Weekday> {
    let ValueKind::Word(_, word) = &value.kind else { return None };
    Some(match word.as_str() {
        "Mon" => Weekday::Monday,
        "Tue" => Weekday::Tuesday,
        "Wed" => Weekday::Wednesday,
        "Thu" => Weekday::Thursday,
        "Fri" => Weekday::Friday,
        "Sat" => Weekday::Saturday,
        "Sun" => Weekday::Sunday,
        _ => return None,
    })
}
