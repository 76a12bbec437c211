//! The texts of a way's jobs, in objects that Argo reads nothing into: in a template it would put something in the place of whatever stands
//! between double braces, and Kubernetes in that of `$(…)`.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::job::{Account, Value, plain, read};
use super::model::{ConfigMap, Env, ValueFrom};
use super::names::kube;
use crate::entries::Texts as Data;

/// The files that jobs read, the texts that cannot stand in a template, and what all jobs are told.
#[derive(Debug)]
pub(crate) struct Texts {
    name: String,
    settings: Data,
    settings_name: String,
    data: BTreeMap<String, String>,
    scripts: BTreeMap<String, String>,
}

/// What the object of a way's texts is called until its content is known, which is a part of its name.
const UNKNOWN: &str = "@jobs@";

impl Texts {
    /// Of a way, with what all of its jobs are told.
    pub(crate) fn of(name: &str, settings: Data, shared: String) -> Self {
        let data = BTreeMap::from([("clearway.sh".to_owned(), shared)]);
        let lines = settings.0.iter().map(|(key, value)| format!("{key}={value}\n"));
        let settings_name = format!("{name}-settings-{}", digest(lines));
        Self { name: name.to_owned(), settings, settings_name, data, scripts: BTreeMap::new() }
    }

    /// The file of a script; jobs that do the same have the same.
    pub(crate) fn script(&mut self, word: &str, text: &str) -> String {
        if let Some(known) = self.scripts.get(text) {
            return known.clone();
        }
        let numbered = (2_u32..).map(|number| format!("{word}-{number}.sh"));
        let mut free = std::iter::once(format!("{word}.sh")).chain(numbered);
        let file = free.find(|file| !self.data.contains_key(file)).unwrap_or_default();
        self.data.insert(file.clone(), text.to_owned());
        self.scripts.insert(text.to_owned(), file.clone());
        file
    }

    /// A variable of a job.
    pub(crate) fn variable(&mut self, job: &str, name: &str, value: &Value, account: &Account) -> Env {
        match value {
            Value::Text(text) if is_read(text) => {
                let key = format!("{job}.{name}");
                self.data.insert(key.clone(), text.clone());
                read(name, UNKNOWN.to_owned(), key, false)
            }
            Value::Text(text) | Value::Filled(text) => plain(name, text),
            Value::Given(key) => {
                let environment = if let Account::Deploy(environment) = account { environment } else { "" };
                read(name, format!("clearway-{}", kube(environment)), (*key).to_owned(), true)
            }
        }
    }

    /// The name of the object with what all jobs are told.
    pub(crate) fn settings_name(&self) -> &str {
        &self.settings_name
    }

    /// The name of the object of files and texts.
    pub(crate) fn jobs_name(&self) -> String {
        let lines = self.data.iter().map(|(key, value)| format!("{key}\n{value}\n"));
        format!("{}-jobs-{}", self.name, digest(lines))
    }

    /// Puts the name of the object of texts where it is meant, in what each job is told. The texts are known now, and thousands of jobs may
    /// have theirs.
    pub(crate) fn name_in<'e>(&self, all: impl Iterator<Item = &'e mut Vec<Env>>) {
        let name = self.jobs_name();
        for from in all.flatten().filter_map(|env| env.value_from.as_mut()) {
            if let ValueFrom::ConfigMap(from) = from
                && from.name == UNKNOWN
            {
                from.name.clone_from(&name);
            }
        }
    }

    /// Both objects, by name.
    pub(crate) fn objects(self) -> [(String, ConfigMap); 2] {
        let (settings, jobs) = (self.settings_name.clone(), self.jobs_name());
        let data = self.data.into_iter().collect();
        [
            (settings, ConfigMap { immutable: true, data: self.settings }),
            (jobs, ConfigMap { immutable: true, data }),
        ]
    }
}

/// Whether something would be put into a text: by Argo, or by Kubernetes, which also takes `$$` for `$`.
fn is_read(text: &str) -> bool {
    text.contains("{{") || text.contains("$(") || text.contains("$$")
}

/// The beginning of the digest of some text.
fn digest(parts: impl Iterator<Item = String>) -> String {
    let mut digest = Sha256::new();
    parts.for_each(|part| digest.update(part.as_bytes()));
    hex(&digest.finalize())[..10].to_owned()
}

/// A digest in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
