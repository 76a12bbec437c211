//! `approval verify`: did the people agree who must, and only they?

mod argo;
mod github;
mod gitlab;
mod people;
mod source;
mod verifying;

use std::collections::BTreeSet;

use clearway_plan::{ApprovalStep, Path, PathKind, Step, StepKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Answer;
use crate::call::Call;
use crate::gate::{Verdict, judge};
use crate::ledger::{Act, Ending, Entry, Log, Outcome, Subject};
use crate::platform::Platform;
use crate::record::About;
use crate::risk::Risk;
use crate::trouble::Trouble;

use verifying::Verifying;

pub use argo::said;
pub use github::approvals;
pub use gitlab::{deployment, starter};
pub(crate) use people::{known, person};
pub use source::Authors;

/// Which step is verified, and what is known of the run.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The release.
    pub release: String,
    /// The way through it.
    pub path: PathKind,
    /// The environment before which the chain stands.
    pub environment: String,
    /// The chain.
    pub chain: String,
    /// Its step.
    pub step: String,
    /// The environments of the platform by which its people are asked.
    pub seats: BTreeSet<String>,
    /// What ships.
    pub subjects: Vec<Subject>,
    /// Who asked for the change.
    pub requested_by: String,
    /// Who started the run, which deploys.
    pub deployer: String,
    /// The commit.
    pub commit: String,
    /// Which attempt of the run this is.
    pub attempt: u64,
    /// Where the run is, and the people have their accounts.
    pub platform: Platform,
}

/// The commit that an environment was last deployed from, by the ledger.
///
/// # Errors
///
/// The ledger cannot be reached.
pub fn deployed_commit(call: &Call<'_>, environment: &str) -> Result<Option<String>, Trouble> {
    let log = call.ledger.log()?;
    let deployed = |act: &Act<'_>| {
        matches!(&act.intent.does, StepKind::Deploy { environment: of, .. } if of == environment)
            && act.succeeded()
    };
    Ok(log.acts().rev().find(deployed).and_then(|act| act.intent.commit.clone()))
}

/// Verifies a step: its intent, the decision, its outcome. The approvals are in the form in which the platform gives them.
///
/// # Errors
///
/// The plan has no such step, the approvals cannot be read, or the ledger cannot be reached.
pub fn verify(
    call: &Call<'_>,
    asked: &Asked,
    approvals: &Value,
    authors: &Authors,
) -> Result<Answer, Trouble> {
    let release = call.plan.release(&asked.release)?;
    let path = call.plan.path(release, asked.path)?;
    let step = step_of(path, asked)?;
    let given = Given::of(asked, source::reviews(asked.platform, approvals)?, authors);
    let about = About {
        release: asked.release.clone(),
        path: asked.path,
        step: step.id.clone(),
        service: None,
        subjects: asked.subjects.clone(),
        commit: Some(asked.commit.clone()),
        actor: Some(asked.deployer.clone()),
        change: release.change.clone(),
        requested_by: Some(asked.requested_by.clone()),
        once: false,
    };
    let intent = Entry::Intent(Box::new(about.intent(step.does.clone())));
    // What was decided before this step is read in the same look as its intent is written.
    let (intent, log) = call.ledger.append(&call.stamp(), |log| Ok((Some(intent.clone()), log.clone())))?;
    let answer = decide(call, asked, &given, &log)?;
    if let Some(intent) = intent {
        let result = if answer.holds { Ending::Success } else { Ending::Failure };
        let outcome = Entry::Outcome(Outcome { intent, result, decision: Some(answer.details.clone()) });
        call.ledger.append(&call.stamp(), |_| Ok((Some(outcome.clone()), ())))?;
    }
    Ok(answer)
}

/// What is known of who agreed and who wrote what ships: the record has it, so that the decision can be made again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Given {
    /// The platform that said so.
    pub platform: Platform,
    /// The attempt of the run.
    pub attempt: u64,
    /// The environments by which people were asked.
    pub seats: BTreeSet<String>,
    /// What they answered.
    reviews: Vec<source::Review>,
    /// Who wrote what ships.
    authors: Authors,
}

impl Given {
    fn of(asked: &Asked, reviews: Vec<source::Review>, authors: &Authors) -> Self {
        Self {
            platform: asked.platform,
            attempt: asked.attempt,
            seats: asked.seats.clone(),
            reviews,
            authors: authors.clone(),
        }
    }
}

/// The step of a way that asks for what is verified.
fn step_of<'p>(path: &'p Path, asked: &Asked) -> Result<&'p Step, Trouble> {
    let does = StepKind::Approval {
        environment: asked.environment.clone(),
        chain: asked.chain.clone(),
        step: asked.step.clone(),
    };
    path.steps.iter().find(|step| step.does == does).ok_or_else(|| {
        let what = format!(
            "no step `{}` of `{}` stands before `{}` on the {} path",
            asked.step, asked.chain, asked.environment, asked.path
        );
        Trouble::new(what).help("the pipeline and the plan do not agree: build again")
    })
}

/// Decides a step upon records.
pub(crate) fn decide(call: &Call<'_>, asked: &Asked, given: &Given, log: &Log) -> Result<Answer, Trouble> {
    let release = call.plan.release(&asked.release)?;
    let path = call.plan.path(release, asked.path)?;
    let stage = call.plan.stage(release, &asked.environment)?;
    let step = step_of(path, asked)?;
    let chain = call.plan.plan.approvals.get(&asked.chain);
    let rule = chain.and_then(|chain| chain.step(&asked.step));
    let (Some(chain), Some(rule)) = (chain, rule) else {
        return Err(Trouble::new(format!(
            "the plan has no step `{}` of a chain `{}`",
            asked.step, asked.chain
        )));
    };
    Ok(Verifying {
        call,
        asked,
        release,
        path,
        stage,
        step,
        chain,
        rule,
        given,
        authors: &given.authors,
        log,
    }
    .decide(&given.reviews))
}

/// Whether a step asks anybody for a change: by the risk that it has. Nothing is recorded; the step itself decides again.
///
/// # Errors
///
/// The plan has no such step.
pub fn required(
    call: &Call<'_>,
    release: &str,
    environment: &str,
    chain: &str,
    step: &str,
) -> Result<Answer, Trouble> {
    let (plan, log) = (call.plan, call.ledger.log()?);
    let release = plan.release(release)?;
    let rule = plan.plan.approvals.get(chain).and_then(|chain| chain.step(step));
    let rule =
        rule.ok_or_else(|| Trouble::new(format!("the plan has no step `{step}` of a chain `{chain}`")))?;
    let risk = Risk::of(&plan.plan, release, Some(plan.stage(release, environment)?), &log, call.run);
    let required = is_asked(rule, &risk);
    let title = format!(
        "approval `{step}` of `{chain}` is {}: the risk is {}",
        if required { "required" } else { "not required" },
        risk.word()
    );
    let mut answer = Answer::holds(title).output("required", required.to_string());
    answer.notes = risk.reasons;
    Ok(answer)
}

/// Whether a step is asked. A condition of which nobody can tell whether it holds does not free anybody from asking.
fn is_asked(rule: &ApprovalStep, risk: &Risk) -> bool {
    rule.when.as_ref().is_none_or(|when| judge(when, risk).verdict != Verdict::Fail)
}
