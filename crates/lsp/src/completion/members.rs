//! Members: what a value has behind a dot, where a policy looks into a declaration.

use clearway_model::vocabulary::{self, Member, Type};

use super::{Completion, Sort};

/// The members of a type.
pub(super) fn of(ty: &Type) -> Vec<Completion> {
    vocabulary::members(ty).iter().map(completion).collect()
}

fn completion(member: &Member<'_>) -> Completion {
    Completion::new(Sort::Field, member.name()).detail(member.ty().to_string()).doc(member.doc()).rank(0)
}
