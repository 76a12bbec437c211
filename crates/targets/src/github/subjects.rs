//! What a run is about: every service with its version and the digest of what was built.

use clearway_plan::{Plan, Shipped, StepKind, slug};

use super::layout::once;
use super::parts;
use super::steps::Context;
use super::text::literal;

/// What the version of a service is called where a workflow tells or is told it.
pub(super) fn version_name(service: &str) -> String {
    format!("version-{}", slug(service))
}

/// The version of a service: what the spec says, or what the first job found for it.
pub(super) fn version(context: &Context<'_>, service: &str) -> String {
    match context.index.shipped(service) {
        Some(shipped) if context.is_called => told_version(shipped),
        Some(Shipped { open: false, version, .. }) => literal(version),
        Some(Shipped { open: true, .. }) => {
            format!("${{{{ needs.preflight.outputs.{} }}}}", version_name(service))
        }
        None => String::new(),
    }
}

/// The same in a workflow that is told it.
fn told_version(shipped: &Shipped) -> String {
    if shipped.open {
        format!("${{{{ inputs.{} }}}}", version_name(&shipped.service))
    } else {
        literal(&shipped.version)
    }
}

/// Every subject of the run, one a line: `service=version@digest`. In the workflow of a stage, what it was called with.
pub(super) fn lines(context: &Context<'_>) -> String {
    if context.is_called {
        return "${{ inputs.subjects }}".to_owned();
    }
    if context.path.kind == clearway_plan::PathKind::Rollback {
        // The way back is about what was deployed before, which the ledger knows.
        return String::new();
    }
    let line = |shipped: &Shipped| {
        let version = version(context, &shipped.service);
        match context.index.maker(&shipped.service).filter(|_| has_digest(context.plan, &shipped.service)) {
            // Nothing is built that could be known by a digest: what is deployed is the commit of the run.
            None => format!("{}={version}", literal(&shipped.service)),
            Some(job) => match context.layout.builds.part_of(job) {
                Some(part) => format!("${{{{ needs.{}.outputs.subjects }}}}", parts::builds_id(part)),
                None => subject(&shipped.service, &version, &format!("needs.{job}")),
            },
        }
    };
    once(context.release.ships.iter().map(line)).join("\n")
}

/// What a part of the builds gives to the workflow that calls it: the lines of what it builds.
pub(super) fn given(context: &Context<'_>, steps: &[String]) -> String {
    let line = |id: &String| match &context.index.step(id)?.does {
        StepKind::Build { service } | StepKind::Import { service } => {
            Some(given_line(context.plan, context.index.shipped(service)?, id))
        }
        _ => None,
    };
    let lines: Vec<String> = steps.iter().filter_map(line).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The line of a service in it; empty where nothing is built that is known by a digest.
pub(super) fn given_line(plan: &Plan, shipped: &Shipped, job: &str) -> String {
    if !has_digest(plan, &shipped.service) {
        return String::new();
    }
    subject(&shipped.service, &told_version(shipped), &format!("jobs.{job}"))
}

fn subject(service: &str, version: &str, job: &str) -> String {
    format!("{}={version}@${{{{ {job}.outputs.digest }}}}", literal(service))
}

/// Whether a service has an artifact that is known by its digest.
fn has_digest(plan: &Plan, service: &str) -> bool {
    plan.artifacts.get(service).is_some_and(|artifact| {
        artifact.imported_from.is_some()
            || artifact.build.as_ref().is_some_and(|build| build.output.is_some())
    })
}
