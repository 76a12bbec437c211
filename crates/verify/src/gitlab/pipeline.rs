//! Files as GitLab reads them, and the jobs of a pipeline.

use std::collections::BTreeMap;

use serde_json::Value;

use super::condition::holds;
use super::input::interpolate;
use crate::finding::{Refused, Spot};

/// The files of a project.
#[derive(Debug, Clone)]
pub struct Project {
    /// By path.
    pub files: BTreeMap<String, String>,
}

/// The jobs of a pipeline.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The stages, in order.
    pub stages: Vec<String>,
    /// What every job is told.
    pub variables: BTreeMap<String, String>,
    /// The jobs, in the order of the file.
    pub jobs: Vec<Job>,
    /// The pipelines that its jobs trigger, by the name of the job.
    pub triggered: BTreeMap<String, Pipeline>,
    /// All of what was read, for whoever looks closer.
    pub whole: Value,
    /// The file that it begins with.
    pub file: String,
}

/// A job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its name.
    pub name: String,
    /// The file that it is written in.
    pub file: String,
    /// The place of its stage.
    pub stage: usize,
    /// What it needs; nothing said, it comes after all stages before its own.
    pub needs: Option<Vec<Need>>,
    /// When it starts.
    pub when: String,
    /// Whether others mind that it fails.
    pub allow_failure: bool,
    /// The pipeline that it triggers.
    pub trigger: Option<Trigger>,
    /// All that is said of it.
    pub value: Value,
}

/// A job that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub job: String,
    /// It is one of the pipeline that triggered this one.
    pub of_parent: bool,
    /// Whether what it kept is taken.
    pub artifacts: bool,
}

/// A pipeline that a job triggers.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Its file.
    pub file: String,
    /// How the job follows it.
    pub strategy: Option<String>,
}

impl Job {
    /// Where it stands.
    pub fn spot(&self) -> Spot {
        Spot::new(&self.file, &[&self.name])
    }

    /// A text that is said of it.
    pub fn text(&self, pointer: &str) -> &str {
        self.value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// The lines of one of its scripts.
    pub fn lines(&self, key: &str) -> String {
        let lines = self.value.get(key).and_then(Value::as_array).into_iter().flatten();
        lines.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
    }

    /// A variable, as the job gets it.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.value.get("variables")?.get(name).map(text)
    }
}

/// The value of a variable.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(parts) => parts.get("value").map(text).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let all = value.and_then(Value::as_object).into_iter().flatten();
    all.map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The file that a pipeline of a project begins with.
pub(super) const ROOT: &str = ".gitlab-ci.yml";

/// How deep pipelines may trigger others: a pipeline of a project, its child and that one's child.
const MAX_LEVELS: usize = 2;

const KEYWORDS: [&str; 6] = ["workflow", "include", "stages", "default", "variables", "spec"];

