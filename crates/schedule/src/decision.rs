//! The decision at run time: may a deployment start now? If not, what is in its way, and when may it?

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::serde::unsigned_duration::friendly::compact::required as duration;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::deployment::{Deployment, Opening};
use crate::freeze::Freeze;
use crate::interval::{Interval, STEP, between, later};
use crate::length::Length;
use crate::name::{Named, list};
use crate::timetable::Timetable;
use crate::zone::Zone;

/// Whether a deployment may start at an instant. Its text is for people, its JSON for machines; both say the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The environment.
    pub environment: Named,
    /// The instant that was asked for.
    pub now: Timestamp,
    /// The next opening was looked for before this.
    pub horizon: Timestamp,
    /// The zone in which it is told.
    pub zone: Zone,
    /// The answer.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "decision")]
pub enum Verdict {
    /// It may start.
    Open {
        /// The last start before something closes. `None` when there is none before the horizon.
        last: Option<Timestamp>,
        /// The windows that are open; none where the environment has none.
        windows: Vec<Named>,
    },
    /// It may not start.
    Closed {
        /// What is in its way, now and until the next opening. At least one.
        obstacles: Vec<Obstacle>,
        /// When it may start next. `None` when it may not before the horizon.
        next: Option<Opening>,
    },
}

/// Something in the way of a start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "obstacle")]
pub enum Obstacle {
    /// None of the windows is open now.
    Closed {
        /// The windows.
        windows: Vec<Named>,
    },
    /// A window is open now, and ends too soon.
    NoRoom {
        /// The windows that are open.
        windows: Vec<Named>,
        /// When the last of them ends.
        until: Timestamp,
        /// How long that is from now.
        #[serde(with = "duration")]
        left: Duration,
        /// What rollout and rollback need, and the bake time where it must end inside.
        #[serde(with = "duration")]
        needed: Duration,
    },
    /// A freeze: now, or later where a window would be open.
    Frozen(FrozenTime),
    /// A freeze begins before rollout, rollback and bake time are over.
    FreezeAhead {
        /// The freeze.
        #[serde(flatten)]
        time: FrozenTime,
        /// How long it is from now until it begins.
        #[serde(with = "duration")]
        left: Duration,
        /// What rollout and rollback need, and the bake time.
        #[serde(with = "duration")]
        needed: Duration,
    },
}

/// A time of a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenTime {
    /// The freeze.
    pub freeze: Named,
    /// Why there is one.
    pub reason: Option<SmolStr>,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Its first day, or the moment it begins where it does not begin with a day, as people write it.
    pub first: String,
    /// Its last day, or the moment it ends where it does not end with a day, as people write it.
    pub last: String,
}

impl Decision {
    /// Whether it may start.
    pub fn is_open(&self) -> bool {
        matches!(self.verdict, Verdict::Open { .. })
    }
}

impl Deployment {
    /// Whether it may start at an instant; if not, why, and when it may next, looked for within a horizon.
    pub fn check(&self, now: Timestamp, horizon: Duration) -> Decision {
        let environment = &self.environment;
        // The instant itself is always looked at, whatever the horizon.
        let end = later(now, horizon.max(STEP));
        let next = self.next_opening(now, end);
        let decision = |zone: Zone, verdict: Verdict| Decision {
            environment: environment.named(),
            now,
            horizon: end,
            zone,
            verdict,
        };
        match next {
            Some(Opening { start, last, windows, zone }) if start == now => {
                decision(zone, Verdict::Open { last, windows })
            }
            next => {
                let until = next.as_ref().map_or(end, |next| next.start);
                let zone = next.as_ref().map_or_else(|| environment.zone_at(now), |next| next.zone.clone());
                let obstacles = self.obstacles(Interval::new(now, until));
                decision(zone, Verdict::Closed { obstacles, next })
            }
        }
    }

