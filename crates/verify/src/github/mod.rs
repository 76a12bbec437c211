//! What GitHub makes of workflows, from its documented rules alone: nothing here knows how they were made.
//!
//! Files are read as plain data (`workflow`, `folder`), conditions as trees (`expression`) whose values may be known only in part
//! (`value`, `evaluate`). A run is a graph of jobs, called workflows included (`graph`), and a pass over it says which jobs start
//! and how they end, for one run (`run`) or for many at once (`pass`). So it can be shown that a job stands behind another, or
//! a run be found in which it does not (`search`, which `narrow` spares most of the search). What the rules leave open is open here too: a claim holds only if it holds
//! either way.

pub mod claims;
mod evaluate;
mod expression;
mod folder;
mod functions;
mod graph;
mod narrow;
mod pass;
mod results;
mod run;
mod scan;
mod search;
mod sight;
mod steps;
mod survey;
mod value;
mod way;
mod workflow;

pub use evaluate::{Scope, truth, value};
pub use expression::{Condition, Expression, Malformed, template};
pub use folder::Folder;
pub use graph::{Graph, Node};
pub use results::Outcome;
pub use run::{Run, Scenario, Unclear};
pub use search::{Claim, Stuck};
pub use steps::{StepsAssumed, StepsRun};
pub use survey::{Found, Holder, is_pinned};
pub use value::Value;
pub use way::{Emitted, Way};
pub use workflow::{Environment, Input, Job, Permissions, Scalar, Step, Turns, Workflow};

use clearway_plan::Plan;

use crate::{Files, Product};

/// GitHub Actions.
pub const PRODUCT: Product = Product {
    name: "github",
    roots: &[".github/workflows", ".github/actions", ".clearway/settings/github"],
    keeps: || claims::ALL.iter().flat_map(|(_, keeps, _)| keeps.iter().copied()).collect(),
    told: |plan: &Plan, files: &Files| {
        claims::broken(&Emitted { plan: plan.clone(), files: files.clone() }, &|_| true)
    },
};
