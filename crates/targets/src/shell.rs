//! What the scripts of jobs share on every platform whose jobs read a file of functions.

use crate::binary::get;
use crate::settings::Binary;

/// What ships, and the records of what a job does. It needs `folder`, `step`, `COMMIT` and `ACTOR`.
const RECORD: &str = include_str!("shell/record.sh");

/// Roles that are taken with the token of the job. It needs `folder` and `SESSION`.
const CLOUD: &str = include_str!("shell/cloud.sh");

/// A file of functions, with those that all share, and with the lines that get the binary, in the places of their names.
pub(crate) fn functions(text: &str, binary: &str) -> String {
    let text = text.replace("@RECORD@\n", RECORD).replace("@CLOUD@", CLOUD.trim_end());
    text.replace("@GET@", &indented(binary)).trim_end().to_owned() + "\n"
}

/// The lines of a script, in a block.
pub(crate) fn indented(script: &str) -> String {
    script.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// The variables by which a job knows where the binary is, with what they are called in the script that gets it.
pub(crate) fn variables(binary: &Binary) -> Vec<(String, String)> {
    get(binary).0.into_iter().map(|(key, value)| (named(key), value)).collect()
}

/// The script that gets the binary, by those variables. What differs between projects comes in them; only the way is chosen here.
pub(crate) fn getting(binary: &Binary) -> String {
    let (keys, script) = get(binary);
    keys.iter().fold(script.to_owned(), |script, (key, _)| {
        script.replace(&format!("${{{key}}}"), &format!("${{{}}}", named(key)))
    })
}

fn named(key: &str) -> String {
    format!("CLEARWAY_BINARY_{key}")
}
