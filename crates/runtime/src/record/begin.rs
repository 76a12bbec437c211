//! `record begin`: may this step begin, and if so, that it does.

use clearway_plan::{Artifact, Move, Path, Release, Stage, Step, StepKind};

use super::{About, permission, position, ramp, undo};
use crate::answer::Answer;
use crate::call::Call;
use crate::lease;
use crate::ledger::{Deployed, Entry, Intent, Log, Moved, Spot, Subject};
use crate::trouble::Trouble;

/// What is decided upon the records: to write an intent or not, and the answer.
pub(super) type Decided = Result<(Option<Entry>, Answer), Trouble>;

/// Records that a step begins, if it may.
///
/// # Errors
///
/// The plan has no such step, or the ledger cannot be reached.
pub fn begin(call: &Call<'_>, about: &About) -> Result<Answer, Trouble> {
    let release = call.plan.release(&about.release)?;
    let path = call.plan.path(release, about.path)?;
    let step = call.plan.step(path, &about.step)?;
    let (intent, answer) = call.ledger.append(&call.stamp(), |log| match &step.does {
        _ if about.once && !tried(call, about, log, step).is_empty() => {
            let title = format!("`{}` must not begin again", step.id);
            Ok((None, Answer::stops(title, tried(call, about, log, step)).output("go", "false")))
        }
        StepKind::Gate { .. } => Err(others("gates", "gate run")),
        StepKind::Checklist { .. } => Err(others("checklists", "checklist verify")),
        StepKind::Approval { .. } => Err(others("approvals", "approval verify")),
        StepKind::Deploy { environment, wave, service, group } => {
            if about.service.as_ref().is_some_and(|asked| asked != service) {
                return Err(Trouble::new(format!("step `{}` deploys `{service}` and nothing else", step.id)));
            }
            let stage = call.plan.stage(release, environment)?;
            let spot = Spot::new(service, group.as_deref());
            let moved = move_of(stage, &spot, *wave)?;
            Deploying { call, about, log, release, path, step, stage, spot, wave: *wave, moved }.decide()
        }
        StepKind::Rollback { environment } => {
            let stage = call.plan.stage(release, environment)?;
            undo::decide(call, about, log, (release, path, stage), step)
        }
        StepKind::Flag { environment, flag, .. } => {
            ramp::decide(call, about, log, release, step, (environment, flag))
        }
        _ => Ok((
            Some(intent(about, step)),
            Answer::holds(format!("`{}` begins", step.id)).output("go", "true"),
        )),
    })?;
    Ok(match intent {
        Some(digest) => answer.output("intent", digest.as_str()),
        None => answer,
    })
}

/// Why this is no first try of a step: the run has tried it before, or has begun to go back in its environment.
fn tried(call: &Call<'_>, about: &About, log: &Log, step: &Step) -> Vec<String> {
    let ours = |act: &crate::ledger::Act<'_>| {
        act.record.run == call.run && act.intent.release == about.release && act.intent.path == about.path
    };
    let why = |act: crate::ledger::Act<'_>| {
        let goes_back = matches!(&act.intent.does, StepKind::Rollback { environment } if Some(environment.as_str()) == step.does.environment());
        let what = match (goes_back, act.intent.step == step.id) {
            (true, _) => "has gone back there",
            (false, true) => "has tried it before",
            (false, false) => return None,
        };
        Some(format!(
            "this run {what}, at {}: what people agreed to was for the first try. Start a new run",
            act.record.at
        ))
    };
    log.acts().filter(ours).filter_map(why).take(1).collect()
}

fn others(what: &str, command: &str) -> Trouble {
    Trouble::new(format!("{what} are recorded by what decides them"))
        .help(format!("call `clearway {command}`"))
}

fn intent(about: &About, step: &Step) -> Entry {
    Entry::Intent(Box::new(about.intent(step.does.clone())))
}

fn move_of<'s>(stage: &'s Stage, spot: &Spot, wave: usize) -> Result<&'s Move, Trouble> {
    let moves = stage.waves.get(wave).map(|wave| wave.moves.as_slice()).unwrap_or_default();
    moves.iter().find(|moved| moved.service == spot.service && moved.group == spot.group).ok_or_else(|| {
        Trouble::new(format!("wave {} of `{}` does not move `{}`", wave + 1, stage.environment, spot.service))
            .help("the step and the stage of the plan do not agree: build the plan again")
    })
}

/// A deployment that asks whether it may begin.
struct Deploying<'d> {
    call: &'d Call<'d>,
    about: &'d About,
    log: &'d Log,
    release: &'d Release,
    path: &'d Path,
    step: &'d Step,
    stage: &'d Stage,
    spot: Spot,
    wave: usize,
    moved: &'d Move,
}

