//! `watch`: does what was deployed stay as it should, for as long as it is watched?

use std::time::Duration;

use clearway_plan::{Breach, Stage, Watch};

use crate::answer::{Answer, Table};
use crate::call::PlanFile;
use crate::gate::{Judgement, Prometheus, Verdict, judge, wanted};
use crate::http::Http;
use crate::trouble::Trouble;

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
}

/// One condition at one service.
struct Look<'a> {
    watch: &'a Watch,
    service: &'a str,
    /// How often in a row nobody could tell.
    unclear: u32,
    last: Judgement,
}

/// Watches until the time is over or something does not hold. `wait` passes the time.
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
    let watches = &stage.rollout.watches;
    if watches.is_empty() {
        wait(Duration::from_secs(asked.seconds));
        return Ok(Answer::holds(format!(
            "the rollout in `{}` watches nothing: {} s have passed",
            asked.environment, asked.seconds
        )));
    }
    let Some(address) = &environment.monitoring else {
        let why = format!(
            "environment `{}` has no `monitoring`, and its rollout is to be watched",
            asked.environment
        );
        return Ok(Answer::stops("nobody can tell whether the deployment is sound", vec![why]));
    };
    let mut looks: Vec<Look<'_>> = watches
        .iter()
        .flat_map(|watch| {
            services.iter().map(move |service| Look {
                watch,
                service,
                unclear: 0,
                last: Judgement { verdict: Verdict::Inconclusive, measured: Vec::new(), why: Vec::new() },
            })
        })
        .collect();
    let pause = watches.iter().map(|watch| watch.over.clamp(1, OFTEN)).min().unwrap_or(OFTEN);
    let mut passed = 0;
    loop {
        for look in &mut looks {
            let Watch { require, over } = look.watch;
            let prometheus = Prometheus {
                http,
                address,
                service: look.service,
                environment: asked.environment,
                over: *over,
            };
            look.last = judge(&require.condition, &prometheus);
            look.unclear = if look.last.verdict == Verdict::Inconclusive { look.unclear + 1 } else { 0 };
        }
        let breached = looks.iter().any(|look| look.last.verdict == Verdict::Fail);
        let unclear = looks.iter().any(|look| look.unclear > PATIENCE);
        if breached || unclear || passed >= asked.seconds {
            return Ok(answer(stage, asked, &looks, passed));
        }
        let next = pause.min(asked.seconds - passed);
        wait(Duration::from_secs(next));
        passed += next;
    }
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
    let mut answer = match (worst, stage.rollout.on_breach) {
        (Verdict::Pass, _) => {
            Answer::holds(format!("what was deployed to `{environment}` held for {passed} s"))
        }
        (Verdict::Fail, Breach::Rollback) => Answer::stops(
            format!("what was deployed to `{environment}` does not hold after {passed} s"),
            vec!["it goes back to what was before".to_owned()],
        ),
        (Verdict::Fail, Breach::Pause) => Answer::stops(
            format!("what was deployed to `{environment}` does not hold after {passed} s"),
            vec!["it stays as it is until a person decides: deploy again, or run the rollback".to_owned()],
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
