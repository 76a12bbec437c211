//! `ledger replay`: decisions that the ledger has are made again from what they were made of, and must come out the same.
//!
//! A record says what was asked of others and what they said, and when; its plan says the rule and the people; the records before it say the
//! rest. So nobody is asked again, and what comes out otherwise was changed, or was decided by something else than this program.

mod approval;
mod checklist;
mod files;
mod gate;
mod watch;
mod window;

use clearway_plan::StepKind;
use jiff::Timestamp;
use serde_json::Value;

use crate::answer::{Answer, Table};
use crate::call::{Call, PlanFile};
use crate::digest::Digest;
use crate::gate::Files;
use crate::ledger::{Act, End, Ending, Entry, Ledger, Log, Looked, Observed, Outcome, Record};
use crate::trouble::Trouble;

/// What decisions are made again from.
#[derive(Clone, Copy)]
pub struct From<'f> {
    /// The ledger.
    pub ledger: &'f Ledger,
    /// The plans that the runs followed.
    pub plans: &'f [PlanFile],
    /// The reports of the runs: those of a run below a folder of its name, where there is one.
    pub reports: &'f dyn Files,
}

/// A recorded decision.
struct Decided<'l> {
    digest: &'l Digest,
    record: &'l Record,
    /// What was decided.
    about: String,
    result: Ending,
    decision: &'l Value,
    of: Of<'l>,
}

/// What kind of decision it is.
enum Of<'l> {
    Act(Act<'l>),
    Looked(&'l Looked),
}

/// Makes recorded decisions again: the one whose record is named, by its digest or how that begins, or all of them. Nothing is recorded.
///
/// # Errors
///
/// The ledger cannot be reached, it has no such decision, or the one that is named cannot be made again.
pub fn replay(from: From<'_>, record: Option<&str>) -> Result<Answer, Trouble> {
    let log = from.ledger.log()?;
    let all = decided(&log);
    let Some(record) = record else { return Ok(every(from, &log, &all)) };
    let named = |one: &&Decided<'_>| {
        let digits = one.digest.digits();
        let wanted = record.strip_prefix("sha256:").unwrap_or(record);
        !wanted.is_empty() && digits.starts_with(wanted)
    };
    let found: Vec<&Decided<'_>> = all.iter().filter(named).collect();
    let one = match found.as_slice() {
        [one] => *one,
        [] => return Err(Trouble::new(format!("the ledger has no decision `{}`", record.escape_debug()))
            .help("`clearway ledger log` lists its records: a decision is replayed by the one with which it begins")),
        _ => return Err(Trouble::new("several decisions begin like this").help("give the whole digest")),
    };
    let again = again(from, &log, one)?;
    let differences = differences(one, &again);
    let title = format!("`{}` of run {}", one.about, one.record.run);
    let answer = if differences.is_empty() {
        let result = again.details["result"].as_str().unwrap_or_default();
        Answer::holds(format!("{title} replays to the same answer: {result}"))
    } else {
        Answer::stops(format!("{title} does not replay to what was recorded"), differences)
    };
    Ok(Answer { table: again.table, details: again.details, ..answer })
}

/// Every decision, a row each.
fn every(from: From<'_>, log: &Log, all: &[Decided<'_>]) -> Answer {
    let mut rows = Vec::new();
    let mut others = 0;
    for one in all {
        let found = match again(from, log, one) {
            Ok(again) => differences(one, &again),
            Err(trouble) => vec![trouble.what],
        };
        let told = if found.is_empty() { "the same".to_owned() } else { found.join("; ") };
        others += usize::from(!found.is_empty());
        let result = one.decision["result"].as_str().unwrap_or_default();
        rows.push(vec![one.record.run.clone(), one.about.clone(), result.to_owned(), told]);
    }
    let count = all.len();
    let answer = match (count, others) {
        (0, _) => Answer::stops("the ledger has no decision that could be made again", Vec::new()),
        (_, 0) => Answer::holds(format!("{count} decisions replay to the same answers")),
        _ => Answer::stops(
            format!("{others} of {count} decisions do not replay to what was recorded"),
            Vec::new(),
        ),
    };
    Answer { table: Table { heads: vec!["run", "decision", "recorded", "replayed"], rows }, ..answer }
}

