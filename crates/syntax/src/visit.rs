//! Walking a tree: override what is of interest, call the `walk_…` function to go on below it.

use crate::tree::{Block, Clause, Declaration, Expr, ExprKind, Statement, TextPart};

/// A visitor of declarations, blocks and expressions.
pub trait Visit {
    /// A declaration.
    fn declaration(&mut self, declaration: &Declaration) {
        walk_declaration(self, declaration);
    }

    /// A block.
    fn block(&mut self, block: &Block) {
        walk_block(self, block);
    }

    /// A clause.
    fn clause(&mut self, clause: &Clause) {
        walk_clause(self, clause);
    }

    /// An expression.
    fn expr(&mut self, expr: &Expr) {
        walk_expr(self, expr);
    }
}

/// Visits what is in a declaration.
pub fn walk_declaration<V: Visit + ?Sized>(visitor: &mut V, declaration: &Declaration) {
    for param in declaration.params.iter().flatten() {
        visitor.expr(&param.ty);
        param.default.iter().for_each(|default| visitor.expr(default));
    }
    declaration.bases.iter().for_each(|base| visitor.expr(base));
    declaration.operands.iter().for_each(|operand| visitor.expr(operand));
    visitor.block(&declaration.body);
}

/// Visits what is in a block.
pub fn walk_block<V: Visit + ?Sized>(visitor: &mut V, block: &Block) {
    for statement in &block.statements {
        match statement {
            Statement::Let(binding) => visitor.expr(&binding.value),
            Statement::Field(field) => {
                field.value.iter().for_each(|value| visitor.expr(value));
                field.body.iter().for_each(|body| visitor.block(body));
            }
            Statement::Clause(clause) => visitor.clause(clause),
        }
    }
}

/// Visits what is in a clause.
pub fn walk_clause<V: Visit + ?Sized>(visitor: &mut V, clause: &Clause) {
    clause.operands.iter().for_each(|operand| visitor.expr(operand));
    clause.bases.iter().for_each(|base| visitor.expr(base));
    clause.body.iter().for_each(|body| visitor.block(body));
}

/// Visits what is in an expression.
pub fn walk_expr<V: Visit + ?Sized>(visitor: &mut V, expr: &Expr) {
    match &expr.kind {
        ExprKind::Path(_, args) => args.iter().flatten().for_each(|arg| visitor.expr(&arg.value)),
        ExprKind::List(values) | ExprKind::Group(values) => {
            values.iter().for_each(|value| visitor.expr(value));
        }
        ExprKind::Comprehension(comprehension) => {
            visitor.expr(&comprehension.items);
            comprehension.filter.iter().for_each(|filter| visitor.expr(filter));
            visitor.expr(&comprehension.value);
        }
        ExprKind::Unary(_, operand) | ExprKind::Paren(operand) => visitor.expr(operand),
        ExprKind::Binary(_, left, right) => {
            visitor.expr(left);
            visitor.expr(right);
        }
        ExprKind::If(parts) => parts.iter().for_each(|part| visitor.expr(part)),
        ExprKind::Text(parts) => {
            for part in parts {
                if let TextPart::Interpolation(value) = part {
                    visitor.expr(value);
                }
            }
        }
        _ => {}
    }
}
