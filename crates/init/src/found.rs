//! The facts that the sources collect, before anything is concluded from them.

use crate::text;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that was found in a repository.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By name.
    pub(crate) services: BTreeMap<String, Service>,
    /// The services that answer under a host name.
    pub(crate) hosts: BTreeMap<String, BTreeSet<String>>,
    /// Which services each file declares.
    pub(crate) sources: BTreeMap<String, BTreeSet<String>>,
    /// By the name that the owners' file uses; services refer to it.
    pub(crate) owners: BTreeMap<String, Owner>,
    /// Where owners were read.
    pub(crate) owners_file: Option<String>,
    templated: BTreeSet<String>,
    unreadable: BTreeMap<String, String>,
    remarks: BTreeSet<String>,
}

/// What is known of a service; what several files say is put together.
#[derive(Debug, Default)]
pub(crate) struct Service {
    /// Each image it runs as, and the file that says so.
    pub(crate) images: Vec<Image>,
    /// The package it is built from.
    pub(crate) package: Option<Package>,
    /// The folder it is built in; the root is `""`.
    pub(crate) folder: Option<String>,
    /// The command that builds its image.
    pub(crate) build: Option<Build>,
    /// The Kubernetes workloads that run it.
    pub(crate) workloads: BTreeSet<Workload>,
    /// What it points at.
    pub(crate) references: Vec<Reference>,
    /// A key of [`Found::owners`].
    pub(crate) owner: Option<String>,
}

/// An image that a file runs a service as.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) reference: String,
    pub(crate) file: String,
}

/// What a package's own file says.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) file: String,
    pub(crate) version: String,
    /// The dotted key of the version, empty in a plain file; `None` where the file writes it in another way.
    pub(crate) key: Option<&'static str>,
    pub(crate) about: Option<String>,
}

/// A Kubernetes workload of a service's name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Workload {
    /// Where the manifest says one.
    pub(crate) namespace: Option<String>,
    /// In lower case, as in `deployment/web`.
    pub(crate) kind: String,
}

/// How an image is built.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) command: String,
    pub(crate) image: String,
}

/// Something that a service points at.
#[derive(Debug)]
pub(crate) struct Reference {
    /// A host or the name of a service.
    pub(crate) host: String,
    pub(crate) by: By,
}

/// How a service points at something.
#[derive(Debug)]
pub(crate) enum By {
    /// Said in so many words, as `depends_on` does.
    Declaration { optional: bool },
    /// By the value of a variable; `explicit` where the value can be nothing but an address.
    Variable { name: String, explicit: bool },
}

/// An owner of code.
#[derive(Debug)]
pub(crate) enum Owner {
    /// A team whose people are known elsewhere.
    Team(String),
    /// People.
    People(BTreeSet<Person>),
}

/// Someone whom the owners' file names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Person {
    /// What to call the person.
    pub(crate) name: String,
    /// The field of an identity that [`Self::account`] stands in.
    pub(crate) platform: &'static str,
    /// The name there.
    pub(crate) account: String,
}

impl Found {
    /// The service of that name, as declared by `file`; `None` if no file could show the name.
    pub(crate) fn service(&mut self, name: &str, file: &str) -> Option<&mut Service> {
        if !text::is_presentable(name) {
            self.remark(format!("left out a service of {}: its name cannot be shown", text::shown(file)));
            return None;
        }
        self.sources.entry(file.to_owned()).or_default().insert(name.to_owned());
        self.answers(name, name);
        Some(self.services.entry(name.to_owned()).or_default())
    }

    /// `service` answers under `host`.
    pub(crate) fn answers(&mut self, host: &str, service: &str) {
        self.hosts.entry(host.to_ascii_lowercase()).or_default().insert(service.to_owned());
    }

    /// `file` holds templates and says nothing before they are rendered.
    pub(crate) fn templated(&mut self, file: &str) {
        self.templated.insert(file.to_owned());
    }

    /// `file` could not be read.
    pub(crate) fn unreadable(&mut self, file: &str, why: &str) {
        self.unreadable.insert(file.to_owned(), why.to_owned());
    }

    /// Something else the user should know.
    pub(crate) fn remark(&mut self, remark: String) {
        self.remarks.insert(remark);
    }

    /// What there is to tell about the search.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.services.is_empty() {
            notes.push(format!(
                "found {} in {}",
                text::count(self.services.len(), "service"),
                text::listed(self.sources.keys().map(String::as_str))
            ));
        }
        if let Some(file) = &self.owners_file {
            notes.push(format!("took owners from {}", text::shown(file)));
        }
        if !self.templated.is_empty() {
            notes.push(format!(
                "left out {} ({}): render them, for example with `helm template`, to have them read",
                text::count(self.templated.len(), "templated file"),
                text::listed(self.templated.iter().map(String::as_str))
            ));
        }
        let unreadable = self.unreadable.iter();
        notes.extend(
            unreadable.map(|(file, why)| format!("left out {}: {}", text::shown(file), text::shown(why))),
        );
        notes.extend(self.remarks.iter().cloned());
        notes
    }
}
