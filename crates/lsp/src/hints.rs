//! What a text does not show: values that were worked out, versions that are left open, the names of arguments, what a stage moves
//! and when it may start.

use clearway_diagnostics::{Place, Span};
use clearway_model::{
    Db, Item, SourceFile, Workspace, deployable, items, meanings, release, span_of, syntax_of, views,
};
use clearway_syntax::{self as syntax, Expr, ExprKind, Visit};

use crate::completion::called;
use crate::describe::worked_out;
use crate::order;
use crate::reader::Reader;

/// How much of a value is shown.
const WIDTH: usize = 40;

/// A word between the words of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    pub offset: u32,
    pub label: String,
    /// The name of an argument, before it; else a value, behind what it is the value of.
    pub argument: bool,
}

/// The hints in a range of a file, in the order of the text.
pub(crate) fn hints(workspace: &Workspace, file: SourceFile, range: Span, reader: &Reader) -> Vec<Hint> {
    let db: &dyn Db = workspace;
    let mut found = Vec::new();
    for item in items(db, file) {
        let Some(syntax) = syntax_of(db, *item) else { continue };
        let mut hints = Hints { db, item: *item, found: Vec::new() };
        match syntax.item() {
            syntax::Item::Declaration(declaration) => hints.declaration(declaration),
            syntax::Item::Let(binding) => hints.expr(&binding.value),
            syntax::Item::Use(_) => {}
        }
        found.extend(hints.found);
        if item.kind(db) == "release" {
            found.extend(open_versions(db, *item));
            found.extend(stages(workspace, *item, reader));
        }
    }
    found.retain(|hint| range.start <= hint.offset && hint.offset <= range.end);
    found.sort_by_key(|hint| hint.offset);
    found
}

struct Hints<'db> {
    db: &'db dyn Db,
    item: Item,
    found: Vec<Hint>,
}

impl Visit for Hints<'_> {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Path(path, Some(args)) = &expr.kind
            && let Some(params) =
                called(self.db, self.item.file(self.db), path).filter(|params| params.len() > 1)
        {
            let positional = args.iter().zip(params).take_while(|(arg, _)| arg.name.is_none());
            for (arg, param) in positional {
                let offset = span_of(self.db, self.item, arg.value.id).start;
                self.found.push(Hint { offset, label: format!("{} =", param.name), argument: true });
            }
        }
        match self.value(expr) {
            // What is worked out as a whole needs no parts.
            Some(hint) => self.found.push(hint),
            None => syntax::walk_expr(self, expr),
        }
    }
}

impl Hints<'_> {
    /// The value of a name, a call or a calculation, where it is another text.
    fn value(&self, expr: &Expr) -> Option<Hint> {
        let computes = match &expr.kind {
            ExprKind::Path(..) | ExprKind::Comprehension(_) | ExprKind::If(_) => true,
            ExprKind::Binary(op, ..) => !op.compares() && *op != syntax::BinaryOp::Span,
            _ => false,
        };
        let value = meanings(self.db, self.item).value(expr.id).filter(|_| computes)?;
        let span = span_of(self.db, self.item, expr.id);
        let shown = value.to_string();
        let differs = shown != self.item.file(self.db).text(self.db)[span.range()];
        if !worked_out(&value.kind)
            || !differs
            || matches!(value.kind, clearway_model::ValueKind::Condition(_))
        {
            return None;
        }
        let short = match shown.char_indices().nth(WIDTH) {
            Some((at, _)) => format!("{}…", &shown[..at]),
            None => shown,
        };
        Some(Hint { offset: span.end, label: format!("= {short}"), argument: false })
    }
}

/// How much each stage of a release moves, and when it may start.
fn stages(workspace: &Workspace, item: Item, reader: &Reader) -> Vec<Hint> {
    let Some(proved) = order::of_release(workspace, item) else { return Vec::new() };
    let stages = release(workspace, item).view.stages.iter();
    let hint = |stage: &views::Stage| {
        let environment = stage.environment.as_ref()?;
        let Place::Node(_, _, node) = environment.place else { return None };
        let proved = proved.iter().find(|proved| proved.environment == environment.value.name)?;
        let offset = span_of(workspace, item, node).end;
        let earliest = reader.earliest(workspace, stage).map(|from| format!(", {from}"));
        let label = order::short(proved) + &earliest.unwrap_or_default();
        Some(Hint { offset, label, argument: false })
    };
    stages.filter_map(hint).collect()
}

/// The declared versions of what a release ships without one.
fn open_versions(db: &dyn Db, item: Item) -> Vec<Hint> {
    let ships = release(db, item).view.ship.iter().filter(|ship| ship.version.is_none());
    let hint = |ship: &views::Ship| {
        let service = ship.service.as_ref()?;
        let Place::Node(_, _, node) = service.place else { return None };
        let version = deployable(db, service.value.item).view.version.as_ref()?.value.clone();
        Some(Hint { offset: span_of(db, item, node).end, label: version.to_string(), argument: false })
    };
    ships.filter_map(hint).collect()
}
