//! The parser that pest generates from the grammar, and the words for its rules.

#![allow(missing_docs, reason = "pest generates one undocumented variant per grammar rule")]

use pest_derive::Parser;

#[derive(Parser)]
#[grammar = "../../grammar/clearway.pest"]
pub(crate) struct Grammar;

impl Rule {
    /// What a rule is called in a message, when it is worth telling that it was expected.
    pub(crate) const fn words(self) -> Option<&'static str> {
        Some(match self {
            Self::expr | Self::wide_expr | Self::operand => "a value",
            Self::name | Self::declared_name => "a name",
            Self::segment => "a name after the dot",
            Self::block | Self::tolerant_block => "a block `{ … }`",
            Self::path => "a name",
            Self::params => "parameters `( … )`",
            Self::param => "a parameter `name: type`",
            Self::arg => "an argument",
            Self::args => "arguments `( … )`",
            Self::unit => "a unit",
            Self::version => "a version",
            Self::range => "a version range",
            Self::number | Self::percent | Self::quantity => "a number",
            Self::string | Self::raw_string => "a text",
            Self::list => "a list",
            Self::use_alias => "a name",
            Self::use_names => "names in braces `.{ … }`",
            Self::declaration => "a declaration `kind name { … }`",
            Self::use_item => "`use`",
            Self::operator => "an operator",
            Self::then_word => "`then`",
            Self::else_word => "`else`",
            _ => return None,
        })
    }
}
