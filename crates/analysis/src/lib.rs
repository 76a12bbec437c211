//! Clearway's rules: what must hold of a project, one file a rule.
//!
//! [`check`] gives every diagnostic of a project, those of the model included, and a [`Checked`] only when none stops a build. Whatever is
//! computed from a project is computed from that witness, so that nothing is planned from a spec that does not hold.

mod approvals;
mod around;
mod conditions;
mod control;
mod cycle;
mod facts;
mod form;
mod groups;
mod implied;
pub mod proof;
mod query;
mod retention;
mod rules;
mod shipments;
mod span;
mod times;
mod world;

use clearway_diagnostics::{Code, Diagnostic};
use clearway_model::{Db, Workspace};
use rustc_hash::FxHashSet;

pub use approvals::{Control, Direction};
pub use around::{Around, check_file, check_files};
pub use conditions::bounds;
pub use control::{About, ControlState, Judged, Open, Raised, Verdict, Weight, binding_policies};
pub use form::has_form;
pub use groups::members;
pub use query::{controls, dependents, file_diagnostics, people, project_diagnostics};
pub use retention::{Kept, days, kept};
pub use times::{ends, freeze_of, milestone, milestone_of, opening, timing, window_of};
pub use world::{Edge, declared_item as deployable_named, requirements, requirements_of};

/// What a check comes to.
pub struct Outcome<'w> {
    /// Everything there is to tell, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
    /// The project, when no diagnostic is an error but for those that depend on the clock.
    pub checked: Option<Checked<'w>>,
}

/// A project of which no rule has found an error that holds at any time: only [`check`] makes one.
pub struct Checked<'w> {
    workspace: &'w Workspace,
    /// The codes of what was told besides.
    told: FxHashSet<Code>,
}

impl<'w> Checked<'w> {
    /// The project.
    pub const fn workspace(&self) -> &'w Workspace {
        self.workspace
    }

    /// Its releases, each with the order that holds in its stages.
    pub fn releases(&self) -> Vec<proof::ProvedRelease> {
        proof::proved_releases(self.workspace)
    }

    /// The controls of a policy in force that are not met: advice, and what is waived.
    pub fn open_controls(&self, policy: clearway_model::Item) -> Vec<Open> {
        control::open(self.workspace, policy, &self.told)
    }

    /// How few people can bring a change to each production environment of a release, way by way.
    pub fn controls(&self, release: clearway_model::Item) -> Vec<Control> {
        approvals::controls(self.workspace, release)
    }

    /// Why one service comes before another in a stage of a release, counted from 0: a chain of services that wait for one another.
    /// `None` when it does not have to.
    pub fn why(
        &self,
        release: clearway_model::Item,
        stage: usize,
        before: &str,
        after: &str,
    ) -> Option<Vec<proof::Wait>> {
        proof::why(self.workspace, release, stage, before, after)
    }
}

/// What must be mended in the manifests of a project and of its packages, and in `clearway.lock`, before the packages can be pinned.
pub fn package_problems(db: &dyn Db, project: clearway_model::Project) -> Vec<Diagnostic> {
    let manifests = project.packages(db).iter().flat_map(|package| package.manifest_problems(db));
    let mut problems: Vec<Diagnostic> =
        project.manifest_problems(db).iter().chain(manifests).cloned().collect();
    problems.extend(rules::packages::in_the_way(db, project));
    problems
}

/// Warnings of a package are for its keeper; what is broken in it is broken for whoever uses it.
fn broken_in_packages(workspace: &Workspace) -> impl Iterator<Item = &Diagnostic> {
    let packages = workspace.project().packages(workspace).iter();
    let all = packages.flat_map(|package| {
        let files = package.sources(workspace).iter().flat_map(|file| file_diagnostics(workspace, *file));
        package.manifest_problems(workspace).iter().chain(files)
    });
    all.filter(|diagnostic| diagnostic.is_error())
}

/// Checks a project. Files are read and checked on all cores; rules over the whole project follow.
pub fn check(workspace: &Workspace) -> Outcome<'_> {
    workspace.for_each_file(|db, file| {
        clearway_model::parse(db, file);
        clearway_model::names(db, file);
    });
    workspace.for_each_file(|db, file| {
        file_diagnostics(db, file);
    });
    let project = workspace.project();
    let mut diagnostics = project.manifest_problems(workspace).clone();
    for file in project.sources(workspace) {
        diagnostics.extend_from_slice(file_diagnostics(workspace, *file));
    }
    diagnostics.extend(broken_in_packages(workspace).cloned());
    diagnostics.extend_from_slice(project_diagnostics(workspace, project));
    rules::policies::Raised::of(workspace, project).raise(&mut diagnostics);
    let told = || diagnostics.iter().map(|one| one.code).collect();
    let holds = !diagnostics.iter().any(Diagnostic::stops_build);
    let checked = holds.then(|| Checked { workspace, told: told() });
    Outcome { diagnostics, checked }
}
