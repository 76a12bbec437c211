//! "Did you mean …?": the one place that decides when two names are close.

/// The candidate that was most likely meant, if any is close enough.
///
/// Close is an edit distance (insertion, deletion, replacement, swap of neighbours) of at most a third of the longer name;
/// a difference in case alone, or in `-`, `_` and a plural `s` alone, always counts as close. Ties go to the
/// first candidate in alphabetical order.
pub fn closest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wanted)
        .filter_map(|candidate| Some((distance(wanted, candidate)?, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}

/// The help line for an unknown name, if a candidate is close.
pub fn did_you_mean<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(wanted, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

fn distance(wanted: &str, candidate: &str) -> Option<usize> {
    if folded(wanted) == folded(candidate) {
        return Some(0);
    }
    let longer = wanted.chars().count().max(candidate.chars().count());
    let limit = longer.div_ceil(3).min(4);
    // A cheap bound first: workspaces have thousands of names.
    if wanted.len().abs_diff(candidate.len()) > limit * 4 {
        return None;
    }
    let edits = strsim::osa_distance(&wanted.to_lowercase(), &candidate.to_lowercase());
    (edits <= limit && edits < longer).then_some(edits)
}

fn folded(name: &str) -> String {
    let plain: String =
        name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect();
    plain.strip_suffix('s').map_or(plain.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(closest("cart", ["carts", "carts-db", "card"]), Some("carts"));
        assert_eq!(closest("optinal", ["weak", "optional", "when"]), Some("optional"));
        assert_eq!(closest("productCatalog", ["product-catalog"]), Some("product-catalog"));
        assert_eq!(closest("x", ["y", "z"]), None);
        assert_eq!(closest("shoppingassistantservice", ["shippingservice", "frontend"]), None);
    }
}
