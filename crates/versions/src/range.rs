//! Ranges, as Cargo writes them.

use std::fmt;
use std::ops::{Bound as Limit, RangeBounds as _};
use std::str::FromStr;

use semver::{Prerelease, Version as Semver};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use version_ranges::Ranges;

use crate::Scheme;

/// A range, as written: alternatives, each a list of bounds that must all hold. In JSON it is its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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
        let alternatives = text.split("||").map(|part| exact(part.split(',').map(parse_bound)));
        Some(Self { alternatives: exact(alternatives)? })
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
                set = set.intersection(&Ranges::from_range_bounds(bound.interval(scheme)?));
            }
            all = all.union(&set);
        }
        Some(all)
    }

    /// Whether every version is in the range, one that nothing can read included.
    pub fn is_any(&self) -> bool {
        self.alternatives.iter().any(Vec::is_empty)
    }

    /// Whether a version is in the range. `None` when one of them cannot be read by the scheme.
    pub fn admits(&self, version: &str, scheme: &Scheme) -> Option<bool> {
        if self.is_any() {
            return Some(true);
        }
        let version = scheme.read(version)?;
        let mut admitted = false;
        for bounds in &self.alternatives {
            let mut all = true;
            // Every bound is read, whatever the others say: of one that cannot be read nothing is known.
            for bound in bounds {
                all &= bound.interval(scheme)?.contains(&version);
            }
            admitted |= all;
        }
        Some(admitted)
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

/// Collects without room to grow: ranges are many, and most have one bound.
fn exact<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let mut items = items.collect::<Option<Vec<T>>>()?;
    items.shrink_to_fit();
    Some(items)
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
    fn interval(&self, scheme: &Scheme) -> Option<(Limit<Semver>, Limit<Semver>)> {
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
        let release = |mut version: Semver| {
            if version.pre.is_empty() {
                version.pre = Prerelease::new("0").unwrap_or(Prerelease::EMPTY);
            }
            version
        };
        let full = parts >= 3;
        Some(match self.op {
            BoundOp::Exact if full => (Limit::Included(low.clone()), Limit::Included(low)),
            BoundOp::Exact => (Limit::Included(low), Limit::Excluded(after(parts))),
            BoundOp::Tilde => (Limit::Included(low), Limit::Excluded(after(parts.min(2)))),
            BoundOp::Caret => {
                let kept = match (major, minor, parts) {
                    (1.., ..) | (0, _, 1) => 1,
                    (0, 1.., _) | (0, 0, 2) => 2,
                    _ => 3,
                };
                (Limit::Included(low), Limit::Excluded(after(kept)))
            }
            BoundOp::Below => (Limit::Unbounded, Limit::Excluded(release(low))),
            BoundOp::AtMost if full => (Limit::Unbounded, Limit::Included(low)),
            BoundOp::AtMost => (Limit::Unbounded, Limit::Excluded(after(parts))),
            BoundOp::Above if full => (Limit::Excluded(low), Limit::Unbounded),
            BoundOp::Above => (Limit::Included(after(parts)), Limit::Unbounded),
            BoundOp::AtLeast => (Limit::Included(low), Limit::Unbounded),
        })
    }
}

/// A text that is no version range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRange(String);

impl fmt::Display for NoRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no version range", self.0)
    }
}

impl std::error::Error for NoRange {}

impl FromStr for Range {
    type Err = NoRange;

    fn from_str(text: &str) -> Result<Self, NoRange> {
        Self::parse(text).ok_or_else(|| NoRange(text.to_owned()))
    }
}

impl TryFrom<String> for Range {
    type Error = NoRange;

    fn try_from(text: String) -> Result<Self, NoRange> {
        text.parse()
    }
}

impl From<Range> for String {
    fn from(range: Range) -> Self {
        range.to_string()
    }
}