impl Deploying<'_> {
    fn decide(self) -> Decided {
        let (service, environment) = (&self.spot.service, &self.stage.environment);
        if stays(self.moved) {
            let title = format!("`{service}` stays as it is in `{environment}`: this run does not move it");
            return Ok((None, Answer::holds(title).output("go", "false")));
        }
        let mut reasons = self.wrong_subjects();
        reasons.extend(self.open_intents());
        let lock = &self.call.plan.environment(environment)?.lock;
        reasons.extend(lease::hindrance(self.log, lock, self.call.run, self.call.now));
        let deployed = match Deployed::of(self.log, environment) {
            Some(deployed) => deployed,
            None if self.stage.deployed.is_empty() => Deployed::default(),
            None => {
                reasons.push(format!(
                    "the ledger has nothing of `{environment}`, and the plan was proved with what a state file says: `clearway record adopt {environment} --release {}` takes that over, once",
                    self.release.name
                ));
                return Ok((None, self.stops(reasons)));
            }
        };
        let run = self.call.run;
        let subject =
            |service: &str| self.about.subject(service).or_else(|| self.log.subject_of(run, service));
        reasons.extend(position::hindrances(self.stage, &deployed, &subject, (&self.spot, self.wave)));
        reasons.extend(permission::lacks(
            self.log,
            run,
            self.about,
            service,
            (self.release, self.path, self.stage),
        ));
        if !reasons.is_empty() {
            return Ok((None, self.stops(reasons)));
        }
        let subject = self.about.subject(service);
        let moves = Moved {
            service: service.clone(),
            group: self.spot.group.clone(),
            groups: position::groups(self.stage, service),
            before: deployed.live(&self.spot).into_iter().next().flatten(),
            after: position::after(self.moved, position::is_last(self.stage, self.moved), subject),
            is_final: self.moved.is_final,
            undoes: None,
        };
        let to = moves
            .after
            .as_ref()
            .and_then(|after| after.get("version")?.as_str())
            .unwrap_or("nothing")
            .to_owned();
        let mut answer =
            Answer::holds(format!("`{service}` goes to {to} in `{environment}`")).output("go", "true");
        if moves.after.is_some() {
            answer = answer.output("version", to);
        }
        if let Some(digest) = subject.and_then(|subject| subject.digest.as_ref()) {
            answer = answer.output("digest", digest.as_str());
        }
        let intent = Intent { moves: Some(moves), ..self.about.intent(self.step.does.clone()) };
        Ok((Some(Entry::Intent(Box::new(intent))), answer))
    }

    fn stops(&self, reasons: Vec<String>) -> Answer {
        let title =
            format!("`{}` must not be deployed to `{}` now", self.spot.service, self.stage.environment);
        Answer::stops(title, reasons).output("go", "false")
    }

    /// What is given for the service, and cannot be what the plan ships.
    fn wrong_subjects(&self) -> Vec<String> {
        let service = &self.spot.service;
        let subject = self.about.subject(service);
        let shipped = self.release.ships.iter().find(|shipped| shipped.service == *service);
        let mut wrong = Vec::new();
        if let (Some(subject), Some(shipped)) = (subject, shipped)
            && subject.version != shipped.version
            && !shipped.open
        {
            wrong.push(format!("`{subject}` is to be deployed, and the release ships {}", shipped.version));
        }
        let has_artifact = self.call.plan.plan.artifacts.get(service).is_some_and(is_by_digest);
        if has_artifact
            && self.moved.to.is_some()
            && subject.and_then(|subject: &Subject| subject.digest.as_ref()).is_none()
        {
            wrong.push(format!(
                "the digest of `{service}` is not known, and what was tested must be what is deployed: give `--subject {service}=VERSION@DIGEST`"
            ));
        }
        wrong
    }

    /// What began here and nothing is known to have come of.
    fn open_intents(&self) -> Vec<String> {
        let run = self.call.run;
        // Others of this run may be under way beside it; an earlier try of this very step may not.
        let in_the_way = |act: &crate::ledger::Act<'_>| {
            act.record.run != run || (act.intent.step == self.step.id && act.intent.path == self.about.path)
        };
        let open = self.log.open(&self.stage.environment).into_iter().filter(in_the_way);
        open.map(|act| still_open(&act)).collect()
    }
}

/// How an open intent is told, and what closes it.
pub(crate) fn still_open(act: &crate::ledger::Act<'_>) -> String {
    format!(
        "`{}` of run {} began at {}, and nothing says how it ended: look, then `clearway record close {} --reason TEXT`",
        act.intent.step, act.record.run, act.record.at, act.digest
    )
}

/// Whether a run has nothing to do for a service that its pipeline could move: what ships is the one version that is live.
fn stays(moved: &Move) -> bool {
    moved.to.as_ref().is_some_and(|to| moved.from == [to.as_str()])
}

/// Whether something is built, and is deployed by the digest of that.
fn is_by_digest(artifact: &Artifact) -> bool {
    artifact.imported_from.is_some() || artifact.build.as_ref().is_some_and(|build| build.output.is_some())
}
