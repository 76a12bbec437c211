//! `clearway report access`

use clearway_report::access::Access;

use super::spec::{Places, planned, print};
use crate::Verdict;
use crate::args::SpecReportArgs;
use crate::error::Failure;
use crate::output::Output;

pub(crate) fn run(args: &SpecReportArgs, output: &Output) -> Result<Verdict, Failure> {
    let Some((opened, plan)) = planned(args, output)? else { return Ok(Verdict::Fails) };
    let places = Places::of(&opened);
    let access = Access::of(&plan, &|origin| places.declared(origin));
    print(&access, args.format, output)?;
    Ok(Verdict::Holds)
}
