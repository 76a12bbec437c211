//! What the records of a ledger say of the changes that were made: who asked for each, what held before it, who agreed, what it did,
//! and how it went.
//!
//! All of it is derived. A [`Change`] is a run with all its records in one place; [`audit()`] looks what an auditor would miss in it,
//! [`delivery()`] counts, [`attribute()`] joins incidents with the changes that they follow, [`timeline()`] tells an incident in the
//! order of events, and [`lessons()`] finds what went wrong more than once. Nothing here looks at a clock: the time until which is
//! counted is given.

mod audit;
mod change;
mod delivery;
mod due;
mod incident;
mod lessons;
mod objective;
pub mod prose;
mod timeline;

pub use audit::{Finding, Missing, audit};
pub use change::{Change, Consent, Decided, Deployment, Progress, changes};
pub use delivery::{Delivery, Median, Period, delivery};
pub use due::{Documents, Due, postmortems, review_file, reviews};
pub use incident::{Attribution, Incident, Link, attribute};
pub use lessons::{Lesson, Mode, lessons};
pub use objective::{Held, objectives};
pub use timeline::{Event, timeline};
