//! The colours: which of the protocol's types and modifiers a name has.

use tower_lsp_server::ls_types::{SemanticTokenModifier, SemanticTokenType, SemanticTokensLegend};

use crate::tokens::{Sort, Token};

/// Each sort with its type. The number of a type is its place here.
const TYPES: [(Sort, SemanticTokenType); 14] = [
    (Sort::Keyword, SemanticTokenType::KEYWORD),
    (Sort::Field, SemanticTokenType::PROPERTY),
    (Sort::Label, SemanticTokenType::PARAMETER),
    (Sort::Flag, SemanticTokenType::MODIFIER),
    (Sort::Word, SemanticTokenType::ENUM_MEMBER),
    (Sort::Unit, SemanticTokenType::NUMBER),
    (Sort::Function, SemanticTokenType::FUNCTION),
    (Sort::Declaration, SemanticTokenType::CLASS),
    (Sort::Template, SemanticTokenType::STRUCT),
    (Sort::Value, SemanticTokenType::VARIABLE),
    (Sort::Local, SemanticTokenType::TYPE_PARAMETER),
    (Sort::Part, SemanticTokenType::INTERFACE),
    (Sort::Person, SemanticTokenType::EVENT),
    (Sort::Module, SemanticTokenType::NAMESPACE),
];

const DECLARES: u32 = 1;
const LIBRARY: u32 = 2;

pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.iter().map(|(_, ty)| ty.clone()).collect(),
        token_modifiers: vec![SemanticTokenModifier::DECLARATION, SemanticTokenModifier::DEFAULT_LIBRARY],
    }
}

pub(super) fn number(sort: Sort) -> u32 {
    TYPES.iter().position(|(known, _)| *known == sort).unwrap_or_default() as u32
}

pub(super) const fn modifiers(token: &Token) -> u32 {
    (if token.declares { DECLARES } else { 0 }) | (if token.library { LIBRARY } else { 0 })
}
