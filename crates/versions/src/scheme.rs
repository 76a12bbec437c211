//! Schemes: how a version's text is read as major, minor and patch.

use std::collections::BTreeMap;
use std::fmt;

use semver::{BuildMetadata, Prerelease, Version as Semver};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// How the versions of a deployable are written and counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Scheme {
    form: Form,
    /// Other names of versions, with the versions they stand for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    aliases: BTreeMap<SmolStr, SmolStr>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    /// Major, minor, patch; year, month and what follows are read the same way.
    #[default]
    Numbered,
    /// Places in a list: the place is the minor, what follows the patch, the major 0.
    Series(Vec<SmolStr>),
    /// Fields between dots: `{_}` is passed over.
    Fields(Vec<Field>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Field {
    Major,
    Minor,
    Patch,
    Ignored,
}

/// What its versions are, for a message: "numbers: major, minor, patch".
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            Form::Numbered => write!(f, "numbers: major, minor, patch"),
            Form::Series(places) => write!(f, "places of the series {}", places.join(", ")),
            Form::Fields(fields) => {
                let name = |field: &Field| match field {
                    Field::Major => "{major}",
                    Field::Minor => "{minor}",
                    Field::Patch => "{patch}",
                    Field::Ignored => "{_}",
                };
                write!(f, "written {}", fields.iter().map(name).collect::<Vec<_>>().join("."))
            }
        }
    }
}

impl Scheme {
    /// Versions that are places in a list: a change from one to the next is one minor release.
    pub fn series(places: impl IntoIterator<Item = SmolStr>) -> Self {
        Self { form: Form::Series(places.into_iter().collect()), aliases: BTreeMap::new() }
    }

    /// Reads `{_}.{major}.{minor}`. `None` when the text is no such pattern.
    pub fn fields(pattern: &str) -> Option<Self> {
        let fields = pattern.split('.').map(|field| match field {
            "{major}" => Some(Field::Major),
            "{minor}" => Some(Field::Minor),
            "{patch}" => Some(Field::Patch),
            "{_}" => Some(Field::Ignored),
            _ => None,
        });
        let form = Form::Fields(fields.collect::<Option<_>>()?);
        Some(Self { form, aliases: BTreeMap::new() })
    }

    /// The same scheme with other names of versions, each with the version it stands for.
    #[must_use]
    pub fn with_aliases(mut self, aliases: impl IntoIterator<Item = (SmolStr, SmolStr)>) -> Self {
        self.aliases.extend(aliases);
        self
    }

    /// The numbers of a version. `None` when it is none of this scheme. Two texts with equal numbers are one version.
    pub fn read(&self, version: &str) -> Option<Semver> {
        self.read_parts(version).map(|(version, _)| version)
    }

    /// The numbers of a version, and how many of major, minor and patch were written.
    pub(crate) fn read_parts(&self, version: &str) -> Option<(Semver, usize)> {
        let version = self.aliases.get(version).map_or(version, SmolStr::as_str);
        match &self.form {
            Form::Numbered => read_numbers(version),
            Form::Series(places) => {
                let fits = |place: &SmolStr| {
                    version
                        .strip_prefix(place.as_str())
                        .filter(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
                };
                let (minor, place) = places
                    .iter()
                    .enumerate()
                    .filter(|(_, place)| fits(place).is_some())
                    .max_by_key(|(_, place)| place.len())?;
                let rest = fits(place)?.trim_start_matches('.');
                let mut read = Semver::new(0, minor as u64, 0);
                if rest.is_empty() {
                    return Some((read, 2));
                }
                let (patch, _) = read_numbers(rest)?;
                read.patch = patch.major;
                read.pre = patch.pre;
                Some((read, 3))
            }
            Form::Fields(fields) => {
                let (numbers, rest) = split_suffix(version);
                let mut read = Semver::new(0, 0, 0);
                let mut parts = 0;
                for (text, field) in numbers.split('.').zip(fields) {
                    let number = || text.parse::<u64>().ok();
                    match field {
                        Field::Major => read.major = number()?,
                        Field::Minor => read.minor = number()?,
                        Field::Patch => read.patch = number()?,
                        Field::Ignored => continue,
                    }
                    parts += 1;
                }
                read.pre = pre_release(rest)?;
                (numbers.split('.').count() <= fields.len() && parts > 0).then_some((read, parts))
            }
        }
    }
}

/// `1`, `1.2`, `v1.2.3-rc.1+b`, `2024.01`: a `v` before the numbers is passed over; up to three numbers, a pre-release, build metadata (passed over).
fn read_numbers(version: &str) -> Option<(Semver, usize)> {
    let (numbers, rest) = split_suffix(version.strip_prefix('v').unwrap_or(version));
    let mut parts = [0; 3];
    let mut count = 0;
    for text in numbers.split('.') {
        let number = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        // What follows the patch (`1.2.3.4`) is compared as its own scheme; here it is passed over.
        if let Some(part) = parts.get_mut(count) {
            *part = number;
        }
        count += 1;
    }
    let [major, minor, patch] = parts;
    let pre = pre_release(rest)?;
    Some((Semver { major, minor, patch, pre, build: BuildMetadata::EMPTY }, count.min(3)))
}

fn split_suffix(version: &str) -> (&str, &str) {
    let version = version.split('+').next().unwrap_or(version);
    version.split_once('-').unwrap_or((version, ""))
}

fn pre_release(text: &str) -> Option<Prerelease> {
    Prerelease::new(text).ok()
}
