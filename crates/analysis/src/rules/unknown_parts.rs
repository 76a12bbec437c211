//! Required parts that their service never provides: most often a misspelt name.

use std::collections::BTreeSet;

use clearway_diagnostics::{Diagnostic, Place, catalogue, suggest};
use clearway_model::{Db, Item};

use crate::query::needs;
use crate::world::declared;

/// What there is to tell, and the places of the requirements that it was told of: no version can meet them.
pub(crate) fn check(db: &dyn Db, owner: Item) -> (Vec<Diagnostic>, BTreeSet<Place>) {
    let mut diagnostics = Vec::new();
    let mut unknown = BTreeSet::new();
    for need in needs(db, owner).all() {
        let Some((part, place)) = &need.part else { continue };
        let Some(provider) = declared(db, &need.target).filter(|provider| !provider.broken) else { continue };
        if provider.parts().any(|provided| provided == part) {
            continue;
        }
        unknown.insert(need.target_place);
        let names: BTreeSet<&str> = provider.parts().map(|part| part.as_str()).collect();
        let message = format!("`{}` provides no `{part}`", provider.name);
        let diagnostic = Diagnostic::new(catalogue::UNKNOWN_PART, message, *place, "nothing provides this")
            .related(provider.place, format!("`{}` is declared here", provider.name));
        diagnostics.push(match suggest::closest(part, names.iter().copied()) {
            Some(closest) => diagnostic.help(format!("did you mean `{closest}`?")),
            None if names.is_empty() => diagnostic.help(format!(
                "it provides no parts: require its own version, `requires {} …`",
                provider.name
            )),
            None => diagnostic
                .help(format!("it provides `{}`", names.into_iter().collect::<Vec<_>>().join("`, `"))),
        });
    }
    (diagnostics, unknown)
}
