//! Which reader reads a report, from how its text begins.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::limits::short;
use crate::readers::Reader;
use crate::refusal::{Code, Refusal};
use crate::xml::Element;

/// Finds the reader of a text that begins like this.
pub(crate) fn detect(start: &[u8]) -> Result<Reader, Refusal> {
    let text = start.trim_ascii_start();
    if crate::json::looks_like_html(text) {
        return Err(Refusal::new(
            Code::HtmlPage,
            "this is an HTML page, most often the error or login page of a server",
        ));
    }
    match text.first() {
        Some(b'<') => of_xml(text),
        Some(b'{' | b'[') => of_json(text),
        _ if text.trim_ascii() == b"null" => {
            Err(Refusal::new(Code::NullReport, "the file says `null`: the tool wrote no report"))
        }
        _ => of_lines(text),
    }
}

fn unknown(seen: &str) -> Refusal {
    let known: Vec<&str> =
        Reader::all().filter(|reader| *reader != Reader::Table).map(Reader::name).collect();
    Refusal::new(Code::UnknownFormat, format!("no reader knows this{seen}. There are {}", known.join(", ")))
}

fn of_lines(text: &[u8]) -> Result<Reader, Refusal> {
    let text = String::from_utf8_lossy(text.get(..text.len().min(16 << 10)).unwrap_or_default());
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.next().unwrap_or_default();
    let columns: Vec<&str> =
        first.split([',', ';', '\t', '|']).map(|column| column.trim().trim_matches('"')).collect();
    if first.starts_with("mode:") {
        Ok(Reader::GoCover)
    } else if first.starts_with("TN:") || first.starts_with("SF:") || first.starts_with("VER:") {
        Ok(Reader::Lcov)
    } else if columns.contains(&"elapsed") && (columns.contains(&"timeStamp") || columns.contains(&"success"))
    {
        Ok(Reader::Jmeter)
    } else if columns.len() >= 5
        && columns
            .first()
            .is_some_and(|first| first.len() == 13 && first.bytes().all(|byte| byte.is_ascii_digit()))
    {
        // Milliseconds of the epoch first: a results file without the names of its columns, which its reader refuses with the reason.
        Ok(Reader::Jmeter)
    } else if columns.len() > 1 {
        Err(Refusal::new(
            Code::UnknownFormat,
            "this looks like a table, which says nothing by itself: a gate's mapping says which column means what",
        ))
    } else {
        Err(unknown(""))
    }
}

/// The reader of an XML text, by its first element.
fn of_xml(text: &[u8]) -> Result<Reader, Refusal> {
    let mut rest = text;
    // Passes over the declaration, comments, instructions and the document type, whose end a subset in brackets may hide.
    let name = loop {
        let Some(open) = memchr::memchr(b'<', rest) else { return Err(unknown("")) };
        rest = rest.get(open + 1..).unwrap_or_default();
        let end: &[u8] = match rest {
            [b'!', b'-', b'-', ..] => b"-->",
            [b'?', ..] => b"?>",
            _ if rest.starts_with(b"!ENTITY") => {
                return Err(Refusal::new(
                    Code::EntityDeclaration,
                    "the file declares entities, which are never read",
                ));
            }
            [b'!', ..]
                if memchr::memchr(b'[', rest)
                    .is_some_and(|subset| memchr::memchr(b'>', rest).is_none_or(|close| subset < close)) =>
            {
                b"]"
            }
            [b'!', ..] => b">",
            _ => break rest,
        };
        let Some(close) = memchr::memmem::find(rest, end) else { return Err(unknown("")) };
        rest = rest.get(close + end.len()..).unwrap_or_default();
    };
    let end = name
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
        .unwrap_or(name.len());
    let tag = name.get(..memchr::memchr(b'>', name).unwrap_or(name.len())).unwrap_or_default();
    let name = String::from_utf8_lossy(name.get(..end).unwrap_or_default());
    let name = name.rsplit(':').next().unwrap_or_default();
    match name {
        "coverage" if memchr::memmem::find(tag, b"clover=").is_some() => {
            Err(unknown(": it looks like Clover coverage"))
        }
        _ => of_root(name).ok_or_else(|| unknown(&described(name))),
    }
}

fn of_root(name: &str) -> Option<Reader> {
    Some(match name {
        "testsuites" | "testsuite" => Reader::Junit,
        "coverage" => Reader::Cobertura,
        "report" => Reader::Jacoco,
        "testResults" => Reader::Jmeter,
        "bom" => Reader::Cyclonedx,
        _ => return None,
    })
}

