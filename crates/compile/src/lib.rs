//! From a project to everything that is made of it: checked, planned, judged by each target, emitted.
//!
//! This is the one driver of the layers below. Only a project that holds is planned, and only a plan of which its target can keep every
//! guarantee, or whose losses are accepted by name, is emitted.

mod basis;
mod files;
mod judge;
mod keys;
mod locate;
mod lock;
mod times;
mod trial;

use clearway_diagnostics::{Diagnostic, Severity};
use clearway_model::{Db, Workspace};
use clearway_plan::{Plan, Release};
use clearway_targets::{File, Keeping, TARGETS, Target};

pub use basis::of_run;
pub use files::{GENERATED, PLAN, with_plan};
pub use locate::{declared_at, located};
pub use times::missed;
pub use trial::{Failure, Trial, trials};

/// What a project comes to.
pub struct Compiled {
    /// Everything there is to tell.
    pub diagnostics: Vec<Diagnostic>,
    /// The plan, where no rule found an error.
    pub plan: Option<Plan>,
    /// What each asked target makes of it; empty where something is an error.
    pub made: Vec<Made>,
}

impl Compiled {
    /// Whether something is an error at any time: then nothing is planned or emitted.
    pub fn fails(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::stops_build)
    }
}

/// What a target makes of a plan.
pub struct Made {
    /// The target's name.
    pub target: &'static str,
    /// How it keeps each guarantee.
    pub guarantees: Vec<Keeping>,
    /// Its files; none where it was only asked what it keeps.
    pub files: Vec<File>,
}

/// Checks a project, plans it, and asks every target that it configures what that cannot keep.
pub fn check(workspace: &Workspace) -> Compiled {
    let configured =
        TARGETS.into_iter().filter(|target| is_configured(workspace, *target)).collect::<Vec<_>>();
    compile(workspace, &configured, Depth::Check)
}

/// Checks and plans a project, and asks every target that it configures.
pub fn plan(workspace: &Workspace) -> Compiled {
    let configured =
        TARGETS.into_iter().filter(|target| is_configured(workspace, *target)).collect::<Vec<_>>();
    compile(workspace, &configured, Depth::Plan)
}

/// Checks and plans a project, and emits it for targets.
pub fn build(workspace: &Workspace, targets: &[&'static dyn Target]) -> Compiled {
    compile(workspace, targets, Depth::Emit)
}

/// Whether a project says anything of a target.
pub fn is_configured(workspace: &Workspace, target: &dyn Target) -> bool {
    workspace.manifest().targets.contains_key(target.name())
}

/// How far a project is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// It is planned only where a target asks for it.
    Check,
    /// It is planned.
    Plan,
    /// It is planned and emitted.
    Emit,
}

fn compile(workspace: &Workspace, targets: &[&'static dyn Target], depth: Depth) -> Compiled {
    let outcome = clearway_analysis::check(workspace);
    let mut diagnostics = outcome.diagnostics;
    if depth == Depth::Emit {
        // What is due fails a check and a run; a build goes on, and tells it aside.
        let due = diagnostics.iter_mut().filter(|one| one.due && one.is_error());
        due.for_each(|one| one.severity = Severity::Warning);
    }
    let Some(checked) = outcome.checked else {
        return Compiled { diagnostics, plan: None, made: Vec::new() };
    };
    let signed_by = keys::signed_by(workspace).unwrap_or_else(|wrong| {
        diagnostics.push(*wrong);
        Vec::new()
    });
    // What is built depends on no clock, and whoever plans asks about the releases that are meant.
    let now =
        workspace.project().now(workspace).filter(|_| depth == Depth::Check && times::matter(workspace));
    if targets.is_empty() && depth == Depth::Check && now.is_none() {
        return Compiled { diagnostics, plan: None, made: Vec::new() };
    }
    let plan = Plan { signed_by, ..clearway_plan::lower(&checked) };
    let releases: Vec<&Release> = plan.releases.iter().collect();
    diagnostics.extend(now.into_iter().flat_map(|now| missed(workspace, &plan, &releases, now)));
    let mut made = Vec::new();
    for target in targets {
        let (problems, settings) = judge::settings(workspace, *target);
        diagnostics.extend(problems);
        let Some(settings) = settings else { continue };
        let guarantees = target.guarantees(&plan, &settings);
        diagnostics.extend(judge::losses(workspace, &plan, *target, &guarantees));
        diagnostics.extend(judge::obstacles(workspace, *target, target.obstacles(&plan, &settings)));
        let mut files = Vec::new();
        if depth == Depth::Emit && !diagnostics.iter().any(Diagnostic::stops_build) {
            match target.emit(&plan, &settings) {
                Ok(emitted) => files = emitted,
                Err(why) => diagnostics.push(judge::unwritable(workspace, *target, &why)),
            }
        }
        made.push(Made { target: target.name(), guarantees, files });
    }
    if diagnostics.iter().any(Diagnostic::stops_build) {
        made.iter_mut().for_each(|made| made.files.clear());
    }
    Compiled { diagnostics, plan: Some(plan), made }
}
