//! What the commands take that emitted pipelines call.

use camino::Utf8PathBuf;
use clap::{Args, Subcommand, ValueEnum};
use clearway_runtime::ledger::{Ending, Subject};

use super::{LiveArgs, ReviewArgs, TextFormat};

/// What all of them take.
#[derive(Args)]
pub(crate) struct RunArgs {
    /// The plan that the pipeline was built from
    #[arg(long, value_name = "FILE", default_value = ".clearway/plan.json")]
    pub plan: Utf8PathBuf,
    /// Where the records are: a folder, file://… or s3://bucket/prefix
    #[arg(long, value_name = "DEST")]
    pub ledger: Option<String>,
    /// Believe only records that a key of this file has signed: Ed25519 public keys in PEM; those that the plan names are trusted without
    /// it. Records are signed with the private key in CLEARWAY_LEDGER_KEY, and must be where keys are trusted
    #[arg(long, value_name = "FILE")]
    pub trust: Option<Utf8PathBuf>,
    /// Fix the clock, as RFC 3339: 2026-11-02T09:00:00Z
    #[arg(long, value_name = "TIME")]
    pub now: Option<jiff::Timestamp>,
    /// What this run is called, the same in all of its steps
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// The build that this run is, by its number and attempt on the platform: it is written into every record
    #[arg(long, value_name = "ID")]
    pub build: Option<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = TextFormat::Text, value_name = "FORMAT")]
    pub format: TextFormat,
    /// Add the answer to a file as Markdown
    #[arg(long, value_name = "FILE")]
    pub summary: Option<Utf8PathBuf>,
    /// Add what later steps read to a file, as lines key=value
    #[arg(long, value_name = "FILE")]
    pub output: Option<Utf8PathBuf>,
}

/// The way that a run takes through a release.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PathArg {
    /// The release as it is meant
    Release,
    /// With the emergency chains
    Emergency,
    /// Back to what was before
    Rollback,
}

/// The release and the way through it.
#[derive(Args)]
pub(crate) struct WayArgs {
    /// The release
    #[arg(long, value_name = "NAME")]
    pub release: String,
    /// The way through it
    #[arg(long, value_enum, default_value_t = PathArg::Release, value_name = "PATH")]
    pub path: PathArg,
}

/// A platform that pipelines run on.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlatformArg {
    /// GitHub Actions
    #[value(name = "github")]
    GitHub,
    /// GitLab CI
    #[value(name = "gitlab")]
    GitLab,
    /// Argo Workflows
    Argo,
}

/// Where the run is.
#[derive(Args)]
pub(crate) struct PlatformArgs {
    /// Where the run is; GitLab where GITLAB_CI is true, else GitHub
    #[arg(long, value_enum, value_name = "PLATFORM")]
    pub platform: Option<PlatformArg>,
}

#[derive(Args)]
pub(crate) struct RecordArgs {
    #[command(subcommand)]
    pub command: RecordCommand,
}

