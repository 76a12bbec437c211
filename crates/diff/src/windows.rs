//! When a deployment may start, as sets of time.

use clearway_plan::{Environment, Guarantee, Origin};
use clearway_schedule::{FreezeTime, Interval, Intervals};
use jiff::{Timestamp, ToSpan};

use crate::change::Change;
use crate::verdict::Verdict;

/// For how long times are compared: in so many years every date falls on every day of the week, in leap years and others.
const YEARS: i64 = 28;

/// What is changed about when an environment may be deployed to, from a time on.
pub(crate) fn compare(old: &Environment, new: &Environment, now: Timestamp) -> Option<Change> {
    let (before, after) = (&old.opening, &new.opening);
    if (&before.windows, &before.freezes) == (&after.windows, &after.freezes) {
        return None;
    }
    let range = range(old, new, now);
    let open = |environment: &Environment| {
        environment.opening.open(range).subtract(&environment.opening.frozen(range))
    };
    let (was, is) = (open(old), open(new));
    let (more, less) = (is.subtract(&was), was.subtract(&is));
    let verdict = Verdict::of(!more.is_empty(), !less.is_empty());
    let first = |times: &Intervals, environment: &Environment| {
        times.first().map(|time| {
            let zone = environment.opening.zone_at(time.start);
            zone.show(time.start)
        })
    };
    let more = first(&more, new).map(|time| format!("a deployment may now start on {time}"));
    let less = first(&less, old).map(|time| format!("none may start on {time} any more"));
    let witness: Vec<String> = [more, less].into_iter().flatten().collect();
    let witness = if witness.is_empty() {
        "the times are the same from now on".to_owned()
    } else {
        witness.join(", and ")
    };
    let told = |environment: &Environment| {
        let windows = environment.opening.windows.iter().map(ToString::to_string);
        let all: Vec<String> =
            windows.chain(environment.opening.freezes.iter().map(ToString::to_string)).collect();
        Some(if all.is_empty() { "at any time".to_owned() } else { all.join("; ") })
    };
    let change = Change::new(verdict, Guarantee::Windows, format!("times of `{}`", before.name));
    let change = change.between(told(old), told(new)).witness(witness);
    Some(change.from(&declared(old, new), &[]).to(&declared(new, old), &[]))
}

/// The window or freeze that is not as on the other side; the environment where all are there.
fn declared(one: &Environment, other: &Environment) -> Origin {
    let window = one.opening.windows.iter().find(|window| !other.opening.windows.contains(window));
    let freeze = one.opening.freezes.iter().find(|freeze| !other.opening.freezes.contains(freeze));
    let window = window.map(|window| Origin::new("window", &window.name));
    let freeze = freeze.map(|freeze| Origin::new("freeze", &freeze.name));
    window.or(freeze).unwrap_or_else(|| Origin::new("environment", &one.opening.name))
}

/// From a time on, until all that is written of it is over and every year has been seen.
fn range(old: &Environment, new: &Environment, now: Timestamp) -> Interval {
    let freezes = old.opening.freezes.iter().chain(&new.opening.freezes);
    let ends = freezes.filter_map(|freeze| match freeze.when {
        FreezeTime::Once { until, .. } => Some(until.ends(&freeze.zone)),
        FreezeTime::Recurring(_) => None,
    });
    let last = ends.max().unwrap_or(now).max(now);
    let utc = jiff::tz::TimeZone::UTC;
    let end = utc.to_datetime(last).checked_add(YEARS.years()).ok();
    let end = end.and_then(|end| utc.to_timestamp(end).ok()).unwrap_or(Timestamp::MAX);
    Interval::new(now, end)
}

/// The bake time must end inside the window: without that, a deployment may start that is watched when nobody is there.
pub(crate) fn bake_in_window(old: bool, new: bool, environment: &str, release: &Origin) -> Option<Change> {
    let verdict = Verdict::of(old && !new, new && !old);
    if verdict == Verdict::Neutral {
        return None;
    }
    let told = |inside: bool| {
        Some(if inside { "ends inside the window" } else { "may end after the window" }.to_owned())
    };
    let change = Change::new(verdict, Guarantee::Windows, format!("bake time in `{environment}`"));
    Some(change.between(told(old), told(new)).at(release, &[environment, "bake-in-window"]))
}
