//! Services of Docker Compose files.

use crate::address::addresses;
use crate::found::{Build, By, Found, Image, Reference};
use crate::yaml::{entries, items, scalar, text};
use crate::{Files, path, yaml};
use serde_json::Value;
use std::collections::BTreeMap;

/// Adds the services of all compose files.
pub(crate) fn read(files: &Files<'_>, found: &mut Found) {
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    for file in files.paths.iter().filter(|file| is_compose(file)) {
        let Some(source) = files.read(file, found) else { continue };
        let documents = match yaml::documents(&source) {
            Ok(documents) => documents,
            Err(_) if source.contains("{{") => {
                found.templated(file);
                continue;
            }
            Err(why) => {
                found.unreadable(file, &why);
                continue;
            }
        };
        let variables = variables(files, path::folder(file), found);
        for (name, service) in documents.iter().flat_map(|document| entries(document, "/services")) {
            let first = folders.entry(name.to_owned()).or_insert_with(|| path::folder(file).to_owned());
            if first != path::folder(file) {
                let (name, first) = (crate::text::shown(name), path::join(first, ""));
                let second = path::join(path::folder(file), "");
                found.remark(format!(
                    "{name} stands in compose files of two folders ({} and {}): taken as one service",
                    crate::text::shown(&first),
                    crate::text::shown(&second)
                ));
            }
            add(name, service, &Context { file, variables: &variables }, found);
        }
    }
}

/// Whether a file has a name that `docker compose` knows, or a variant of one.
pub(crate) fn is_compose(file: &str) -> bool {
    let name = path::last(file);
    (name.starts_with("compose.") || name.starts_with("docker-compose"))
        && (name.ends_with(".yaml") || name.ends_with(".yml"))
}

struct Context<'c> {
    file: &'c str,
    variables: &'c BTreeMap<String, String>,
}

fn add(name: &str, service: &Value, context: &Context<'_>, found: &mut Found) {
    let file = context.file;
    let expand = |text: &str| interpolate(text, context.variables, 8);
    let image = text(service, "/image").map(expand);
    let folder = folder(service, context);
    let is_built = service.get("build").is_some();
    let Some(entry) = found.service(name, file) else { return };

    entry.folder = entry.folder.take().or(folder);
    if let Some(reference) = image {
        let repository = crate::image::repository(&reference);
        if is_built && entry.build.is_none() && !repository.contains('$') {
            entry.build = command(name, file).map(|command| Build { command, image: repository.to_owned() });
        }
        entry.images.push(Image { reference, file: file.to_owned() });
    }
    entry.references.extend(declared(service));
    entry.references.extend(environment(service).flat_map(|(variable, value)| {
        let addresses = addresses(&variable, &expand(&value)).into_iter();
        addresses.map(move |address| Reference {
            host: address.host,
            by: By::Variable { name: variable.clone(), explicit: address.explicit },
        })
    }));
    for host in ["/container_name", "/hostname"].iter().filter_map(|pointer| text(service, pointer)) {
        found.answers(host, name);
    }
}

/// `depends_on` as a list or a map, and `links`.
fn declared(service: &Value) -> impl Iterator<Item = Reference> {
    let list = items(service, "/depends_on").iter().filter_map(scalar).map(|host| (host, false));
    let map = entries(service, "/depends_on")
        .into_iter()
        .map(|(host, how)| (host.to_owned(), how.get("required").and_then(Value::as_bool) == Some(false)));
    let links = items(service, "/links").iter().filter_map(scalar).map(|link| {
        let host = link.split_once(':').map_or(link.as_str(), |(host, _alias)| host);
        (host.to_owned(), false)
    });
    list.chain(map).chain(links).map(|(host, optional)| Reference { host, by: By::Declaration { optional } })
}