#[derive(Subcommand)]
pub(crate) enum RecordCommand {
    /// Record that a step begins, if it may
    Begin {
        #[command(flatten)]
        step: StepArgs,
        /// Only if this run has neither tried it before nor gone back since
        #[arg(long)]
        once: bool,
    },
    /// Record how a step ended
    End {
        #[command(flatten)]
        step: StepArgs,
        /// How it ended: success, failure, cancelled
        #[arg(long, value_name = "RESULT")]
        result: Ending,
    },
    /// Take over what the plan was proved with as the state of an environment that the ledger does not know
    Adopt {
        /// The environment
        #[arg(value_name = "ENV")]
        environment: String,
        /// The release whose plan says it
        #[arg(long, value_name = "NAME")]
        release: String,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Attest that an item of a checklist is done
    Attest {
        /// The item: its id, which `checklist status` names, or its text
        #[arg(value_name = "ITEM")]
        item: String,
        /// The checklist
        #[arg(long, value_name = "NAME")]
        checklist: String,
        /// The release
        #[arg(long, value_name = "NAME")]
        release: String,
        /// Who you are
        #[arg(long, value_name = "NAME")]
        actor: String,
        /// The commit that you looked at
        #[arg(long, value_name = "SHA", value_parser = commit)]
        commit: Option<String>,
        /// What you saw
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Record that you have looked at what was done, or at who may do it
    Review(ReviewArgs),
    /// Close an intent without an outcome, after you have looked
    Close {
        /// The intent: its digest, or how that begins
        #[arg(value_name = "INTENT")]
        intent: String,
        /// What you saw
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Who you are
        #[arg(long, value_name = "NAME")]
        actor: Option<String>,
        #[command(flatten)]
        run: RunArgs,
    },
}

#[derive(Args)]
pub(crate) struct StepArgs {
    #[command(flatten)]
    pub way: WayArgs,
    /// The step, by its id in the plan
    #[arg(long, value_name = "ID")]
    pub step: String,
    /// The service, where the step acts on several one by one
    #[arg(long, value_name = "NAME")]
    pub service: Option<String>,
    /// What it is done with
    #[arg(long, value_name = "SERVICE=VERSION@DIGEST")]
    pub subject: Vec<Subject>,
    /// The commit of the run
    #[arg(long, value_name = "SHA")]
    pub commit: Option<String>,
    /// Who started the run
    #[arg(long, value_name = "LOGIN")]
    pub actor: Option<String>,
    /// The change request
    #[arg(long, value_name = "ID")]
    pub change: Option<String>,
    /// Who asked for the change
    #[arg(long, value_name = "PERSON")]
    pub requested_by: Option<String>,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Args)]
pub(crate) struct LeaseArgs {
    #[command(subcommand)]
    pub command: LeaseCommand,
}

#[derive(Subcommand)]
pub(crate) enum LeaseCommand {
    /// Hold a lock for a time, or for longer where this run holds it already
    Acquire {
        #[command(flatten)]
        lock: HoldArgs,
        /// Why, for whoever finds it held
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Hold a lock for longer that this run holds; one whose time is over is lost
    Renew {
        #[command(flatten)]
        lock: HoldArgs,
        /// Only if it is held with this token, which `lease acquire` gave
        #[arg(long, value_name = "N")]
        token: Option<u64>,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Give a lock back
    Release {
        /// The lock
        #[arg(value_name = "LOCK")]
        lock: String,
        /// End the lease of a run that cannot, after you have looked
        #[arg(long, value_name = "RUN", requires = "reason")]
        of: Option<String>,
        /// What you saw
        #[arg(long, value_name = "TEXT", requires = "of")]
        reason: Option<String>,
        /// Who you are
        #[arg(long, value_name = "NAME", requires = "of")]
        actor: Option<String>,
        #[command(flatten)]
        run: RunArgs,
    },
    /// Say who holds which lock, and until when
    Show {
        /// The lock; all of the plan by default
        #[arg(value_name = "LOCK")]
        lock: Option<String>,
        #[command(flatten)]
        run: RunArgs,
    },
}

#[derive(Args)]
pub(crate) struct HoldArgs {
    /// The lock: one by which environments of the plan take turns
    #[arg(value_name = "LOCK")]
    pub lock: String,
    /// How long, in seconds from now
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 3600)]
    pub seconds: u64,
}

#[derive(Args)]
pub(crate) struct GateArgs {
    #[command(subcommand)]
    pub command: GateCommand,
}

#[derive(Subcommand)]
pub(crate) enum GateCommand {
    /// Decide a gate on its evidence, and record it
    Run(GateRunArgs),
}

#[derive(Args)]
pub(crate) struct GateRunArgs {
    /// The gate
    #[arg(value_name = "GATE")]
    pub gate: String,
    #[command(flatten)]
    pub way: WayArgs,
    /// The environment before which it stands
    #[arg(long, value_name = "ENV")]
    pub stage: String,
    /// The folder that its globs are relative to
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub reports: Utf8PathBuf,
    /// What ships
    #[arg(long, value_name = "SERVICE=VERSION@DIGEST")]
    pub subject: Vec<Subject>,
    /// The commit that is released
    #[arg(long, value_name = "SHA", value_parser = commit)]
    pub commit: String,
    /// Who started the run
    #[arg(long, value_name = "LOGIN")]
    pub actor: Option<String>,
    /// The change request, where the release does not name it
    #[arg(long, value_name = "ID")]
    pub change: Option<String>,
    /// Write the answer as JUnit XML too, a case for each requirement: GitLab and others show it as a test report
    #[arg(long, value_name = "FILE")]
    pub junit: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Args)]
pub(crate) struct ChecklistArgs {
    #[command(subcommand)]
    pub command: ChecklistCommand,
}

#[derive(Subcommand)]
pub(crate) enum ChecklistCommand {
    /// Look whether every item is done, and record it
    Verify(ChecklistLookArgs),
    /// Say how far it is; nothing is recorded
    Status(ChecklistLookArgs),
}

#[derive(Args)]
pub(crate) struct ChecklistLookArgs {
    /// The checklist
    #[arg(value_name = "CHECKLIST")]
    pub checklist: String,
    #[command(flatten)]
    pub way: WayArgs,
    /// The environment before which it stands
    #[arg(long, value_name = "ENV")]
    pub stage: String,
    /// What ships
    #[arg(long, value_name = "SERVICE=VERSION@DIGEST")]
    pub subject: Vec<Subject>,
    /// The commit that is released
    #[arg(long, value_name = "SHA", value_parser = commit)]
    pub commit: String,
    /// Who started the run
    #[arg(long, value_name = "LOGIN")]
    pub actor: Option<String>,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Args)]
