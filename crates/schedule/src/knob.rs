//! The search for what would help: the least amount of each change by which every stage of a conflict gets a start.
//!
//! A change is made to every use of a declaration, as an edit of the file would, and its effect is computed and not guessed: the schedule
//! is walked again with it.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, ToSpan};

use crate::bound::Bound;
use crate::conflict::Problem;
use crate::fact::Key;
use crate::freeze::{Freeze, FreezeTime};
use crate::name::Named;
use crate::period::{Period, PeriodUnit};
use crate::relaxation::{Amount, Change, Relaxation};
use crate::stage::{LeadTime, Stage};
use crate::window::Window;

/// A change with the amounts that can be tried.
struct Knob {
    subject: Named,
    change: Change,
    /// What an amount is counted in.
    unit: Unit,
    /// The largest amount.
    most: u32,
}

#[derive(Clone, Copy)]
enum Unit {
    Once,
    Days,
    Minutes,
    Seconds,
    Counted(PeriodUnit),
}

/// The longest move of a freeze's end or of a milestone that is tried, in days and in minutes: beyond a year it is another plan.
const MOST_DAYS: u32 = 366;
const MOST_MINUTES: u32 = MOST_DAYS * 24 * 60;

/// The single changes that give every stage a start, of those that touch the facts of a conflict.
pub(crate) fn relaxations(problem: &Problem, conflict: &BTreeSet<Key>) -> Vec<Relaxation> {
    let mut found: Vec<Relaxation> = Vec::new();
    for knob in conflict.iter().flat_map(|key| knobs(*key, &problem.stages)) {
        let known = found.iter().any(|known| known.subject == knob.subject && known.change == knob.change);
        if let Some(relaxation) = (!known).then(|| knob.least(problem)).flatten() {
            found.push(relaxation);
        }
    }
    found
}

impl Knob {
    /// The least amount that helps, by bisection: more of a change never helps less.
    fn least(self, problem: &Problem) -> Option<Relaxation> {
        let helps = |amount: u32| problem.changed(|stage| self.apply(stage, amount)).is_solved();
        if self.most == 0 || !helps(self.most) {
            return None;
        }
        let (mut too_little, mut enough) = (0, self.most);
        while enough - too_little > 1 {
            let middle = too_little + (enough - too_little) / 2;
            if helps(middle) {
                enough = middle;
            } else {
                too_little = middle;
            }
        }
        let by = match self.unit {
            Unit::Once => None,
            Unit::Days => Some(Amount::Days(enough)),
            Unit::Minutes => Some(Amount::Time(Duration::from_secs(u64::from(enough) * 60))),
            Unit::Seconds => Some(Amount::Time(Duration::from_secs(enough.into()))),
            Unit::Counted(unit) => Some(Amount::Counted(Period::new(enough, unit))),
        };
        Some(Relaxation { subject: self.subject, change: self.change, by })
    }

