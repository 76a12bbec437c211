//! An expression in the one style.

use crate::tree::{Arg, BinaryOp, Expr, ExprKind, TextPart, UnaryOp};

/// An expression in the one style, with what is said for its names.
pub struct Form<'n> {
    /// What is said for a name.
    pub name: &'n dyn Fn(&str) -> String,
}

impl Form<'_> {
    /// An expression.
    pub fn expr(&self, expr: &Expr) -> String {
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
            ExprKind::Text(parts) => {
                format!("\"{}\"", parts.iter().map(|part| self.text(part)).collect::<String>())
            }
            ExprKind::Raw(text) => format!("\"{text}\""),
            ExprKind::Bool(holds) => holds.to_string(),
            ExprKind::Path(names, args) => {
                let mut names = names.iter().map(|name| name.text.as_str());
                let first = names.next().map(|first| (self.name)(first)).unwrap_or_default();
                let rest: String = names.map(|name| format!(".{name}")).collect();
                let args = args.as_ref().map(|args| format!("({})", self.args(args))).unwrap_or_default();
                format!("{first}{rest}{args}")
            }
            ExprKind::List(items) => format!("[{}]", self.list(items)),
            ExprKind::Group(items) => self.list(items),
            ExprKind::Comprehension(one) => {
                // What each is called is no matter.
                let inner =
                    |name: &str| if name == one.name.text { "$each".to_owned() } else { (self.name)(name) };
                let inner = Form { name: &inner };
                let filter = one.filter.iter().map(|filter| format!(" if {}", inner.expr(filter)));
                let filter: String = filter.collect();
                format!("[for {}{filter} : {}]", self.expr(&one.items), inner.expr(&one.value))
            }
            ExprKind::Unary(UnaryOp::Not, inner) => format!("not {}", self.expr(inner)),
            ExprKind::Unary(UnaryOp::Negative, inner) => format!("-{}", self.expr(inner)),
            ExprKind::Binary(BinaryOp::Span, from, to) => format!("{}..{}", self.expr(from), self.expr(to)),
            ExprKind::Binary(op, left, right) => {
                format!("{} {} {}", self.expr(left), op.text(), self.expr(right))
            }
            ExprKind::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                let parts = [condition, then, otherwise].map(|part| self.expr(part));
                format!("if {} then {} else {}", parts[0], parts[1], parts[2])
            }
            ExprKind::Paren(inner) => format!("({})", self.expr(inner)),
            ExprKind::Missing => "…".to_owned(),
        }
    }

    fn list(&self, items: &[Expr]) -> String {
        items.iter().map(|item| self.expr(item)).collect::<Vec<_>>().join(", ")
    }

    fn args(&self, args: &[Arg]) -> String {
        let arg = |arg: &Arg| {
            let name = arg.name.as_ref().map(|name| format!("{} = ", name.text)).unwrap_or_default();
            format!("{name}{}", self.expr(&arg.value))
        };
        args.iter().map(arg).collect::<Vec<_>>().join(", ")
    }

    fn text(&self, part: &TextPart) -> String {
        match part {
            TextPart::Characters(text) => text.to_string(),
            TextPart::Interpolation(expr) => format!("${{{}}}", self.expr(expr)),
        }
    }
}
