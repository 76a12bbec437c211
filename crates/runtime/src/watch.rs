//! `watch`: does what was deployed stay as it should, for as long as it is watched?

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use clearway_plan::{Breach, PathKind, Stage, VENDOR_PAUSE, Watch};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Table};
use crate::call::{Call, PlanFile};
use crate::gate::{Judgement, Live, Prometheus, Said, Verdict, judge, wanted};
use crate::http::Http;
use crate::ledger::{Ending, Entry, Looked, Observed};
use crate::trouble::Trouble;
use crate::vendor::Vendors;

/// The longest time between two looks.
const OFTEN: u64 = 30;

/// How often in a row nobody may be able to tell before that is no longer taken.
const PATIENCE: u32 = 3;

/// What is watched, and how.
pub struct Asked<'a> {
    /// The release.
    pub release: &'a str,
    /// The environment.
    pub environment: &'a str,
    /// The services; all that the stage moves, where none is named.
    pub services: &'a [String],
    /// How long, in seconds.
    pub seconds: u64,
    /// At the end, what the stage must be found to be is looked at too.
    pub validates: bool,
}

/// One condition at one service.
struct Look<'a> {
    watch: &'a Watch,
    service: &'a str,
    /// How often in a row nobody could tell.
    unclear: u32,
    last: Judgement,
}

impl<'a> Look<'a> {
    fn new(watch: &'a Watch, service: &'a str) -> Self {
        let last = Judgement { verdict: Verdict::Inconclusive, measured: Vec::new(), why: Vec::new() };
        Self { watch, service, unclear: 0, last }
    }

    /// Looks at how it is now.
    fn look(&mut self, server: Server<'_>, rounds: &Rounds<'_>) {
        self.look_back(server, rounds, 0);
    }

    /// Looks at how it was all the while: the time over which it is measured lies behind the last deployment, which is looked at for so long.
    fn look_at_the_end(&mut self, server: Server<'_>, rounds: &Rounds<'_>) {
        self.look_back(server, rounds, self.watch.over);
    }

    fn look_back(&mut self, server: Server<'_>, rounds: &Rounds<'_>, since: u64) {
        let Watch { require, over } = self.watch;
        let Server { http, address, environment } = server;
        let prometheus =
            Prometheus { http, address, service: self.service, environment, over: *over, since, at: None };
        let live = Live { prometheus, said: &rounds.said, recorded: rounds.recorded_now() };
        self.last = judge(&require.condition, &live);
        self.unclear = if self.last.verdict == Verdict::Inconclusive { self.unclear + 1 } else { 0 };
    }
}

/// The server that is asked.
#[derive(Clone, Copy)]
struct Server<'s> {
    http: &'s Http,
    address: &'s str,
    environment: &'s str,
}

/// What was said at one look, and at those after it at which the same was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Round {
    /// At how many looks.
    times: u64,
    /// The vendors that told of trouble: then nothing was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    trouble: Vec<String>,
    /// What was measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    said: Vec<Said>,
}

/// The looks of a watch: what is said at each is kept, so that the watch can be made again, or is what was said then.
struct Rounds<'r> {
    done: Vec<Round>,
    said: RefCell<Vec<Said>>,
    recorded: Option<Vec<&'r Round>>,
    looks: usize,
}

impl<'r> Rounds<'r> {
    fn new(recorded: Option<&'r [Round]>) -> Self {
        let each = |round: &'r Round| (0..round.times).map(move |_| round);
        Self {
            done: Vec::new(),
            said: RefCell::new(Vec::new()),
            recorded: recorded.map(|rounds| rounds.iter().flat_map(each).collect()),
            looks: 0,
        }
    }

    /// What was said at this look, where the watch is made again; nothing where its record says no more.
    fn recorded_now(&self) -> Option<&[Said]> {
        let recorded = self.recorded.as_ref()?;
        Some(recorded.get(self.looks).map_or(&[], |round| round.said.as_slice()))
    }

    /// The vendors in trouble.
    fn trouble<'v>(&self, vendors: &Vendors<'v>) -> Vec<&'v str> {
        match &self.recorded {
            None => vendors.in_trouble(),
            Some(recorded) => {
                let trouble = recorded.get(self.looks).map_or(&[] as &[String], |round| &round.trouble);
                vendors.names().filter(|name| trouble.iter().any(|one| one == name)).collect()
            }
        }
    }

    /// A look is over.
    fn end(&mut self, trouble: &[&str]) {
        let said = self.said.take();
        let round =
            Round { times: 1, trouble: trouble.iter().map(|name| (*name).to_owned()).collect(), said };
        match self.done.last_mut() {
            Some(last) if (&last.trouble, &last.said) == (&round.trouble, &round.said) => last.times += 1,
            _ => self.done.push(round),
        }
        self.looks += 1;
    }
}

