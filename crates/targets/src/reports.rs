//! The reports that gates read, gathered where they were made.

use std::collections::BTreeSet;

use clearway_plan::{Dataset, Plan, Release};

/// The globs of all reports that gates of the release read.
pub(crate) fn globs<'p>(plan: &'p Plan, release: &'p Release) -> BTreeSet<&'p str> {
    let gates = release.stages.iter().flat_map(|stage| &stage.gates);
    let gates = gates.filter_map(|gate| plan.gates.get(gate));
    let evidence = gates.flat_map(|gate| &gate.evidence).filter(|evidence| evidence.reader != "prometheus");
    evidence.flat_map(|evidence| &evidence.sources).map(String::as_str).collect()
}

/// Copies what `PATTERNS`, a line for each, name into the folder `GATHERED`.
pub(crate) const GATHER: &str = "shopt -s globstar\nmkdir -p \"${GATHERED}\"\nwhile IFS= read -r pattern; do\n  while IFS= read -r file; do\n    \
    if [[ -f \"${file}\" ]]; then cp --parents -- \"${file}\" \"${GATHERED}\"; fi\n  \
    done < <(compgen -G \"${pattern}\" || true)\ndone <<< \"${PATTERNS}\"\n";

/// What a command is told that puts data into an environment.
pub(crate) fn data_variables(
    name: &str,
    environment: &str,
    dataset: &Dataset,
) -> [(&'static str, String); 5] {
    [
        ("CLEARWAY_DATASET", name.to_owned()),
        ("CLEARWAY_ENVIRONMENT", environment.to_owned()),
        ("CLEARWAY_DATA_SOURCE", dataset.source.clone()),
        ("CLEARWAY_DATA_CLASS", dataset.class.join(" ")),
        ("CLEARWAY_VOLUME", dataset.volume.map(|bytes| bytes.to_string()).unwrap_or_default()),
    ]
}
