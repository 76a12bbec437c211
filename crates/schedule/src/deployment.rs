//! Deployments: when one that takes its time may start in an environment.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::interval::{Interval, Intervals, STEP, earlier};
use crate::name::Named;
use crate::timetable::Timetable;
use crate::zone::Zone;

/// How far it is looked ahead where nothing else is said: any yearly freeze and any day of the week is in it.
pub const DEFAULT_HORIZON: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// How far it is looked ahead at first; most environments open within days.
const FIRST_LOOK: Duration = Duration::from_secs(8 * 24 * 60 * 60);

/// How long the parts of a deployment take. In JSON, durations as `"1h 30m"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// The rollout, summed over its waves.
    #[serde(with = "duration", default)]
    pub rollout: Duration,
    /// One rollback.
    #[serde(with = "duration", default)]
    pub rollback: Duration,
    /// What is waited after the rollout before the deployment is accepted.
    #[serde(with = "duration", default)]
    pub bake: Duration,
    /// The bake time must end inside the window, too.
    #[serde(default)]
    pub bake_in_window: bool,
}

impl Timing {
    /// How long the windows must stay open from the start on: for the rollout and one rollback; with `bake_in_window`, for the rollout
    /// and the bake time, if that is longer.
    pub fn room_in_window(&self) -> Duration {
        let bake = if self.bake_in_window { self.bake } else { Duration::ZERO };
        self.rollout.saturating_add(self.rollback.max(bake))
    }

    /// How long no freeze may begin from the start on: a freeze ends the open time as the end of a window does, so the rollout and one
    /// rollback fit before it, and the bake time is over before it, too.
    pub fn room_before_freeze(&self) -> Duration {
        self.rollout.saturating_add(self.rollback.max(self.bake))
    }

    /// From the start until it is accepted: rollout and bake time.
    pub fn until_accepted(&self) -> Duration {
        self.rollout.saturating_add(self.bake)
    }
}

/// A deployment to an environment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Where to.
    pub environment: Environment,
    /// How long its parts take.
    pub timing: Timing,
}

/// A time in which a deployment may start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The first start.
    pub start: Timestamp,
    /// The last start. `None` when there is none before the horizon.
    pub last: Option<Timestamp>,
    /// The windows that are open at the first start; none where the environment has none.
    pub windows: Vec<Named>,
    /// The zone in which it is told.
    pub zone: Zone,
}

impl Deployment {
    /// The instants of a range at which it may start: inside an open window with room for it, not in a freeze, and with no freeze
    /// before it is over.
    pub fn starts(&self, range: Interval) -> Intervals {
        Timetable::of(self, range).starts(&self.timing, range)
    }

    /// When it may start next, from an instant on and before an end.
    pub fn next_opening(&self, from: Timestamp, end: Timestamp) -> Option<Opening> {
        let starts = first_interval(Interval::new(from, end), |range| self.starts(range))?;
        let last = (starts.end < end).then(|| earlier(starts.end, STEP));
        let windows = self.environment.windows_at(starts.start);
        Some(Opening { start: starts.start, last, windows, zone: self.environment.zone_at(starts.start) })
    }
}

/// The first interval of a set of which any range can be asked: near ranges first, so that what opens soon is found soon.
pub(crate) fn first_interval(range: Interval, set: impl Fn(Interval) -> Intervals) -> Option<Interval> {
    let mut look = FIRST_LOOK;
    while !range.is_empty() {
        let near = Interval::lasting(range.start, look).intersect(range);
        // An interval that the near end cuts off may go on.
        match set(near).first() {
            Some(found) if found.end < near.end || near == range => return Some(found),
            None if near == range => return None,
            _ => look = look.saturating_mul(4),
        }
    }
    None
}