    /// Makes the change wherever its declaration is used in a stage.
    fn apply(&self, stage: &mut Stage, amount: u32) {
        let seconds = Duration::from_secs(amount.into());
        for deployment in &mut stage.deployments {
            let environment = &mut deployment.environment;
            let is_it = environment.named() == self.subject;
            let timing = &mut deployment.timing;
            match self.change {
                Change::ShortenRollout if is_it => timing.rollout = timing.rollout.saturating_sub(seconds),
                Change::ShortenRollback if is_it => timing.rollback = timing.rollback.saturating_sub(seconds),
                Change::ShortenBake if is_it => timing.bake = timing.bake.saturating_sub(seconds),
                Change::BakeOutsideWindow if is_it => timing.bake_in_window = false,
                _ => {}
            }
            for window in environment.windows.iter_mut().filter(|window| window.named() == self.subject) {
                match self.change {
                    Change::OpenEarlier => widen(window, amount, 0),
                    Change::CloseLater => widen(window, 0, amount),
                    Change::OpenOn(day) => window.days = window.days.with(day),
                    _ => {}
                }
            }
            for freeze in environment.freezes.iter_mut().filter(|freeze| freeze.named() == self.subject) {
                match self.change {
                    Change::EndFreezeEarlier => end_earlier(freeze, amount),
                    Change::BeginFreezeLater => begin_later(freeze, amount),
                    _ => {}
                }
            }
        }
        for lead in stage.leads.iter_mut().filter(|lead| lead.named() == self.subject) {
            match (&mut lead.time, self.change) {
                (LeadTime::Elapsed(length), Change::ShortenLead) => *length = length.saturating_sub(seconds),
                (LeadTime::Counted { period, .. }, Change::ShortenLead) => {
                    period.count = period.count.saturating_sub(amount);
                }
                _ => {}
            }
        }
        for milestone in stage.milestones.iter_mut().filter(|milestone| milestone.named() == self.subject) {
            match self.change {
                Change::MoveBefore => {
                    milestone.before = milestone.before.map(|bound| moved(bound, amount.into()));
                }
                Change::MoveAfter => {
                    milestone.after = milestone.after.map(|bound| moved(bound, -i64::from(amount)));
                }
                _ => {}
            }
        }
    }
}

/// The changes that touch a fact.
fn knobs(key: Key, stages: &[Stage]) -> Vec<Knob> {
    let deployment = |s: usize, d: usize| stages.get(s).and_then(|stage| stage.deployments.get(d));
    let milestone = |s: usize, m: usize| stages.get(s).and_then(|stage| stage.milestones.get(m));
    // A rollout and a rollback of no length are none, a bake time of no length is.
    let shorter = |s: usize, d: usize, change: Change| {
        let found = deployment(s, d)?;
        let seconds = |length: Duration| u32::try_from(length.as_secs()).unwrap_or(u32::MAX);
        let most = match change {
            Change::ShortenRollout => seconds(found.timing.rollout).saturating_sub(1),
            Change::ShortenRollback => seconds(found.timing.rollback).saturating_sub(1),
            _ => seconds(found.timing.bake),
        };
        Some(Knob { subject: found.environment.named(), change, unit: Unit::Seconds, most })
    };
    let moving = |subject: Named, change: Change, bound: Bound| {
        let (unit, most) = unit_of(bound);
        Knob { subject, change, unit, most }
    };
    match key {
        Key::Windows(s, d) => {
            let windows = deployment(s, d).map(|found| found.environment.windows.as_slice());
            windows.unwrap_or_default().iter().flat_map(window_knobs).collect()
        }
        Key::Freeze(s, d, f) => {
            let freeze = deployment(s, d).and_then(|found| found.environment.freezes.get(f));
            freeze.map(freeze_knobs).unwrap_or_default()
        }
        Key::Rollout(s, d) => shorter(s, d, Change::ShortenRollout).into_iter().collect(),
        Key::Rollback(s, d) => shorter(s, d, Change::ShortenRollback).into_iter().collect(),
        Key::Bake(s, d) => shorter(s, d, Change::ShortenBake).into_iter().collect(),
        Key::BakeInWindow(s, d) => {
            let subject = deployment(s, d).map(|found| found.environment.named());
            let knob =
                |subject| Knob { subject, change: Change::BakeOutsideWindow, unit: Unit::Once, most: 1 };
            subject.map(knob).into_iter().collect()
        }
        Key::Lead(s, l) => {
            let lead = stages.get(s).and_then(|stage| stage.leads.get(l));
            let knob = lead.map(|lead| {
                let (unit, most) = match &lead.time {
                    LeadTime::Elapsed(length) => {
                        (Unit::Seconds, u32::try_from(length.as_secs()).unwrap_or(u32::MAX))
                    }
                    LeadTime::Counted { period, .. } => (Unit::Counted(period.unit), period.count),
                };
                Knob { subject: lead.named(), change: Change::ShortenLead, unit, most }
            });
            knob.into_iter().collect()
        }
        Key::Before(s, m) => {
            let bound = milestone(s, m).and_then(|found| Some((found.named(), found.before?)));
            bound.map(|(subject, bound)| moving(subject, Change::MoveBefore, bound)).into_iter().collect()
        }
        Key::After(s, m) => {
            let bound = milestone(s, m).and_then(|found| Some((found.named(), found.after?)));
            bound.map(|(subject, bound)| moving(subject, Change::MoveAfter, bound)).into_iter().collect()
        }
        // Another day is another milestone: no amount is less than another.
        Key::On(..) => Vec::new(),
    }
}

