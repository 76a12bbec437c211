//! Rollouts: where a Deployment of Kubernetes moves by shares, or all at one moment, a Rollout beside it brings its pods in. It stands still at
//! every share until the job that deploys lets it go on, and goes back by itself where what is watched does not hold. Its strategy is the
//! plan's, which the job compares before it begins.

use std::collections::BTreeMap;

use clearway_plan::{Deployer, Move, MoveKind, Plan, Stage};

use super::model::{
    Analysis, AnalysisSpec, BlueGreen, Canary, CanaryStep, Metadata, Metric, Nothing, Object, Provider,
    Query, RolloutSpec, Spec, Strategies, TemplateName, WorkloadRef,
};
use super::names::kube;
use crate::entries::Texts;
use crate::prometheus::Asking;

/// The namespace of a workload whose declaration names none.
const NAMESPACE: &str = "default";

/// How often something is measured, in seconds.
const INTERVAL: u64 = 60;

/// A Rollout that brings a service in.
pub(crate) struct Rollout<'p> {
    pub workload: &'p str,
    pub namespace: &'p str,
    pub strategy: Strategies,
    /// The name of what is measured; none where nothing is watched.
    pub analysis: Option<String>,
}

/// The namespace of a workload.
pub(crate) fn namespace(declared: &str) -> &str {
    if declared.is_empty() { NAMESPACE } else { declared }
}

/// The Rollout of a move; none where its replicas move by other means.
pub(crate) fn rollout<'p>(plan: &'p Plan, stage: &Stage, moved: &Move) -> Option<Rollout<'p>> {
    let artifact = plan.artifacts.get(&moved.service)?;
    let Some(Deployer::Kubernetes { workload, namespace: declared }) = &artifact.deploy else { return None };
    if !workload.starts_with("deploy") || moved.to.is_none() {
        return None;
    }
    let weights = weights(stage);
    let is_switch = moved.kind == MoveKind::Switch;
    if weights.is_empty() && !is_switch {
        return None;
    }
    let is_watched = stage.watches().next().is_some();
    let analysis = is_watched.then(|| format!("{}-{}", kube(&moved.service), kube(&stage.environment)));
    let looks =
        analysis.clone().map(|template_name| Analysis { templates: vec![TemplateName { template_name }] });
    let strategy = if weights.is_empty() {
        Strategies::BlueGreen(BlueGreen {
            active_service: name_of(workload).to_owned(),
            auto_promotion_enabled: false,
            abort_scale_down_delay_seconds: 30,
            post_promotion_analysis: looks,
        })
    } else {
        let steps =
            weights.iter().flat_map(|weight| [CanaryStep::SetWeight(*weight), CanaryStep::Pause(Nothing {})]);
        Strategies::Canary(Canary { analysis: looks, steps: steps.collect() })
    };
    Some(Rollout { workload, namespace: namespace(declared), strategy, analysis })
}

/// The shares of a stage below all, as Rollouts have them: whole numbers of percent, and one at least.
pub(crate) fn weights(stage: &Stage) -> Vec<u32> {
    let shares = stage.rollout.shares.iter().map(|share| share.percent);
    let below = shares.filter(|percent| !percent.is_zero() && *percent < rust_decimal::Decimal::ONE_HUNDRED);
    below.map(|percent| percent.ceil().normalize().to_string().parse().unwrap_or(1)).collect()
}

/// `deployment/name` without the kind.
pub(crate) fn name_of(workload: &str) -> &str {
    workload.split_once('/').map_or(workload, |(_, name)| name)
}

/// The Rollouts of an environment, and what they measure, by namespace and name. Services with one workload have one Rollout.
pub(crate) struct Emitted {
    pub rollouts: BTreeMap<(String, String), Object<Spec<RolloutSpec>>>,
    pub analyses: BTreeMap<(String, String), Object<Spec<AnalysisSpec>>>,
}

