//! The plan: what a release does, step by step, as plain data.
//!
//! A plan is made from a checked project and from nothing else, and is the same for every target. It is what targets turn into
//! pipelines, what a reviewer reads, and, written to `.clearway/plan.json`, all that the commands inside a pipeline know of the
//! spec. Maps are sorted and lists have the order of the spec, so the same project gives the same bytes. Nothing in it depends on a
//! clock.
//!
//! Durations are whole seconds; numbers that a gate compares are exact decimals in the base unit of their dimension.

mod approval;
mod checklist;
mod condition;
mod gate;
mod guarantee;
mod id;
mod ir;
mod keys;
mod learning;
mod lower;
mod path;
mod people;
mod protected;
mod recurring;
mod rollout;
mod running;
mod spec;
mod tell;
mod timetable;
mod waiver;

pub use approval::{Approval, ApprovalStep, Duty, From, Within};
pub use checklist::{Checklist, ChecklistItem, Decider};
pub use condition::{Amount, Compare, Condition, MetricUse, NoData, Operand, Operator, Scalar, pace};
pub use gate::{Cap, Defect, Evidence, Gate, Quarantine, Requirement, Table, Triage};
pub use guarantee::Guarantee;
pub use id::slug;
pub use ir::{
    Acceptance, Artifact, Build, Command, Control, Credentials, Deployer, Environment, FORMAT, Move,
    MoveKind, Origin, Output, Plan, Release, Shipped, Smoke, Stage, VENDOR_PAUSE, Wave,
};
pub use keys::{PublicKey, pem_blocks};
pub use learning::{AccessReview, Postmortems, Retrospective, Reviews};
pub use lower::{lower, spec};
pub use path::{Path, PathKind, Step, StepKind};
pub use people::{Group, Person};
pub use protected::{Dataset, Secret, SecretSource};
pub use recurring::Recurring;
pub use rollout::{Breach, DEFAULT_OVER, Rollout, Share, Watch};
pub use running::{Alert, Flag, Ramp};
pub use spec::{Spec, Statement, Written};
pub use tell::{Ordered, PlannedStep, Told, order, steps};
pub use timetable::{common, may_start, timetable, timing};
pub use waiver::Waiver;