    /// What is in the way of every start of a range, told for its first instant.
    fn obstacles(&self, range: Interval) -> Vec<Obstacle> {
        let (environment, timing, now) = (&self.environment, &self.timing, range.start);
        let timetable = Timetable::of(self, range);
        let mut obstacles = Vec::new();
        if let Some(open) = &timetable.open {
            let needed = timing.room_in_window();
            match open.at(now) {
                None => {
                    let windows = environment.windows.iter().map(|window| window.named()).collect();
                    obstacles.push(Obstacle::Closed { windows });
                }
                Some(open) if open.with_room(needed).contains(now) => {}
                Some(open) => obstacles.push(Obstacle::NoRoom {
                    windows: environment.windows_at(now),
                    until: open.end,
                    left: between(now, open.end),
                    needed,
                }),
            }
        }
        // A freeze matters where the windows alone would let it start.
        let windows_alone = timetable.starts_of(timing, range, true, |_| false);
        let needed = timing.room_before_freeze();
        for (freeze, times) in environment.freezes.iter().zip(&timetable.freezes) {
            let first = times.iter().find(|time| {
                let in_the_way = time.reached_within(needed);
                in_the_way.contains(now) || windows_alone.iter().any(|starts| starts.meets(in_the_way))
            });
            obstacles.extend(first.map(|time| obstacle(freeze, time, now, needed)));
        }
        obstacles
    }
}

fn obstacle(freeze: &Freeze, time: Interval, now: Timestamp, needed: Duration) -> Obstacle {
    let frozen = FrozenTime {
        freeze: freeze.named(),
        reason: freeze.reason.clone(),
        from: time.start,
        until: time.end,
        first: freeze.show_start(time.start),
        last: freeze.show_end(time.end),
    };
    if time.start > now && time.reached_within(needed).contains(now) {
        return Obstacle::FreezeAhead { time: frozen, left: between(now, time.start), needed };
    }
    Obstacle::Frozen(frozen)
}

/// For people: `blocked until Monday 2027-01-04 09:00 Europe/Berlin: outside of window office; freeze year-end until 2027-01-02`.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Verdict::Open { last, windows } => {
                match windows.as_slice() {
                    [] => write!(f, "open: `{}` has no windows", self.environment)?,
                    [only] => write!(f, "open: window {only}")?,
                    several => write!(f, "open: windows {}", list(several, "and"))?,
                }
                match last {
                    Some(last) => write!(f, "; the last start is {}", self.zone.show(*last)),
                    None => Ok(()),
                }
            }
            Verdict::Closed { obstacles, next } => {
                match next {
                    Some(next) => write!(f, "blocked until {}: ", next.zone.show(next.start))?,
                    None => {
                        let (days, end) = (between(self.now, self.horizon), self.zone.show(self.horizon));
                        write!(f, "blocked for the next {}, until {end} at least: ", Length(days))?;
                    }
                }
                for (at, obstacle) in obstacles.iter().enumerate() {
                    write!(f, "{}{}", if at == 0 { "" } else { "; " }, obstacle.tell(self.now, &self.zone))?;
                }
                Ok(())
            }
        }
    }
}

impl Obstacle {
    fn tell(&self, now: Timestamp, zone: &Zone) -> String {
        let why =
            |reason: &Option<SmolStr>| reason.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
        let plural = |windows: &[Named]| if windows.len() == 1 { "window" } else { "windows" };
        match self {
            Self::Closed { windows } => {
                format!("outside of {} {}", plural(windows), list(windows, "and"))
            }
            Self::NoRoom { windows, until, left, needed } => format!(
                "{} {} {} {}, in {}, and {} are needed",
                plural(windows),
                list(windows, "and"),
                if windows.len() == 1 { "ends" } else { "end" },
                zone.show(*until),
                Length(*left),
                Length(*needed)
            ),
            Self::Frozen(time) if time.from <= now => {
                format!("freeze {} until {}{}", time.freeze, time.last, why(&time.reason))
            }
            Self::Frozen(time) => {
                let FrozenTime { freeze, first, last, reason, .. } = time;
                format!("freeze {freeze} from {first} until {last}{}", why(reason))
            }
            Self::FreezeAhead { time: FrozenTime { freeze, first, last, reason, .. }, left, needed } => {
                let (left, needed, why) = (Length(*left), Length(*needed), why(reason));
                format!(
                    "freeze {freeze} from {first} until {last}{why} begins in {left}, and {needed} are needed"
                )
            }
        }
    }
}
