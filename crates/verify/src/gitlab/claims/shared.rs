//! What the jobs share: the script that they read before they call `clearway`, and the binary that it gets.

use clearway_plan::Guarantee;

use crate::finding::{Broken, Spot};
use crate::gitlab::way::Way;
use crate::{gets_what_is_pinned, in_order};

/// The script.
pub(super) const FILE: &str = ".gitlab/clearway.sh";

/// What of the script records rest on, in the order in which it stands there.
const RECORDS: [&str; 10] = [
    "set -eo pipefail",
    "begin() {",
    "clearway record begin",
    "goes() { [[ \"$(said \"$1\" go)\" == true ]]; }",
    "ended() {",
    "clearway record end",
    "settled() {",
    "ended \"${name}\" \"$1\"",
    "settle() {",
    "settled \"${result}\"",
];

/// The functions of the script record what they say, none is defined twice, and every job that calls `clearway` has them; the binary is the one
/// that is pinned.
pub(super) fn shared(way: &Way<'_>) -> Result<Broken, String> {
    let mut broken = Vec::new();
    let script = way.emitted.files.get(FILE).map(String::as_str).unwrap_or_default();
    let spot = || Spot::new(FILE, &[]);
    if let Err(why) = in_order(script, &RECORDS) {
        broken.push(spot().says(why).of(Guarantee::Records));
    }
    for name in ["clearway", "begin", "said", "goes", "ended", "settled", "settle"] {
        let times = script.matches(&format!("\n{name}() {{")).count();
        if times != 1 {
            let what = format!("the function `{name}` is defined {times} times");
            broken.push(spot().says(what).of(Guarantee::Records));
        }
    }
    for pipeline in std::iter::once(&way.pipeline).chain(way.stages.values()) {
        let image = pipeline.variables.get("CLEARWAY_BINARY_IMAGE").map(String::as_str);
        if !gets_what_is_pinned(script, image) {
            let spot = Spot::new(&pipeline.file, &["variables", "CLEARWAY_BINARY_IMAGE"]);
            broken.push(spot.says("the binary is not the one that is pinned").of(Guarantee::Credentials));
        }
    }
    for (name, job) in way.jobs() {
        let lines = format!("{}\n{}", job.lines("before_script"), job.lines("script"));
        let first = lines.lines().position(|line| line == format!(". {FILE}"));
        let calls =
            lines.lines().position(|line| line.starts_with("clearway ") || line.starts_with("begin "));
        if calls.is_some_and(|calls| first.is_none_or(|first| calls < first)) {
            let what = format!("`{name}` does not read `{FILE}` before it calls clearway");
            broken.push(job.spot().key("before_script").says(what).of(Guarantee::Records));
        }
    }
    Ok(broken)
}
