//! `clearway plan`

use std::collections::BTreeMap;

use clearway_compile::Made;
use clearway_diagnostics::Severity;
use clearway_diagnostics::render::Format;
use clearway_picture::Form;
use clearway_plan::{PathKind, Plan, Release, Told, common, order, steps, timetable};
use clearway_report::plan::Planned;
use clearway_runtime::Trouble;
use clearway_schedule::{Conflict, Schedule, Zone};
use jiff::Timestamp;
use serde_json::json;

use crate::Verdict;
use crate::args::{PlanArgs, PlanFormat, PlanPicture};
use crate::error::Failure;
use crate::output::{Output, any};
use crate::project::open;

pub(crate) fn run(args: &PlanArgs, output: &Output) -> Result<Verdict, Failure> {
    let opened = open(&args.project)?;
    if let Some([before, after]) = args.why.as_deref() {
        return super::why::run(args, &opened, before, after, output);
    }
    let compiled = clearway_compile::plan(&opened.workspace);
    let is_json = args.format == PlanFormat::Json;
    let Some(plan) = compiled.plan.as_ref().filter(|_| !compiled.fails()) else {
        let format = if is_json { Format::Json } else { Format::Human };
        output.diagnostics(&opened, &compiled.diagnostics, format)?;
        return Ok(Verdict::Fails);
    };
    let wanted = |release: &&Release| args.release.as_ref().is_none_or(|name| *name == release.name);
    let releases: Vec<&Release> = plan.releases.iter().filter(wanted).collect();
    if let (Some(name), true) = (&args.release, releases.is_empty()) {
        let known = plan.releases.iter().map(|release| release.name.clone()).collect();
        return Err(Failure::NoRelease { name: name.clone(), known });
    }
    let now = crate::runtime::clock(args.project.given.now);
    let schedule: Vec<(&Release, Result<Schedule, Box<Conflict>>)> =
        releases.iter().map(|release| (*release, timetable(plan, release, now))).collect();
    let mut diagnostics = compiled.diagnostics.clone();
    diagnostics.extend(clearway_compile::missed(&opened.workspace, plan, &releases, now));
    let is_due = any(&diagnostics, Severity::Error);
    let verdict = if is_due { Verdict::Fails } else { Verdict::Holds };
    if is_json && is_due {
        output.diagnostics(&opened, &diagnostics, Format::Json)?;
        return Ok(verdict);
    }
    if is_json {
        let guarantees: serde_json::Map<String, serde_json::Value> = compiled
            .made
            .iter()
            .map(|made| (made.target.to_owned(), serde_json::to_value(&made.guarantees).unwrap_or_default()))
            .collect();
        let told = json!({
            "project": plan.project,
            "order": order(&releases),
            "steps": steps(&releases),
            "guarantees": guarantees,
            "controls": releases.iter().map(|release| (release.name.as_str(), &release.controls)).collect::<BTreeMap<_, _>>(),
            "schedule": schedule.iter().map(|(release, slots)| as_json(plan, release, slots, now)).collect::<Vec<_>>(),
        });
        output.results(|out| writeln!(out, "{told:#}"))?;
        return Ok(verdict);
    }
    output.diagnostics_aside(&opened, &diagnostics)?;
    if args.format == PlanFormat::Svg {
        let picture = picture(plan, &schedule, args.draw, now)?;
        output.results(|out| out.write_all(picture.as_bytes()))?;
        return Ok(verdict);
    }
    if args.format == PlanFormat::Markdown {
        let pages: Vec<String> =
            schedule.iter().map(|(release, slots)| markdown(plan, release, slots, &compiled.made)).collect();
        output.results(|out| write!(out, "{}", pages.join("\n")))?;
        return Ok(verdict);
    }
    output.results(|out| {
        for (at, release) in releases.iter().enumerate() {
            write!(out, "{}{}", if at == 0 { "" } else { "\n" }, Told { plan, release })?;
            match &schedule[at].1 {
                Ok(slots) => {
                    writeln!(out, "\n  earliest starts")?;
                    for slot in &slots.stages {
                        let zone =
                            slot.deployments.first().map_or_else(Zone::utc, |placed| placed.zone.clone());
                        let (start, end) = (zone.show(slot.start), zone.show(slot.accepted));
                        writeln!(out, "    {:<20} {start}, accepted {end}", slot.stage.name.as_str())?;
                    }
                }
                Err(conflict) if release.moves() => writeln!(out, "\n  no time: {conflict}")?,
                Err(_) => writeln!(out, "\n  nothing moves")?,
            }
            if let Some(Ok(slot)) = common(plan, release, now) {
                writeln!(out, "\n  common slot of {}", release.common_slot.join(", "))?;
                for placed in &slot.deployments {
                    writeln!(
                        out,
                        "    {:<20} {}",
                        placed.environment.name.as_str(),
                        placed.zone.show(slot.start)
                    )?;
                }
            }
        }
        Ok(())
    })?;
    Ok(verdict)
}

