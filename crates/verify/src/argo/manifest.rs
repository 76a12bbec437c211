//! Files of objects, and the workflows in them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::depends::Depends;
use crate::finding::{Refused, Spot};

/// How deep graphs may nest here: a release has its stages, and they have none.
const MAX_LEVELS: usize = 4;

/// An object of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// The file.
    pub path: String,
    /// The object.
    pub value: Value,
}

impl Manifest {
    /// Every object of some files of YAML.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub fn all<'f>(files: impl IntoIterator<Item = (&'f String, &'f String)>) -> Result<Vec<Self>, Refused> {
        let mut found = Vec::new();
        for (path, text) in files {
            let mut before = 0;
            for document in text.split("\n---\n") {
                let value: Value = serde_saphyr::from_str(document).map_err(|error| {
                    let (why, line) = crate::unreadable(&error);
                    Refused { line: line.map(|line| line + before), ..Refused::unreadable(path, why) }
                })?;
                found.push(Self { path: path.clone(), value });
                before += document.split('\n').count() + 1;
            }
        }
        Ok(found)
    }

    /// A part of it.
    pub fn spot(&self, path: &[&str]) -> Spot {
        let own = format!("{}/{}", self.kind(), self.name());
        Spot::new(&self.path, &[&[own.as_str()], path].concat())
    }

    /// What it is.
    pub fn kind(&self) -> &str {
        self.value["kind"].as_str().unwrap_or_default()
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        self.value["metadata"]["name"].as_str().unwrap_or_default()
    }
}

/// A template of workflows.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// The file that it is written in.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its templates, by name.
    pub templates: BTreeMap<String, Template>,
    /// What it says.
    pub spec: Value,
}

/// A job, a wait or a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: Value,
    /// Its tasks, where it is a graph.
    pub tasks: Vec<Task>,
}

/// A use of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// What it uses.
    pub template: String,
    /// When it starts; as soon as it can without a condition.
    pub depends: Option<Depends>,
    /// The tasks that the condition is about.
    pub needs: Vec<String>,
    /// A condition on values, without which it is skipped.
    pub when: Option<String>,
    /// What it says.
    pub value: Value,
}

impl Workflow {
    /// Reads a template of workflows. What refers to nothing is refused.
    ///
    /// # Errors
    ///
    /// The object is none that the controller would take.
    pub fn read(manifest: &Manifest) -> Result<Self, Refused> {
        let wrong = |template: &str, why: String| {
            Refused::by_the_rules(manifest.spot(&["spec", "templates", template]), why)
        };
        let spec = manifest.value["spec"].clone();
        let name = manifest.name().to_owned();
        let mut templates = BTreeMap::new();
        for value in spec["templates"].as_array().into_iter().flatten() {
            let called = value.get("name").and_then(Value::as_str).unwrap_or_default();
            let template = template(value).map_err(|why| wrong(called, why))?;
            if let Some(twice) = templates.insert(template.name.clone(), template) {
                return Err(wrong(called, format!("two templates `{}`", twice.name)));
            }
        }
        let workflow = Self { path: manifest.path.clone(), name, templates, spec };
        if let Some((graph, task, needed)) = workflow.lacks() {
            let why = format!("`{}` depends on no task `{needed}`", task.name);
            return Err(wrong(&graph.name, why).wants(needed));
        }
        workflow.check().map_err(|(template, why)| wrong(&template, why))?;
        Ok(workflow)
    }

    /// The graph that a run starts with.
    pub fn main(&self) -> Option<&Template> {
        self.templates.get(self.spec.get("entrypoint")?.as_str()?)
    }

    /// Where a template stands.
    pub fn spot(&self, template: &str) -> Spot {
        let own = format!("WorkflowTemplate/{}", self.name);
        Spot::new(&self.path, &[&own, "spec", "templates", template])
    }

    /// Where the task of a job stands; its graphs where there is none.
    pub fn spot_of(&self, job: &str) -> Spot {
        let mut spot = self.spot("");
        if let Some((graph, task)) = self.place_of(job) {
            spot = self.spot(&graph.name);
            spot.path.extend(["dag", "tasks", &task.name].map(str::to_owned));
        }
        spot
    }

    /// Where the task of a job stands, or of the graph that it is in, in one graph with a guard: what lets it start without that is written there.
    pub fn spot_beside(&self, job: &str, guard: &str) -> Spot {
        let of = |name: &str| self.place_of(name).map(|(graph, _)| graph);
        let around = of(job).zip(of(guard)).filter(|(own, other)| own.name != other.name);
        let around =
            around.and_then(|(own, other)| other.tasks.iter().find(|task| task.template == own.name));
        self.spot_of(around.map_or(job, |task| &task.name))
    }