impl Project {
    /// A pipeline that somebody starts, with what they say.
    pub fn start(&self, inputs: &BTreeMap<String, String>) -> Result<Pipeline, Refused> {
        let variables = [
            ("CI_PIPELINE_SOURCE", "web"),
            ("CI_COMMIT_BRANCH", "main"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_COMMIT_REF_PROTECTED", "true"),
            ("CI_PIPELINE_ID", "17"),
        ];
        self.start_with(inputs, &known(&variables))
    }

    /// The same, with what GitLab says of it.
    pub fn start_with(
        &self,
        inputs: &BTreeMap<String, String>,
        variables: &BTreeMap<String, String>,
    ) -> Result<Pipeline, Refused> {
        self.pipeline(ROOT, inputs, variables, 0)
    }

    /// The pipeline that a job triggers.
    fn triggered(
        &self,
        by: &Job,
        trigger: &Trigger,
        of: &Pipeline,
        level: usize,
    ) -> Result<Pipeline, Refused> {
        if level > MAX_LEVELS {
            return Err(Refused::by_the_rules(by.spot(), "pipelines trigger each other too deep".to_owned()));
        }
        let mut variables = known(&[
            ("CI_PIPELINE_SOURCE", "parent_pipeline"),
            ("CI_COMMIT_REF_PROTECTED", "true"),
            ("CI_PIPELINE_ID", "18"),
        ]);
        // What a variable of the job names is what it is there.
        for (name, value) in texts(by.value.get("variables")) {
            let value = match value.strip_prefix('$') {
                Some("CI_PIPELINE_ID") => "17".to_owned(),
                Some(other) => of.variables.get(other).cloned().unwrap_or_default(),
                None => value,
            };
            variables.insert(name, value);
        }
        self.pipeline(&trigger.file, &BTreeMap::new(), &variables, level)
    }

    fn pipeline(
        &self,
        file: &str,
        inputs: &BTreeMap<String, String>,
        variables: &BTreeMap<String, String>,
        level: usize,
    ) -> Result<Pipeline, Refused> {
        let of = |file: &str, path: &[&str]| {
            let spot = Spot::new(file, path);
            move |why: String| Refused::by_the_rules(spot.clone(), why)
        };
        let mut whole = self.read(file, inputs)?;
        let mut places: BTreeMap<String, String> = BTreeMap::new();
        let rules = whole.pointer("/workflow/rules").cloned().unwrap_or(Value::Null);
        match ruled(&rules, variables).map_err(of(file, &["workflow", "rules"]))? {
            Ruled::Unsaid => {}
            Ruled::Matched { when, .. } if when.as_deref() != Some("never") => {}
            _ => return Err(of(file, &["workflow", "rules"])("there is no pipeline".to_owned())),
        }
        for include in whole.get("include").and_then(Value::as_array).cloned().unwrap_or_default() {
            let includes = of(file, &["include"]);
            let ruled = ruled(include.get("rules").unwrap_or(&Value::Null), variables).map_err(&includes)?;
            if matches!(ruled, Ruled::Never) {
                continue;
            }
            let local = include.get("local").and_then(Value::as_str);
            let local = local.ok_or_else(|| includes("an include that is not local".to_owned()))?;
            let local = local.trim_start_matches('/');
            let more = self.read(local, &texts(include.get("inputs")))?;
            let (Some(all), Some(more)) = (whole.as_object_mut(), more.as_object()) else {
                return Err(Refused::unreadable(local, "it is no map".to_owned()));
            };
            for (key, value) in more {
                places.insert(key.clone(), local.to_owned());
                if all.insert(key.clone(), value.clone()).is_some() {
                    return Err(of(local, &[key])(format!("`{key}` is said twice")));
                }
            }
        }
        let mut pipeline = Pipeline::of(file, &places, whole, variables)?;
        let mut triggered = BTreeMap::new();
        for job in &pipeline.jobs {
            if let Some(trigger) = &job.trigger {
                triggered.insert(job.name.clone(), self.triggered(job, trigger, &pipeline, level + 1)?);
            }
        }
        pipeline.triggered = triggered;
        Ok(pipeline)
    }

    fn read(&self, file: &str, inputs: &BTreeMap<String, String>) -> Result<Value, Refused> {
        let missing = || Refused::unreadable(file, "there is no such file".to_owned());
        let text = self.files.get(file).ok_or_else(missing)?;
        let (head, body) = match text.split_once("\n---\n") {
            Some((head, body)) => (parse(file, head, 0)?, body),
            None => (Value::Null, text.as_str()),
        };
        let inputs = interpolate(&head, body, inputs);
        let body = inputs.map_err(|why| Refused::by_the_rules(Spot::new(file, &["spec", "inputs"]), why))?;
        parse(file, &body, text.lines().count().saturating_sub(body.lines().count()))
    }
}

fn known(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A text that begins so many lines down in its file.
fn parse(file: &str, text: &str, before: usize) -> Result<Value, Refused> {
    serde_saphyr::from_str(text).map_err(|error| {
        let (why, line) = crate::unreadable(&error);
        Refused { line: line.map(|line| line + before), ..Refused::unreadable(file, why) }
    })
}

/// What rules say.
enum Ruled {
    /// There are none.
    Unsaid,
    /// None of them holds.
    Never,
    /// The first that holds.
    Matched { when: Option<String>, allow_failure: Option<bool> },
}

fn ruled(rules: &Value, variables: &BTreeMap<String, String>) -> Result<Ruled, String> {
    let Some(rules) = rules.as_array() else { return Ok(Ruled::Unsaid) };
    for rule in rules {
        let is_met = match rule.get("if").and_then(Value::as_str) {
            None => true,
            Some(condition) => holds(condition, variables)?,
        };
        if is_met {
            return Ok(Ruled::Matched {
                when: rule.get("when").and_then(Value::as_str).map(str::to_owned),
                allow_failure: rule.get("allow_failure").and_then(Value::as_bool),
            });
        }
    }
    Ok(Ruled::Never)
}

impl Pipeline {
    fn of(
        file: &str,
        places: &BTreeMap<String, String>,
        whole: Value,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, Refused> {
        let mut all = texts(whole.get("variables"));
        all.extend(variables.clone());
        let stages: Vec<String> = whole
            .get("stages")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|stage| stage.as_str().map(str::to_owned))
            .collect();
        let mut jobs = Vec::new();
        let no_map = || Refused::unreadable(file, "it is no map".to_owned());
        for (name, value) in whole.as_object().ok_or_else(no_map)? {
            if KEYWORDS.contains(&name.as_str()) {
                continue;
            }
            let place = places.get(name).map_or(file, String::as_str);
            let wrong = |why| Refused::by_the_rules(Spot::new(place, &[name]), why);
            jobs.extend(job(place, name, value, &stages, &all).map_err(wrong)?);
        }
        let file = file.to_owned();
        let pipeline = Self { stages, variables: all, jobs, triggered: BTreeMap::new(), whole, file };
        pipeline.refuse()?;
        Ok(pipeline)
    }

    /// The job with a name.
    pub fn job(&self, name: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.name == name)
    }

    /// What GitLab would not make a pipeline of.
    fn refuse(&self) -> Result<(), Refused> {
        for job in &self.jobs {
            let wrong = |why: String| Err::<(), _>(Refused::by_the_rules(job.spot().key("needs"), why));
            let needs = job.needs.iter().flatten().filter(|need| !need.of_parent);
            let count = needs.clone().count();
            if count > 50 {
                return wrong(format!("`{}` needs {count} jobs", job.name));
            }
            for need in needs {
                let Some(found) = self.job(&need.job) else {
                    let why = format!("`{}` needs `{}`, which is not there", job.name, need.job);
                    return wrong(why).map_err(|refused| refused.wants(&need.job));
                };
                if found.stage > job.stage {
                    return wrong(format!("`{}` needs `{}` of a later stage", job.name, need.job));
                }
            }
        }
        Ok(())
    }
}

fn job(
    file: &str,
    name: &str,
    value: &Value,
    stages: &[String],
    variables: &BTreeMap<String, String>,
) -> Result<Option<Job>, String> {
    let said = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let stage = said("stage").ok_or_else(|| format!("`{name}` has no stage"))?;
    let stage = stages
        .iter()
        .position(|known| *known == stage)
        .ok_or_else(|| format!("`{name}`: no stage `{stage}`"))?;
    let own = value.get("allow_failure").and_then(Value::as_bool);
    let when = said("when");
    let (when, allow_failure) = match ruled(value.get("rules").unwrap_or(&Value::Null), variables)? {
        Ruled::Never => return Ok(None),
        Ruled::Unsaid => {
            let when = when.unwrap_or_else(|| "on_success".to_owned());
            let allowed = own.unwrap_or(when == "manual");
            (when, allowed)
        }
        Ruled::Matched { when: Some(when), .. } if when == "never" => return Ok(None),
        Ruled::Matched { when: ruled, allow_failure } => {
            // Where the rule says nothing, a manual job of the job's own word may fail.
            let default = ruled.is_none() && when.as_deref() == Some("manual");
            let when = ruled.or(when).unwrap_or_else(|| "on_success".to_owned());
            (when, allow_failure.or(own).unwrap_or(default))
        }
    };
    let need = |need: &Value| match need {
        Value::String(job) => Need { job: job.clone(), of_parent: false, artifacts: true },
        other => Need {
            job: other["job"].as_str().unwrap_or_default().to_owned(),
            of_parent: other.get("pipeline").is_some(),
            artifacts: other.get("artifacts").and_then(Value::as_bool).unwrap_or(true),
        },
    };
    let needs = value.get("needs").and_then(Value::as_array).map(|needs| needs.iter().map(need).collect());
    let trigger = value.pointer("/trigger/include/0/local").and_then(Value::as_str).map(|file| Trigger {
        file: file.trim_start_matches('/').to_owned(),
        strategy: value.pointer("/trigger/strategy").and_then(Value::as_str).map(str::to_owned),
    });
    if trigger.is_none() && value.get("script").is_none() {
        return Err(format!("`{name}` has no script"));
    }
    let (file, name) = (file.to_owned(), name.to_owned());
    Ok(Some(Job { file, name, stage, needs, when, allow_failure, trigger, value: value.clone() }))
}
