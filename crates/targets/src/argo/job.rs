//! A job before it is a template: a script of ours, what it is about, what it takes and what it keeps.

use clearway_plan::Credentials;

use super::context::Context;
use super::model::{
    Archive, Artifact, Capabilities, Container, ContainerSecurity, Env, EnvFrom, InitContainer, Key, Mount,
    Mutex, Named, Nothing, Parameter, Parameters, PathOf, Synchronization, Template, ValueFrom,
};
use super::texts::Texts;
use crate::settings::{Binary, LEDGER_KEY};

/// Where the files of a way lie that its jobs read.
const JOBS: &str = "/clearway/jobs";

/// A value of a variable.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A text in which nobody finds more than a text.
    Text(String),
    /// What Argo puts there: an expression of ours.
    Filled(String),
    /// What whoever runs the cluster says of an environment, by a key; nothing where they do not.
    Given(&'static str),
}

/// Variables, in order.
pub(crate) type Variables = Vec<(String, Value)>;

/// Whose account a job has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// That of the run: it reads settings and who agreed.
    Run,
    /// One that may do nothing: commands of the repository run with it.
    Build,
    /// That of an environment.
    Deploy(String),
}

/// What a job has of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nothing.
    Nothing,
    /// The files of the commit of the run.
    Files,
    /// It gets the whole history itself.
    History,
}

/// A job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub id: String,
    /// The word of its kind, by which its script is called.
    pub word: &'static str,
    pub script: String,
    pub variables: Variables,
    pub timeout: u64,
    pub account: Account,
    /// What it has of the repository.
    pub source: Source,
    /// It reads the ledger, and may write to it.
    pub has_ledger: bool,
    /// It may write to a registry of images.
    pub has_registry: bool,
    /// The credentials of its environment.
    pub credentials: Option<Credentials>,
    /// The jobs whose files it takes.
    pub takes: Vec<String>,
    /// What it hands on.
    pub keeps: Vec<String>,
    /// What it says beside: the name of a parameter, and the file with its value.
    pub says: Option<(&'static str, &'static str)>,
    /// What it holds while it runs.
    pub lock: Option<String>,
}

impl Job {
    /// Adds a text of the spec as a variable.
    pub(crate) fn tell(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.variables.push((name.into(), Value::Text(text.into())));
    }

    /// The template of the job.
    pub(crate) fn template(mut self, context: &Context<'_>, texts: &mut Texts) -> Template {
        if self.source == Source::Nothing && matches!(context.settings.binary, Binary::Path(_)) {
            self.source = Source::Files;
        }
        if self.source == Source::Files {
            self.tell("CHECKOUT", "true");
        }
        let (inputs, taken) = taken(&self.takes);
        if !taken.is_empty() {
            self.variables.push(("TAKEN".to_owned(), Value::Filled(taken)));
        }
        if !self.keeps.is_empty() {
            let keeps = self.keeps.join("\n");
            self.tell("KEEPS", keeps);
        }
        let script = texts.script(self.word, &format!(". {JOBS}/clearway.sh\n{}", self.script));
        let env =
            self.variables.iter().map(|(name, value)| texts.variable(&self.id, name, value, &self.account));
        // A pod whose secret is missing does not start.
        let signs = self.has_ledger && !context.plan.signed_by.is_empty();
        let key = signs.then(|| secret(LEDGER_KEY, "clearway-ledger", "key"));
        let env: Vec<Env> = context.of_the_run().into_iter().chain(key).chain(env).collect();
        let mut mounts = vec![mount("jobs", JOBS, true), mount("scratch", "/scratch", false)];
        let has_image = matches!(context.settings.binary, Binary::Image(_));
        if has_image {
            mounts.push(mount("binary", "/clearway/bin", true));
        }
        if self.has_ledger && context.settings.ledger.is_shared() {
            mounts.push(mount("ledger", "/clearway/ledger", true));
        }
        if self.source != Source::Nothing {
            mounts.push(mount("git", "/clearway/git", true));
        }
        if self.has_registry {
            mounts.push(mount("registry", "/clearway/registry", true));
        }
        if let (Some(_), Account::Deploy(environment)) = (&self.credentials, &self.account) {
            mounts.push(mount(&token_volume(environment), "/clearway/deploy", true));
        }
        let command = ["bash", "-euo", "pipefail"].map(str::to_owned).into_iter();
        Template {
            name: self.id,
            inputs,
            outputs: kept(!self.keeps.is_empty(), self.says),
            synchronization: self.lock.map(|name| Synchronization { mutexes: vec![Mutex { name }] }),
            active_deadline_seconds: Some(self.timeout),
            service_account_name: match &self.account {
                Account::Run => None,
                Account::Build => Some(context.config.builder()),
                Account::Deploy(environment) => Some(context.config.deployer(environment)),
            },
            init_containers: if has_image { vec![getter(&context.settings.binary)] } else { Vec::new() },
            container: Some(Container {
                image: context.config.image.clone().unwrap_or_default(),
                command: command.chain([format!("{JOBS}/{script}")]).collect(),
                env_from: vec![EnvFrom { config_map_ref: Named { name: texts.settings_name().to_owned() } }],
                env,
                volume_mounts: mounts,
                security_context: unprivileged(),
            }),
            ..Template::default()
        }
    }
}

