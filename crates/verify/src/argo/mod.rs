//! The rules of Argo Workflows, as far as emitted workflows rest on them: what a file says, and what becomes of each task. Nothing here knows the
//! emitter. The rules are those of the controller's own sources: `evaluateDependsLogic` and `assessDAGPhase` in `workflow/controller/dag.go`.

pub mod claims;
mod depends;
mod manifest;
mod run;
mod way;

pub use depends::Depends;
pub use manifest::{Manifest, Template, Workflow};
pub use run::{Fate, Phase, Run};
pub use way::{Emitted, Way};

use clearway_plan::Plan;

use crate::{Files, Product};

/// Argo: its workflows, its Rollouts, and what brings them.
pub const PRODUCT: Product = Product {
    name: "argo",
    roots: &["argo", ".clearway/settings/argo"],
    keeps: || claims::ALL.iter().flat_map(|(_, keeps, _)| keeps.iter().copied()).collect(),
    told: |plan: &Plan, files: &Files| {
        claims::broken(&Emitted::read(plan.clone(), files.clone())?, &|_| true)
    },
};
