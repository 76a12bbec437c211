//! GitLab's rules, as far as emitted pipelines rest on them: what a file says, which jobs are there, and what becomes of each. Nothing here
//! knows the emitter. The rules are those of GitLab's own sources: `Gitlab::Ci::Status::Composite`, `Ci::ProcessBuildService`,
//! `Ci::PipelineProcessing::AtomicProcessingService` and `Ci::Bridge`.

pub mod claims;
mod condition;
mod input;
mod pipeline;
mod run;
mod status;
mod way;

pub use pipeline::{Job, Need, Pipeline, Project, Trigger};
pub use run::{Fate, Run};
pub use status::Status;
pub use way::{Emitted, Way};

use clearway_plan::Plan;

use crate::{Files, Product};

/// GitLab CI.
pub const PRODUCT: Product = Product {
    name: "gitlab",
    roots: &[pipeline::ROOT, ".gitlab", ".clearway/settings/gitlab"],
    keeps: || claims::ALL.iter().flat_map(|(_, keeps, _)| keeps.iter().copied()).collect(),
    told: |plan: &Plan, files: &Files| {
        claims::broken(&Emitted { plan: plan.clone(), files: files.clone() }, &|_| true)
    },
};
