//! `clearway access`

use std::collections::BTreeSet;

use clearway_plan::Plan;
use clearway_report::access::Access;
use clearway_runtime::review;

use super::preflight::settings;
use crate::Verdict;
use crate::args::{AccessArgs, AccessCommand};
use crate::error::Failure;
use crate::output::Output;
use crate::runtime::{Opened, tell};

pub(crate) fn run(args: &AccessArgs, output: &Output) -> Result<Verdict, Failure> {
    let AccessCommand::Verify(args) = &args.command;
    let opened = Opened::outside_of_runs(&args.run)?;
    let (expected, live) = settings(&args.live)?;
    let grants = grants(&opened.plan().plan);
    tell(&review::verify_access(&opened.call(), &grants, &expected, &live)?, &args.run, output)
}

/// Who may do what by a plan, each grant in a line.
pub(crate) fn grants(plan: &Plan) -> BTreeSet<String> {
    Access::of(plan, &|_| None).grants.iter().map(ToString::to_string).collect()
}
