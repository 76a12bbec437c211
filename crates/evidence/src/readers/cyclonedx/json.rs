//! CycloneDX as JSON.

use serde::Deserialize;
use serde::de::MapAccess;

use super::{Bill, Rating, Vulnerability, supported};
use crate::json::{self, Each, Fields, First, Object, nullable};
use crate::limits::Limits;
use crate::moment::Moment;
use crate::refusal::{Code, Refusal};
use crate::report::Report;
use crate::source::Source;

pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut reading = Reading { report, bill: Bill::default(), format: None, version: None };
    json::read(source, limits, Object(&mut reading))?;
    let Reading { bill, format, version, .. } = reading;
    if format.as_deref() != Some("CycloneDX") {
        return Err(Refusal::new(
            Code::WrongFormat,
            "this is no CycloneDX bill: its `bomFormat` is not `CycloneDX`",
        ));
    }
    supported(
        version
            .as_deref()
            .ok_or_else(|| Refusal::new(Code::MissingField, "the bill has no `specVersion`"))?,
    )?;
    bill.end(report);
    Ok(())
}

struct Reading<'p> {
    report: &'p mut Report,
    bill: Bill,
    format: Option<String>,
    version: Option<String>,
}

impl Fields for Reading<'_> {
    const WHAT: &'static str = "a CycloneDX bill";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "bomFormat" => self.format = map.next_value()?,
            "specVersion" => self.version = map.next_value()?,
            "metadata" => map.next_value::<Option<Metadata>>()?.unwrap_or_default().tell(self.report),
            "components" => {
                map.next_value_seed(Each::new(|component: Component| {
                    component.count(&mut self.bill);
                    Ok(())
                }))?;
            }
            "dependencies" => {
                let count = map.next_value_seed(Each::new(|_: serde::de::IgnoredAny| Ok(())))?;
                self.bill.inventory.dependencies = count.unwrap_or_default();
            }
            "vulnerabilities" => {
                let each = Each::new(|raw: Raw| {
                    self.bill.add(&raw.into(), self.report);
                    Ok(())
                });
                self.bill.looked = map.next_value_seed(each)?.is_some();
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

#[derive(Deserialize, Default)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<About>,
}

/// The artifact that the bill is about.
#[derive(Deserialize)]
struct About {
    version: Option<String>,
    purl: Option<String>,
    #[serde(default, deserialize_with = "nullable")]
    hashes: Vec<Hash>,
    #[serde(default, deserialize_with = "nullable")]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Hash {
    alg: Option<String>,
    content: Option<String>,
}

#[derive(Deserialize)]
struct Property {
    name: Option<String>,
    value: Option<String>,
}

impl Metadata {
    fn tell(self, report: &mut Report) {
        let origin = &mut report.origin;
        origin.time(self.timestamp.as_deref().and_then(Moment::parse));
        let Some(about) = self.component else { return };
        origin.digest(&about.version.unwrap_or_default());
        let purl = about.purl.unwrap_or_default().replace("%3A", ":").replace("%3a", ":");
        origin.digest(purl.split('?').next().unwrap_or_default());
        for hash in about.hashes {
            let algorithm = hash.alg.unwrap_or_default().replace('-', "").to_ascii_lowercase();
            origin.digest(&format!("{algorithm}:{}", hash.content.unwrap_or_default()));
        }
        // Trivy names the image there.
        for property in about.properties {
            if property.name.is_some_and(|name| name.ends_with(":RepoDigest") || name.ends_with(":ImageID")) {
                origin.digest(&property.value.unwrap_or_default());
            }
        }
    }
}

#[derive(Deserialize)]
struct Component {
    version: Option<String>,
    #[serde(default = "First::default")]
    licenses: First<serde::de::IgnoredAny>,
    #[serde(default, deserialize_with = "nullable")]
    components: Vec<Self>,
}

impl Component {
    fn count(self, bill: &mut Bill) {
        bill.inventory.components += 1;
        bill.inventory.unversioned += u64::from(self.version.is_none_or(|version| version.is_empty()));
        bill.inventory.unlicensed += u64::from(self.licenses.0.is_none());
        self.components.into_iter().for_each(|component| component.count(bill));
    }
}

#[derive(Deserialize)]
struct Raw {
    #[serde(default, deserialize_with = "nullable")]
    id: String,
    #[serde(default, deserialize_with = "nullable")]
    description: String,
    #[serde(default, deserialize_with = "nullable")]
    ratings: Vec<RawRating>,
    analysis: Option<Analysis>,
    #[serde(default = "First::default")]
    affects: First<Affected>,
}

#[derive(Deserialize)]
struct RawRating {
    severity: Option<String>,
    score: Option<f64>,
    vector: Option<String>,
}

#[derive(Deserialize)]
struct Analysis {
    state: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    component: Option<String>,
}

impl From<Raw> for Vulnerability {
    fn from(raw: Raw) -> Self {
        let rating = |rating: RawRating| Rating {
            severity: rating.severity,
            score: rating.score,
            vector: rating.vector,
        };
        Self {
            id: raw.id,
            message: raw.description,
            ratings: raw.ratings.into_iter().map(rating).collect(),
            state: raw.analysis.and_then(|analysis| analysis.state),
            affects: raw.affects.0.and_then(|affected| affected.component),
        }
    }
}
