//! What every command does that emitted pipelines call: it opens the plan and the ledger, and tells its answer.
#![allow(
    clippy::disallowed_methods,
    reason = "the clock and the variables of the platform are read here, and given on as values"
)]

use std::io;

use camino::Utf8Path;
use clearway_plan::PathKind;
use clearway_runtime::ledger::{Ledger, Signer, Trust};
use clearway_runtime::{Answer, Api, Call, GitHub, GitLab, Http, Kubernetes, PlanFile, Platform, Trouble};

use crate::Verdict;
use crate::args::{PathArg, PlatformArg, PlatformArgs, RunArgs, TextFormat};
use crate::error::Failure;
use crate::files;
use crate::output::Output;

/// The plan, the ledger and the run, opened.
pub(crate) struct Opened {
    plan: PlanFile,
    ledger: Ledger,
    run: String,
    build: Option<String>,
    now: jiff::Timestamp,
}

impl Opened {
    pub(crate) fn open(args: &RunArgs) -> Result<Self, Failure> {
        let run = args.run.clone().filter(|run| !run.trim().is_empty()).ok_or_else(|| {
            Failure::Runtime(
                Trouble::new("the run has no name").help("give `--run ID`, the same in all steps of a run"),
            )
        })?;
        Self::of(args, run)
    }

    fn of(args: &RunArgs, run: String) -> Result<Self, Failure> {
        let plan = plan(args)?;
        Ok(Self {
            ledger: ledger_of(args, &plan)?,
            plan,
            run,
            build: args.build.clone().filter(|build| !build.trim().is_empty()),
            now: now(args),
        })
    }

    /// Opens them for a person who is in no run of a pipeline.
    pub(crate) fn outside_of_runs(args: &RunArgs) -> Result<Self, Failure> {
        let run = args.run.clone().filter(|run| !run.trim().is_empty());
        Self::of(args, run.unwrap_or_else(|| "by-hand".to_owned()))
    }

    pub(crate) fn call(&self) -> Call<'_> {
        Call {
            plan: &self.plan,
            ledger: &self.ledger,
            run: &self.run,
            build: self.build.as_deref(),
            now: self.now,
        }
    }

    pub(crate) fn plan(&self) -> &PlanFile {
        &self.plan
    }
}

/// The plan that was built.
pub(crate) fn plan(args: &RunArgs) -> Result<PlanFile, Failure> {
    Ok(PlanFile::read(files::read(&args.plan)?.as_bytes())?)
}

/// The ledger of a run: the keys that its plan names are trusted without being told, and where others are told, those of both.
pub(crate) fn ledger_of(args: &RunArgs, plan: &PlanFile) -> Result<Ledger, Failure> {
    let told = trusted(args.trust.as_deref())?;
    let trust = match (plan.plan.signed_by.as_slice(), told) {
        ([], told) => told,
        (keys, None) => Some(Trust::of(keys)?),
        (keys, Some(told)) => Some(Trust::of(keys)?.and(&told)),
    };
    Ok(ledger(args.ledger.as_deref(), None)?.trusting(trust))
}

/// The keys of a file.
fn trusted(file: Option<&Utf8Path>) -> Result<Option<Trust>, Failure> {
    let Some(path) = file else { return Ok(None) };
    Ok(Some(Trust::read(&files::read(path)?)?))
}

/// The ledger, with the key that signs and those that are trusted.
pub(crate) fn ledger(destination: Option<&str>, trust: Option<&Utf8Path>) -> Result<Ledger, Failure> {
    let destination = destination.ok_or_else(|| {
        Trouble::new("nothing says where the records are")
            .help("give `--ledger`: a folder, `file:///…`, or `s3://bucket/prefix`")
    })?;
    let signer = variable("CLEARWAY_LEDGER_KEY").map(|pem| Signer::read(&pem)).transpose()?;
    Ok(Ledger::open(destination)?.signing_with(signer).trusting(trusted(trust)?))
}

/// The time.
pub(crate) fn now(args: &RunArgs) -> jiff::Timestamp {
    clock(args.now)
}

/// The time that was given, or that of the machine.
pub(crate) fn clock(given: Option<jiff::Timestamp>) -> jiff::Timestamp {
    given.unwrap_or_else(jiff::Timestamp::now)
}

/// A variable of the environment that is not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where the run is: as it is said, or as the runner says.
pub(crate) fn platform(args: &PlatformArgs) -> Platform {
    match args.platform {
        Some(platform) => platform.into(),
        None if variable("GITLAB_CI").as_deref() == Some("true") => Platform::GitLab,
        None => Platform::GitHub,
    }
}