/// Watches, and records what was found.
///
/// # Errors
///
/// As [`watch`], or the ledger cannot be reached.
pub fn look(
    call: &Call<'_>,
    path: PathKind,
    asked: &Asked<'_>,
    http: &Http,
    wait: &dyn Fn(Duration),
) -> Result<Answer, Trouble> {
    // Whoever cannot write what comes of it does not watch for hours first.
    call.ledger.signs()?;
    let (answer, rounds) = fold(call.plan, asked, http, wait, None)?;
    let looked = Looked {
        at: Observed::Watch,
        release: asked.release.to_owned(),
        path,
        environment: asked.environment.to_owned(),
        result: if answer.holds { Ending::Success } else { Ending::Failure },
        decision: decision(&answer, asked, &rounds, call.now),
    };
    call.ledger.append(&call.stamp(), |_| Ok((Some(Entry::Looked(looked.clone())), ())))?;
    Ok(answer)
}

/// What a record says of a watch.
pub(crate) fn decision(answer: &Answer, asked: &Asked<'_>, rounds: &[Round], now: Timestamp) -> Value {
    let result = answer.outputs.iter().find(|(key, _)| key == "result").map_or("pass", |(_, word)| word);
    json!({
        "result": result,
        "title": answer.title,
        "now": now,
        "services": asked.services,
        "seconds": asked.seconds,
        "validates": asked.validates,
        "looks": answer.to_json()["rows"],
        "notes": answer.notes,
        "rounds": rounds,
    })
}

/// Watches until the time is over or something does not hold, and then looks at what must hold at the end. `wait` passes the time.
///
/// # Errors
///
/// The plan has no such stage.
pub fn watch(
    plan: &PlanFile,
    asked: &Asked<'_>,
    http: &Http,
    wait: &dyn Fn(Duration),
) -> Result<Answer, Trouble> {
    Ok(fold(plan, asked, http, wait, None)?.0)
}

/// The same, which gives what was said at each look too; nobody is asked where that is known.
pub(crate) fn fold(
    plan: &PlanFile,
    asked: &Asked<'_>,
    http: &Http,
    wait: &dyn Fn(Duration),
    recorded: Option<&[Round]>,
) -> Result<(Answer, Vec<Round>), Trouble> {
    let stage = plan.stage(plan.release(asked.release)?, asked.environment)?;
    let environment = plan.environment(asked.environment)?;
    let services = services(stage, asked);
    if let Some(unknown) = asked.services.iter().find(|service| !services.contains(&service.as_str())) {
        return Err(Trouble::new(format!("`{}` does not move `{unknown}`", asked.environment)));
    }
    let each = |watch| services.iter().map(move |service| Look::new(watch, service));
    let mut looks: Vec<Look<'_>> = stage.watches().flat_map(each).collect();
    let mut at_the_end: Vec<Look<'_>> =
        stage.validates.iter().filter(|_| asked.validates).flat_map(each).collect();
    let pause = looks.iter().map(|look| look.watch.over.clamp(1, OFTEN)).min();
    if looks.is_empty() && at_the_end.is_empty() {
        wait(Duration::from_secs(asked.seconds));
        let title = format!("nothing is watched in `{}`: {} s have passed", asked.environment, asked.seconds);
        return Ok((Answer::holds(title), Vec::new()));
    }
    let Some(address) = &environment.monitoring else {
        let why = format!(
            "environment `{}` has no `monitoring`, and what is deployed there is to be watched",
            asked.environment
        );
        return Ok((Answer::stops("nobody can tell whether the deployment is sound", vec![why]), Vec::new()));
    };
    let vendors = Vendors::of(&plan.plan, http, &services);
    let server = Server { http, address, environment: asked.environment };
    let mut rounds = Rounds::new(recorded);
    let (mut passed, mut paused, mut troubled) = (0, 0, BTreeSet::new());
    loop {
        // What a vendor in trouble breaks says nothing of what was deployed: the release waits where it is, and is not taken back.
        let trouble = rounds.trouble(&vendors);
        if !trouble.is_empty() && paused < VENDOR_PAUSE {
            rounds.end(&trouble);
            troubled.extend(trouble);
            wait(Duration::from_secs(OFTEN));
            paused += OFTEN;
            continue;
        }
        looks.iter_mut().for_each(|look| look.look(server, &rounds));
        rounds.end(&trouble);
        let breached = looks.iter().any(|look| look.last.verdict == Verdict::Fail);
        let unclear = looks.iter().any(|look| look.unclear > PATIENCE);
        if breached || unclear {
            return Ok((with_pause(answer(stage, asked, &looks, passed), paused, &troubled), rounds.done));
        }
        if passed >= asked.seconds {
            break;
        }
        // Where nothing has to hold all the while, there is nothing to look at before the end.
        let next = pause.unwrap_or(asked.seconds).min(asked.seconds - passed);
        wait(Duration::from_secs(next));
        passed += next;
    }
    for attempt in 0..=PATIENCE {
        if attempt > 0 {
            wait(Duration::from_secs(OFTEN));
            passed += OFTEN;
        }
        at_the_end.iter_mut().for_each(|look| look.look_at_the_end(server, &rounds));
        rounds.end(&[]);
        if at_the_end.iter().all(|look| look.last.verdict != Verdict::Inconclusive) {
            break;
        }
    }
    looks.append(&mut at_the_end);
    Ok((with_pause(answer(stage, asked, &looks, passed), paused, &troubled), rounds.done))
}

