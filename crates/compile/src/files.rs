//! The files of a build besides those of the target: the plan that every call in a pipeline reads, and the list of what was generated.

use clearway_plan::Plan;
use clearway_targets::File;
use serde_json::json;

/// The plan.
pub const PLAN: &str = ".clearway/plan.json";
/// The list of generated files.
pub const GENERATED: &str = ".clearway/manifest.json";

/// All files of a build, by path: the target's, the plan and the list.
///
/// # Errors
///
/// The plan cannot be written down.
pub fn with_plan(plan: &Plan, files: impl IntoIterator<Item = File>) -> Result<Vec<File>, serde_json::Error> {
    let mut files: Vec<File> = files.into_iter().collect();
    files.push(File::new(PLAN, serde_json::to_string_pretty(plan)? + "\n"));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let list = json!({ "clearway": clearway_plan::FORMAT, "files": paths });
    let list = File::new(GENERATED, serde_json::to_string_pretty(&list)? + "\n");
    files.insert(0, list);
    Ok(files)
}
