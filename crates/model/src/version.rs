//! Versions and ranges of versions, under any scheme.
//!
//! A version is read by its service's [`Scheme`] as major, minor and patch (and what precedes a release); missing parts are 0.
//! Ranges are Cargo's ("Specifying Dependencies" in the Cargo book), pre-releases included, without `*`: `^1.2` admits `1.3.0-rc.1`, and not
//! `2.0.0-rc.1`. Sets of versions are kept as [`Ranges`], whose algebra decides intersections.

use std::fmt;

use semver::{BuildMetadata, Prerelease, Version as Semver};
use smol_str::SmolStr;
use version_ranges::Ranges;

/// How the versions of a deployable are written and counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Scheme {
    /// Major, minor, patch; year, month and what follows are read the same way.
    #[default]
    Numbered,
    /// Places in a list: the place is the minor, what follows the patch, the major 0.
    Series(Vec<SmolStr>),
    /// Fields between dots: `{_}` is passed over.
    Fields(Vec<Field>),
}

/// A field of a scheme such as `{_}.{major}.{minor}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// `{major}`
    Major,
    /// `{minor}`
    Minor,
    /// `{patch}`
    Patch,
    /// `{_}`
    Ignored,
}

/// A range, as written: alternatives, each a list of bounds that must all hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Range {
    /// `a || b`: one of them must hold. `any` has one alternative without bounds.
    pub alternatives: Vec<Vec<Bound>>,
}

/// `^1.2`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Bound {
    /// The operator.
    pub op: BoundOp,
    /// The version after it.
    pub version: SmolStr,
}

/// The operators of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BoundOp {
    /// `^`: no change in the first part that is not 0.
    Caret,
    /// `~`: no change in the minor, or in the major where no minor is written.
    Tilde,
    /// `=`
    Exact,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
}

impl BoundOp {
    /// The operators, longest first.
    const ALL: [(&'static str, Self); 7] = [
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("^", Self::Caret),
        ("~", Self::Tilde),
        ("=", Self::Exact),
        ("<", Self::Below),
        (">", Self::Above),
    ];

    /// The operator as it is written.
    pub fn text(self) -> &'static str {
        Self::ALL.iter().find(|(_, op)| *op == self).map_or("", |(text, _)| text)
    }
}

impl Range {
    /// The range that every version is in.
    pub fn any() -> Self {
        Self { alternatives: vec![Vec::new()] }
    }

    /// Reads `^1.2`, `>=1.2, <3`, `^1 || ^2`, `any`; a version alone means `^`. `None` when the text is no range.
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim() == "any" {
            return Some(Self::any());
        }
        let alternatives = text.split("||").map(|part| part.split(',').map(parse_bound).collect());
        Some(Self { alternatives: alternatives.collect::<Option<Vec<Vec<Bound>>>>()? })
    }

    /// Both: the versions in this range that are in the other too.
    pub fn and(&self, other: &Self) -> Self {
        let alternatives = self.alternatives.iter().flat_map(|left| {
            other.alternatives.iter().map(|right| left.iter().chain(right).cloned().collect())
        });
        Self { alternatives: alternatives.collect() }
    }

    /// Either.
    pub fn or(&self, other: &Self) -> Self {
        Self { alternatives: self.alternatives.iter().chain(&other.alternatives).cloned().collect() }
    }

    /// The set of versions, read by a scheme. `None` when a bound is no version of the scheme.
    pub fn versions(&self, scheme: &Scheme) -> Option<Ranges<Semver>> {
        let mut all = Ranges::empty();
        for bounds in &self.alternatives {
            let mut set = Ranges::full();
            for bound in bounds {
                set = set.intersection(&bound.versions(scheme)?);
            }
            all = all.union(&set);
        }
        Some(all)
    }

    /// Whether a version is in the range. `None` when one of them cannot be read by the scheme.
    pub fn admits(&self, version: &str, scheme: &Scheme) -> Option<bool> {
        Some(self.versions(scheme)?.contains(&scheme.read(version)?))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, bounds) in self.alternatives.iter().enumerate() {
            if at > 0 {
                write!(f, " || ")?;
            }
            if bounds.is_empty() {
                write!(f, "any")?;
            }
            for (at, bound) in bounds.iter().enumerate() {
                write!(f, "{}{}{}", if at > 0 { ", " } else { "" }, bound.op.text(), bound.version)?;
            }
        }
        Ok(())
    }
}

fn parse_bound(text: &str) -> Option<Bound> {
    let text = text.trim();
    let (op, version) = BoundOp::ALL
        .iter()
        .find_map(|(sign, op)| Some((*op, text.strip_prefix(sign)?.trim())))
        .unwrap_or((BoundOp::Caret, text));
    // A word alone is no version; after an operator it may be the place of a series.
    let operator = text.len() > version.len();
    let plain = (operator || version.contains(|c: char| c.is_ascii_digit()))
        && !version.is_empty()
        && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+' | '_'))
        && version.starts_with(|c: char| c.is_ascii_alphanumeric());
    plain.then(|| Bound { op, version: SmolStr::new(version) })
}

