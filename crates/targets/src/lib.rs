//! Targets: from a plan to the files of a product that runs pipelines.
//!
//! A target is a pure function: it sees the plan and its settings, and neither the spec, the disk nor a clock. It says, for every
//! guarantee, how its files keep it; what it cannot express at all is an [`Obstacle`]. It never leaves anything out in silence.

mod argo;
mod binary;
mod cloud;
mod deployers;
mod entries;
mod expectation;
mod flagd;
mod github;
mod gitlab;
mod index;
mod kept;
mod named;
mod obstacles;
mod prometheus;
mod recurring;
mod reports;
mod settings;
mod shell;
mod table;
mod way;
mod yaml;

use clearway_plan::{Origin, Plan};

pub use argo::Argo;
pub use expectation::{Element, Expectation, Expectations, Named, Wanted};
pub use github::GitHub;
pub use gitlab::GitLab;
pub use kept::{Keeping, Kept};
pub use settings::{Binary, BinaryError, Ledger, LedgerError, Pin, Settings};

/// A product that pipelines are emitted for.
pub trait Target: Sync {
    /// Its word in the language and on the command line.
    fn name(&self) -> &'static str;
    /// Whether nothing can be emitted for it before `clearway.toml` has its table, since there is no default for what stands there.
    fn needs_table(&self) -> bool {
        false
    }
    /// How each guarantee is kept for a plan, in the order of [`clearway_plan::Guarantee::ALL`].
    fn guarantees(&self, plan: &Plan, settings: &Settings) -> Vec<Keeping>;
    /// What of a plan cannot be expressed.
    fn obstacles(&self, plan: &Plan, settings: &Settings) -> Vec<Obstacle>;
    /// The files of a plan without obstacles, in the order of their paths.
    ///
    /// # Errors
    ///
    /// A file that cannot be written as text, which no plan is known to cause.
    fn emit(&self, plan: &Plan, settings: &Settings) -> Result<Vec<File>, String>;
}

/// Every target.
pub const TARGETS: [&dyn Target; 3] = [&GitHub::new(), &GitLab, &Argo];

/// The target with a name.
pub fn find(name: &str) -> Option<&'static dyn Target> {
    TARGETS.into_iter().find(|target| target.name() == name)
}

/// What is emitted of a plan whatever runs its pipelines: the rules of its alerts, and the configuration of its flags.
///
/// # Errors
///
/// A condition of an alert has no form as a query.
pub fn beside(plan: &Plan) -> Result<Vec<File>, String> {
    let mut files = prometheus::files(plan)?;
    files.extend(flagd::files(plan));
    Ok(files)
}

/// The plan as a build writes it: every call in a pipeline reads this very text.
///
/// # Errors
///
/// It cannot be written as text, which no plan is known to cause.
pub fn plan_text(plan: &Plan) -> Result<String, String> {
    let text = serde_json::to_string_pretty(plan).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path in the repository, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// Whether it is run as a program.
    pub executable: bool,
}

impl File {
    /// A file that is read.
    pub fn new(path: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), text, executable: false }
    }
}

/// Something that a target cannot express.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// The declaration that asks for it.
    pub origin: Origin,
    /// What cannot be expressed.
    pub message: String,
    /// How to go on.
    pub help: String,
    /// Nothing can be emitted; otherwise something is emitted that stops by itself.
    pub is_fatal: bool,
    /// What kind of thing stands in the way.
    pub kind: Hindrance,
}

/// What kind of thing stands in the way of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// The product knows no such thing.
    Form,
    /// It could be expressed, if it were smaller.
    Size,
    /// The target's table in the manifest lacks something, or says something that cannot be used.
    Setting,
    /// Names that the product cannot tell apart, or does not take.
    Name,
}
