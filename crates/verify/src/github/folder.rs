//! The workflows of a repository, and what GitHub refuses of them before any job starts.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::Condition;
use super::workflow::{Job, Permissions, Workflow};
use crate::finding::{Refused, Spot};

/// Where GitHub looks for workflows.
const PLACE: &str = ".github/workflows";

/// How deep calls may nest, the first workflow included.
const MAX_LEVELS: usize = 10;

/// The workflows of a repository, by the names of their files.
#[derive(Debug, Clone)]
pub struct Folder {
    /// The workflows.
    pub workflows: BTreeMap<String, Workflow>,
}

/// A part of a workflow.
pub(super) fn spot(file: &str, path: &[&str]) -> Spot {
    Spot::new(&format!("{PLACE}/{file}"), path)
}

impl Folder {
    /// The workflows of these files.
    pub fn of(texts: &BTreeMap<String, String>) -> Result<Self, Refused> {
        let mut workflows = BTreeMap::new();
        for (file, text) in texts {
            let workflow = Workflow::read(text)
                .map_err(|(why, line)| Refused { line, ..Refused::unreadable(&spot(file, &[]).file, why) })?;
            workflows.insert(file.clone(), workflow);
        }
        let folder = Self { workflows };
        for (file, workflow) in &folder.workflows {
            folder.judge(file, workflow)?;
        }
        Ok(folder)
    }

    /// The workflow that a job calls, and the name of its file.
    pub fn callee(&self, job: &Job) -> Option<(&str, &Workflow)> {
        let uses = job.uses.as_ref()?;
        let file = uses
            .strip_prefix("./")
            .or_else(|| uses.strip_prefix("$/"))?
            .strip_prefix(PLACE)?
            .strip_prefix('/')?;
        self.workflows.get_key_value(file).map(|(file, workflow)| (file.as_str(), workflow))
    }

    /// What GitHub refuses of a workflow.
    fn judge(&self, file: &str, workflow: &Workflow) -> Result<(), Refused> {
        for (id, job) in &workflow.jobs {
            let wrong =
                |why: String| Refused::by_the_rules(spot(file, &["jobs", id]), format!("job `{id}`: {why}"));
            if let Some(unknown) = job.needs().into_iter().find(|need| !workflow.jobs.contains_key(*need)) {
                return Err(wrong(format!("it needs `{unknown}`, which is no job")).wants(unknown));
            }
            self.judge_job(workflow, id, job).map_err(wrong)?;
        }
        self.judge_whole(file, workflow).map_err(|why| Refused::by_the_rules(spot(file, &["jobs"]), why))
    }

    fn judge_whole(&self, file: &str, workflow: &Workflow) -> Result<(), String> {
        workflow.dispatched()?;
        workflow.called()?;
        self.judge_levels(workflow, &mut vec![file])?;
        order(workflow).map(drop)
    }

    fn judge_job(&self, workflow: &Workflow, id: &str, job: &Job) -> Result<(), String> {
        if !is_id(id) {
            return Err("its id has characters that an id may not have".to_owned());
        }
        Condition::read(&job.condition_text()).map_err(|error| error.0)?;
        match (&job.uses, &job.steps) {
            (Some(_), None) => self.judge_call(workflow, job),
            (None, Some(steps)) if !steps.is_empty() && job.runs_on.is_some() => judge_steps(job),
            _ => Err("it has neither a machine with steps nor a workflow to call".to_owned()),
        }
    }

