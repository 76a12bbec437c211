//! Steps that many jobs share.

use clearway_plan::{Path, PathKind, Plan, Release};
use serde_saphyr::Commented;

use super::actions::Action;
use super::layout::Layout;
use super::model::{Permissions, Step, Texts, Uses};
use super::text::{literal, one_line};
use crate::index::Index;
use crate::settings::{LEDGER_KEY, Ledger, Settings};

/// The binary, where the local action puts it. It is not put on the path, which any step could change.
pub(crate) const CLEARWAY: &str = "\"${RUNNER_TEMP}/clearway/clearway\"";

/// What every job of a run is told of it: the run and, with its attempt, the build that it is. Both stand in each record, and whatever
/// is built can carry them.
pub(crate) fn of_the_run() -> Texts {
    let told = [
        ("CLEARWAY_RUN", "${{ github.run_id }}"),
        ("CLEARWAY_BUILD", "${{ github.run_number }}.${{ github.run_attempt }}"),
    ];
    told.into_iter().map(|(key, value)| (key, value.to_owned())).collect()
}

/// The artifact that holds the plan of a run.
pub(crate) const PLAN_ARTIFACT: &str = "clearway-plan";

/// What a job is emitted in.
#[derive(Clone, Copy)]
pub(crate) struct Context<'p> {
    pub plan: &'p Plan,
    pub settings: &'p Settings,
    pub release: &'p Release,
    pub path: &'p Path,
    /// Both, by name.
    pub index: &'p Index<'p>,
    /// What of the release stands in parts.
    pub layout: &'p Layout,
    /// It is in a workflow that another calls, with what that one knows.
    pub is_called: bool,
}

