//! `watch`: does what was deployed stay as it should, for as long as it is watched?

use std::collections::BTreeSet;
use std::time::Duration;

use clearway_plan::{Breach, Stage, VENDOR_PAUSE, Watch};

use crate::answer::{Answer, Table};
use crate::call::PlanFile;
use crate::gate::{Judgement, Prometheus, Verdict, judge, wanted};
use crate::http::Http;
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

    fn look(&mut self, http: &Http, address: &str, environment: &str) {
        let Watch { require, over } = self.watch;
        let prometheus =
            Prometheus { http, address, service: self.service, environment, over: *over, at: None };
        self.last = judge(&require.condition, &prometheus);
        self.unclear = if self.last.verdict == Verdict::Inconclusive { self.unclear + 1 } else { 0 };
    }
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
        return Ok(Answer::holds(format!(
            "nothing is watched in `{}`: {} s have passed",
            asked.environment, asked.seconds
        )));
    }
    let Some(address) = &environment.monitoring else {
        let why = format!(
            "environment `{}` has no `monitoring`, and what is deployed there is to be watched",
            asked.environment
        );
        return Ok(Answer::stops("nobody can tell whether the deployment is sound", vec![why]));
    };
    let vendors = Vendors::of(&plan.plan, http, &services);
    let (mut passed, mut paused, mut troubled) = (0, 0, BTreeSet::new());
    loop {
        // What a vendor in trouble breaks says nothing of what was deployed: the release waits where it is, and is not taken back.
        let trouble = vendors.in_trouble();
        if !trouble.is_empty() && paused < VENDOR_PAUSE {
            troubled.extend(trouble);
            wait(Duration::from_secs(OFTEN));
            paused += OFTEN;
            continue;
        }
        looks.iter_mut().for_each(|look| look.look(http, address, asked.environment));
        let breached = looks.iter().any(|look| look.last.verdict == Verdict::Fail);
        let unclear = looks.iter().any(|look| look.unclear > PATIENCE);
        if breached || unclear {
            return Ok(with_pause(answer(stage, asked, &looks, passed), paused, &troubled));
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
        at_the_end.iter_mut().for_each(|look| look.look(http, address, asked.environment));
        if at_the_end.iter().all(|look| look.last.verdict != Verdict::Inconclusive) {
            break;
        }
    }
    looks.append(&mut at_the_end);
    Ok(with_pause(answer(stage, asked, &looks, passed), paused, &troubled))
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
