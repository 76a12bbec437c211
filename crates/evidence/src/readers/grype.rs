//! Grype's JSON report. A match is a vulnerability of a package; `Unknown` is no severity, `Negligible` is below low. Matches that a rule or VEX
//! sets aside stand in `ignoredMatches` and are suppressed.

use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::{FindingKind, Findings};
use crate::json::{self, Each, Fields, Object, nullable};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::refusal::{Code, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// Reads a report.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut scan = Scan { report, findings: Findings::default(), any: false };
    json::read(source, limits, Object(&mut scan))?;
    if !scan.any {
        return Err(Refusal::new(
            Code::WrongFormat,
            "this is no report of Grype: it has no list of `matches`",
        ));
    }
    let mut findings = scan.findings;
    findings.looked_for(FindingKind::Vulnerability);
    findings.scans += 1;
    super::severities_missing(report, &findings);
    super::maybe_filtered(report, &findings);
    report.findings = Some(findings);
    Ok(())
}

struct Scan<'p> {
    report: &'p mut Report,
    findings: Findings,
    any: bool,
}

impl Fields for Scan<'_> {
    const WHAT: &'static str = "a report of Grype";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "matches" => {
                let each = Each::new(|found: Match| {
                    self.add(found, false);
                    Ok(())
                });
                self.any = map.next_value_seed(each)?.is_some();
            }
            "ignoredMatches" => {
                map.next_value_seed(Each::new(|found: Match| {
                    self.add(found, true);
                    Ok(())
                }))?;
            }
            "source" => {
                if let Some(Target::Image(image)) =
                    map.next_value::<Option<Scanned>>()?.and_then(|scanned| scanned.target)
                {
                    let origin = &mut self.report.origin;
                    origin.digest(&image.manifest_digest);
                    origin.digest(&image.image_id);
                    image.repo_digests.iter().for_each(|digest| origin.digest(digest));
                }
            }
            "descriptor" => {
                let descriptor = map.next_value::<Option<Descriptor>>()?.unwrap_or_default();
                self.report.origin.tool(&descriptor.name, descriptor.version.as_deref());
                self.report.origin.time(descriptor.timestamp.as_deref().and_then(Moment::parse));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Scan<'_> {
    fn add(&mut self, found: Match, suppressed: bool) {
        let kind = FindingKind::Vulnerability;
        let severity = Severity::of_word(&found.vulnerability.severity);
        let item_kind = if suppressed { ItemKind::Suppressed(kind) } else { ItemKind::Finding(kind) };
        let location = format!("{}@{}", found.artifact.name, found.artifact.version);
        let item = Item::new(item_kind, &found.vulnerability.id, &found.vulnerability.description)
            .located(Some(location))
            .rated(severity);
        self.report.items.push(item);
        if suppressed {
            self.findings.suppressed.count(severity, 1);
        } else {
            self.findings.found(kind, severity);
        }
    }
}

#[derive(Deserialize)]
struct Match {
    vulnerability: Vulnerability,
    #[serde(default, deserialize_with = "nullable")]
    artifact: Artifact,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: String,
    #[serde(default, deserialize_with = "nullable")]
    severity: String,
    #[serde(default, deserialize_with = "nullable")]
    description: String,
}

#[derive(Deserialize, Default)]
struct Artifact {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    #[serde(default, deserialize_with = "nullable")]
    version: String,
}

#[derive(Deserialize)]
struct Scanned {
    target: Option<Target>,
}

/// What was scanned: an image, or the path of a folder.
#[derive(Deserialize)]
#[serde(untagged)]
enum Target {
    Image(Image),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    #[serde(default, deserialize_with = "nullable")]
    manifest_digest: String,
    #[serde(default, rename = "imageID", deserialize_with = "nullable")]
    image_id: String,
    #[serde(default, deserialize_with = "nullable")]
    repo_digests: Vec<String>,
}

#[derive(Deserialize, Default)]
struct Descriptor {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    version: Option<String>,
    timestamp: Option<String>,
}
