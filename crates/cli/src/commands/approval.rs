//! `clearway approval`

use clearway_runtime::approval::{self, Asked, Authors};
use clearway_runtime::{Platform, Trouble};

use crate::Verdict;
use crate::args::{ApprovalArgs, ApprovalCommand, ApprovalVerifyArgs};
use crate::error::Failure;
use crate::files;
use crate::output::Output;
use crate::runtime::{Opened, api, github, gitlab, kubernetes, platform, tell, variable};

pub(crate) fn run(args: &ApprovalArgs, output: &Output) -> Result<Verdict, Failure> {
    let args = match &args.command {
        ApprovalCommand::Verify(args) => args,
        ApprovalCommand::Required { way, stage, chain, step, run } => {
            let opened = Opened::open(run)?;
            let answer = approval::required(&opened.call(), &way.release, stage, chain, step)?;
            return tell(&answer, run, output);
        }
    };
    let opened = Opened::open(&args.run)?;
    let call = opened.call();
    let asked = asked(args)?;
    let approvals = match &args.approvals {
        Some(path) => {
            let text = files::read(path)?;
            serde_json::from_str(&text)
                .map_err(|error| Trouble::new(format!("`{path}` is no JSON: {error}")))?
        }
        None => approvals(&asked, args)?,
    };
    let plan = &opened.plan().plan;
    let deployed = || approval::deployed_commit(&call, &args.stage);
    let authors = match (&args.authors, &args.history) {
        (Some(path), _) => Authors::of_list(plan, asked.platform, files::read(path)?.as_bytes())?,
        (None, Some(path)) => {
            Authors::of_history(plan, &files::read(path)?, deployed()?.as_deref(), &args.commit)?
        }
        (None, None) => {
            Authors::of_commits(plan, &api(asked.platform)?, deployed()?.as_deref(), &args.commit)?
        }
    };
    tell(&approval::verify(&call, &asked, &approvals, &authors)?, &args.run, output)
}

/// The answers of people, of the platform.
fn approvals(asked: &Asked, args: &ApprovalVerifyArgs) -> Result<serde_json::Value, Failure> {
    Ok(match asked.platform {
        Platform::GitHub => approval::approvals(&github()?, &variable("GITHUB_RUN_ID").unwrap_or_default())?,
        Platform::GitLab => {
            let seat = asked.seats.first().map(String::as_str).unwrap_or_default();
            approval::deployment(&gitlab()?, seat, &variable("CI_JOB_ID").unwrap_or_default())?
        }
        Platform::Argo => approval::said(&kubernetes()?, args.run.run.as_deref().unwrap_or_default())?,
    })
}

fn asked(args: &ApprovalVerifyArgs) -> Result<Asked, Failure> {
    let platform = platform(&args.platform);
    let deployer = match (&args.deployer, platform) {
        (Some(login), _) => login.clone(),
        (None, Platform::GitLab) => {
            approval::starter(&gitlab()?, args.run.run.as_deref().unwrap_or_default())?
        }
        (None, Platform::GitHub | Platform::Argo) => {
            return Err(Trouble::new("nobody is named who started the run")
                .help("give `--deployer LOGIN`")
                .into());
        }
    };
    Ok(Asked {
        release: args.way.release.clone(),
        path: args.way.path.into(),
        environment: args.stage.clone(),
        chain: args.chain.clone(),
        step: args.step.clone(),
        seats: args.seats.iter().filter(|seat| !seat.is_empty()).cloned().collect(),
        subjects: args.subject.clone(),
        requested_by: args.requested_by.clone(),
        deployer,
        commit: args.commit.clone(),
        attempt: attempt(args, platform)?,
        platform,
    })
}

/// Which attempt of the run this is. What people say on GitHub is said of the run, on GitLab of this
/// very job, and in a cluster of this very content of the run.
fn attempt(args: &ApprovalVerifyArgs, platform: Platform) -> Result<u64, Failure> {
    match (variable("GITHUB_RUN_ATTEMPT"), &args.approvals) {
        _ if platform != Platform::GitHub => Ok(1),
        (Some(attempt), _) => attempt.parse().map_err(|_| {
            let what = format!("GITHUB_RUN_ATTEMPT is `{}`, which is no number", attempt.escape_debug());
            Trouble::new(what).into()
        }),
        // Where approvals come from a file, there need not be a platform that counts attempts.
        (None, Some(_)) => Ok(1),
        (None, None) => {
            Err(Trouble::new("GITHUB_RUN_ATTEMPT is not set, and approvals count in the first attempt only")
                .into())
        }
    }
}
