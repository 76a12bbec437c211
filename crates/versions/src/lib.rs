//! Versions and ranges of versions, under any scheme.
//!
//! A version is read by its service's [`Scheme`] as major, minor and patch (and what precedes a release); missing parts are 0, and two texts
//! with equal numbers are one version. Ranges are Cargo's ("Specifying Dependencies" in the Cargo book), pre-releases included, without `*`:
//! `^1.2` admits `1.3.0-rc.1`, and not `2.0.0-rc.1`. Sets of versions are [`version_ranges::Ranges`], whose algebra decides intersections.
//!
//! Plain data: the compiler, the proofs and what runs in a pipeline read versions by these same rules.

mod range;
mod scheme;

pub use range::{Bound, BoundOp, NoRange, Range};
pub use scheme::Scheme;

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
        let mysql = Scheme::series(["5.7".into(), "8.0".into(), "8.4".into()]);
        assert_eq!(mysql.read("8.0.34").map(|v| v.to_string()), Some("0.1.34".to_owned()));
        assert_eq!(mysql.read("9.0"), None);
        assert_eq!(Range::parse(">=5.7, <8.4").and_then(|r| r.admits("8.0.34", &mysql)), Some(true));
        let ceph = Scheme::fields("{_}.{major}.{minor}").unwrap();
        assert_eq!(ceph.read("1.18.2").map(|v| v.to_string()), Some("18.2.0".to_owned()));
        assert_eq!(Scheme::default().read("2024.01.05").map(|v| v.to_string()), Some("2024.1.5".to_owned()));
        assert_eq!(Scheme::default().read("abc"), None);
    }
}
