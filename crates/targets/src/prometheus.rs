//! Alerts as rules of Prometheus, a file for each environment, and as routes of its Alertmanager.
//!
//! A rule over a threshold says nothing when there is no data, so each has a twin that tells the silence.

use std::collections::BTreeMap;

use clearway_plan::{
    Alert, Compare, Condition, DEFAULT_OVER, MetricUse, Operand, Operator, Plan, Scalar, pace, slug,
};
use serde::Serialize;

use crate::File;
use crate::yaml::yaml;

/// Where they are written.
const FOLDER: &str = ".clearway/alerts";

/// Groups of rules.
#[derive(Serialize)]
pub(crate) struct RuleFile {
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    name: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    alert: String,
    expr: String,
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    lasts: Option<String>,
    labels: BTreeMap<&'static str, String>,
    annotations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Routes {
    routes: Vec<Route>,
}

#[derive(Serialize)]
struct Route {
    matchers: Vec<String>,
    receiver: String,
    group_by: Vec<String>,
}

/// The files of a plan's alerts; none where it has no alert.
pub(crate) fn files(plan: &Plan) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    for (environment, groups) in groups(plan)? {
        let text = yaml(&format!("the alerts in {environment}"), &groups)?;
        files.push(File::new(format!("{FOLDER}/{}.yml", slug(environment)), text));
    }
    let routes: Vec<Route> = plan.alerts.iter().filter_map(|(name, alert)| route(name, alert)).collect();
    if !routes.is_empty() {
        let text = yaml("whom alerts notify, to stand below the route of Alertmanager", &Routes { routes })?;
        files.push(File::new(format!("{FOLDER}/routes.yml"), text));
    }
    Ok(files)
}

/// The rules of each environment that has alerts.
///
/// # Errors
///
/// A condition of an alert has no form as a query.
pub(crate) fn groups(plan: &Plan) -> Result<Vec<(&str, RuleFile)>, String> {
    let mut all = Vec::new();
    for environment in plan.environments.keys() {
        let here = plan.alerts.iter().filter(|(_, alert)| alert.environments.contains(environment));
        let mut rules = Vec::new();
        for (name, alert) in here {
            rules.extend(twins(name, alert, environment)?);
        }
        if !rules.is_empty() {
            let name = format!("{}-{environment}", plan.project);
            all.push((environment.as_str(), RuleFile { groups: vec![Group { name, rules }] }));
        }
    }
    Ok(all)
}

/// The alert that tells silence.
fn silent(name: &str) -> String {
    format!("{name}-no-data")
}

fn route(name: &str, alert: &Alert) -> Option<Route> {
    Some(Route {
        matchers: vec![format!("alertname=~\"{name}|{}\"", silent(name))],
        receiver: alert.notify.clone()?,
        group_by: alert.group_by.clone(),
    })
}

/// The rule of an alert, and the one that tells that nothing is known.
fn twins(name: &str, alert: &Alert, environment: &str) -> Result<[Rule; 2], String> {
    let asking = Asking {
        service: &alert.service,
        environment,
        over: alert.over.unwrap_or(DEFAULT_OVER),
        since: alert.over.unwrap_or_default(),
    };
    let expr = asking.expression(&alert.when.condition, true).ok_or_else(|| {
        format!("the condition of alert `{name}` is no comparison of numbers: `{}`", alert.when.text)
    })?;
    let absent = asking.absent(&alert.when.condition);
    let rule = |alert_name: String, expr: String, summary: String| {
        let mut labels = BTreeMap::from([
            ("environment", environment.to_owned()),
            ("service", alert.service.clone()),
            ("severity", alert.severity.clone()),
        ]);
        labels.extend(alert.notify.clone().map(|team| ("team", team)));
        let mut annotations = BTreeMap::from([("summary", plain(&summary))]);
        annotations.extend(alert.runbook.as_ref().map(|text| ("runbook_url", plain(text))));
        let lasts = (alert.lasts > 0).then(|| format!("{}s", alert.lasts));
        Rule { alert: alert_name, expr, lasts, labels, annotations }
    };
    let about = format!("{} in {environment}", alert.service);
    Ok([
        rule(name.to_owned(), expr, format!("{about}: {}", alert.when.text)),
        rule(silent(name), absent, format!("{about}: nobody can tell whether {}", alert.when.text)),
    ])
}

