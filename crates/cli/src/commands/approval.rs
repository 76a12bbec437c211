//! `clearway approval`

use clearway_runtime::Trouble;
use clearway_runtime::approval::{self, Asked, Authors};

use crate::Verdict;
use crate::args::{ApprovalArgs, ApprovalCommand, ApprovalVerifyArgs};
use crate::error::Failure;
use crate::files;
use crate::output::Output;
use crate::runtime::{Opened, github, tell, variable};

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
        None => approval::approvals(&github()?, &variable("GITHUB_RUN_ID").unwrap_or_default())?,
    };
    let authors = match &args.authors {
        Some(path) => Authors::of_list(&opened.plan().plan, files::read(path)?.as_bytes())?,
        None => {
            let deployed = approval::deployed_commit(&call, &args.stage)?;
            Authors::of_commits(&opened.plan().plan, &github()?, deployed.as_deref(), &args.commit)?
        }
    };
    tell(&approval::verify(&call, &asked, &approvals, &authors)?, &args.run, output)
}

fn asked(args: &ApprovalVerifyArgs) -> Result<Asked, Failure> {
    // Where approvals come from a file, there need not be a platform that counts attempts.
    let attempt = match (variable("GITHUB_RUN_ATTEMPT"), &args.approvals) {
        (Some(attempt), _) => attempt.parse().map_err(|_| {
            Trouble::new(format!("GITHUB_RUN_ATTEMPT is `{}`, which is no number", attempt.escape_debug()))
        })?,
        (None, Some(_)) => 1,
        (None, None) => {
            return Err(Trouble::new(
                "GITHUB_RUN_ATTEMPT is not set, and approvals count in the first attempt only",
            )
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
        deployer: args.deployer.clone(),
        commit: args.commit.clone(),
        attempt,
    })
}
