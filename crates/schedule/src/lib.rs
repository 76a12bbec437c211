//! Windows, freezes, calendars and milestones: when a deployment may start, when a release can, and why not.
//!
//! Plain data with an algebra. The compiler asks it for the schedule of a release and for the common slot of regions; what runs in a
//! pipeline asks it whether a deployment may start now. Both answer by these same rules:
//!
//! - A [`Window`] is open exactly when the wall clock of its zone shows one of its hours, on one of its days; [`zone`](Zone) says what
//!   that means where clocks are changed. A [`Freeze`] is unbroken time.
//! - An [`Environment`] is open in any of its windows (always, where it has none), and closed in each of its freezes.
//! - A [`Deployment`] may start where its windows stay open for its rollout and one rollback, and where no freeze is, nor begins
//!   before rollout, rollback and bake time are over. The bake time may run on after the window, unless it is asked not to.
//! - A [`Stage`] starts when the one before it is accepted and its leads have passed, where all of its deployments may start and its
//!   milestones are met. [`schedule`] gives each its earliest start, or a [`Conflict`]: an irreducible set of facts, and single changes
//!   that would help.
//!
//! Time is an argument: nothing here reads a clock. Days and hours are those of the IANA time zone database that is built in. Instants
//! are counted in nanoseconds; an interval has its start and not its end. Every declaration carries a name and an [`Origin`], by which
//! the caller finds its place.

mod bound;
mod calendar;
mod conflict;
mod decision;
mod deployment;
mod environment;
mod fact;
mod finding;
mod freeze;
mod hours;
mod interval;
mod knob;
mod length;
mod milestone;
mod name;
mod period;
mod recurrence;
mod relaxation;
mod schedule;
mod stage;
mod timeline;
mod timetable;
mod walk;
mod weekdays;
mod window;
mod zone;

pub use bound::Bound;
pub use calendar::Calendar;
pub use conflict::Conflict;
pub use decision::{Decision, FrozenTime, Obstacle, Verdict};
pub use deployment::{DEFAULT_HORIZON, Deployment, Opening, Timing};
pub use environment::Environment;
pub use fact::Fact;
pub use finding::{Finding, LONGEST_PLAUSIBLE_FREEZE, NeverOpens, findings, milestone_findings};
pub use freeze::{Freeze, FreezeTime};
pub use hours::{Hours, NoHours};
pub use interval::{Interval, Intervals};
pub use length::Length;
pub use milestone::Milestone;
pub use name::{Named, Origin};
pub use period::{Period, PeriodUnit};
pub use recurrence::{Month, PeriodEnd, Recurrence};
pub use relaxation::{Amount, Change, Relaxation};
pub use schedule::{CommonSlot, Placed, Schedule, Slot, common_slot, schedule};
pub use stage::{Lead, LeadTime, Stage};
pub use timeline::{Row, Timeline};
pub use weekdays::Weekdays;
pub use window::Window;
pub use zone::{UnknownZone, Zone};