/// Everything that an environment is given, over all releases that go there.
///
/// # Errors
///
/// What is watched has no form as a query.
pub(crate) fn of_environment(plan: &Plan, environment: &str) -> Result<Emitted, String> {
    let mut emitted = Emitted { rollouts: BTreeMap::new(), analyses: BTreeMap::new() };
    let stages = plan.releases.iter().filter_map(|release| release.stage(environment));
    for stage in stages {
        for moved in stage.waves.iter().flat_map(|wave| &wave.moves) {
            let Some(rollout) = rollout(plan, stage, moved) else { continue };
            let place = |name: &str| (rollout.namespace.to_owned(), name.to_owned());
            if let Some(name) = &rollout.analysis {
                let analysis = analysis(plan, stage, moved, name, rollout.namespace)?;
                emitted.analyses.insert(place(name), analysis);
            }
            let name = name_of(rollout.workload);
            let object = emitted.rollouts.entry(place(name)).or_insert_with(|| object(&rollout, name));
            object.body.spec.strategy.look_at(&rollout.strategy);
        }
    }
    Ok(emitted)
}

fn metadata(name: &str, namespace: &str) -> Metadata {
    let labels = Texts::from_iter([("app.kubernetes.io/managed-by", "clearway".to_owned())]);
    Metadata { name: name.to_owned(), namespace: Some(namespace.to_owned()), labels }
}

fn object(rollout: &Rollout<'_>, name: &str) -> Object<Spec<RolloutSpec>> {
    Object {
        api_version: "argoproj.io/v1alpha1",
        kind: "Rollout",
        metadata: metadata(name, rollout.namespace),
        body: Spec {
            spec: RolloutSpec {
                workload_ref: WorkloadRef {
                    api_version: "apps/v1",
                    kind: "Deployment",
                    name: name.to_owned(),
                    scale_down: "never",
                },
                revision_history_limit: 5,
                progress_deadline_seconds: 900,
                progress_deadline_abort: true,
                strategy: rollout.strategy.clone(),
            },
        },
    }
}

/// What is measured of a service: each query gives something only while what must hold does, with samples enough, so that silence fails.
fn analysis(
    plan: &Plan,
    stage: &Stage,
    moved: &Move,
    name: &str,
    namespace: &str,
) -> Result<Object<Spec<AnalysisSpec>>, String> {
    let place = plan.environments.get(&stage.environment);
    let address = place.and_then(|place| place.monitoring.clone()).unwrap_or_default();
    // What is looked at after a switch must end: as long as the longest time that anything is measured over.
    let ends = weights(stage).is_empty();
    let longest = stage.watches().map(|watch| watch.over).max().unwrap_or(INTERVAL);
    let metric = |(number, watch): (usize, &clearway_plan::Watch)| {
        let asking = Asking {
            service: &moved.service,
            environment: &stage.environment,
            over: watch.over,
            since: watch.over,
        };
        let query = asking.expression(&watch.require.condition, true).ok_or_else(|| {
            format!("what is watched is no comparison of numbers: `{}`", watch.require.text)
        })?;
        Ok(Metric {
            name: format!("watch-{}", number + 1),
            initial_delay: format!("{}s", watch.over),
            interval: format!("{INTERVAL}s"),
            count: ends.then(|| longest.div_ceil(INTERVAL).max(1)),
            success_condition: "len(result) > 0",
            failure_limit: 0,
            inconclusive_limit: 0,
            consecutive_error_limit: 1,
            provider: Provider { prometheus: Query { address: address.clone(), query } },
        })
    };
    let metrics = stage.watches().enumerate().map(metric).collect::<Result<Vec<_>, String>>()?;
    Ok(Object {
        api_version: "argoproj.io/v1alpha1",
        kind: "AnalysisTemplate",
        metadata: metadata(name, namespace),
        body: Spec { spec: AnalysisSpec { metrics } },
    })
}
