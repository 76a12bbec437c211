//! What a pull request makes weaker: told in a comment, and stopped unless somebody accepts it whom the spec before the change names.
//!
//! What is compared are the specs, and the plans that were built, since these are what pipelines go by. The job that looks has a token that can
//! only read; the one that comments can write, and runs nothing of the repository.
//!
//! Facts of GitHub that this rests on, and where its documentation says them:
//! - The list of the reviews of a pull request is in chronological order (REST API, "List reviews for a pull request"): the last line of a
//!   login is its last word.
//! - A pull request from a public fork is given no token that can write ("GITHUB_TOKEN reference", the column of forks): there the summary of
//!   the run tells what the comment would.
//! - Comments are refused with "Body is too long (maximum is 65536 characters)", the API's own words.
//!
//! Who accepts approves the pull request and has the failed job run again: that is a new attempt of the same run. Its documentation does not say
//! what becomes of the check of the attempt before; a run of its own for each review would surely leave the failed one beside it.

use clearway_plan::{Origin, Plan};
use serde_saphyr::Commented;

use super::actions::Action;
use super::model::{Concurrency, Entries, Job, On, Permissions, Step, Texts, Uses, Workflow};
use super::text::literal;
use crate::{Hindrance, Obstacle, Settings};

/// The setting that names who may accept.
const SETTING: &str = "review";
/// What the workflow's file and the artifact with what is told are called.
const NAME: &str = "clearway-review";
const MINUTES: u64 = 15;

/// The workflow with its file, where the manifest asks for it.
pub(super) fn workflow(settings: &Settings) -> Option<(String, Workflow)> {
    let group = settings.target.get(SETTING)?;
    let mut jobs = Entries::default();
    jobs.put("review".to_owned(), look(settings, group));
    jobs.put("comment".to_owned(), comment(settings));
    let workflow = Workflow {
        name: "clearway review".to_owned(),
        run_name: None,
        on: On::pull_request(),
        permissions: Permissions::default(),
        env: Texts::default(),
        concurrency: Some(Concurrency {
            group: "clearway-review-${{ github.event.pull_request.number }}".to_owned(),
            cancel_in_progress: true,
            queue: None,
        }),
        jobs,
    };
    Some((format!(".github/workflows/{NAME}.yml"), workflow))
}

/// A team or role that nobody is asked of in the plan can accept nothing, and no release can have the name of the workflow.
pub(super) fn obstacle(plan: &Plan, settings: &Settings) -> Option<Obstacle> {
    let group = settings.target.get(SETTING)?;
    if plan.release(NAME).is_some() {
        return Some(Obstacle {
            origin: Origin::new("release", NAME),
            message: format!("`{NAME}.yml` is the workflow that looks at pull requests"),
            help: "give the release another name".to_owned(),
            is_fatal: true,
            kind: Hindrance::Name,
        });
    }
    let is_known = plan.groups.contains_key(group);
    (!is_known).then(|| Obstacle {
        origin: Origin::new("project", &plan.project),
        message: format!("`review = \"{group}\"` names nobody who is asked in a release"),
        help: format!(
            "the teams and roles that are asked: {}",
            plan.groups.keys().cloned().collect::<Vec<_>>().join(", ")
        ),
        is_fatal: true,
        kind: Hindrance::Setting,
    })
}

fn texts(pairs: &[(&str, &str)]) -> Texts {
    pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect()
}

fn scopes(pairs: &[(&'static str, &'static str, &str)]) -> Permissions {
    let mut scopes = Permissions::default();
    for (scope, access, why) in pairs {
        scopes.put(*scope, Commented(*access, (*why).to_owned()));
    }
    scopes
}

fn job(settings: &Settings, name: &str, permissions: Permissions, steps: Vec<Step>) -> Job {
    Job {
        name: name.to_owned(),
        runs_on: Some(settings.get("runner", "ubuntu-24.04").to_owned()),
        timeout_minutes: Some(MINUTES),
        permissions,
        steps,
        ..Job::default()
    }
}

fn script(name: &str, env: Texts, run: &str) -> Step {
    Step { name: name.to_owned(), shell: Some("bash"), env, run: Some(run.to_owned()), ..Step::default() }
}

/// Compares, and stops where something is weaker that nobody has accepted.
fn look(settings: &Settings, group: &str) -> Job {
    let checkout = Step {
        name: "Check out".to_owned(),
        uses: Some(Action::Checkout.pinned(settings)),
        inputs: texts(&[("persist-credentials", "false"), ("fetch-depth", "2")]),
        ..Step::default()
    };
    let binary = Step {
        name: "Set up clearway".to_owned(),
        uses: Some(Uses::Local("$/.github/actions/clearway".to_owned())),
        ..Step::default()
    };
    let mut env = texts(&[
        ("GH_TOKEN", "${{ github.token }}"),
        ("NUMBER", "${{ github.event.pull_request.number }}"),
        ("REVISION", "${{ github.event.pull_request.head.sha }}"),
        ("AUTHOR", "${{ github.event.pull_request.user.login }}"),
    ]);
    env.put("GROUP", literal(group));
    let mut compare = script("Compare with what was", env, include_str!("review.sh"));
    compare.id = Some("compare".to_owned());
    let keep = Step {
        name: "Keep what is told".to_owned(),
        uses: Some(Action::UploadArtifact.pinned(settings)),
        inputs: texts(&[
            ("name", NAME),
            ("path", "${{ runner.temp }}/review"),
            ("if-no-files-found", "error"),
            ("overwrite", "true"),
        ]),
        ..Step::default()
    };
    let stop = script(
        "Stop what is weaker and not accepted",
        texts(&[("VERDICT", "${{ steps.compare.outputs.verdict }}")]),
        "exit \"${VERDICT}\"\n",
    );
    let permissions = scopes(&[
        ("contents", "read", "compare with what was"),
        ("pull-requests", "read", "read who has approved"),
    ]);
    job(settings, "what the change makes weaker", permissions, vec![checkout, binary, compare, keep, stop])
}

/// Writes the comment, or writes it anew.
fn comment(settings: &Settings) -> Job {
    let fetch = Step {
        name: "Fetch what is told".to_owned(),
        uses: Some(Action::DownloadArtifact.pinned(settings)),
        inputs: texts(&[("name", NAME), ("path", "review")]),
        ..Step::default()
    };
    let env =
        texts(&[("GH_TOKEN", "${{ github.token }}"), ("NUMBER", "${{ github.event.pull_request.number }}")]);
    let write = script("Comment on the pull request", env, include_str!("comment.sh"));
    let permissions = scopes(&[("pull-requests", "write", "comment on the pull request")]);
    let mut job = job(settings, "comment on the pull request", permissions, vec![fetch, write]);
    job.needs = vec!["review".to_owned()];
    job.condition = Some(
        "${{ !cancelled() && needs.review.result != 'skipped' && github.event.pull_request.head.repo.full_name == github.repository }}"
            .to_owned(),
    );
    job
}