/// The picture of one release.
fn picture(
    plan: &Plan,
    schedule: &[(&Release, Result<Schedule, Box<Conflict>>)],
    draw: PlanPicture,
    now: Timestamp,
) -> Result<String, Failure> {
    let [(release, slots)] = schedule else {
        let names: Vec<&str> = schedule.iter().map(|(release, _)| release.name.as_str()).collect();
        let trouble = Trouble::new("a picture is of one release");
        return Err(trouble.help(format!("choose it with `--release`: {}", names.join(", "))).into());
    };
    let kind = match draw {
        PlanPicture::Schedule => {
            let chart = clearway_report::timeline::chart(plan, release, slots.as_ref().ok(), now);
            return Ok(chart.svg(Form::File));
        }
        PlanPicture::Jobs => PathKind::Release,
        PlanPicture::Emergency => PathKind::Emergency,
        PlanPicture::Rollback => PathKind::Rollback,
    };
    let path = release.paths.iter().find(|path| path.kind == kind);
    let path = path.ok_or_else(|| {
        Trouble::new(format!("`{}` has no {kind} way", release.name)).help("its ways are in `clearway plan`")
    })?;
    Ok(clearway_report::jobs::picture(release, path, Form::File))
}

/// A release as a page for reviewers.
fn markdown(
    plan: &Plan,
    release: &Release,
    slots: &Result<Schedule, Box<Conflict>>,
    made: &[Made],
) -> String {
    let schedule = schedule_or_why(release, slots);
    clearway_report::plan::markdown(&Planned { plan, release, schedule, kept: kept(made) })
}

/// How each target keeps each guarantee.
pub(super) fn kept(made: &[Made]) -> Vec<[String; 4]> {
    let rows = made.iter().flat_map(|made| {
        made.guarantees.iter().map(|kept| {
            [
                made.target.to_owned(),
                kept.guarantee.to_string(),
                kept.kept.words().to_owned(),
                kept.how.clone(),
            ]
        })
    });
    rows.collect()
}

/// The schedule of a release, or why it has none, for a reader.
pub(super) fn schedule_or_why<'s>(
    release: &Release,
    slots: &'s Result<Schedule, Box<Conflict>>,
) -> Result<&'s Schedule, String> {
    slots.as_ref().map_err(|conflict| match release.moves() {
        true => conflict.to_string(),
        false => "nothing moves".to_owned(),
    })
}

/// The schedule of a release, or why it has none, and the time that its environments have in common, where it asks for one.
fn as_json(
    plan: &Plan,
    release: &Release,
    slots: &Result<Schedule, Box<Conflict>>,
    now: Timestamp,
) -> serde_json::Value {
    let name = &release.name;
    let mut told = match slots {
        Ok(slots) => json!({ "release": name, "now": slots.now, "stages": slots.stages }),
        Err(conflict) => json!({ "release": name, "conflict": conflict.to_string() }),
    };
    if let Some(Ok(slot)) = common(plan, release, now) {
        told["common-slot"] =
            json!({ "environments": release.common_slot, "start": slot.start, "last": slot.last });
    }
    told
}
