//! The conditions of jobs. GitHub starts a job without a condition of its own only while nothing above it was skipped, and one with a
//! careless condition after anything; so every job says which results it starts after.

use super::text::quoted;

/// It starts only after each of these succeeded.
pub(crate) fn after_success<'n>(needs: impl IntoIterator<Item = &'n String>) -> String {
    let needs = needs.into_iter().map(|need| succeeded(need));
    std::iter::once("!cancelled()".to_owned()).chain(needs).collect::<Vec<_>>().join(" && ")
}

/// It starts only after all that it needs succeeded. A condition of GitHub has at most 21,000 characters; where there is much to name, it
/// says instead that nothing ended in another of the four results that there are.
pub(crate) fn after_all(needs: &[String]) -> String {
    if needs.len() <= MANY {
        return after_success(needs);
    }
    let none = |result: &str| format!("!contains(needs.*.result, '{result}')");
    format!("!cancelled() && {} && {} && {}", none("failure"), none("cancelled"), none("skipped"))
}

/// So many jobs are named one by one.
const MANY: usize = 100;

/// One job succeeded.
pub(crate) fn succeeded(need: &str) -> String {
    format!("needs.{need}.result == 'success'")
}

/// It starts when one of these failed, or was cancelled, and whatever else happens: the way back is taken when the run is cancelled too.
pub(crate) fn after_failure(of: &[String]) -> String {
    if of.len() > MANY {
        // Beside these it needs only the approvals of the way back, and starts only after their success.
        return "always() && (contains(needs.*.result, 'failure') || contains(needs.*.result, 'cancelled'))"
            .to_owned();
    }
    let failed =
        |need: &String| format!(r#"contains(fromJSON('["failure", "cancelled"]'), needs.{need}.result)"#);
    let any = of.iter().map(failed).collect::<Vec<_>>().join(" || ");
    format!("always() && ({any})")
}

/// The run is the first attempt: approvals say nothing about which attempt they were given for.
pub(crate) const FIRST_ATTEMPT: &str = "github.run_attempt == '1'";

/// An input has a value.
pub(crate) fn input_is(input: &str, value: &str) -> String {
    format!("inputs.{input} == {}", quoted(value))
}