impl From<PlatformArg> for Platform {
    fn from(platform: PlatformArg) -> Self {
        match platform {
            PlatformArg::GitHub => Self::GitHub,
            PlatformArg::GitLab => Self::GitLab,
            PlatformArg::Argo => Self::Argo,
        }
    }
}

/// The API of a platform, as its runner describes it.
pub(crate) fn api(platform: Platform) -> Result<Api, Failure> {
    Ok(match platform {
        Platform::GitHub => Api::GitHub(github()?),
        Platform::GitLab => Api::GitLab(gitlab()?),
        Platform::Argo => Api::Argo(kubernetes()?),
    })
}

/// A variable without which a platform cannot be asked.
fn needed(name: &str, platform: Platform, help: &str) -> Result<String, Failure> {
    variable(name).ok_or_else(|| {
        let what = format!("{name} is not set, and {} is to be asked", platform.name());
        Failure::Runtime(Trouble::new(what).help(help))
    })
}

/// GitHub.
pub(crate) fn github() -> Result<GitHub, Failure> {
    let needed = |name: &str, help: &str| needed(name, Platform::GitHub, help);
    Ok(GitHub {
        http: Http::default(),
        api: variable("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".to_owned()),
        token: variable("GH_TOKEN")
            .map_or_else(|| needed("GITHUB_TOKEN", "set GH_TOKEN to the job's token"), Ok)?,
        repository: needed("GITHUB_REPOSITORY", "it is `owner/name`; GitHub's runner sets it")?,
    })
}

/// GitLab.
pub(crate) fn gitlab() -> Result<GitLab, Failure> {
    let needed = |name: &str, help: &str| needed(name, Platform::GitLab, help);
    Ok(GitLab {
        http: Http::default(),
        api: needed("CI_API_V4_URL", "it is `https://gitlab.example/api/v4`; GitLab's runner sets it")?,
        token: needed(
            "CLEARWAY_GITLAB_TOKEN",
            "set it, protected and masked, to a token of the project that may read its API (`read_api`)",
        )?,
        project: needed("CI_PROJECT_ID", "it is the number of the project; GitLab's runner sets it")?,
        branch: needed("CI_COMMIT_REF_NAME", "it is the branch of the run; GitLab's runner sets it")?,
    })
}

/// Where Kubernetes puts what a pod needs to ask the cluster that it is in.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The cluster that the pod is in.
pub(crate) fn kubernetes() -> Result<Kubernetes, Failure> {
    let help = "in a pod Kubernetes says it; the pod must have the token of its account";
    let host = needed("KUBERNETES_SERVICE_HOST", Platform::Argo, help)?;
    let port = needed("KUBERNETES_SERVICE_PORT", Platform::Argo, help)?;
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let account = |name: &str| files::read(&Utf8Path::new(ACCOUNT).join(name));
    let authority = account("ca.crt")?;
    let http = Http::trusting(authority.as_bytes())
        .map_err(|_| Trouble::new("the certificate of the cluster cannot be read").help(help))?;
    Ok(Kubernetes {
        http,
        api: format!("https://{host}:{port}"),
        token: account("token")?.trim().to_owned(),
        namespace: account("namespace")?.trim().to_owned(),
    })
}

impl From<PathArg> for PathKind {
    fn from(path: PathArg) -> Self {
        match path {
            PathArg::Release => Self::Release,
            PathArg::Emergency => Self::Emergency,
            PathArg::Rollback => Self::Rollback,
        }
    }
}

/// Tells an answer to all who are to read it.
pub(crate) fn tell(answer: &Answer, args: &RunArgs, output: &Output) -> Result<Verdict, Failure> {
    let lines = answer.to_outputs().map_err(|key| {
        Trouble::new(format!("the value of `{key}` is not of one line, and nothing is told"))
    })?;
    if let Some(path) = &args.summary {
        append(path, &answer.to_markdown())?;
    }
    if let Some(path) = &args.output {
        append(path, &lines)?;
    }
    print(answer, args.format, output)
}

/// Prints an answer.
pub(crate) fn print(answer: &Answer, format: TextFormat, output: &Output) -> Result<Verdict, Failure> {
    output.results(|out| match format {
        TextFormat::Text => write!(out, "{answer}"),
        TextFormat::Json => writeln!(out, "{:#}", answer.to_json()),
    })?;
    Ok(if answer.holds { Verdict::Holds } else { Verdict::Fails })
}

/// Adds text to the end of a file.
fn append(path: &Utf8Path, text: &str) -> Result<(), Failure> {
    use io::Write as _;

    let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|cause| Failure::Unwritable { path: path.to_owned(), cause })
}
