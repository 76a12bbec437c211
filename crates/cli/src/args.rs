//! What the command line takes. Help, man pages and completions are made from this one declaration.

mod diff;
mod records;
mod report;
mod review;
mod runtime;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clearway_diagnostics::render::Format;
use clearway_evidence::Meaning;
use clearway_syntax::FormatOptions;

/// A language and a compiler for releases
///
/// Write down what you ship, what depends on what, which gates must hold, who must approve and when a change may reach
/// production; clearway checks that the release can work.
#[derive(Parser)]
#[command(name = "clearway", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Check a project: names, types, versions, cycles
    Check(CheckArgs),
    /// Write the pipelines of a project
    Build(BuildArgs),
    /// Say which declaration a line of a pipeline comes from
    Locate(LocateArgs),
    /// Read pipelines back, also edited ones, and say whether they keep the guarantees of their plan
    Verify(VerifyArgs),
    /// Say what a release does, step by step
    Plan(PlanArgs),
    /// Say what a change makes weaker, guarantee by guarantee and way by way
    Diff(DiffArgs),
    /// Say what a diagnostic means and how to mend it
    Explain(ExplainArgs),
    /// Write files in the one style
    Fmt(FmtArgs),
    /// Draw what depends on what
    Graph(GraphArgs),
    /// Start a project, from what a repository has
    Init(InitArgs),
    /// Pin the packages of a project as they are now
    Lock(LockArgs),
    /// Serve an editor over standard input and output
    Lsp(LspArgs),
    /// Decide a gate on its evidence; pipelines call it
    Gate(GateArgs),
    /// Look whether a checklist is complete; pipelines call it
    Checklist(ChecklistArgs),
    /// Look whether a deployment may start now; pipelines call it
    Window(WindowArgs),
    /// Look whether the people agreed who must; pipelines call it
    Approval(ApprovalArgs),
    /// Look whether the platform is set up as the pipeline rests on it; pipelines call it
    Preflight(PreflightArgs),
    /// Look whether who may do what was looked at in time, and is so on the platform; pipelines call it
    Access(AccessArgs),
    /// Record that a step begins, and how it ended; pipelines call it
    Record(RecordArgs),
    /// Hold a lock for a time, wherever runs are that share a ledger; pipelines call it
    Lease(LeaseArgs),
    /// Plan a run against what is deployed now; pipelines call it
    Basis(BasisArgs),
    /// Watch what was deployed; pipelines call it
    Watch(WatchArgs),
    /// Write the reference of the language: its pages, or a JSON schema of its declarations
    Doc(DocArgs),
    /// Try the tests of a project
    Test(TestArgs),
    /// Read reports as a gate does
    Evidence(EvidenceArgs),
    /// Read what pipelines recorded
    Ledger(LedgerArgs),
    /// Tell what a spec comes to, or what was done and how it went
    Report(ReportArgs),
    /// Print a completion script for a shell, or the man pages
    Completions(CompletionsArgs),
}

pub(crate) use diff::{AcceptanceArgs, DiffArgs, FailOn, ReviewFormat};
pub(crate) use records::{EvidenceArgs, EvidenceCommand, LedgerArgs, LedgerCommand, TableArgs};
pub(crate) use report::{
    BundleArgs, HistoryArgs, HtmlReportArgs, MEANINGS, ReportArgs, ReportFormat, SpecReport, SpecReportArgs,
    TableFormat,
};
pub(crate) use review::{AccessArgs, AccessCommand, LiveArgs, ReviewArgs, ReviewCommand, ReviewingArgs};
pub(crate) use runtime::{
    ApprovalArgs, ApprovalCommand, ApprovalVerifyArgs, BasisArgs, ChecklistArgs, ChecklistCommand,
    ChecklistLookArgs, GateArgs, GateCommand, HoldArgs, LeaseArgs, LeaseCommand, PathArg, PlatformArg,
    PlatformArgs, PreflightArgs, RecordArgs, RecordCommand, RunArgs, StepArgs, WatchArgs, WindowArgs,
    WindowCommand,
};

/// The project a command is about.
#[derive(Args)]
pub(crate) struct ProjectArgs {
    /// A project's folder, a file, or - for standard input; the nearest folder with a clearway.toml by default
    #[arg(value_name = "PATH")]
    pub path: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub given: GivenArgs,
}

