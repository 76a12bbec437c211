//! What the comparison of two specs takes.

use camino::Utf8PathBuf;
use clap::{Args, ValueEnum};

use super::{GivenArgs, PlatformArg};

#[derive(Args)]
pub(crate) struct DiffArgs {
    /// What was: a project's folder, REV:PATH of this repository, or a plan that was built (.clearway/plan.json)
    #[arg(value_name = "OLD")]
    pub old: Utf8PathBuf,
    /// What is, in any of these forms
    #[arg(value_name = "NEW")]
    pub new: Utf8PathBuf,
    /// Fail where something comes to this, or to worse, or cannot be compared
    #[arg(long, value_enum, value_name = "VERDICT")]
    pub fail_on: Option<FailOn>,
    /// Somebody who has agreed to the change: without one of those who agreed on triage rules, a change of them is weaker
    #[arg(long, value_name = "PERSON")]
    pub agreed: Vec<String>,
    #[command(flatten)]
    pub acceptance: AcceptanceArgs,
    #[command(flatten)]
    pub given: GivenArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ReviewFormat::Text, value_name = "FORMAT")]
    pub format: ReviewFormat,
}

/// Who lets a change through that `--fail-on` would stop.
#[derive(Args)]
pub(crate) struct AcceptanceArgs {
    /// A team or role of OLD: what one of them has accepted does not fail
    #[arg(long, value_name = "GROUP", requires = "fail_on")]
    pub accept_by: Option<String>,
    /// Somebody who has accepted the change
    #[arg(long, value_name = "PERSON", requires = "accept_by")]
    pub accepted: Vec<String>,
    /// Who wrote the change, and cannot accept it
    #[arg(long, value_name = "PERSON", requires = "accept_by")]
    pub author: Option<String>,
    /// People are named as they are called there, and not as in the spec
    #[arg(long, value_enum, value_name = "PLATFORM", requires = "accept_by")]
    pub named_on: Option<PlatformArg>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Something is let through that was not
    Weaker,
    /// The same, or nobody can tell whether it is
    Incomparable,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReviewFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For reviewers, in Markdown: a page, or a comment on a pull request
    Markdown,
    /// For a browser: one page that needs no network
    Html,
}
