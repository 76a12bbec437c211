//! The JSON of Statuspage pages (`/api/v2/summary.json`, `status.json`, `components.json`, `incidents/unresolved.json`), which others imitate.
//!
//! A component is operational or it is not: degraded, out or under maintenance count alike. Groups are not components of their own. An
//! incident is open until it is resolved.

use serde::Deserialize;
use serde::de::MapAccess;

use crate::family::Status;
use crate::json::{self, Each, Fields, Object, nullable};
use crate::limits::{Limits, short};
use crate::moment::Moment;
use crate::refusal::{Code, Refusal};
use crate::report::{Item, ItemKind, Report};
use crate::severity::Severity;
use crate::source::Source;

/// Reads a page.
pub(super) fn read(source: Source<'_>, limits: &Limits, report: &mut Report) -> Result<(), Refusal> {
    let mut page = Page { report, status: Status::default(), page: false };
    json::read(source, limits, Object(&mut page))?;
    let Page { status, page, .. } = page;
    if !page || (status.impact.is_none() && status.components.is_none() && status.incidents.is_none()) {
        let message =
            "this is no status page: it needs its `page`, and a `status`, `components` or `incidents`";
        return Err(Refusal::new(Code::WrongFormat, message));
    }
    report.status = Some(status);
    Ok(())
}

struct Page<'p> {
    report: &'p mut Report,
    status: Status,
    page: bool,
}

impl Fields for Page<'_> {
    const WHAT: &'static str = "a status page";

    fn field<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "page" => {
                let about = map.next_value::<About>()?;
                self.page = true;
                self.report.origin.time(about.updated_at.as_deref().and_then(Moment::parse));
                self.report.origin.tool(&about.name, None);
            }
            "status" => {
                let overall = map.next_value::<Overall>()?;
                self.status.impact = Some(match overall.indicator.as_str() {
                    "none" => 0,
                    "minor" | "maintenance" => 1,
                    "major" => 2,
                    "critical" => 3,
                    other => return Err(json::refuse(unknown("indicator", other))),
                });
            }
            "components" => {
                let mut count = 0;
                let each = Each::new(|component: Component| {
                    if component.group.unwrap_or_default() {
                        return Ok(());
                    }
                    count += 1;
                    match component.status.as_str() {
                        "operational" => self.status.operational += 1,
                        "degraded_performance" | "partial_outage" | "major_outage" | "under_maintenance" => {
                            self.report.items.push(Item::new(
                                ItemKind::Degraded,
                                &component.name,
                                &component.status,
                            ));
                        }
                        other => return Err(unknown("status of a component", other)),
                    }
                    Ok(())
                });
                let listed = map.next_value_seed(each)?;
                self.status.components = listed.map(|_| count);
            }
            "incidents" => {
                let mut open = 0;
                let each = Each::new(|incident: Incident| {
                    if !matches!(incident.status.as_str(), "resolved" | "postmortem" | "completed") {
                        open += 1;
                        let item = Item::new(
                            ItemKind::Degraded,
                            &incident.name,
                            &format!("{}, impact {}", incident.status, incident.impact),
                        );
                        self.report.items.push(item.rated(Severity::of_word(&incident.impact)));
                    }
                    Ok(())
                });
                let listed = map.next_value_seed(each)?;
                self.status.incidents = listed.map(|_| open);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn unknown(what: &str, word: &str) -> Refusal {
    Refusal::new(Code::BadValue, format!("`{}` is no {what} of a status page", short(word)))
}

#[derive(Deserialize)]
struct About {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    updated_at: Option<String>,
}

#[derive(Deserialize)]
struct Overall {
    indicator: String,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    status: String,
    group: Option<bool>,
}

#[derive(Deserialize)]
struct Incident {
    #[serde(default, deserialize_with = "nullable")]
    name: String,
    status: String,
    #[serde(default, deserialize_with = "nullable")]
    impact: String,
}