/// Says how long a release waited for vendors.
fn with_pause(mut answer: Answer, paused: u64, troubled: &BTreeSet<&str>) -> Answer {
    if paused > 0 {
        let names: Vec<&str> = troubled.iter().copied().collect();
        let end = if paused < VENDOR_PAUSE { "" } else { ", and waits no longer" };
        answer.notes.push(format!(
            "it waited {paused} s for the vendor `{}`, which told of trouble{end}",
            names.join("`, `")
        ));
    }
    answer
}

fn services<'s>(stage: &'s Stage, asked: &'s Asked<'_>) -> Vec<&'s str> {
    let moves = stage.waves.iter().flat_map(|wave| &wave.moves).filter(|moved| moved.to.is_some());
    let mut services: Vec<&str> = moves.map(|moved| moved.service.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    services
        .retain(|service| asked.services.is_empty() || asked.services.iter().any(|asked| asked == service));
    services
}

fn answer(stage: &Stage, asked: &Asked<'_>, looks: &[Look<'_>], passed: u64) -> Answer {
    let environment = asked.environment;
    let worst = looks.iter().map(|look| look.last.verdict).max().unwrap_or(Verdict::Inconclusive);
    // Only what the rollout itself watches is left to a person.
    let is_of_rollout =
        |look: &&Look<'_>| stage.rollout.watches.iter().any(|watch| std::ptr::eq(watch, look.watch));
    let mut breaches = looks.iter().filter(|look| look.last.verdict == Verdict::Fail);
    let on_breach =
        if breaches.all(|look| is_of_rollout(&look)) { stage.rollout.on_breach } else { Breach::Rollback };
    let mut answer = match (worst, on_breach) {
        (Verdict::Pass, _) => {
            Answer::holds(format!("what was deployed to `{environment}` held for {passed} s"))
        }
        (Verdict::Fail, Breach::Rollback) => Answer::stops(
            format!("what was deployed to `{environment}` does not hold after {passed} s"),
            vec!["it goes back to what was before".to_owned()],
        ),
        (Verdict::Fail, Breach::Pause) => Answer::stops(
            format!("what was deployed to `{environment}` does not hold after {passed} s"),
            vec!["it stays as it is until a person decides: the way back waits for its approval".to_owned()],
        ),
        (Verdict::Inconclusive, _) => Answer::stops(
            format!("nobody can tell whether what was deployed to `{environment}` holds"),
            vec!["what cannot be measured is not taken for sound".to_owned()],
        ),
    };
    let row = |look: &Look<'_>| {
        vec![
            look.service.to_owned(),
            look.watch.require.text.clone(),
            look.last.measured.join(", "),
            wanted(&look.watch.require.condition),
            look.last.verdict.to_string(),
            look.last.why.join("; "),
        ]
    };
    answer.table = Table {
        heads: vec!["service", "watched", "measured", "wanted", "result", "why"],
        rows: looks.iter().map(row).collect(),
    };
    answer.output("result", worst.to_string())
}
