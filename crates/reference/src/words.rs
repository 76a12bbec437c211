//! Types and defaults in words.

use clearway_model::vocabulary::Parameter;
use clearway_syntax::{Expr, Form};

/// A default as it is written.
pub(crate) fn written(expr: &Expr) -> String {
    Form { name: &|name| name.to_owned() }.expr(expr)
}

/// `role: a text, ttl: a duration = 15 m`
pub(crate) fn parameters(params: &[Parameter]) -> String {
    let parameter = |param: &Parameter| {
        let default = param.default.as_ref().map(|default| format!(" = {}", written(default)));
        format!("{}: {}{}", param.name, param.ty, default.unwrap_or_default())
    };
    params.iter().map(parameter).collect::<Vec<_>>().join(", ")
}