    /// A calling job has only few keys, gives what the called workflow takes, and may do at least what that does.
    fn judge_call(&self, workflow: &Workflow, job: &Job) -> Result<(), String> {
        let forbidden = [
            ("environment", job.environment().is_some()),
            ("runs-on", job.runs_on.is_some()),
            ("timeout-minutes", job.timeout_minutes.is_some()),
            ("outputs", !job.outputs.is_empty()),
            ("env", !job.env.is_empty()),
            ("defaults", job.defaults.is_some()),
            ("continue-on-error", job.continue_on_error.is_some()),
            ("container", job.container.is_some()),
            ("services", job.services.is_some()),
        ];
        if let Some((key, _)) = forbidden.iter().find(|(_, stands)| *stands) {
            return Err(format!("a job that calls a workflow may not have `{key}`"));
        }
        let Some((file, callee)) = self.callee(job) else {
            return Err(format!("it calls `{}`, which is not here", job.uses.as_deref().unwrap_or_default()));
        };
        let Some(takes) = callee.called()? else {
            return Err(format!("`{file}` is not to be called"));
        };
        if let Some(unknown) = job.with.keys().find(|name| !takes.inputs.contains_key(*name)) {
            return Err(format!("`{file}` does not take `{unknown}`"));
        }
        let missing = |(name, _): &(&String, _)| !job.with.contains_key(*name);
        if let Some((name, _)) = takes.inputs.iter().filter(|(_, input)| input.required).find(missing) {
            return Err(format!("`{file}` must be given `{name}`"));
        }
        let Some(allowed) = job.permissions.as_ref().or(workflow.permissions.as_ref()) else { return Ok(()) };
        for (id, inner) in &callee.jobs {
            if let Some(scope) = beyond(inner.permissions.as_ref().or(callee.permissions.as_ref()), allowed) {
                return Err(format!("`{id}` of `{file}` asks for more of `{scope}` than the caller may"));
            }
        }
        Ok(())
    }

    /// Calls end, and before GitHub's limit.
    fn judge_levels<'f>(&'f self, workflow: &'f Workflow, above: &mut Vec<&'f str>) -> Result<(), String> {
        if above.len() >= MAX_LEVELS {
            return Err(format!("calls nest deeper than {MAX_LEVELS} levels"));
        }
        for (file, callee) in workflow.jobs.values().filter_map(|job| self.callee(job)) {
            if above.contains(&file) {
                return Err(format!("`{file}` calls itself"));
            }
            above.push(file);
            self.judge_levels(callee, above)?;
            above.pop();
        }
        Ok(())
    }
}

/// A scope with which more is asked for than is allowed.
fn beyond(asked: Option<&Permissions>, allowed: &Permissions) -> Option<String> {
    match asked? {
        Permissions::All(word) => {
            let more = !matches!(allowed, Permissions::All(all) if all == "write-all" || all == word);
            more.then(|| word.clone())
        }
        asked @ Permissions::Scopes(scopes) => {
            scopes.keys().find(|scope| asked.level(scope) > allowed.level(scope)).cloned()
        }
    }
}

fn judge_steps(job: &Job) -> Result<(), String> {
    let mut ids = BTreeSet::new();
    for step in job.steps() {
        let fails = |why: &str| format!("step `{}`: {why}", step.title());
        if step.uses.is_some() == step.run.is_some() {
            return Err(fails("it must have either `uses` or `run`"));
        }
        if let Some(id) = &step.id
            && (!is_id(id) || !ids.insert(id.to_ascii_lowercase()))
        {
            return Err(fails("its id is no id, or stands twice"));
        }
        Condition::read(&step.condition_text()).map_err(|error| fails(&error.0))?;
    }
    Ok(())
}

fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

/// The jobs of a workflow, each after those that it needs.
pub(super) fn order(workflow: &Workflow) -> Result<Vec<&str>, String> {
    let mut sorted: Vec<&str> = Vec::new();
    while sorted.len() < workflow.jobs.len() {
        let next = workflow.jobs.iter().find(|(id, job)| {
            !sorted.contains(&id.as_str()) && job.needs().iter().all(|need| sorted.contains(need))
        });
        match next {
            Some((id, _)) => sorted.push(id),
            None => {
                let left = workflow.jobs.keys().filter(|id| !sorted.contains(&id.as_str()));
                return Err(format!(
                    "jobs wait for each other: {}",
                    left.cloned().collect::<Vec<_>>().join(", ")
                ));
            }
        }
    }
    Ok(sorted)
}
