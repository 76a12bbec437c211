//! Approvals. GitHub asks people where a job enters an environment, and any one of an environment's reviewers suffices; so a step of a
//! chain has a seat for each person that it needs, and then a job that looks who sat there: distinct people, of the group, in no other
//! duty.

use clearway_plan::{ApprovalStep, From, Step, StepKind, slug};

use super::job;
use crate::github::condition::{FIRST_ATTEMPT, after_all, after_failure, after_success, succeeded};
use crate::github::model::{Environment, Job, Permissions};
use crate::github::steps::{Context, SUBJECT_ARGUMENTS, SUBJECTS, before};
use crate::github::subjects;
use crate::github::text::{literal, one_line};

/// A seat: an environment of its own, whose reviewers are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::github) struct Seat {
    /// The environment.
    pub environment: String,
    /// The team or role whose members are asked.
    pub group: String,
}

/// The seats of a step of a chain. Owners have seats for each owning team of what is shipped. The chain is part of their names: a step of
/// the same name in another chain may ask other people before the same environment.
pub(in crate::github) fn seats(context: &Context<'_>, step: &Step, asked: &ApprovalStep) -> Vec<Seat> {
    let name = slug(&asked.name);
    let before = step.id.strip_prefix("approval-").unwrap_or(&step.id);
    let before = before.strip_suffix(name.as_str()).unwrap_or(before);
    let chain = match &step.does {
        StepKind::Approval { chain, .. } => slug(chain),
        _ => String::new(),
    };
    let stem = format!("{before}{chain}-{name}");
    let seat = |group: &str, name: String| Seat { environment: name, group: group.to_owned() };
    match &asked.from {
        From::Group(group) => (1..=asked.need).map(|n| seat(group, format!("{stem}-{n}"))).collect(),
        From::Owners => {
            let mut owners: Vec<&str> = Vec::new();
            let names =
                context.release.ships.iter().map(|shipped| &shipped.service).chain(&context.release.retires);
            for owner in names.filter_map(|name| context.plan.artifacts.get(name)?.owner.as_deref()) {
                if !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
            let seats = owners.into_iter().flat_map(|owner| (1..=asked.need).map(move |n| (owner, n)));
            seats.map(|(owner, n)| seat(owner, format!("{stem}-{}-{n}", slug(owner)))).collect()
        }
    }
}

/// The jobs of a step of a chain: whether it is asked at all, the seats, and who sat there.
pub(in crate::github) fn asks(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    chain: &str,
    asked: &ApprovalStep,
) -> Vec<(String, Job)> {
    let start = start(step, asked);
    let mut jobs = Vec::new();
    let mut needs = step.needs.clone();
    needs.extend(step.after_failure_of.iter().cloned());
    let decides = asked.when.is_some().then(|| format!("{}-asked", step.id));
    if let Some(id) = &decides {
        let mut decide = job(
            context,
            step,
            &format!("whether {} is asked", step.origin),
            context.permissions(&[]),
            decide(context, environment, chain, asked),
        );
        decide.needs.clone_from(&needs);
        decide.condition = Some(start.clone());
        decide.timeout_minutes = Some(10);
        decide.outputs.put("required", "${{ steps.required.outputs.required }}".to_owned());
        jobs.push((id.clone(), decide));
    }
    let seats = seats(context, step, asked);
    let mut seat_ids = Vec::new();
    for (number, seat) in seats.iter().enumerate() {
        let id = format!("{}-seat-{}", step.id, number + 1);
        jobs.push((id.clone(), sit(context, step, seat, &needs, &start, decides.as_deref(), asked)));
        seat_ids.push(id);
    }
    jobs.push((
        step.id.clone(),
        look(context, step, environment, chain, asked, &seats, &seat_ids, decides.as_deref()),
    ));
    jobs
}

/// When a step of a chain starts: after what it needs, or after what failed.
fn start(step: &Step, asked: &ApprovalStep) -> String {
    if step.after_failure_of.is_empty() {
        // The seats of a step that is not always asked may be empty, so what else it stands on is named one by one.
        return if asked.when.is_some() { after_success(&step.needs) } else { after_all(&step.needs) };
    }
    let needs = step.needs.iter().map(|need| format!(" && {}", succeeded(need)));
    format!("{}{}", after_failure(&step.after_failure_of), needs.collect::<String>())
}

fn sit(
    context: &Context<'_>,
    step: &Step,
    seat: &Seat,
    needs: &[String],
    start: &str,
    decides: Option<&str>,
    asked: &ApprovalStep,
) -> Job {
    let mut env = crate::github::model::Texts::default();
    env.put("GROUP", literal(&seat.group));
    let steps = vec![context.script("Note that somebody agreed", env, "echo \"one of ${GROUP} agreed\"\n")];
    let required =
        decides.map(|id| format!(" && {} && needs.{id}.outputs.required == 'true'", succeeded(id)));
    Job {
        name: one_line(&format!("{}: {}, one of {}", step.origin, asked.name, seat.group)),
        needs: needs.iter().cloned().chain(decides.map(str::to_owned)).collect(),
        condition: Some(format!("{start}{} && {FIRST_ATTEMPT}", required.unwrap_or_default())),
        runs_on: Some(context.runner()),
        timeout_minutes: Some(5),
        environment: Some(Environment { name: seat.environment.clone(), deployment: Some(false) }),
        permissions: Permissions::default(),
        steps,
        ..Job::default()
    }
}

#[expect(clippy::too_many_arguments, reason = "a job of many parts, each told apart by its name")]
fn look(
    context: &Context<'_>,
    step: &Step,
    environment: &str,
    chain: &str,
    asked: &ApprovalStep,
    seats: &[Seat],
    seat_ids: &[String],
    decides: Option<&str>,
) -> Job {
    let names: Vec<&str> = seats.iter().map(|seat| seat.environment.as_str()).collect();
    let verify = context.command(
        "Look who agreed",
        "approval verify",
        &[
            ("GH_TOKEN", "${{ github.token }}".to_owned()),
            ("STAGE", literal(environment)),
            ("CHAIN", literal(chain)),
            ("STEP", literal(&asked.name)),
            ("SEATS", names.join(",")),
            ("REQUESTED_BY", context.requested_by()),
            ("SUBJECTS", subjects::lines(context)),
        ],
        &[
            "--stage \"${STAGE}\" --chain \"${CHAIN}\" --step \"${STEP}\" --seats \"${SEATS}\"",
            "--requested-by \"${REQUESTED_BY}\" --deployer \"${GITHUB_TRIGGERING_ACTOR}\" --commit \"${GITHUB_SHA}\"",
            "--summary \"${GITHUB_STEP_SUMMARY}\"",
            SUBJECTS,
        ],
    );
    let mut steps = context.setup();
    steps.push(before(SUBJECT_ARGUMENTS, verify));
    let permissions = context.permissions(&[("actions", "read", "read who approved")]);
    let mut job = job(context, step, &format!("{}: {}", step.origin, asked.name), permissions, steps);
    job.timeout_minutes = Some(10);
    job.needs = step
        .needs
        .iter()
        .chain(&step.after_failure_of)
        .chain(seat_ids)
        .cloned()
        .chain(decides.map(str::to_owned))
        .collect();
    let seated = |id: &String| match decides {
        None => format!(" && {}", succeeded(id)),
        // A step that is not asked has empty seats; the check inside decides again, and says why.
        Some(decides) => {
            let empty =
                format!("needs.{id}.result == 'skipped' && needs.{decides}.outputs.required == 'false'");
            format!(" && ({} || {empty})", succeeded(id))
        }
    };
    let decided = decides.map(|id| format!(" && {}", succeeded(id))).unwrap_or_default();
    job.condition =
        Some(format!("{}{decided}{}", start(step, asked), seat_ids.iter().map(seated).collect::<String>()));
    job
}

fn decide(
    context: &Context<'_>,
    environment: &str,
    chain: &str,
    asked: &ApprovalStep,
) -> Vec<crate::github::model::Step> {
    let mut required = context.command(
        "Decide whether it is asked",
        "approval required",
        &[("STAGE", literal(environment)), ("CHAIN", literal(chain)), ("STEP", literal(&asked.name))],
        &["--stage \"${STAGE}\" --chain \"${CHAIN}\" --step \"${STEP}\" --output \"${GITHUB_OUTPUT}\""],
    );
    required.id = Some("required".to_owned());
    let mut steps = context.setup();
    steps.push(required);
    steps
}