pub(crate) struct WindowArgs {
    #[command(subcommand)]
    pub command: WindowCommand,
}

#[derive(Subcommand)]
pub(crate) enum WindowCommand {
    /// Look whether a deployment may start now
    Check {
        #[command(flatten)]
        way: WayArgs,
        /// The environment
        #[arg(long, value_name = "ENV")]
        stage: String,
        #[command(flatten)]
        run: RunArgs,
    },
}

#[derive(Args)]
pub(crate) struct ApprovalArgs {
    #[command(subcommand)]
    pub command: ApprovalCommand,
}

#[derive(Subcommand)]
pub(crate) enum ApprovalCommand {
    /// Look whether the people agreed who must, and record it
    Verify(ApprovalVerifyArgs),
    /// Say whether a step asks anybody for this change
    Required {
        #[command(flatten)]
        way: WayArgs,
        /// The environment before which the chain stands
        #[arg(long, value_name = "ENV")]
        stage: String,
        /// The chain
        #[arg(long, value_name = "NAME")]
        chain: String,
        /// Its step
        #[arg(long, value_name = "NAME")]
        step: String,
        #[command(flatten)]
        run: RunArgs,
    },
}

#[derive(Args)]
pub(crate) struct ApprovalVerifyArgs {
    #[command(flatten)]
    pub way: WayArgs,
    /// The environment before which the chain stands
    #[arg(long, value_name = "ENV")]
    pub stage: String,
    /// The chain
    #[arg(long, value_name = "NAME")]
    pub chain: String,
    /// Its step
    #[arg(long, value_name = "NAME")]
    pub step: String,
    /// The environments of the platform by which its people are asked
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub seats: Vec<String>,
    /// What ships
    #[arg(long, value_name = "SERVICE=VERSION@DIGEST")]
    pub subject: Vec<Subject>,
    /// Who asked for the change
    #[arg(long, value_name = "PERSON")]
    pub requested_by: String,
    /// Who started the run; on GitLab its API is asked otherwise
    #[arg(long, value_name = "LOGIN")]
    pub deployer: Option<String>,
    /// The commit that is released
    #[arg(long, value_name = "SHA", value_parser = commit)]
    pub commit: String,
    /// Read the approvals from a file in the form of the platform's API, which is asked otherwise
    #[arg(long, value_name = "FILE")]
    pub approvals: Option<Utf8PathBuf>,
    /// Read who wrote the commits from a file, a list of logins; the platform's API is asked otherwise
    #[arg(long, value_name = "FILE")]
    pub authors: Option<Utf8PathBuf>,
    /// Read who wrote the commits from the history of the repository: what `git log --format='%H%x09%P%x09%ae'` prints
    #[arg(long, value_name = "FILE", conflicts_with = "authors")]
    pub history: Option<Utf8PathBuf>,
    #[command(flatten)]
    pub platform: PlatformArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Args)]
pub(crate) struct PreflightArgs {
    #[command(flatten)]
    pub way: WayArgs,
    #[command(flatten)]
    pub live: LiveArgs,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Args)]
pub(crate) struct BasisArgs {
    #[command(flatten)]
    pub way: WayArgs,
    /// The project; the nearest folder with a clearway.toml by default
    #[arg(long, value_name = "PATH")]
    pub project: Option<Utf8PathBuf>,
    /// Ship a service in another version than the declared one
    #[arg(long, value_name = "SERVICE@VERSION", value_parser = super::at_version)]
    pub ship: Vec<(String, String)>,
    /// Where to write the plan of the run
    #[arg(long, value_name = "FILE")]
    pub out: Utf8PathBuf,
    #[command(flatten)]
    pub run: RunArgs,
}

#[derive(Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub way: WayArgs,
    /// The environment
    #[arg(long, value_name = "ENV")]
    pub stage: String,
    /// The services; all that the stage moves by default
    #[arg(long, value_name = "NAME")]
    pub service: Vec<String>,
    /// How long, in seconds
    #[arg(long = "for", value_name = "SECONDS")]
    pub seconds: u64,
    /// At the end, look at what the stage validates too
    #[arg(long)]
    pub validate: bool,
    #[command(flatten)]
    pub run: RunArgs,
}

fn commit(text: &str) -> Result<String, String> {
    let fits = (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a commit is 7 to 64 hexadecimal digits".to_owned())
    }
}
