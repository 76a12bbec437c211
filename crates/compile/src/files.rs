//! The files of a build besides those of the target: the plan that every call in a pipeline reads, what the running system is given
//! (alerts, flags), the map of where each part comes from, and the list of what was generated.

use clearway_plan::Plan;
use clearway_targets::File;
use clearway_verify::{SOURCE_MAP, SourceMap};
use serde_json::json;

/// The plan.
pub const PLAN: &str = ".clearway/plan.json";
/// The list of generated files.
pub const GENERATED: &str = ".clearway/manifest.json";

/// All files of a build, by path: the target's, the plan, what the running system is given, the map, and the list.
///
/// # Errors
///
/// The plan, or an alert, cannot be written down.
pub fn with_plan(plan: &Plan, files: impl IntoIterator<Item = File>) -> Result<Vec<File>, String> {
    let mut files: Vec<File> = files.into_iter().collect();
    files.extend(clearway_targets::beside(plan)?);
    files.push(File::new(PLAN, clearway_targets::plan_text(plan)?));
    let texts = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    let map = serde_json::to_string(&SourceMap::of(plan, &texts)).map_err(|error| error.to_string())?;
    files.push(File::new(SOURCE_MAP, map + "\n"));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let list = json!({ "clearway": clearway_plan::FORMAT, "files": paths });
    let list = File::new(GENERATED, format!("{list:#}\n"));
    files.insert(0, list);
    Ok(files)
}
