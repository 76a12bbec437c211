//! What `clearway-schedule` says, as its specification: clocks that are changed, calendars, deployments, schedules, decisions; laws over
//! random samples; and an oracle that looks at every minute.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "how much is looked at is told in the environment")]

mod calendars;
mod chain_laws;
mod clocks;
mod conflicts;
mod decisions;
mod deployments;
mod findings;
mod forms;
mod laws;
mod minutes;
mod public_cases;
mod samples;
mod schedules;