/// What is given beside a spec.
#[derive(Args)]
pub(crate) struct GivenArgs {
    /// Read what is deployed in an environment from a file
    #[arg(long, value_name = "ENV=FILE", value_parser = pair)]
    pub deployed: Vec<(String, String)>,
    /// Ship a service in another version than the release names
    #[arg(long, value_name = "SERVICE@VERSION", value_parser = at_version)]
    pub ship: Vec<(String, String)>,
    /// Take what is not recorded of a version from today's declaration, for a first adoption
    #[arg(long, value_enum, value_name = "WHAT")]
    pub assume: Option<Assume>,
    /// Fix the clock, as RFC 3339: 2026-11-02T09:00:00Z
    #[arg(long, value_name = "TIME")]
    pub now: Option<jiff::Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Assume {
    /// Today's declaration
    Declared,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to print what was found
    #[arg(long, value_parser = format, default_value = "human", value_name = "FORMAT")]
    pub format: Format,
    /// Fail on warnings as well
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Warnings
    Warnings,
}

#[derive(Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// What to write pipelines for; `all` leaves out what needs a table in `clearway.toml` and has none
    #[arg(long, value_name = "TARGET", value_parser = target_names())]
    pub target: String,
    /// The folder to write into: the root of the repository
    #[arg(long, value_name = "DIR")]
    pub out: Utf8PathBuf,
    /// Write nothing; fail when the folder does not hold what would be written
    #[arg(long)]
    pub check: bool,
    /// How to print what was done
    #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
    pub format: TextFormat,
}

#[derive(Args)]
pub(crate) struct LocateArgs {
    /// The line: a file that was built, and a number counted from 1
    #[arg(value_name = "FILE:LINE", value_parser = at_line)]
    pub at: (Utf8PathBuf, usize),
    /// The project that it was built of; the nearest folder above the file with a clearway.toml by default
    #[arg(long, value_name = "PATH")]
    pub project: Option<Utf8PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
    pub format: TextFormat,
}

#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The root of the repository that has the pipelines
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: Utf8PathBuf,
    /// Whose pipelines; `all` are those for which Clearway wrote settings
    #[arg(long, value_name = "TARGET", value_parser = target_names(), default_value = "all")]
    pub target: String,
    /// The plan that they must keep: one that was built, or a project that is planned now; by default the one beside them
    #[arg(long, value_name = "PLAN")]
    pub against: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub given: GivenArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
    pub format: TextFormat,
}

#[derive(Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Only this release
    #[arg(long, value_name = "NAME")]
    pub release: Option<String>,
    /// Say instead why one service comes before another
    #[arg(long, num_args = 2, value_names = ["BEFORE", "AFTER"])]
    pub why: Option<Vec<String>>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, value_name = "FORMAT")]
    pub format: PlanFormat,
    /// What the picture shows
    #[arg(long, value_enum, default_value_t = PlanPicture::Jobs, value_name = "WHAT")]
    pub draw: PlanPicture,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For reviewers, in Markdown
    Markdown,
    /// A picture of one release, for browsers
    Svg,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanPicture {
    /// The jobs of the release
    Jobs,
    /// The jobs of its emergency way
    Emergency,
    /// The jobs of its way back
    Rollback,
    /// When it may start in each environment, with windows and freezes
    Schedule,
}

#[derive(Args)]
pub(crate) struct DocArgs {
    /// The folder to write the pages into, in Markdown for mdBook
    #[arg(long, value_name = "DIR", required_unless_present = "schema")]
    pub out: Option<Utf8PathBuf>,
    /// Print the JSON schema of a project's declarations
    #[arg(long, conflicts_with = "out")]
    pub schema: bool,
}

#[derive(Args)]
pub(crate) struct TestArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to print what came of them
    #[arg(long, value_enum, default_value_t = TestFormat::Text, value_name = "FORMAT")]
    pub format: TestFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// A line for each test, and what did not come as expected
    Text,
    /// For programs
    Json,
    /// For CI, as test runners write it
    Junit,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// A code or its name: CW0201 or unknown-name; all codes are listed without one
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
    pub format: TextFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Args)]
pub(crate) struct FmtArgs {
    /// Files and folders, or - for standard input; the nearest project by default
    #[arg(value_name = "PATH")]
    pub paths: Vec<Utf8PathBuf>,
    /// Change nothing; name the files that would change, and fail if there are any
    #[arg(long)]
    pub check: bool,
    /// The line length to aim for
    #[arg(long, value_name = "COLUMNS", default_value_t = FormatOptions::default().width)]
    pub width: usize,
}