impl Context<'_> {
    /// The machine that jobs run on.
    pub(crate) fn runner(&self) -> String {
        self.settings.get("runner", "ubuntu-24.04").to_owned()
    }

    /// The way that the run takes, as a value of the environment.
    pub(crate) fn way(&self) -> String {
        if self.is_called { "${{ inputs.path }}".to_owned() } else { self.path.kind.name().to_owned() }
    }

    /// The digest of the run's plan, which the first job made.
    pub(crate) fn plan_digest(&self) -> String {
        let from = if self.is_called { "inputs.plan-digest" } else { "needs.preflight.outputs.plan-digest" };
        format!("${{{{ {from} }}}}")
    }

    /// The change request: what the spec says, or what the run was told. In an emergency it is the incident.
    pub(crate) fn change(&self) -> String {
        match (&self.release.change, self.path.kind) {
            _ if self.is_called => "${{ inputs.change }}".to_owned(),
            (_, PathKind::Emergency) => "${{ inputs.incident }}".to_owned(),
            (Some(change), PathKind::Release) => literal(change),
            _ => "${{ inputs.change }}".to_owned(),
        }
    }

    /// Who asked for it: what the spec says of the release, or what the run was told.
    pub(crate) fn requested_by(&self) -> String {
        match (&self.release.requested_by, self.path.kind) {
            (Some(person), PathKind::Release) if !self.is_called => literal(person),
            _ => "${{ inputs.requested-by }}".to_owned(),
        }
    }

    /// What every command of a job is told.
    pub(crate) fn job_environment(&self) -> Texts {
        let mut env = Texts::default();
        env.put("LEDGER", literal(self.settings.ledger.address()));
        env.put("RELEASE", literal(&self.release.name));
        env.put("WAY", self.way());
        env
    }

    /// The keys to the ledger, for the step of a command alone.
    pub(crate) fn environment(&self) -> Texts {
        let mut env = Texts::default();
        if self.settings.ledger.is_shared() {
            env.put("AWS_ACCESS_KEY_ID", "${{ steps.ledger.outputs.aws-access-key-id }}".to_owned());
            env.put("AWS_SECRET_ACCESS_KEY", "${{ steps.ledger.outputs.aws-secret-access-key }}".to_owned());
            env.put("AWS_SESSION_TOKEN", "${{ steps.ledger.outputs.aws-session-token }}".to_owned());
            env.put("AWS_REGION", self.region());
        }
        env
    }

    /// The same with the key that signs, for the step of a command alone that writes records.
    pub(crate) fn signing(&self) -> Texts {
        let mut env = self.environment();
        if !self.plan.signed_by.is_empty() {
            env.put(LEDGER_KEY, format!("${{{{ secrets.{LEDGER_KEY} }}}}"));
        }
        env
    }

    fn region(&self) -> String {
        match &self.settings.ledger {
            Ledger::S3 { region: Some(region), .. } => literal(region),
            _ => "${{ vars.CLEARWAY_LEDGER_REGION }}".to_owned(),
        }
    }

    /// The token's scopes of a job that checks the repository out and writes records.
    pub(crate) fn permissions(&self, more: &[(&'static str, &'static str, &str)]) -> Permissions {
        let mut scopes = Permissions::default();
        scopes.put("contents", Commented("read", "check out the reviewed revision".to_owned()));
        if self.settings.ledger.is_shared() && !more.iter().any(|(scope, ..)| *scope == "id-token") {
            scopes.put("id-token", Commented("write", "take the role that writes to the ledger".to_owned()));
        }
        for (scope, access, why) in more {
            scopes.put(*scope, Commented(*access, (*why).to_owned()));
        }
        scopes
    }

    /// Checks out, gets the binary and the plan of the run, and opens the ledger.
    pub(crate) fn setup(&self) -> Vec<Step> {
        let mut steps = vec![self.checkout(false), self.binary(Some(self.plan_digest()))];
        steps.extend(self.ledger());
        steps
    }

    /// Checks the repository out at the commit of the run.
    pub(crate) fn checkout(&self, with_history: bool) -> Step {
        let mut inputs = Texts::default();
        inputs.put("persist-credentials", "false".to_owned());
        if with_history {
            inputs.put("fetch-depth", "0".to_owned());
        }
        Step {
            name: "Check out".to_owned(),
            uses: Some(Action::Checkout.pinned(self.settings)),
            inputs,
            ..Step::default()
        }
    }

    /// Gets the binary, and the plan of the run where there is one.
    pub(crate) fn binary(&self, plan_digest: Option<String>) -> Step {
        Step {
            name: "Set up clearway".to_owned(),
            uses: Some(Uses::Local("$/.github/actions/clearway".to_owned())),
            inputs: plan_digest.into_iter().map(|digest| ("plan-digest", digest)).collect(),
            ..Step::default()
        }
    }

    /// Takes the role that writes to the ledger, for the steps that ask for it alone.
    pub(crate) fn ledger(&self) -> Option<Step> {
        let Ledger::S3 { role, .. } = &self.settings.ledger else { return None };
        let role =
            role.as_ref().map_or_else(|| "${{ vars.CLEARWAY_LEDGER_ROLE }}".to_owned(), |role| literal(role));
        let inputs = [
            ("role-to-assume", role),
            ("aws-region", self.region()),
            ("output-credentials", "true".to_owned()),
            ("output-env-credentials", "false".to_owned()),
        ];
        Some(Step {
            name: "Open the ledger".to_owned(),
            id: Some(LEDGER_STEP.to_owned()),
            uses: Some(Action::AwsCredentials.pinned(self.settings)),
            inputs: inputs.into_iter().collect(),
            ..Step::default()
        })
    }

    /// A step that runs a script of ours. Whatever it is about comes in the environment.
    pub(crate) fn script(&self, name: &str, env: Texts, run: impl Into<String>) -> Step {
        Step { name: one_line(name), shell: Some("bash"), env, run: Some(run.into()), ..Step::default() }
    }

    /// A step that calls `clearway` with what every command is told, and more.
    pub(crate) fn command(&self, name: &str, command: &str, more: &[(&str, String)], args: &[&str]) -> Step {
        let mut env = if records(command) { self.signing() } else { self.environment() };
        for (key, value) in more {
            env.put(*key, value.clone());
        }
        let mut lines = vec![
            format!("{CLEARWAY} {command} --plan .clearway/run/plan.json --ledger \"${{LEDGER}}\""),
            "--run \"${CLEARWAY_RUN}\" --build \"${CLEARWAY_BUILD}\" --release \"${RELEASE}\" --path \"${WAY}\"".to_owned(),
        ];
        lines.extend(args.iter().map(|arg| (*arg).to_owned()));
        self.script(name, env, lines.join(" \\\n  ") + "\n")
    }
}

/// The step that takes the role of the ledger.
const LEDGER_STEP: &str = "ledger";

/// Whether a step takes the role of the ledger.
pub(crate) fn opens_the_ledger(step: &Step) -> bool {
    step.id.as_deref() == Some(LEDGER_STEP)
}

/// Whether a command writes records.
fn records(command: &str) -> bool {
    ["record ", "gate run", "checklist verify", "approval verify", "window check", "watch"]
        .iter()
        .any(|one| command.starts_with(one))
}

/// Reads `SUBJECTS`, a line for each, into arguments of a command.
pub(crate) const SUBJECT_ARGUMENTS: &str = "mapfile -t subjects < <(grep . <<< \"${SUBJECTS}\" || true)\n";
/// These arguments.
pub(crate) const SUBJECTS: &str = "\"${subjects[@]/#/--subject=}\"";

/// Puts a line of a script before what a step runs.
pub(crate) fn before(line: &str, mut step: Step) -> Step {
    step.run = step.run.map(|run| format!("{line}{run}"));
    step
}
