//! How a text is read: its tree, with everything that its form leaves implicit written out.

use std::fmt::Write as _;

use clearway_syntax::{
    Arg, BinaryOp, Block, Clause, Declaration, Expr, ExprKind, Field, Item, Let, Name, Param, Statement,
    TextPart, UnaryOp, Use, UseNames, parse,
};

/// The items of a text. Operands of a clause stand between `|`; every operator has its brackets; literals that look alike are named.
pub(crate) fn outline(text: &str) -> String {
    let mut out = String::new();
    for (_, item) in parse(text).items() {
        match item {
            Item::Use(item) => out += &format!("use {}\n", import(item)),
            Item::Let(item) => binding(&mut out, "", item),
            Item::Declaration(item) => declaration(&mut out, item),
        }
    }
    out
}

fn dotted(names: &[Name]) -> String {
    names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

fn import(item: &Use) -> String {
    let path = dotted(&item.path);
    match &item.names {
        UseNames::Last => path,
        UseNames::Alias(name) => format!("{path} as {}", name.text),
        UseNames::Some(names) => {
            let names: Vec<_> = names.iter().map(|name| format!("{path}.{}", name.text)).collect();
            names.join(", ")
        }
    }
}

fn documentation(out: &mut String, indent: &str, doc: Option<&str>) {
    for line in doc.into_iter().flat_map(str::lines) {
        let _ = writeln!(out, "{indent}\"{line}\"");
    }
}

fn binding(out: &mut String, indent: &str, item: &Let) {
    documentation(out, indent, item.doc.as_deref());
    let _ = writeln!(out, "{indent}let {} = {}", item.name.text, expr(&item.value));
}

fn declaration(out: &mut String, item: &Declaration) {
    documentation(out, "", item.doc.as_deref());
    out.push_str(&item.kind.text);
    if let Some(name) = &item.name {
        let _ = write!(out, " {}", name.text);
    }
    if let Some(params) = &item.params {
        let params: Vec<String> = params.iter().map(param).collect();
        let _ = write!(out, "({})", params.join(", "));
    }
    tail(out, &item.bases, &item.operands);
    block(out, "", &item.body);
}

fn param(param: &Param) -> String {
    let doc = param.doc.as_ref().map(|doc| format!("{doc:?} ")).unwrap_or_default();
    let default = param.default.as_ref().map(|default| format!(" = {}", expr(default))).unwrap_or_default();
    format!("{doc}{}: {}{default}", param.name.text, expr(&param.ty))
}

fn tail(out: &mut String, bases: &[Expr], operands: &[Expr]) {
    if !bases.is_empty() {
        let _ = write!(out, " : {}", joined(bases));
    }
    if !operands.is_empty() {
        let operands: Vec<String> = operands.iter().map(expr).collect();
        let _ = write!(out, " {}", operands.join(" | "));
    }
}

fn block(out: &mut String, indent: &str, body: &Block) {
    out.push_str(" {\n");
    let inner = format!("{indent}  ");
    for statement in &body.statements {
        match statement {
            Statement::Let(item) => binding(out, &inner, item),
            Statement::Field(item) => field(out, &inner, item),
            Statement::Clause(item) => clause(out, &inner, item),
        }
    }
    let _ = writeln!(out, "{indent}}}");
}

fn field(out: &mut String, indent: &str, item: &Field) {
    documentation(out, indent, item.doc.as_deref());
    let _ = write!(
        out,
        "{indent}{} = {}",
        item.name.text,
        item.value.as_ref().map_or_else(|| "…".to_owned(), expr)
    );
    match &item.body {
        Some(body) => block(out, indent, body),
        None => out.push('\n'),
    }
}

fn clause(out: &mut String, indent: &str, item: &Clause) {
    documentation(out, indent, item.doc.as_deref());
    let _ = write!(out, "{indent}{}", item.keyword.text);
    tail(out, &item.bases, &item.operands);
    match &item.body {
        Some(body) => block(out, indent, body),
        None => out.push('\n'),
    }
}

fn joined(values: &[Expr]) -> String {
    values.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn arguments(args: &[Arg]) -> String {
    let arg = |arg: &Arg| match &arg.name {
        Some(name) => format!("{} = {}", name.text, expr(&arg.value)),
        None => expr(&arg.value),
    };
    args.iter().map(arg).collect::<Vec<_>>().join(", ")
}

fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Number(text) => text.to_string(),
        ExprKind::Percent(text) => format!("{text}%"),
        ExprKind::Quantity(number, unit) => format!("quantity({}, {})", number.text, unit.text),
        ExprKind::Version(text) => format!("version({text})"),
        ExprKind::Range(text) => format!("range({text})"),
        ExprKind::Date(text) => format!("date({text})"),
        ExprKind::DateTime(text) => format!("date-time({text})"),
        ExprKind::Time(text) => format!("time({text})"),
        ExprKind::Text(parts) => {
            let part = |part: &TextPart| match part {
                TextPart::Characters(text) => format!("{text:?}"),
                TextPart::Interpolation(value) => expr(value),
            };
            format!("text({})", parts.iter().map(part).collect::<Vec<_>>().join(", "))
        }
        ExprKind::Raw(text) => format!("raw({text:?})"),
        ExprKind::Bool(known) => known.to_string(),
        ExprKind::Path(names, None) => dotted(names),
        ExprKind::Path(names, Some(args)) => format!("{}({})", dotted(names), arguments(args)),
        ExprKind::List(values) => format!("[{}]", joined(values)),
        ExprKind::Comprehension(inner) => {
            let filter =
                inner.filter.as_ref().map(|filter| format!(" if {}", expr(filter))).unwrap_or_default();
            format!("[for {} in {}{filter} : {}]", inner.name.text, expr(&inner.items), expr(&inner.value))
        }
        ExprKind::Unary(UnaryOp::Not, inner) => format!("(not {})", expr(inner)),
        ExprKind::Unary(UnaryOp::Negative, inner) => format!("(-{})", expr(inner)),
        ExprKind::Binary(op, left, right) => {
            format!("({} {} {})", expr(left), BinaryOp::text(*op), expr(right))
        }
        ExprKind::If(parts) => {
            format!("(if {} then {} else {})", expr(&parts[0]), expr(&parts[1]), expr(&parts[2]))
        }
        ExprKind::Paren(inner) => expr(inner),
        ExprKind::Group(values) => format!("group({})", joined(values)),
        ExprKind::Word(word) => format!("word({word})"),
        ExprKind::Missing => "…".to_owned(),
    }
}
