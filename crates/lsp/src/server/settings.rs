//! What a user can set: when the server starts, or later.

use clearway_schedule::Zone;
use serde::Deserialize;
use serde_json::Value;

/// The settings, as an editor writes them: at the top, or below `clearway`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Settings {
    /// The zone in which the user reads times, where it is not that of the machine.
    timezone: Option<String>,
}

/// The zone that settings name. `Err`, in words for the user, where there is no such zone.
pub(super) fn zone(settings: &Value) -> Result<Option<Zone>, String> {
    let settings = settings.get("clearway").unwrap_or(settings);
    // Settings of other kinds are others' matter.
    let settings = Settings::deserialize(settings).unwrap_or_default();
    match settings.timezone.as_deref() {
        None | Some("") => Ok(None),
        Some(name) => Zone::named(name).map(Some).map_err(|error| error.to_string()),
    }
}
