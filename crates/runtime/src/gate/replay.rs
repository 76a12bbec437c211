//! `gate replay`: a decision that the ledger has is made again from what it was made of, and must come out the same.

use std::collections::BTreeMap;
use std::io::{self, Read};

use clearway_plan::StepKind;
use jiff::Timestamp;
use serde_json::Value;

use super::{Asked, Files, decide};
use crate::answer::Answer;
use crate::call::Call;
use crate::http::Http;
use crate::ledger::{Act, End, Ending};
use crate::record::is_named;
use crate::trouble::Trouble;

/// Makes a recorded decision again, from its reports, and compares. Nothing is recorded, and no server is asked what it said then.
///
/// # Errors
///
/// The ledger has no such decision, or the plan is not the one that it was made by.
pub fn replay(call: &Call<'_>, record: &str, files: &dyn Files, http: &Http) -> Result<Answer, Trouble> {
    let log = call.ledger.log()?;
    let found: Vec<Act<'_>> = log.acts().filter(|act| is_named(act, record)).collect();
    let act = match found.as_slice() {
        [act] => act,
        [] => return Err(Trouble::new(format!("the ledger has no intent `{}`", record.escape_debug()))
            .help("`clearway ledger log` lists them: a gate's decision is replayed by the record with which it begins")),
        _ => return Err(Trouble::new("several intents begin like this").help("give the whole digest")),
    };
    let StepKind::Gate { environment, gate } = &act.intent.does else {
        return Err(Trouble::new(format!("`{}` is no gate", act.intent.step)));
    };
    let Some(End::Outcome(outcome)) = act.end else {
        return Err(Trouble::new(format!("`{}` of run {} was not decided", act.intent.step, act.record.run)));
    };
    let Some(decision) = &outcome.decision else {
        return Err(Trouble::new(format!("the record of `{}` has no decision", act.intent.step)));
    };
    if act.record.plan != call.plan.digest {
        return Err(Trouble::new(format!(
            "it was decided by the plan {}, and this is {}",
            act.record.plan, call.plan.digest
        ))
        .help("give the plan of that run with `--plan`"));
    }
    let asked = Asked {
        release: act.intent.release.clone(),
        path: act.intent.path,
        environment: environment.clone(),
        gate: gate.clone(),
        subjects: act.intent.subjects.clone(),
        commit: act.intent.commit.clone().unwrap_or_default(),
        actor: act.intent.actor.clone(),
        change: act.intent.change.clone(),
    };
    let text = decision["now"].as_str().unwrap_or_default();
    let now: Timestamp = text
        .parse()
        .map_err(|error| Trouble::new(format!("the record says no time at which it was decided: {error}")))?;
    let then = Call { now, run: &act.record.run, ..*call };
    let recorded = decision.get("live").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    let recorded: Vec<super::live::Said> = serde_json::from_value(recorded)
        .map_err(|error| Trouble::new(format!("what was measured cannot be read in the record: {error}")))?;
    let answer =
        decide(&then, &asked, &log.before(act.record), &AsThen::of(files, decision), http, Some(&recorded))?;
    let ended = if answer.holds { Ending::Success } else { Ending::Failure };
    let differences = differences(decision, &answer.details, ended == outcome.result);
    let title = format!("`{}` of run {}", act.intent.step, act.record.run);
    Ok(if differences.is_empty() {
        let result = answer.details["result"].as_str().unwrap_or_default();
        Answer {
            table: answer.table,
            details: answer.details.clone(),
            ..Answer::holds(format!("{title} replays to the same answer: {result}"))
        }
    } else {
        Answer {
            table: answer.table,
            details: answer.details,
            ..Answer::stops(format!("{title} does not replay to what was recorded"), differences)
        }
    })
}

/// What comes out otherwise than it was recorded.
fn differences(then: &Value, now: &Value, same_end: bool) -> Vec<String> {
    let mut differences = Vec::new();
    if !same_end {
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

/// Files with the times that they had when they were read first: a copy has others.
struct AsThen<'f> {
    files: &'f dyn Files,
    times: BTreeMap<String, Timestamp>,
}

impl<'f> AsThen<'f> {
    fn of(files: &'f dyn Files, decision: &Value) -> Self {
        let seen =
            [&decision["evidence"], &decision["baseline"]].into_iter().filter_map(Value::as_array).flatten();
        let time =
            |seen: &Value| Some((seen["file"].as_str()?.to_owned(), seen["at"].as_str()?.parse().ok()?));
        Self { files, times: seen.filter_map(time).collect() }
    }
}

impl Files for AsThen<'_> {
    fn list(&self) -> io::Result<Vec<String>> {
        self.files.list()
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        self.files.open(path)
    }

    fn modified(&self, path: &str) -> Option<Timestamp> {
        self.times.get(path).copied()
    }
}
