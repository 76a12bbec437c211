//! Versions as images, packages and people write them.

/// A version read from text that was not written for Clearway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    /// As Clearway writes it.
    pub(crate) text: String,
    /// Nothing of the original was left out.
    pub(crate) exact: bool,
}

/// The tag of an image reference: `registry:5000/shop/web:v1.2@sha256:…` has `v1.2`.
pub(crate) fn tag(image: &str) -> Option<&str> {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    crate::path::last(image).split_once(':').map(|(_, tag)| tag)
}

/// An image reference without its tag and digest.
pub(crate) fn repository(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(image, _)| image);
    tag(image).map_or(image, |tag| &image[..image.len() - tag.len() - 1])
}

/// The version in `v1.2.3`, `1.2.3-rc.1`, `16`, and, not exactly, in `7.2-alpine`; none in `latest` or a commit.
pub(crate) fn version(text: &str) -> Option<Version> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    if let Ok(read) = semver::Version::parse(text) {
        return Some(if is_flavour(read.pre.as_str()) {
            Version { text: format!("{}.{}.{}", read.major, read.minor, read.patch), exact: false }
        } else {
            Version { text: text.to_owned(), exact: true }
        });
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let numbers = if rest.is_empty() { numbers } else { numbers.trim_end_matches('.') };
    let wild = text[numbers.len()..].starts_with('.');
    if !(rest.is_empty() || wild || rest.starts_with(['-', '_', '+'])) {
        return None;
    }
    let parts: Vec<u32> = numbers.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let written: Vec<String> = parts.iter().take(3).map(u32::to_string).collect();
    let written = written.join(".");
    let exact = written == text;
    Some(Version { text: written, exact })
}

/// Whether what follows `-` says how an image is built rather than that the version is not out yet.
fn is_flavour(suffix: &str) -> bool {
    const BEFORE: [&str; 13] = [
        "a",
        "alpha",
        "b",
        "beta",
        "canary",
        "dev",
        "development",
        "m",
        "next",
        "nightly",
        "pre",
        "preview",
        "rc",
    ];
    let first = suffix.split(['.', '-']).next().unwrap_or(suffix).to_ascii_lowercase();
    let word = first.trim_end_matches(|c: char| c.is_ascii_digit());
    !(suffix.is_empty() || word == "snapshot" || BEFORE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found() {
        assert_eq!(tag("redis"), None);
        assert_eq!(tag("localhost:5000/web"), None);
        assert_eq!(tag("localhost:5000/shop/web:v1@sha256:ab"), Some("v1"));
        assert_eq!(repository("localhost:5000/shop/web:v1@sha256:ab"), "localhost:5000/shop/web");
        assert_eq!(repository("redis@sha256:ab"), "redis");
    }

    #[test]
    fn versions_are_read() {
        let show = |text: &str| match version(text) {
            None => format!("{text}: none"),
            Some(Version { text: read, exact: true }) => format!("{text}: {read}"),
            Some(Version { text: read, exact: false }) => format!("{text}: about {read}"),
        };
        let tags = [
            "v0.10.6",
            "1.2.3-rc.1",
            "1.2.3-alpine",
            "7.2-alpine",
            "7.2.4-debian-12-r9",
            "3.4",
            "16",
            "1.2.3.4",
            "24.04",
            "3.4.x",
            "1.10",
            "latest",
            "alpine",
            "",
            "3f2a1bc",
            "99999999999",
            "2024-01-15",
            "1..2",
            "v",
            ".5",
            "1.2.3-SNAPSHOT",
            "0.0.0-development",
            "5.",
            "1.2.3+b5",
        ];
        insta::assert_snapshot!(tags.map(show).join("\n"), @r#"
        v0.10.6: 0.10.6
        1.2.3-rc.1: 1.2.3-rc.1
        1.2.3-alpine: about 1.2.3
        7.2-alpine: about 7.2
        7.2.4-debian-12-r9: about 7.2.4
        3.4: 3.4
        16: 16
        1.2.3.4: about 1.2.3
        24.04: about 24.4
        3.4.x: about 3.4
        1.10: 1.10
        latest: none
        alpine: none
        : none
        3f2a1bc: none
        99999999999: none
        2024-01-15: about 2024
        1..2: none
        v: none
        .5: none
        1.2.3-SNAPSHOT: 1.2.3-SNAPSHOT
        0.0.0-development: 0.0.0-development
        5.: none
        1.2.3+b5: 1.2.3+b5
        "#);
    }
}
