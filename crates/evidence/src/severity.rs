//! How serious a finding is, in the five words of the language.

use std::fmt;

/// How serious a finding is. The order is that of `finding-severity` in the standard library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For information.
    Info,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word of the language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity that a tool's word means. `None` for a word that says that the severity is not known, or that nobody knows.
    ///
    /// `moderate` is GitHub's word for medium, `important` is Red Hat's for high; `negligible`, `note` and `none` are below low.
    pub fn of_word(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "blocker" => Self::Critical,
            "high" | "important" | "major" => Self::High,
            "medium" | "moderate" => Self::Medium,
            "low" | "minor" => Self::Low,
            "info" | "informational" | "information" | "negligible" | "note" | "none" | "trivial" => {
                Self::Info
            }
            _ => return None,
        })
    }

    /// The severity of a CVSS base score by the rating scale of CVSS 3.1, section 5, which 4.0 kept:
    /// 0 none, 0.1 low, 4.0 medium, 7.0 high, 9.0 critical. `None` outside of 0 to 10.
    pub fn of_score(score: f64) -> Option<Self> {
        if !(0.0..=10.0).contains(&score) {
            return None;
        }
        Some(match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::Info,
        })
    }

    /// The severity of a CVSS vector of any version. One that leaves out a base metric has none: the library would take it for harmless.
    pub fn of_vector(vector: &str) -> Option<Self> {
        let vector = vector.trim();
        let needed: &[&str] = match vector {
            v if v.starts_with("CVSS:4") => {
                &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"]
            }
            v if v.starts_with("CVSS:3") => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
            _ => &["AV", "AC", "Au", "C", "I", "A"],
        };
        let has = |metric: &&str| {
            vector.split('/').filter_map(|part| part.split_once(':')).any(|(name, _)| name == *metric)
        };
        if !needed.iter().all(has) {
            return None;
        }
        Self::of_score(vector.parse::<cvss::Cvss>().ok()?.score())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Severity;

    #[test]
    fn scores_are_rated_by_the_scale_of_cvss() {
        for (score, expected) in [
            (0.0, Some(Severity::Info)),
            (0.1, Some(Severity::Low)),
            (3.9, Some(Severity::Low)),
            (4.0, Some(Severity::Medium)),
            (6.9, Some(Severity::Medium)),
            (7.0, Some(Severity::High)),
            (8.9, Some(Severity::High)),
            (9.0, Some(Severity::Critical)),
            (10.0, Some(Severity::Critical)),
            (10.1, None),
            (-1.0, None),
            (f64::NAN, None),
        ] {
            assert_eq!(Severity::of_score(score), expected, "{score}");
        }
    }

    #[test]
    fn vectors_of_all_versions_have_a_score() {
        for (vector, expected) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(Severity::Critical)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Some(Severity::High)),
            ("CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N", Some(Severity::Medium)),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", Some(Severity::High)),
            ("CVSS:3.1/AV:N", None),
            ("", None),
        ] {
            assert_eq!(Severity::of_vector(vector), expected, "{vector}");
        }
    }
}
