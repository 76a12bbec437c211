//! The parameters of the call around the cursor, and which of them is being written.

use clearway_diagnostics::{NodeId, Span};
use clearway_model::vocabulary::{Parameter, Vocabulary};
use clearway_model::{Db, Resolution, SourceFile, item_at, resolve, span_of, syntax_of};
use clearway_syntax::{self as syntax, Arg, Expr, ExprKind, Item, Name, Visit};

use crate::completion::{Cursor, called};
use crate::describe;

/// A call's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub label: String,
    pub doc: String,
    /// The parameters in words, each a part of the label.
    pub parameters: Vec<String>,
    pub active: Option<usize>,
}

/// The call around an offset.
pub(crate) fn signature(db: &dyn Db, file: SourceFile, offset: u32) -> Option<Signature> {
    // The text as it is, and if it is not sound, the text with a name at the cursor.
    let item = item_at(db, file, offset).and_then(|item| {
        let syntax = syntax_of(db, item).as_ref()?;
        innermost(syntax.item(), |node| span_of(db, item, node), offset)
    });
    let (path, args, at) = item.or_else(|| {
        let cursor = Cursor::find(db, file, offset)?;
        let start = cursor.piece;
        innermost(cursor.item()?, |node| cursor.tree.span(node).shifted(start), cursor.typed.start)
    })?;
    let params = called(db, file, &path)?;
    let name = path.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".");
    Some(Signature {
        label: format!("{name}({})", describe::parameters(params)),
        doc: doc(db, file, &name),
        parameters: params.iter().map(describe::parameter).collect(),
        active: active(params, &args, at),
    })
}

type Call = (Vec<Name>, Vec<Arg>, usize);

/// The innermost call whose arguments hold an offset, with the number of the argument there.
fn innermost(item: &Item, span: impl Fn(NodeId) -> Span, offset: u32) -> Option<Call> {
    struct Search<F: Fn(NodeId) -> Span>(F, u32, Option<Call>);
    impl<F: Fn(NodeId) -> Span> Visit for Search<F> {
        fn expr(&mut self, expr: &Expr) {
            if let ExprKind::Path(path, Some(args)) = &expr.kind
                && let Some(last) = path.last()
            {
                let inside = (self.0)(last.id).end < self.1 && self.1 < (self.0)(expr.id).end;
                if inside {
                    let before = args.iter().filter(|arg| (self.0)(arg.id).end < self.1).count();
                    self.2 = Some((path.clone(), args.clone(), before));
                }
            }
            syntax::walk_expr(self, expr);
        }
    }
    let mut search = Search(span, offset, None);
    match item {
        Item::Declaration(declaration) => search.declaration(declaration),
        Item::Let(binding) => search.expr(&binding.value),
        Item::Use(_) => {}
    }
    search.2
}

fn active(params: &[Parameter], args: &[Arg], at: usize) -> Option<usize> {
    match args.get(at).and_then(|arg| arg.name.as_ref()) {
        Some(name) => params.iter().position(|param| param.name == name.text),
        None => {
            // An argument without a name follows the one before it.
            let before =
                at.checked_sub(1).and_then(|before| args.get(before)).and_then(|arg| arg.name.as_ref());
            let named = before.and_then(|name| params.iter().position(|param| param.name == name.text));
            Some(named.map_or(at, |named| named + 1)).filter(|at| *at < params.len())
        }
    }
}

fn doc(db: &dyn Db, file: SourceFile, name: &str) -> String {
    if let Resolution::Found(item) = resolve(db, file, name, &|kind| kind != "let" && kind != "use") {
        return describe::documentation(db, item);
    }
    Vocabulary::get().functions.get(name).map(|function| function.doc.to_string()).unwrap_or_default()
}
