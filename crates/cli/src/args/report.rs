//! What `clearway report` takes.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand, ValueEnum};
use clearway_evidence::Meaning;
use clearway_history::prose::Kind;

use super::ProjectArgs;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ReportArgs {
    /// What a spec comes to.
    #[command(subcommand)]
    pub spec: Option<SpecReport>,
    /// What looks ahead, from a plan: board, readiness, release-notes, rollback-plan, runbook; what looks back on the records: change, audit,
    /// delivery, postmortem, review, lessons
    #[arg(value_name = "KIND", required = true)]
    pub kind: Option<Kind>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ReportFormat::Markdown, value_name = "FORMAT")]
    pub format: ReportFormat,
    /// Fill in a template of your own, in the language of Jinja
    #[arg(long, value_name = "FILE")]
    pub template: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub history: HistoryArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Markdown,
    /// For programs
    Json,
}

/// The reports on a spec.
#[derive(Subcommand)]
pub(crate) enum SpecReport {
    /// Who may do what: derived for every person and every way into an environment
    Access(SpecReportArgs),
    /// All that an auditor asks for as one folder that is verified offline: plan, records, changes, audit, controls, access
    Bundle(BundleArgs),
    /// Which construct shows which control of the policies in force, and which controls nothing shows
    ControlMatrix(SpecReportArgs),
    /// Everything about the releases as one page for a browser: plan, pictures, guarantees, risks, controls, and what changes
    Html(HtmlReportArgs),
}

/// The bundle.
#[derive(Args)]
pub(crate) struct BundleArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// The folder to write, which must not be there
    #[arg(long, value_name = "FOLDER")]
    pub out: Utf8PathBuf,
    #[command(flatten)]
    pub records: RecordsArgs,
}

/// The page.
#[derive(Args)]
pub(crate) struct HtmlReportArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Show what changes against what was: a project's folder, REV:PATH of this repository, or a plan that was built
    #[arg(long, value_name = "OLD")]
    pub against: Option<Utf8PathBuf>,
    /// Somebody who has agreed to the change, as for `clearway diff`
    #[arg(long, value_name = "PERSON", requires = "against")]
    pub agreed: Vec<String>,
}

/// A report on a spec.
#[derive(Args)]
pub(crate) struct SpecReportArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TableFormat::Markdown, value_name = "FORMAT")]
    pub format: TableFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// For people
    Markdown,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}

/// The records, and the plan that they are read with.
#[derive(Args, Clone)]
pub(crate) struct RecordsArgs {
    /// Where the records are: a folder, file://… or s3://bucket/prefix
    #[arg(long, value_name = "DEST")]
    pub ledger: Option<String>,
    /// Believe only records that a key of this file has signed: Ed25519 public keys in PEM
    #[arg(long, value_name = "FILE")]
    pub trust: Option<Utf8PathBuf>,
    /// The plan that the pipelines were built from
    #[arg(long, value_name = "FILE", default_value = ".clearway/plan.json")]
    pub plan: Utf8PathBuf,
    /// From this moment on, as RFC 3339; from the first record by default
    #[arg(long, value_name = "TIME")]
    pub since: Option<jiff::Timestamp>,
    /// Until this moment, as RFC 3339; until now by default
    #[arg(long, value_name = "TIME")]
    pub until: Option<jiff::Timestamp>,
}

/// What is looked back on.
#[derive(Args)]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    pub records: RecordsArgs,
    /// Only this release
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// Only this run
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Only this change request
    #[arg(long, value_name = "ID")]
    pub change: Option<String>,
    /// Incidents, as a table: CSV with a row of names, or a list of JSON objects
    #[arg(long, value_name = "FILE")]
    pub incidents: Option<Utf8PathBuf>,
    /// The column of a meaning in that table: id, title, status, severity, service, opened, closed; by default each has its own name
    #[arg(long, value_name = "MEANING=NAME", value_parser = column)]
    pub column: Vec<(Meaning, String)>,
    /// Which incident, for a postmortem
    #[arg(long, value_name = "ID")]
    pub incident: Option<String>,
    /// How long after a deployment an incident may follow it, in hours; what the project's retrospective says by default, or 72
    #[arg(long, value_name = "HOURS")]
    pub within: Option<u32>,
    /// How many times something must have gone wrong to be a lesson; what the project's retrospective says by default, or twice
    #[arg(long, value_name = "N")]
    pub often: Option<usize>,
    /// Fix the clock, as RFC 3339: 2026-11-02T09:00:00Z
    #[arg(long, value_name = "TIME")]
    pub now: Option<jiff::Timestamp>,
}

/// What a column of a table of incidents can mean.
pub(crate) const MEANINGS: [Meaning; 7] = [
    Meaning::Id,
    Meaning::Title,
    Meaning::Status,
    Meaning::Severity,
    Meaning::Service,
    Meaning::Opened,
    Meaning::Closed,
];

fn column(text: &str) -> Result<(Meaning, String), String> {
    super::column(text, &MEANINGS)
}
