//! Workloads of Kubernetes manifests.

use crate::address::addresses;
use crate::found::{By, Found, Image, Reference, Workload};
use crate::yaml::{entries, items, scalar, text};
use crate::{Files, compose, path, yaml};
use serde_json::Value;
use std::collections::BTreeMap;

/// The kinds that keep something running.
const WORKLOADS: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];

/// Adds the workloads of all manifests.
pub(crate) fn read(files: &Files<'_>, found: &mut Found) {
    let mut objects = Vec::new();
    for file in files.paths.iter().filter(|file| is_yaml(file) && !compose::is_compose(file)) {
        let Some(source) = files.read(file, found) else { continue };
        if !(source.contains("apiVersion") && source.contains("kind")) {
            continue;
        }
        let runs = WORKLOADS.iter().any(|kind| source.contains(kind));
        match yaml::documents(&source) {
            Ok(documents) => {
                objects.extend(flatten(documents).into_iter().map(|object| (file.as_str(), object)));
            }
            Err(_) if runs && source.contains("{{") => found.templated(file),
            Err(why) if runs => found.unreadable(file, &why),
            Err(_) => {}
        }
    }
    let objects: Vec<Object<'_>> =
        objects.into_iter().filter_map(|(file, value)| Object::of(file, value)).collect();
    let settings = objects.iter().filter(|object| object.kind == "ConfigMap");
    let settings: BTreeMap<&str, &Value> = settings.map(|map| (map.name.as_str(), &map.value)).collect();
    let (templated, workloads): (Vec<_>, Vec<_>) = objects
        .iter()
        .filter(|object| WORKLOADS.contains(&object.kind.as_str()))
        .partition(|it| is_template(it));
    for workload in templated {
        found.templated(workload.file);
    }
    for workload in &workloads {
        add(workload, &settings, found);
    }
    for service in objects.iter().filter(|object| object.kind == "Service") {
        for workload in workloads.iter().filter(|workload| selects(service, workload)) {
            found.answers(&service.name, &workload.name);
        }
    }
}

/// One object of a cluster.
struct Object<'f> {
    file: &'f str,
    kind: String,
    name: String,
    namespace: Option<String>,
    value: Value,
}

impl<'f> Object<'f> {
    fn of(file: &'f str, value: Value) -> Option<Self> {
        let kind = text(&value, "/kind")?.to_owned();
        let name = text(&value, "/metadata/name")?.to_owned();
        let namespace = text(&value, "/metadata/namespace").map(str::to_owned);
        Some(Self { file, kind, name, namespace, value })
    }

    /// The containers of a workload, the first being the main one, then those that run before.
    fn containers(&self) -> impl Iterator<Item = &Value> {
        let all = ["containers", "initContainers"].map(|list| format!("/spec/template/spec/{list}"));
        all.into_iter().flat_map(|pointer| items(&self.value, &pointer))
    }
}

fn is_yaml(file: &str) -> bool {
    path::last(file).rsplit_once('.').is_some_and(|(_, end)| end == "yaml" || end == "yml")
}

/// Objects, those inside lists too, in the order of the file.
fn flatten(documents: Vec<Value>) -> Vec<Value> {
    let mut flat = Vec::new();
    let mut rest: Vec<Value> = documents.into_iter().rev().collect();
    while let Some(mut document) = rest.pop() {
        let is_list = text(&document, "/kind").is_some_and(|kind| kind.ends_with("List"));
        match document.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) if is_list => rest.extend(items.into_iter().rev()),
            _ => flat.push(document),
        }
    }
    flat
}

/// Whether a template that happens to be YAML leaves open which workload this is.
fn is_template(workload: &Object<'_>) -> bool {
    let images = workload.containers().filter_map(|container| text(container, "/image"));
    images.chain([workload.name.as_str()]).any(|text| text.contains("{{"))
        || ["${", "$("].iter().any(|opening| workload.name.contains(opening))
}

fn add(workload: &Object<'_>, settings: &BTreeMap<&str, &Value>, found: &mut Found) {
    let Some(entry) = found.service(&workload.name, workload.file) else { return };
    let main = workload.containers().next().and_then(|container| text(container, "/image"));
    if let Some(reference) = main {
        entry.images.push(Image { reference: reference.to_owned(), file: workload.file.to_owned() });
        let kind = workload.kind.to_ascii_lowercase();
        entry.workloads.insert(Workload { namespace: workload.namespace.clone(), kind });
    }
    let variables = workload.containers().flat_map(|container| environment(container, settings));
    entry.references.extend(variables.flat_map(|(variable, value)| {
        let addresses = addresses(&variable, &value).into_iter();
        addresses.map(move |address| Reference {
            host: address.host,
            by: By::Variable { name: variable.clone(), explicit: address.explicit },
        })
    }));
}

/// A container's variables, written out or taken from a ConfigMap.
fn environment(container: &Value, settings: &BTreeMap<&str, &Value>) -> Vec<(String, String)> {
    let of_map = |name: &str, key: &str| {
        let data = settings.get(name)?.get("data")?;
        scalar(data.get(key)?)
    };
    let single = items(container, "/env").iter().filter_map(|variable| {
        let name = text(variable, "/name")?;
        let value = variable.get("value").and_then(scalar).or_else(|| {
            let from = variable.pointer("/valueFrom/configMapKeyRef")?;
            of_map(text(from, "/name")?, text(from, "/key")?)
        })?;
        Some((name.to_owned(), value))
    });
    let whole = items(container, "/envFrom").iter().filter_map(|from| text(from, "/configMapRef/name"));
    let whole = whole.filter_map(|name| settings.get(name)).flat_map(|map| entries(map, "/data"));
    let whole = whole.filter_map(|(name, value)| Some((name.to_owned(), scalar(value)?)));
    single.chain(whole).collect()
}

/// Whether a Service sends its traffic to a workload's pods.
fn selects(service: &Object<'_>, workload: &Object<'_>) -> bool {
    let selector = entries(&service.value, "/spec/selector");
    let labels = workload.value.pointer("/spec/template/metadata/labels");
    // What has no namespace is put into one when it is applied.
    let together = service.namespace.is_none() || workload.namespace.is_none();
    !selector.is_empty()
        && (together || service.namespace == workload.namespace)
        && selector.iter().all(|(key, value)| labels.and_then(|labels| labels.get(key)) == Some(value))
}
