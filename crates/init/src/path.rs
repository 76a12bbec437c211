//! Paths of a repository: relative, with `/`, the root being `""`.

/// The folder a path stands in.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// `name` in `folder`.
pub(crate) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Where `path` leads from `folder`; `None` outside the repository.
pub(crate) fn from(folder: &str, path: &str) -> Option<String> {
    if path.starts_with(['/', '~']) || path.contains(['\\', ':', '$']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_repository() {
        assert_eq!(from("deploy/compose", "../../web/").as_deref(), Some("web"));
        assert_eq!(from("", ".").as_deref(), Some(""));
        assert_eq!(from("deploy", "../../web"), None);
        assert_eq!(from("", "/etc"), None);
        assert_eq!(from("", "https://github.com/acme/web.git"), None);
    }
}
