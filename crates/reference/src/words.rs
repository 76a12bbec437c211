//! Types and defaults in words.

use clearway_model::vocabulary::Parameter;
use clearway_syntax::{BinaryOp, Expr, ExprKind, TextPart, UnaryOp};

/// A default as it is written. The vocabulary's defaults are literals, words and lists of them.
pub(crate) fn written(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Number(text)
        | ExprKind::Version(text)
        | ExprKind::Range(text)
        | ExprKind::Date(text)
        | ExprKind::DateTime(text)
        | ExprKind::Time(text)
        | ExprKind::Word(text) => text.to_string(),
        ExprKind::Percent(text) => format!("{text}%"),
        ExprKind::Quantity(amount, unit) => format!("{} {}", amount.text, unit.text),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Text(parts) => format!("\"{}\"", parts.iter().map(part).collect::<String>()),
        ExprKind::Raw(text) => format!("\"\"\"{text}\"\"\""),
        ExprKind::Path(names, _) => names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("."),
        ExprKind::List(items) | ExprKind::Group(items) => {
            format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Paren(inner) => format!("({})", written(inner)),
        ExprKind::Unary(UnaryOp::Negative, inner) => format!("-{}", written(inner)),
        ExprKind::Unary(UnaryOp::Not, inner) => format!("not {}", written(inner)),
        ExprKind::Binary(BinaryOp::Span, from, to) => format!("{}..{}", written(from), written(to)),
        ExprKind::Binary(op, left, right) => format!("{} {} {}", written(left), op.text(), written(right)),
        ExprKind::If(parts) => {
            format!("if {} then {} else {}", written(&parts[0]), written(&parts[1]), written(&parts[2]))
        }
        ExprKind::Comprehension(each) => {
            format!("[for {} in {} : {}]", each.name.text, written(&each.items), written(&each.value))
        }
        ExprKind::Missing => String::new(),
    }
}

fn part(part: &TextPart) -> String {
    match part {
        TextPart::Characters(characters) => characters.to_string(),
        TextPart::Interpolation(expr) => format!("${{{}}}", written(expr)),
    }
}

/// `role: a text, ttl: a duration = 15 m`
pub(crate) fn parameters(params: &[Parameter]) -> String {
    let parameter = |param: &Parameter| {
        let default = param.default.as_ref().map(|default| format!(" = {}", written(default)));
        format!("{}: {}{}", param.name, param.ty, default.unwrap_or_default())
    };
    params.iter().map(parameter).collect::<Vec<_>>().join(", ")
}
