//! What is suspicious about windows, freezes and milestones by themselves, before any schedule is asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::{Deserialize, Serialize};

use crate::deployment::Deployment;
use crate::freeze::{Freeze, FreezeTime};
use crate::interval::{Interval, Intervals};
use crate::length::Length;
use crate::milestone::Milestone;
use crate::name::Named;
use crate::timetable::Timetable;
use crate::window::Window;

/// A freeze longer than this is more likely a mistyped date than meant: a third of a year. Long ones that are meant exist (a season's
/// sales, a quarter's close), and none of the calendars that Clearway was tried on has one of four months.
pub const LONGEST_PLAUSIBLE_FREEZE: Duration = Duration::from_secs(120 * 24 * 60 * 60);

/// Something suspicious.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
pub enum Finding {
    /// No deployment can ever start in a window.
    NeverOpens {
        /// The window.
        window: Named,
        /// Why.
        why: NeverOpens,
    },
    /// A freeze ends before it begins, or when it begins.
    EmptyFreeze {
        /// The freeze.
        freeze: Named,
        /// When it begins.
        from: Timestamp,
        /// When it ends.
        until: Timestamp,
    },
    /// A freeze is longer than [`LONGEST_PLAUSIBLE_FREEZE`].
    LongFreeze {
        /// The freeze.
        freeze: Named,
        /// How long it is.
        #[serde(with = "duration")]
        length: Duration,
    },
    /// The times of a recurring freeze leave nothing between them.
    EndlessFreeze {
        /// The freeze.
        freeze: Named,
    },
    /// No instant meets a milestone's own words.
    ContradictoryMilestone {
        /// The milestone.
        milestone: Named,
    },
    /// One milestone is stated twice, with different times.
    MilestoneStatedTwice {
        /// The milestone, where it was stated first.
        first: Named,
        /// The milestone, where it was stated otherwise.
        second: Named,
        /// Both statements.
        stated: (String, String),
    },
}

/// Why no deployment can start in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NeverOpens {
    /// It has no days.
    NoDays,
    /// It has no hours.
    NoHours,
    /// Each of its days within the horizon is a holiday.
    OnlyHolidays,
    /// It is never open for long enough, together with the windows that it overlaps or touches.
    TooShort {
        /// The longest that it is open within the horizon.
        #[serde(with = "duration")]
        longest: Duration,
        /// How long rollout and rollback take, and the bake time where it must end inside.
        #[serde(with = "duration")]
        needed: Duration,
    },
}

/// What is suspicious about the windows and freezes of a deployment's environment, within a horizon from an instant on.
pub fn findings(deployment: &Deployment, now: Timestamp, horizon: Duration) -> Vec<Finding> {
    let within = Interval::lasting(now, horizon);
    let open = Timetable::of(deployment, within).open.unwrap_or_default();
    let needed = deployment.timing.room_in_window();
    let windows = deployment.environment.windows.iter().filter_map(|window| {
        let why = never_opens(window, &open, needed, within)?;
        Some(Finding::NeverOpens { window: window.named(), why })
    });
    let freezes = deployment.environment.freezes.iter();
    windows.chain(freezes.filter_map(|freeze| suspicious(freeze, within))).collect()
}

/// What is contradictory about milestones.
pub fn milestone_findings(milestones: &[Milestone]) -> Vec<Finding> {
    let mut stated: BTreeMap<&str, &Milestone> = BTreeMap::new();
    let mut findings = Vec::new();
    for milestone in milestones {
        if milestone.starts(Duration::ZERO, Duration::ZERO).is_empty() {
            findings.push(Finding::ContradictoryMilestone { milestone: milestone.named() });
        }
        let first = *stated.entry(&milestone.name).or_insert(milestone);
        let times = |it: &Milestone| (it.due(), it.not_before(), it.day());
        if times(first) != times(milestone) {
            findings.push(Finding::MilestoneStatedTwice {
                first: first.named(),
                second: milestone.named(),
                stated: (first.to_string(), milestone.to_string()),
            });
        }
    }
    findings
}

fn never_opens(window: &Window, open: &Intervals, needed: Duration, within: Interval) -> Option<NeverOpens> {
    if window.days.is_empty() {
        return Some(NeverOpens::NoDays);
    }
    if window.hours.is_empty() {
        return Some(NeverOpens::NoHours);
    }
    let own = window.open(within);
    if own.is_empty() {
        // A window that only a short horizon misses is none that never opens.
        let all_days = Window { calendar: None, ..window.clone() };
        return (!all_days.open(within).is_empty()).then_some(NeverOpens::OnlyHolidays);
    }
    if !open.with_room(needed).intersect(&own).is_empty() {
        return None;
    }
    let around = open.iter().filter(|open| own.iter().any(|own| own.meets(*open)));
    let longest = around.map(Interval::length).max().unwrap_or_default();
    Some(NeverOpens::TooShort { longest, needed })
}

fn suspicious(freeze: &Freeze, within: Interval) -> Option<Finding> {
    let named = freeze.named();
    match freeze.when {
        FreezeTime::Once { from, until } => {
            let time = Interval::new(from.begins(&freeze.zone), until.ends(&freeze.zone));
            if time.is_empty() {
                return Some(Finding::EmptyFreeze { freeze: named, from: time.start, until: time.end });
            }
            let length = time.length();
            (length > LONGEST_PLAUSIBLE_FREEZE).then_some(Finding::LongFreeze { freeze: named, length })
        }
        FreezeTime::Recurring(_) => {
            // Two years have every period whole.
            let years = Interval::lasting(within.start, Duration::from_secs(731 * 24 * 60 * 60));
            let times = freeze.frozen(years);
            if times.at(years.start).is_some_and(|time| time.end >= years.end) {
                return Some(Finding::EndlessFreeze { freeze: named });
            }
            let length = times.longest();
            (length > LONGEST_PLAUSIBLE_FREEZE).then_some(Finding::LongFreeze { freeze: named, length })
        }
    }
}

/// What is wrong, in a line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverOpens { window, why } => {
                write!(f, "no deployment can start in window {window}: {why}")
            }
            Self::EmptyFreeze { freeze, .. } => write!(f, "freeze {freeze} ends before it begins"),
            Self::LongFreeze { freeze, length } => {
                write!(f, "freeze {freeze} lasts {}; is its end a mistake?", Length(*length))
            }
            Self::EndlessFreeze { freeze } => {
                write!(f, "freeze {freeze} never ends: each of its times goes over into the next")
            }
            Self::ContradictoryMilestone { milestone } => {
                write!(f, "no instant meets milestone {milestone}: its own words contradict each other")
            }
            Self::MilestoneStatedTwice { stated: (one, other), .. } => {
                write!(f, "one milestone is stated twice, and differently: {one}; {other}")
            }
        }
    }
}

impl fmt::Display for NeverOpens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDays => write!(f, "it has no days"),
            Self::NoHours => write!(f, "it has no hours"),
            Self::OnlyHolidays => write!(f, "all of its days are holidays"),
            Self::TooShort { longest, needed } => {
                write!(f, "it is open for {} at most, and {} are needed", Length(*longest), Length(*needed))
            }
        }
    }
}
