//! The conditions of jobs. GitHub starts a job without a condition of its own only while nothing above it was skipped, and one with a
//! careless condition after anything; so every job says which results it starts after.

use super::text::quoted;

/// It starts only after each of these succeeded.
pub(crate) fn after_success<'n>(needs: impl IntoIterator<Item = &'n String>) -> String {
    let needs = needs.into_iter().map(|need| succeeded(need));
    std::iter::once("!cancelled()".to_owned()).chain(needs).collect::<Vec<_>>().join(" && ")
}

/// One job succeeded.
pub(crate) fn succeeded(need: &str) -> String {
    format!("needs.{need}.result == 'success'")
}

/// It starts when one of these failed, or was cancelled, and whatever else happens: the way back is taken when the run is cancelled too.
pub(crate) fn after_failure<'n>(of: impl IntoIterator<Item = &'n String>) -> String {
    let failed =
        |need: &String| format!(r#"contains(fromJSON('["failure", "cancelled"]'), needs.{need}.result)"#);
    let any = of.into_iter().map(failed).collect::<Vec<_>>().join(" || ");
    format!("always() && ({any})")
}

/// The run is the first attempt: approvals say nothing about which attempt they were given for.
pub(crate) const FIRST_ATTEMPT: &str = "github.run_attempt == '1'";

/// An input has a value.
pub(crate) fn input_is(input: &str, value: &str) -> String {
    format!("inputs.{input} == {}", quoted(value))
}