/// `environment` as a map or a list of `NAME=value`.
fn environment(service: &Value) -> impl Iterator<Item = (String, String)> {
    let map = entries(service, "/environment").into_iter();
    let map = map.filter_map(|(name, value)| Some((name.to_owned(), scalar(value)?)));
    let list = items(service, "/environment").iter().filter_map(|item| {
        let (name, value) = item.as_str()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    map.chain(list)
}

/// The folder that is built: the Dockerfile's, else the context.
fn folder(service: &Value, context: &Context<'_>) -> Option<String> {
    let expand = |text: &str| interpolate(text, context.variables, 8);
    let build = service.get("build")?;
    let within = match build.as_str() {
        Some(within) => within,
        None => text(build, "/context").unwrap_or("."),
    };
    let within = path::from(path::folder(context.file), &expand(within))?;
    let dockerfile = text(build, "/dockerfile").and_then(|file| path::from(&within, &expand(file)));
    Some(match dockerfile.as_deref().map(path::folder) {
        Some(folder) if !folder.is_empty() => folder.to_owned(),
        _ => within,
    })
}

/// The command that builds one service, where nothing in it needs quoting in a shell.
fn command(name: &str, file: &str) -> Option<String> {
    let plain = |text: &str| {
        !text.starts_with('-') && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/-".contains(&b))
    };
    (plain(name) && plain(file)).then(|| format!("docker compose -f {file} build {name}"))
}

/// The variables of the `.env` file beside a compose file.
fn variables(files: &Files<'_>, folder: &str, found: &mut Found) -> BTreeMap<String, String> {
    let file = path::join(folder, ".env");
    let source = if files.has(&file) { files.read(&file, found) } else { None };
    let lines = source.as_deref().unwrap_or_default().lines();
    let settings = lines.filter_map(|line| {
        let (name, value) = line.trim().trim_start_matches("export ").split_once('=')?;
        let value = value.trim();
        let bare = value.trim_matches(['"', '\'']);
        (!name.starts_with('#')).then(|| (name.trim().to_owned(), bare.to_owned()))
    });
    settings.collect()
}

/// Puts variables in: `$NAME`, `${NAME}`, `${NAME:-default}`; `$$` is a `$`. What is not known stays as `$NAME`.
fn interpolate(text: &str, variables: &BTreeMap<String, String>, depth: usize) -> String {
    const LONGEST: usize = 4096;
    if depth == 0 || text.len() > LONGEST {
        return text.to_owned();
    }
    let mut whole = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        whole.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            whole.push('$');
            rest = after;
            continue;
        }
        let (inner, tail) = match after.strip_prefix('{').and_then(braced) {
            Some(parts) => parts,
            None => after.split_at(name_length(after)),
        };
        let (name, default) = inner.split_at(name_length(inner));
        let default = default.strip_prefix(':').unwrap_or(default).strip_prefix('-');
        match (variables.get(name).filter(|value| !value.is_empty()), default) {
            (Some(value), _) => whole.push_str(&interpolate(value, variables, depth - 1)),
            (None, Some(default)) => whole.push_str(&interpolate(default, variables, depth - 1)),
            (None, None) => {
                whole.push('$');
                whole.push_str(name);
            }
        }
        rest = tail;
    }
    whole.push_str(rest);
    whole
}

/// What stands before the `}` that closes an opened brace, and what follows.
fn braced(text: &str) -> Option<(&str, &str)> {
    let mut open = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 1 => return Some((&text[..at], &text[at + 1..])),
            '}' => open -= 1,
            _ => {}
        }
    }
    None
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_put_in() {
        let variables = BTreeMap::from([
            ("TAG".to_owned(), "1.2.3".to_owned()),
            ("LOOP".to_owned(), "$LOOP$LOOP".to_owned()),
        ]);
        let show = |text: &str| interpolate(text, &variables, 8);
        assert_eq!(show("web:${TAG:-9}-x"), "web:1.2.3-x");
        assert_eq!(show("web:$TAG"), "web:1.2.3");
        assert_eq!(show("${REG:-ghcr.io/${ORG-acme}}/web"), "ghcr.io/acme/web");
        assert_eq!(show("web:${NONE:?say it}"), "web:$NONE");
        assert_eq!(show("a$${b}${"), "a${b}${");
        assert!(show("$LOOP").len() < 4096);
    }
}