    /// The template of a task, wherever it is in the graphs: with the graph it is in.
    pub fn place_of(&self, job: &str) -> Option<(&Template, &Task)> {
        let graphs = self.templates.values().filter(|template| !template.tasks.is_empty());
        graphs
            .flat_map(|graph| graph.tasks.iter().map(move |task| (graph, task)))
            .find(|(_, task)| task.name == job)
    }

    /// A task that another one of its graph depends on, and that is not in it.
    fn lacks(&self) -> Option<(&Template, &Task, &String)> {
        self.templates.values().find_map(|graph| {
            let there: BTreeSet<&String> = graph.tasks.iter().map(|task| &task.name).collect();
            graph.tasks.iter().find_map(|task| {
                let needed = task.needs.iter().find(|needed| !there.contains(needed));
                needed.map(|needed| (graph, task, needed))
            })
        })
    }

    /// What the controller would not take, by the template in which it is.
    fn check(&self) -> Result<(), (String, String)> {
        let Some(main) = self.main() else {
            return Err((String::new(), "there is no template to start with".to_owned()));
        };
        self.levels(main, &mut Vec::new()).map_err(|why| (main.name.clone(), why))?;
        for graph in self.templates.values() {
            let wrong = |why: String| (graph.name.clone(), why);
            for task in &graph.tasks {
                let used = self.templates.get(&task.template);
                let used = used.ok_or_else(|| wrong(format!("`{}` uses no template", task.name)))?;
                inputs(graph, task, used).map_err(wrong)?;
            }
        }
        Ok(())
    }

    /// Graphs within graphs end: the controller goes on for ever where one is in itself.
    fn levels<'w>(&'w self, graph: &'w Template, above: &mut Vec<&'w str>) -> Result<(), String> {
        if above.contains(&graph.name.as_str()) || above.len() > MAX_LEVELS {
            return Err(format!("`{}` is within itself, or too deep", graph.name));
        }
        above.push(&graph.name);
        let inner: BTreeSet<&str> = graph.tasks.iter().map(|task| task.template.as_str()).collect();
        for used in inner.into_iter().filter_map(|name| self.templates.get(name)) {
            self.levels(used, above)?;
        }
        above.pop();
        Ok(())
    }
}

fn names(value: &Value, kind: &str) -> Vec<String> {
    let all = value[kind].as_array().into_iter().flatten();
    all.filter_map(|one| one["name"].as_str()).map(str::to_owned).collect()
}

/// A task gives just what its template asks for, and from where it can come: a task that it waits for, or what its graph is given.
fn inputs(graph: &Template, task: &Task, used: &Template) -> Result<(), String> {
    let earlier = before(graph, task);
    for kind in ["parameters", "artifacts"] {
        let (asked, given) = (names(&used.value["inputs"], kind), names(&task.value["arguments"], kind));
        if asked != given {
            return Err(format!("`{}` is given {given:?} and asks for {asked:?}", task.name));
        }
        for one in task.value["arguments"][kind].as_array().into_iter().flatten() {
            let from = one["value"].as_str().or_else(|| one["from"].as_str()).unwrap_or_default();
            let inner = from.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or_default();
            let parts: Vec<&str> = inner.split('.').collect();
            let comes = match parts.as_slice() {
                ["tasks", from, "outputs", of, _] if *of == kind => earlier.contains(from),
                ["inputs", of, name] if *of == kind => {
                    names(&graph.value["inputs"], kind).iter().any(|known| known == name)
                }
                _ => false,
            };
            if !comes {
                return Err(format!("`{}` is given `{from}`, which is nowhere", task.name));
            }
        }
    }
    Ok(())
}

/// The tasks before a task.
fn before<'g>(graph: &'g Template, task: &'g Task) -> BTreeSet<&'g str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![task]);
    while let Some(next) = open.pop() {
        for name in next.needs.iter().filter(|name| found.insert(name.as_str())) {
            open.extend(graph.tasks.iter().find(|task| task.name == *name));
        }
    }
    found
}

fn template(value: &Value) -> Result<Template, String> {
    let text = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
    let name = text(value, "name").ok_or("a template without a name")?;
    let mut tasks = Vec::new();
    for task in value["dag"]["tasks"].as_array().into_iter().flatten() {
        let name = text(task, "name").ok_or("a task without a name")?;
        let plain =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !plain || name.len() > 128 {
            return Err(format!("`{name}` is no name of a task"));
        }
        let depends = text(task, "depends").as_deref().map(Depends::parse).transpose()?;
        let needs = depends.iter().flat_map(Depends::tasks).map(str::to_owned).collect();
        tasks.push(Task {
            name,
            template: text(task, "template").ok_or("a task without a template")?,
            depends,
            needs,
            when: text(task, "when"),
            value: task.clone(),
        });
    }
    Ok(Template { name, value: value.clone(), tasks })
}