/// Every decision of a log, in the order in which they were begun.
fn decided(log: &Log) -> Vec<Decided<'_>> {
    log.records()
        .iter()
        .filter_map(|logged| {
            if let Entry::Looked(looked) = &logged.record.entry {
                let what = match looked.at {
                    Observed::Window => "window",
                    Observed::Watch => "watch",
                };
                return Some(Decided {
                    digest: &logged.digest,
                    record: &logged.record,
                    about: format!("{what} of {}", looked.environment),
                    result: looked.result,
                    decision: &looked.decision,
                    of: Of::Looked(looked),
                });
            }
            let act = log.act(&logged.digest)?;
            let Some(End::Outcome(Outcome { result, decision: Some(decision), .. })) = act.end else {
                return None;
            };
            let about = act.intent.step.clone();
            Some(Decided {
                digest: act.digest,
                record: act.record,
                about,
                result: *result,
                decision,
                of: Of::Act(act),
            })
        })
        .collect()
}

/// Makes a decision again.
fn again(from: From<'_>, log: &Log, one: &Decided<'_>) -> Result<Answer, Trouble> {
    let plan = from.plans.iter().find(|plan| plan.digest == one.record.plan).ok_or_else(|| {
        Trouble::new(format!("it was decided by the plan {}, which is not given", one.record.plan))
            .help("give the plan of that run with `--plan`")
    })?;
    let text = one.decision["now"].as_str().unwrap_or_default();
    let now: Timestamp = text
        .parse()
        .map_err(|error| Trouble::new(format!("the record says no time at which it was decided: {error}")))?;
    let call = Call { plan, ledger: from.ledger, run: &one.record.run, build: None, now };
    let before = log.before(one.record);
    match &one.of {
        Of::Looked(looked) => match looked.at {
            Observed::Window => window::again(&call, looked),
            Observed::Watch => watch::again(&call, looked),
        },
        Of::Act(act) => match &act.intent.does {
            StepKind::Gate { environment, gate } => {
                let files = files::OfRun::of(from.reports, &one.record.run);
                gate::again(&call, (act, one.decision), (environment, gate), &before, &files)
            }
            StepKind::Approval { environment, chain, step } => {
                approval::again(&call, (act, one.decision), (environment, chain, step), &before)
            }
            StepKind::Checklist { environment, checklist } => {
                Ok(checklist::again(&call, act, (environment, checklist), &before)?)
            }
            _ => Err(Trouble::new(format!("nobody knows how `{}` was decided", act.intent.step))),
        },
    }
}

/// What comes out otherwise than it was recorded.
fn differences(one: &Decided<'_>, again: &Answer) -> Vec<String> {
    let (then, now) = (one.decision, &again.details);
    let mut differences = Vec::new();
    let ended = if again.holds { Ending::Success } else { Ending::Failure };
    if ended != one.result {
        differences.push("the record ends otherwise than the decision in it says".to_owned());
    }
    let keys = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>());
    let mut all: Vec<String> = keys(then).into_iter().chain(keys(now)).flatten().collect();
    all.sort();
    all.dedup();
    for key in all {
        let (then, now) = (then.get(&key), now.get(&key));
        if then != now {
            let told = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), Value::to_string);
            differences.push(format!("`{key}` was {}, and is {}", told(then), told(now)));
        }
    }
    differences
}

/// A part of a recorded decision, as it was written.
fn part<T: serde::de::DeserializeOwned>(decision: &Value, key: &str) -> Result<T, Trouble> {
    let part = decision.get(key).cloned().unwrap_or_default();
    serde_json::from_value(part).map_err(|error| {
        Trouble::new(format!("the record does not say what it was decided upon: `{key}`: {error}"))
    })
}