/// The volume of the token of an environment.
pub(crate) fn token_volume(environment: &str) -> String {
    format!("deploy-{}", super::names::kube(environment))
}

fn mount(name: &str, path: &str, read_only: bool) -> Mount {
    Mount { name: name.to_owned(), mount_path: path.to_owned(), read_only }
}

fn unprivileged() -> ContainerSecurity {
    ContainerSecurity { allow_privilege_escalation: false, capabilities: Capabilities { drop: ["ALL"] } }
}

/// Takes the binary out of its image.
fn getter(binary: &Binary) -> InitContainer {
    let image = if let Binary::Image(image) = binary { image.clone() } else { String::new() };
    InitContainer {
        name: "clearway",
        image,
        command: ["cp", "/usr/local/bin/clearway", "/clearway/bin/clearway"].map(str::to_owned).to_vec(),
        volume_mounts: vec![mount("binary", "/clearway/bin", false)],
        security_context: unprivileged(),
    }
}

/// Everybody reads a file. Argo's executor, which is a user of its own, writes it for itself alone, and the job is another user.
const READ: u32 = 0o444;

/// What a job is given by others, and how its script is told of it: the files, and their digests by themselves.
pub(crate) fn taken(takes: &[String]) -> (Parameters, String) {
    let inputs = Parameters {
        parameters: takes
            .iter()
            .map(|name| Parameter { name: name.clone(), ..Parameter::default() })
            .collect(),
        artifacts: takes
            .iter()
            .map(|name| Artifact {
                name: name.clone(),
                path: Some(format!("/taken/{name}.tar")),
                mode: Some(READ),
                ..Artifact::default()
            })
            .collect(),
    };
    let lines = takes.iter().map(|name| format!("{name} {{{{inputs.parameters.{name}}}}}"));
    (inputs, lines.collect::<Vec<_>>().join("\n"))
}

/// What a job hands on.
fn kept(keeps: bool, says: Option<(&'static str, &'static str)>) -> Parameters {
    let read = |(name, path): (&str, &str)| Parameter {
        name: name.to_owned(),
        value_from: Some(PathOf { path: path.to_owned() }),
        ..Parameter::default()
    };
    let mut outputs = Parameters { parameters: says.map(read).into_iter().collect(), artifacts: Vec::new() };
    if keeps {
        outputs.parameters.push(read(("kept", "/scratch/kept/digest")));
        outputs.artifacts.push(Artifact {
            name: "kept".to_owned(),
            path: Some("/scratch/kept/kept.tar".to_owned()),
            archive: Some(Archive { none: Nothing {} }),
            ..Artifact::default()
        });
    }
    outputs
}

/// A variable with a text.
pub(crate) fn plain(name: &str, value: impl Into<String>) -> Env {
    Env { name: name.to_owned(), value: Some(value.into()), value_from: None }
}

/// A variable that is read from an object.
pub(crate) fn read(name: &str, object: String, key: String, optional: bool) -> Env {
    let from = Key { name: object, key, optional };
    Env { name: name.to_owned(), value: None, value_from: Some(ValueFrom::ConfigMap(from)) }
}

/// A variable that is read from a secret.
fn secret(name: &str, object: &str, key: &str) -> Env {
    let from = Key { name: object.to_owned(), key: key.to_owned(), optional: false };
    Env { name: name.to_owned(), value: None, value_from: Some(ValueFrom::Secret(from)) }
}
