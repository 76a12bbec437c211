//! Deployments that may never get their turn: what shares their lock can keep it through every time in which they may start. A run
//! that gets the lock after its window has closed does not deploy, and the next one meets the same.

use std::time::Duration;

use clearway_diagnostics::{Diagnostic, Place, catalogue};
use clearway_model::views::Stage;
use clearway_model::{Db, Item, Project, environment, release};
use clearway_schedule::{Deployment, Interval, Intervals, Length, Zone};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use smol_str::SmolStr;

use crate::{query, times};

/// Windows recur by the week, and clocks are set twice a year: which year is looked at does not matter.
const SOME_DAY: Date = date(2026, 1, 1);
const A_YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// A stage that takes its turn at a lock.
struct Turn {
    lock: SmolStr,
    lock_place: Place,
    environment: Item,
    deployment: Deployment,
    /// From the first step until the stage is accepted, at the least: there may be more than one wave.
    held: Duration,
    /// What takes that long.
    place: Place,
}

pub(crate) fn check(db: &dyn Db, project: Project) -> Vec<Diagnostic> {
    let mut turns: Vec<Turn> = Vec::new();
    for item in query::releases(db, project) {
        turns.extend(release(db, *item).view.stages.iter().filter_map(|stage| turn(db, stage)));
    }
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut seen: Vec<Item> = Vec::new();
    for waiting in &turns {
        if !seen.contains(&waiting.environment) {
            seen.push(waiting.environment);
            told.extend(starved(db, waiting, &turns));
        }
    }
    told
}

/// A stage's turn, where its environment names a lock: only such a lock is shared with other environments.
fn turn(db: &dyn Db, stage: &Stage) -> Option<Turn> {
    let target = stage.environment.as_ref()?;
    let lock = environment(db, target.value.item).view.lock.as_ref()?;
    let timing = times::timing(db, stage);
    let longest =
        if timing.bake >= timing.rollout { stage.bake.as_ref().map(|bake| bake.place) } else { None };
    let mut opening = times::opening(db, target.value.item);
    // Freezes and holidays leave still less time. Without them it is the same every year.
    opening.freezes.clear();
    for window in &mut opening.windows {
        window.calendar = None;
    }
    Some(Turn {
        lock: lock.value.clone(),
        lock_place: lock.place,
        environment: target.value.item,
        deployment: Deployment { environment: opening, timing },
        held: timing.until_accepted(),
        place: longest.or(stage.rollout.as_ref().map(|rollout| rollout.place)).unwrap_or(target.place),
    })
}

fn starved(db: &dyn Db, waiting: &Turn, turns: &[Turn]) -> Option<Diagnostic> {
    let windows = &environment(db, waiting.environment).view.windows;
    let window = windows.first()?;
    let others = turns
        .iter()
        .filter(|other| other.lock == waiting.lock && other.environment != waiting.environment)
        .filter(|other| !other.held.is_zero());
    let holder = { others }.find(|other| covers(other, waiting))?;
    let (name, other) = (waiting.environment.name(db), holder.environment.name(db));
    let (lock, held) = (&waiting.lock, Length(holder.held));
    let message = format!(
        "deployments to `{name}` may never get their turn: one to `{other}` can hold the lock `{lock}` through each time in which \
         they may start"
    );
    let what = format!("they may start for {} at a time", Length(openings(waiting).longest()));
    let told = Diagnostic::new(catalogue::STARVED_LOCK, message, window.place, what)
        .related(holder.place, format!("holds `{lock}` for {held} or longer"))
        .related(holder.lock_place, format!("the lock of `{other}`"));
    Some(told.help(format!(
        "shorten what `{other}` waits for, open `{name}` for longer, or give it a lock of its own"
    )))
}

/// Whether a turn that begins when it may can last through each time in which another may start.
fn covers(holder: &Turn, waiting: &Turn) -> bool {
    let openings = openings(waiting);
    let held = holder.held.min(A_YEAR);
    let before = |instant: Timestamp| instant.checked_sub(held).unwrap_or(Timestamp::MIN);
    let starts = holder.deployment.starts(Interval::new(before(year().start), year().end));
    // It begins before the other may start, and not so long before that it would be over too early.
    let covered = |opening: Interval| starts.within(Interval::new(before(opening.end), opening.start));
    !openings.is_empty() && openings.iter().all(|opening| !covered(opening).is_empty())
}

fn openings(turn: &Turn) -> Intervals {
    turn.deployment.starts(year())
}

fn year() -> Interval {
    Interval::lasting(Zone::utc().start_of(SOME_DAY), A_YEAR)
}