#[derive(Args)]
pub(crate) struct GraphArgs {
    /// A project's folder, a file, or - for standard input; the nearest folder with a clearway.toml by default
    #[arg(value_name = "PATH")]
    pub path: Option<Utf8PathBuf>,
    /// The language to draw in
    #[arg(long, value_enum, default_value_t = GraphFormat::Dot, value_name = "FORMAT")]
    pub format: GraphFormat,
    /// Only what this needs, directly or through others
    #[arg(long, value_name = "NAME")]
    pub upstream: Option<String>,
    /// Only what needs this, directly or through others
    #[arg(long, value_name = "NAME")]
    pub downstream: Option<String>,
    /// The swimlanes of the picture: the teams that answer, or the waves of the first release in its last environment
    #[arg(long, value_enum, default_value_t = GraphLanes::None, value_name = "LANES")]
    pub lanes: GraphLanes,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphLanes {
    /// None
    None,
    /// A lane for each team
    Team,
    /// A lane for each wave
    Wave,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// Graphviz
    Dot,
    /// Mermaid, which Markdown viewers draw
    Mermaid,
    /// Nodes and edges, for programs
    Json,
    /// A picture, for browsers
    Svg,
}

#[derive(Args)]
pub(crate) struct InitArgs {
    /// The folder; the working directory by default
    #[arg(value_name = "PATH")]
    pub path: Option<Utf8PathBuf>,
    /// The project's name; the folder's by default
    #[arg(long)]
    pub name: Option<String>,
}

#[derive(Args)]
pub(crate) struct LockArgs {
    /// A project's folder; the nearest folder with a clearway.toml by default
    #[arg(value_name = "PATH")]
    pub path: Option<Utf8PathBuf>,
    /// Write nothing; fail when a package is not what clearway.lock pins
    #[arg(long)]
    pub check: bool,
    /// How to print what becomes of each pin
    #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
    pub format: TextFormat,
}

#[derive(Args)]
pub(crate) struct LspArgs {
    /// Standard input and output, which is the only way; editors give this by habit
    #[arg(long)]
    pub stdio: bool,
}

#[derive(Args)]
pub(crate) struct CompletionsArgs {
    /// What to print
    #[arg(value_enum)]
    pub what: Completions,
    /// Write into a folder instead: one man page a command
    #[arg(long, value_name = "DIR")]
    pub out: Option<Utf8PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Completions {
    /// For bash
    Bash,
    /// For elvish
    Elvish,
    /// For fish
    Fish,
    /// For PowerShell
    Powershell,
    /// For zsh
    Zsh,
    /// The manual pages
    Man,
}

/// The column of one of some meanings.
fn column(text: &str, meanings: &[Meaning]) -> Result<(Meaning, String), String> {
    let (word, name) = text.split_once('=').ok_or("write MEANING=NAME")?;
    let found = meanings.iter().find(|meaning| meaning.name() == word);
    let meaning = found.ok_or_else(|| {
        let names: Vec<&str> = meanings.iter().map(|meaning| meaning.name()).collect();
        format!("a column means one of {}", names.join(", "))
    })?;
    Ok((*meaning, name.to_owned()))
}

/// Every target, and `all` of them, but for those that need a table in `clearway.toml` and have none.
fn target_names() -> clap::builder::PossibleValuesParser {
    let names = clearway_targets::TARGETS.iter().map(|target| target.name());
    names.chain(std::iter::once("all")).collect::<Vec<_>>().into()
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((environment, file)) if !environment.is_empty() && !file.is_empty() => {
            Ok((environment.to_owned(), file.to_owned()))
        }
        _ => Err("write ENV=FILE".to_owned()),
    }
}

fn at_line(text: &str) -> Result<(Utf8PathBuf, usize), String> {
    let (file, line) = text.rsplit_once(':').ok_or("write FILE:LINE")?;
    match line.parse() {
        Ok(line) if line > 0 && !file.is_empty() => Ok((file.into(), line)),
        _ => Err("write FILE:LINE, with a line counted from 1".to_owned()),
    }
}

fn at_version(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('@') {
        Some((service, version)) if !service.is_empty() && !version.is_empty() => {
            Ok((service.to_owned(), version.to_owned()))
        }
        _ => Err("write SERVICE@VERSION".to_owned()),
    }
}

fn format(text: &str) -> Result<Format, String> {
    let known = Format::ALL.iter().copied();
    known.clone().find(|format| format.name() == text).ok_or_else(|| {
        let names: Vec<&str> = known.map(Format::name).collect();
        format!("the formats are {}", names.join(", "))
    })
}