impl Bound {
    fn versions(&self, scheme: &Scheme) -> Option<Ranges<Semver>> {
        let (low, parts) = scheme.read_parts(&self.version)?;
        // The first version after all that begin with the first `kept` parts; its own pre-releases are before it.
        let (major, minor, patch) = (low.major, low.minor, low.patch);
        let after = |kept: usize| {
            let mut next = match kept {
                1 => Semver::new(major.saturating_add(1), 0, 0),
                2 => Semver::new(major, minor.saturating_add(1), 0),
                _ => Semver::new(major, minor, patch.saturating_add(1)),
            };
            next.pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
            next
        };
        let mut release = low.clone();
        if release.pre.is_empty() {
            release.pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
        }
        let full = parts >= 3;
        Some(match self.op {
            BoundOp::Exact if full => Ranges::singleton(low),
            BoundOp::Exact => Ranges::between(low, after(parts)),
            BoundOp::Tilde => Ranges::between(low, after(parts.min(2))),
            BoundOp::Caret => {
                let kept = match (major, minor, parts) {
                    (1.., ..) | (0, _, 1) => 1,
                    (0, 1.., _) | (0, 0, 2) => 2,
                    _ => 3,
                };
                Ranges::between(low, after(kept))
            }
            BoundOp::Below => Ranges::strictly_lower_than(release),
            BoundOp::AtMost if full => Ranges::lower_than(low),
            BoundOp::AtMost => Ranges::strictly_lower_than(after(parts)),
            BoundOp::Above if full => Ranges::strictly_higher_than(low),
            BoundOp::Above => Ranges::higher_than(after(parts)),
            BoundOp::AtLeast => Ranges::higher_than(low),
        })
    }
}

impl Scheme {
    /// Reads `{_}.{major}.{minor}`. `None` when the text is no such pattern.
    pub fn fields(pattern: &str) -> Option<Self> {
        let fields = pattern.split('.').map(|field| match field {
            "{major}" => Some(Field::Major),
            "{minor}" => Some(Field::Minor),
            "{patch}" => Some(Field::Patch),
            "{_}" => Some(Field::Ignored),
            _ => None,
        });
        fields.collect::<Option<Vec<_>>>().map(Self::Fields)
    }

    /// The numbers of a version. `None` when it is none of this scheme. Two texts with equal numbers are one version.
    pub fn read(&self, version: &str) -> Option<Semver> {
        self.read_parts(version).map(|(version, _)| version)
    }

    /// The numbers of a version, and how many of major, minor and patch were written.
    fn read_parts(&self, version: &str) -> Option<(Semver, usize)> {
        match self {
            Self::Numbered => read_numbers(version),
            Self::Series(places) => {
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
            Self::Fields(fields) => {
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

#[cfg(test)]
mod tests {
    use super::{Range, Scheme};

    fn admits(range: &str, version: &str) -> Option<bool> {
        Range::parse(range)?.admits(version, &Scheme::default())
    }

    #[test]
    fn ranges_are_those_of_cargo() {
        for (range, inside, outside) in [
            ("^1.2.3", vec!["1.2.3", "1.9.0"], vec!["1.2.2", "2.0.0"]),
            ("^0.2.3", vec!["0.2.9"], vec!["0.3.0", "0.2.2"]),
            ("^0.0.3", vec!["0.0.3"], vec!["0.0.4"]),
            ("^0.0", vec!["0.0.9"], vec!["0.1.0"]),
            ("^0", vec!["0.9.9"], vec!["1.0.0"]),
            ("~1.2.3", vec!["1.2.9"], vec!["1.3.0"]),
            ("~1", vec!["1.9.0"], vec!["2.0.0"]),
            ("=1.2", vec!["1.2.0", "1.2.7"], vec!["1.3.0"]),
            (">1.2", vec!["1.3.0"], vec!["1.2.9"]),
            ("<=1.2", vec!["1.2.9"], vec!["1.3.0"]),
            (">=1.2, <3", vec!["2.9.9"], vec!["3.0.0", "1.1.0"]),
            ("^1 || ^3", vec!["1.1.0", "3.1.0"], vec!["2.0.0"]),
            ("any", vec!["0.0.0", "99.0.0-rc.1"], vec![]),
        ] {
            for version in inside {
                assert_eq!(admits(range, version), Some(true), "{version} in {range}");
            }
            for version in outside {
                assert_eq!(admits(range, version), Some(false), "{version} not in {range}");
            }
        }
    }

    #[test]
    fn a_range_takes_pre_releases_of_what_it_admits_and_none_of_what_it_excludes() {
        assert_eq!(admits("^1.2", "1.3.0-rc.1"), Some(true));
        assert_eq!(admits("^1.2", "2.0.0-rc.1"), Some(false));
        assert_eq!(admits("<2", "2.0.0-rc.1"), Some(false));
        assert_eq!(admits(">=1.2", "1.2.0-rc.1"), Some(false));
        assert_eq!(admits("^1.2.0-rc.1", "1.2.0-rc.2"), Some(true));
    }

    #[test]
    fn schemes_say_what_the_numbers_are() {
        let mysql = Scheme::Series(vec!["5.7".into(), "8.0".into(), "8.4".into()]);
        assert_eq!(mysql.read("8.0.34").map(|v| v.to_string()), Some("0.1.34".to_owned()));
        assert_eq!(mysql.read("9.0"), None);
        assert_eq!(Range::parse(">=5.7, <8.4").and_then(|r| r.admits("8.0.34", &mysql)), Some(true));
        let ceph = Scheme::fields("{_}.{major}.{minor}").unwrap();
        assert_eq!(ceph.read("1.18.2").map(|v| v.to_string()), Some("18.2.0".to_owned()));
        assert_eq!(Scheme::default().read("2024.01.05").map(|v| v.to_string()), Some("2024.1.5".to_owned()));
        assert_eq!(Scheme::default().read("abc"), None);
    }
}
