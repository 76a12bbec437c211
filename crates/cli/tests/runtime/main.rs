//! The built binary as a pipeline calls it: from a state file to a deployment and back, and killed in the middle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]
#![allow(clippy::disallowed_methods, reason = "the tests write the files that the binary reads")]

#[path = "../../../runtime/tests/common/mod.rs"]
mod common;

mod evidence;
mod ledger;
mod lock;
mod pipeline;
mod release;
mod usage;