/// What an XML text is that no reader reads.
fn described(root: &str) -> String {
    match root {
        "test-run" | "test-results" => {
            ": it looks like NUnit results. NUnit's console writes JUnit XML with a transform".to_owned()
        }
        "assemblies" | "assembly" => {
            ": it looks like xUnit.net results. `dotnet test --logger junit` writes JUnit XML".to_owned()
        }
        "TestRun" => ": it looks like a TRX file. `dotnet test --logger junit` writes JUnit XML".to_owned(),
        "testng-results" => {
            ": it looks like TestNG's own results. TestNG writes JUnit XML beside them".to_owned()
        }
        "CoverageSession" => {
            ": it looks like OpenCover coverage. ReportGenerator writes Cobertura".to_owned()
        }
        "Error" => ": it looks like the answer of an object store that had no such file".to_owned(),
        root => format!(": it begins with `<{}>`", short(root)),
    }
}

/// The refusal of an XML text that begins with another element than the reader expects.
pub(crate) fn wrong_root(root: &Element, expected: &str) -> Refusal {
    let other = match of_root(&root.name) {
        Some(reader) => format!(", which `{reader}` would read"),
        None => described(&root.name)
            .split_once(": it looks")
            .map_or_else(String::new, |(_, rest)| format!(", and it looks{rest}")),
    };
    Refusal::new(
        Code::WrongFormat,
        format!("this is not {expected}: it begins with `<{}>`{other}", short(&root.name)),
    )
    .at(root.place)
}

/// The reader of a JSON text, by the keys that stand near its beginning.
fn of_json(text: &[u8]) -> Result<Reader, Refusal> {
    let keys = keys(text);
    let has = |path: &str| keys.contains(path);
    let any = |paths: &[&str]| paths.iter().any(|path| keys.contains(*path));
    // From what only one tool writes to what several might.
    let reader = if any(&["bomFormat"]) {
        Reader::Cyclonedx
    } else if any(&["spdxVersion", "@graph", "SPDXID"]) {
        Reader::Spdx
    } else if any(&[
        "_type",
        "payloadType",
        "dsseEnvelope",
        "predicateType",
        "[].dsseEnvelope",
        "[].payloadType",
        "[].attestation",
        "attestations.[].bundle",
        "[]._type",
    ]) {
        Reader::InToto
    } else if any(&[
        "SchemaVersion",
        "ArtifactName",
        "Results.[].Target",
        "[].Target",
        "ClusterName",
        "Results",
    ]) {
        Reader::Trivy
    } else if has("runs") && (any(&["$schema", "version", "runs.[].tool", "runs.[].results"])) {
        Reader::Sarif
    } else if has("matches")
        && any(&["descriptor", "source", "distro", "matches.[].vulnerability", "ignoredMatches"])
    {
        Reader::Grype
    } else if any(&["results.[].packages", "experimental_config"]) {
        Reader::Osv
    } else if any(&["results.[].check_id"])
        || (has("results") && any(&["errors", "interfile_languages_used", "skipped_rules"]))
    {
        Reader::Semgrep
    } else if has("vulnerabilities") && any(&["scan", "version", "remediations", "dependency_files"]) {
        Reader::Gitlab
    } else if has("page") && any(&["status", "components", "incidents"]) {
        Reader::Statuspage
    } else if any(&["metrics", "results.metrics", "root_group"]) {
        Reader::K6
    } else if any(&["Total.sampleCount"]) || keys.iter().any(|key| key.ends_with(".pct1ResTime")) {
        Reader::Jmeter
    } else if has("results") {
        // OSV-Scanner's report without a finding has nothing else; Semgrep's has `errors`.
        Reader::Osv
    } else {
        let known: Vec<&str> =
            keys.iter().filter(|key| !key.contains('.')).take(6).map(String::as_str).collect();
        let seen = if known.is_empty() {
            String::new()
        } else {
            format!(": JSON with `{}`", short(&known.join("`, `")))
        };
        return Err(unknown(&seen));
    };
    Ok(reader)
}

/// The keys of the first three levels of a JSON text, as far as its beginning goes; a list is a key `[]`.
fn keys(text: &[u8]) -> BTreeSet<String> {
    let found = RefCell::new(BTreeSet::new());
    let mut json = serde_json::Deserializer::from_slice(text);
    // The text may end anywhere: what was found up to there counts.
    let _ = Keys { path: String::new(), depth: 0, found: &found }.deserialize(&mut json);
    found.into_inner()
}

struct Keys<'f> {
    path: String,
    depth: usize,
    found: &'f RefCell<BTreeSet<String>>,
}

impl Keys<'_> {
    fn within(&self, key: &str) -> Self {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Keys { path, depth: self.depth + 1, found: self.found }
    }
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth > 3 {
            return serde::Deserialize::deserialize(deserializer).map(|_: IgnoredAny| ());
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self.within("[]"))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let inner = self.within(&key);
            self.found.borrow_mut().insert(inner.path.clone());
            map.next_value_seed(inner)?;
        }
        Ok(())
    }
}