/// A text in which Prometheus finds nothing to put in.
fn plain(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

/// What is asked about.
pub(crate) struct Asking<'a> {
    pub service: &'a str,
    pub environment: &'a str,
    pub over: u64,
    /// How long what is measured at one moment must have been so all the while, in seconds.
    pub since: u64,
}

impl Asking<'_> {
    /// A query that gives something while a condition holds, or while it does not.
    pub(crate) fn expression(&self, condition: &Condition, holds: bool) -> Option<String> {
        let join = |parts: &[Condition], with: &str| {
            let parts = parts.iter().map(|part| self.expression(part, holds)).collect::<Option<Vec<_>>>()?;
            (!parts.is_empty()).then(|| format!("({})", parts.join(with)))
        };
        match (condition, holds) {
            (Condition::Constant(value), _) => {
                Some(if *value == holds { "vector(1)" } else { "(vector(0) > 0)" }.to_owned())
            }
            (Condition::Not(inner), _) => self.expression(inner, !holds),
            (Condition::All(parts), true) | (Condition::Any(parts), false) => join(parts, " and on() "),
            (Condition::All(parts), false) | (Condition::Any(parts), true) => join(parts, " or on() "),
            (Condition::Compare(compare), _) => self.comparison(compare, holds),
        }
    }

    fn comparison(&self, compare: &Compare, holds: bool) -> Option<String> {
        let operator = if holds { sign(compare.operator) } else { sign(opposite(compare.operator)) };
        let (left, right) = (self.side(&compare.left)?, self.side(&compare.right)?);
        let mut metrics = [&compare.left, &compare.right].into_iter().filter_map(measured);
        let mut parts = if self.since > 0 && metrics.any(MetricUse::is_of_a_moment) {
            let (since, pace) = (self.since, pace(self.since));
            vec![format!("min_over_time(({left} {operator} bool {right})[{since}s:{pace}s]) == 1")]
        } else {
            vec![format!("{left} {operator} {right}")]
        };
        for metric in [&compare.left, &compare.right].into_iter().filter_map(measured) {
            // Too few samples say nothing.
            if let (_, Some(samples)) = metric.asked(self.service, self.environment, self.over) {
                parts.push(format!("({samples}) >= {}", metric.min_samples));
            }
        }
        Some(if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(" and on() ")) })
    }

    fn side(&self, operand: &Operand) -> Option<String> {
        match operand {
            Operand::Metric(metric) => {
                Some(format!("({})", metric.asked(self.service, self.environment, self.over).0?))
            }
            Operand::Value(Scalar::Amount(amount)) => Some(amount.value.normalize().to_string()),
            Operand::Value(_) => None,
        }
    }

    /// A query that gives something while any metric of a condition gives nothing.
    fn absent(&self, condition: &Condition) -> String {
        let mut queries: Vec<String> = Vec::new();
        let mut open = vec![condition];
        while let Some(condition) = open.pop() {
            match condition {
                Condition::Constant(_) => {}
                Condition::Not(inner) => open.push(inner),
                Condition::All(parts) | Condition::Any(parts) => open.extend(parts.iter().rev()),
                Condition::Compare(compare) => {
                    let metrics = [&compare.left, &compare.right].into_iter().filter_map(measured);
                    for metric in metrics {
                        let asked = metric.asked(self.service, self.environment, self.over).0;
                        queries.extend(asked.map(|query| format!("absent({query})")));
                    }
                }
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        queries.retain(|query| seen.insert(query.clone()));
        queries.join(" or ")
    }
}

const fn measured(operand: &Operand) -> Option<&MetricUse> {
    match operand {
        Operand::Metric(metric) => Some(metric),
        Operand::Value(_) => None,
    }
}

const fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "!=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
    }
}

const fn opposite(operator: Operator) -> Operator {
    match operator {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Less => Operator::GreaterOrEqual,
        Operator::LessOrEqual => Operator::Greater,
        Operator::Greater => Operator::LessOrEqual,
        Operator::GreaterOrEqual => Operator::Less,
    }
}
