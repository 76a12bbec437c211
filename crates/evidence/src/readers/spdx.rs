//! SPDX bills of materials as JSON: 2.2 and 2.3, and the JSON-LD of 3.0.
//!
//! All packages count, those that the bill describes included. A package without a version has no `versionInfo`, one without a licence says
//! `NOASSERTION` or `NONE` in both of its fields.

use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::Inventory;
use crate::json::{self, Each, Fields, Object, nullable};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::refusal::{Code, Refusal};
use crate::report::Report;
use crate::source::Source;

/// Reads a bill of materials.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut reading = Reading { report, inventory: Inventory::default(), version: None, packages: false };
    json::read(source, limits, Object(&mut reading))?;
    let Reading { inventory, version, packages, .. } = reading;
    match version.as_deref().map(|version| version.trim_start_matches("SPDX-")) {
        None => {
            return Err(Refusal::new(
                Code::WrongFormat,
                "this is no SPDX bill: it has neither `spdxVersion` nor a `@graph`",
            ));
        }
        Some(version) if version.starts_with("2.") || version.starts_with("3.") => {}
        Some(version) => {
            let message = format!("this is SPDX {}, and 2 and 3 are read", short(version));
            return Err(Refusal::new(Code::UnsupportedVersion, message));
        }
    }
    if !packages {
        return Err(Refusal::new(Code::NoResults, "the bill has no list of packages"));
    }
    report.inventory = Some(inventory);
    Ok(())
}

struct Reading<'p> {
    report: &'p mut Report,
    inventory: Inventory,
    version: Option<String>,
    packages: bool,
}

impl Fields for Reading<'_> {
    const WHAT: &'static str = "an SPDX bill";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "spdxVersion" => self.version = map.next_value()?,
            "creationInfo" => {
                let info = map.next_value::<Option<Creation>>()?.unwrap_or_default();
                self.report.origin.time(info.created.as_deref().and_then(Moment::parse));
            }
            "packages" => {
                let each = Each::new(|package: Package| {
                    self.count(package.version_info, &[package.license_concluded, package.license_declared]);
                    Ok(())
                });
                self.packages = map.next_value_seed(each)?.is_some();
            }
            "relationships" => {
                let count = map.next_value_seed(Each::new(|_: serde::de::IgnoredAny| Ok(())))?;
                self.inventory.dependencies = count.unwrap_or_default();
            }
            "@graph" => {
                let each = Each::new(|element: Element| {
                    self.element(element);
                    Ok(())
                });
                self.packages = map.next_value_seed(each)?.is_some();
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Reading<'_> {
    fn count(&mut self, version: Option<String>, licences: &[Option<String>]) {
        let known = |licence: &Option<String>| {
            licence.as_deref().is_some_and(|licence| !matches!(licence, "" | "NOASSERTION" | "NONE"))
        };
        self.inventory.components += 1;
        self.inventory.unversioned += u64::from(version.is_none_or(|version| version.is_empty()));
        self.inventory.unlicensed += u64::from(!licences.iter().any(known));
    }

    /// An element of the graph of SPDX 3. Licences are elements of their own there, which relationships tie to packages.
    fn element(&mut self, element: Element) {
        match element.kind.as_str() {
            "software_Package" => {
                self.count(element.version, &[Some(String::from("by relationship"))]);
            }
            "Relationship" | "LifecycleScopedRelationship" => self.inventory.dependencies += 1,
            "CreationInfo" => {
                self.version = element.spec_version;
                self.report.origin.time(element.created.as_deref().and_then(Moment::parse));
            }
            _ => {}
        }
    }
}

#[derive(Deserialize, Default)]
struct Creation {
    created: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    version_info: Option<String>,
    license_concluded: Option<String>,
    license_declared: Option<String>,
}

#[derive(Deserialize)]
struct Element {
    #[serde(rename = "type", alias = "@type", default, deserialize_with = "nullable")]
    kind: String,
    #[serde(rename = "software_packageVersion")]
    version: Option<String>,
    #[serde(rename = "specVersion")]
    spec_version: Option<String>,
    created: Option<String>,
}
