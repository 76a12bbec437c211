//! What a run is about: every service with its version and the digest of what was built.

use clearway_plan::{Shipped, slug};

use super::steps::Context;
use super::text::literal;

/// The version of a service: what the spec says, or what the first job found for it.
pub(super) fn version(context: &Context<'_>, service: &str) -> String {
    match context.index.shipped(service) {
        Some(Shipped { open: false, version, .. }) => literal(version),
        Some(Shipped { open: true, .. }) => {
            format!("${{{{ needs.preflight.outputs.version-{} }}}}", slug(service))
        }
        None => String::new(),
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
        let digest = match made_by(context, &shipped.service) {
            Some(job) => format!("@${{{{ needs.{job}.outputs.digest }}}}"),
            // Nothing is built that could be known by a digest: what is deployed is the commit of the run.
            None => String::new(),
        };
        format!("{}={}{digest}", literal(&shipped.service), version(context, &shipped.service))
    };
    context.release.ships.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The job that builds or takes a service's artifact, where there is one.
fn made_by<'c>(context: &Context<'c>, service: &str) -> Option<&'c str> {
    let artifact = context.plan.artifacts.get(service)?;
    if artifact.imported_from.is_none() && artifact.build.as_ref()?.output.is_none() {
        return None;
    }
    context.index.maker(service)
}
