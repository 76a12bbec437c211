//! Argo Rollouts, and rules of the Prometheus operator.

use serde::Serialize;

use super::Nothing;

/// How a workload's new versions come in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RolloutSpec {
    pub workload_ref: WorkloadRef,
    pub revision_history_limit: u32,
    pub progress_deadline_seconds: u64,
    pub progress_deadline_abort: bool,
    pub strategy: Strategies,
}

/// The workload whose pods it runs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkloadRef {
    pub api_version: &'static str,
    pub kind: &'static str,
    pub name: String,
    pub scale_down: &'static str,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Strategies {
    Canary(Canary),
    BlueGreen(BlueGreen),
}

impl Strategies {
    /// What is looked at meanwhile.
    pub(crate) fn analysis(&mut self) -> &mut Option<Analysis> {
        match self {
            Self::Canary(canary) => &mut canary.analysis,
            Self::BlueGreen(switch) => &mut switch.post_promotion_analysis,
        }
    }

    /// Looks at what another one looks at too: services with one workload have one Rollout.
    pub(crate) fn look_at(&mut self, other: &Self) {
        let Some(others) = other.clone().analysis().take() else { return };
        let own = self.analysis().get_or_insert_with(|| Analysis { templates: Vec::new() });
        for template in others.templates {
            if !own.templates.contains(&template) {
                own.templates.push(template);
            }
        }
    }
}

/// A growing share of the replicas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Canary {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analysis: Option<Analysis>,
    pub steps: Vec<CanaryStep>,
}

/// A step of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum CanaryStep {
    SetWeight(u32),
    Pause(Nothing),
}

/// All of the traffic at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BlueGreen {
    pub active_service: String,
    pub auto_promotion_enabled: bool,
    pub abort_scale_down_delay_seconds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_promotion_analysis: Option<Analysis>,
}

/// What is looked at meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Analysis {
    pub templates: Vec<TemplateName>,
}

/// A template of an analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TemplateName {
    pub template_name: String,
}

/// What is measured.
#[derive(Debug, Serialize)]
pub(crate) struct AnalysisSpec {
    pub metrics: Vec<Metric>,
}

/// One measurement, made again and again.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metric {
    pub name: String,
    pub initial_delay: String,
    pub interval: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    pub success_condition: &'static str,
    pub failure_limit: u32,
    pub inconclusive_limit: u32,
    pub consecutive_error_limit: u32,
    pub provider: Provider,
}

/// What is asked.
#[derive(Debug, Serialize)]
pub(crate) struct Provider {
    pub prometheus: Query,
}

/// A query of Prometheus.
#[derive(Debug, Serialize)]
pub(crate) struct Query {
    pub address: String,
    pub query: String,
}