fn window_knobs(window: &Window) -> Vec<Knob> {
    let knob = |change: Change, unit: Unit, most: u32| Knob { subject: window.named(), change, unit, most };
    let first = window.hours.iter().min().map_or(0, |hours| hours.slack().min(hours.from()));
    let last = window.hours.iter().max_by_key(|hours| hours.until()).map_or(0, |hours| hours.slack());
    let mut knobs = vec![
        knob(Change::OpenEarlier, Unit::Minutes, first.into()),
        knob(Change::CloseLater, Unit::Minutes, last.into()),
    ];
    knobs.extend(window.days.others().iter().map(|day| knob(Change::OpenOn(day), Unit::Once, 1)));
    knobs
}

fn freeze_knobs(freeze: &Freeze) -> Vec<Knob> {
    let knob =
        |change: Change, (unit, most): (Unit, u32)| Knob { subject: freeze.named(), change, unit, most };
    let (begin, end) = match freeze.when {
        FreezeTime::Once { from, until } => (unit_of(from), unit_of(until)),
        FreezeTime::Recurring(recurrence) => {
            ((Unit::Days, recurrence.days_before), (Unit::Days, recurrence.days_after))
        }
    };
    vec![knob(Change::EndFreezeEarlier, end), knob(Change::BeginFreezeLater, begin)]
}

/// What a bound is moved by, and how far at most.
fn unit_of(bound: Bound) -> (Unit, u32) {
    match bound {
        Bound::Day(_) => (Unit::Days, MOST_DAYS),
        Bound::Clock(_) | Bound::Instant(_) => (Unit::Minutes, MOST_MINUTES),
    }
}

/// A bound later by days, or by minutes where it is no day; earlier, where they are negative.
fn moved(bound: Bound, by: i64) -> Bound {
    match bound {
        Bound::Day(day) => Bound::Day(day.saturating_add(by.days())),
        Bound::Clock(local) => Bound::Clock(local.saturating_add(by.minutes())),
        Bound::Instant(instant) => {
            let by = SignedDuration::from_secs(by.saturating_mul(60));
            Bound::Instant(instant.checked_add(by).unwrap_or(instant))
        }
    }
}

fn end_earlier(freeze: &mut Freeze, amount: u32) {
    match &mut freeze.when {
        FreezeTime::Once { until, .. } => *until = moved(*until, -i64::from(amount)),
        FreezeTime::Recurring(recurrence) => {
            recurrence.days_after = recurrence.days_after.saturating_sub(amount);
        }
    }
}

fn begin_later(freeze: &mut Freeze, amount: u32) {
    match &mut freeze.when {
        FreezeTime::Once { from, .. } => *from = moved(*from, amount.into()),
        FreezeTime::Recurring(recurrence) => {
            recurrence.days_before = recurrence.days_before.saturating_sub(amount);
        }
    }
}

/// Lets the first hours start earlier, or the last ones end later.
fn widen(window: &mut Window, earlier: u32, later: u32) {
    let minutes = |minutes: u32| u16::try_from(minutes).unwrap_or(u16::MAX);
    let hours = if earlier > 0 {
        window.hours.iter_mut().min()
    } else {
        window.hours.iter_mut().max_by_key(|hours| hours.until())
    };
    if let Some(hours) = hours {
        *hours = hours.widened(minutes(earlier), minutes(later));
    }
}
