//! `clearway report html`

use clearway_diagnostics::render::Format as Diagnostics;
use clearway_diff::{Asked, Side, Spot};
use clearway_plan::timetable;
use clearway_report::page::{Compared, Page, html};
use clearway_report::plan::Planned;
use clearway_runtime::Trouble;

use super::matrix;
use super::spec::Places;
use crate::Verdict;
use crate::args::HtmlReportArgs;
use crate::commands::diff::{Read, place, read};
use crate::commands::graph::gathered;
use crate::commands::plan::{kept, schedule_or_why};
use crate::error::Failure;
use crate::output::Output;
use crate::project::open;
use crate::runtime::clock;

pub(crate) fn run(args: &HtmlReportArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open(&args.project)?;
    let compiled = clearway_compile::plan(&opened.workspace);
    let Some(plan) = compiled.plan.as_ref().filter(|_| !compiled.fails()) else {
        output.diagnostics(&opened, &compiled.diagnostics, Diagnostics::Human)?;
        return Ok(Verdict::Fails);
    };
    output.diagnostics_aside(&opened, &compiled.diagnostics)?;
    let now = clock(args.project.given.now);
    let schedules: Vec<_> = plan.releases.iter().map(|release| timetable(plan, release, now)).collect();
    let releases: Vec<Planned<'_>> = plan
        .releases
        .iter()
        .zip(&schedules)
        .map(|(release, slots)| Planned {
            plan,
            release,
            schedule: schedule_or_why(release, slots),
            kept: kept(&compiled.made),
        })
        .collect();
    let old = args.against.as_deref().map(|old| read(old, &args.project.given)).transpose()?;
    let asked = Asked { now, agreed: args.agreed.iter().cloned().collect() };
    let spec = clearway_plan::spec(&opened.workspace);
    let after = clearway_diff::Compared { plan, spec: Some(&spec) };
    let before = old.as_ref().and_then(Read::compared);
    let diff = before.map(|before| clearway_diff::diff(before, after, &asked));
    let spot = |side: Side, spot: &Spot| match side {
        Side::Old => place(old.as_ref()?.spec.as_ref()?, spot),
        Side::New => place(&opened, spot),
    };
    let places = Places::of(&opened);
    let page = Page {
        plan,
        releases: &releases,
        graph: &gathered(&opened.workspace, &compiled.diagnostics),
        controls: &matrix::gathered(&opened, &compiled.diagnostics).0,
        change: old.as_ref().map(|_| match &diff {
            Some(diff) => Compared::Diff(diff, &spot),
            None => {
                Compared::Not("Nothing was compared: what was does not hold, and has no plan.".to_owned())
            }
        }),
        place: &|origin| places.declared(origin),
        now,
    };
    let page = html(&page).map_err(|error| Trouble::new(format!("the page cannot be written: {error:#}")))?;
    output.results(|out| out.write_all(page.as_bytes()))?;
    Ok(Verdict::Holds)
}
