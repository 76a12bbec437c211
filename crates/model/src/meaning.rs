//! What each word of an item means, and which value is wanted and found at each expression: for editors.
//!
//! It is not worked out a second time. An item is lowered once more, and the evaluator writes down what it finds at every name;
//! so an editor cannot see another meaning than the checks do. The same is done with an item that is only thought of: the text
//! at hand with a name put in at the cursor, to find out what could stand there.

use clearway_diagnostics::NodeId;
use clearway_syntax::{self as syntax, Block, Expr, Name, Statement, Tree, UseNames};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::db::Db;
use crate::eval::{Evaluator, Local, type_of};
use crate::lowering;
use crate::naming::{Import, Imported};
use crate::query::{Item, SourceFile, deployable, modules, scope, syntax_of};
use crate::value::{Value, ValueKind};
use crate::views::DEPLOYABLE;
use crate::vocabulary::{
    Clause, Contents, Field, Flag, Function, Kind, Label, Matched, Mismatch, Parameter, Slot, Type, Unit,
    Vocabulary,
};

/// What a word means.
#[derive(Debug, Clone)]
pub enum Meaning {
    /// The kind of a declaration.
    Kind(&'static Kind),
    /// The name of a field.
    Field(&'static Field),
    /// The first word of a clause.
    Clause(&'static Clause),
    /// The word before an operand.
    Label(&'static Label),
    /// A word that is there or not.
    Flag(&'static Flag),
    /// A word of an enum: the enum, the word.
    Word(SmolStr, SmolStr),
    /// A unit.
    Unit(&'static Unit),
    /// A function of the vocabulary.
    Function(&'static Function),
    /// The name of an argument.
    Argument(Parameter),
    /// A declaration or a top-level `let`, where it is declared and where it is named.
    Declaration(Item),
    /// A part of a declaration.
    Part(Item, SmolStr),
    /// A person.
    Person(SmolStr),
    /// A module.
    Module(SourceFile),
    /// A parameter, block `let` or comprehension variable, by the node that declares it.
    Local(NodeId),
    /// Nothing: a statement's first word that its block does not know.
    UnknownStatement(&'static Contents),
    /// Nothing: a word among operands, where one of these labels and flags could stand.
    UnknownOperand(&'static Contents),
}

/// One name, or several joined by dots, with what they mean.
#[derive(Debug, Clone)]
pub struct Word {
    /// The node of the first name.
    pub first: NodeId,
    /// The node of the last name.
    pub last: NodeId,
    /// What it means.
    pub meaning: Meaning,
}

/// What there is to say about the words and expressions of an item.
#[derive(Debug, Default)]
pub struct Meanings {
    words: Vec<Word>,
    wanted: FxHashMap<NodeId, Type>,
    values: FxHashMap<NodeId, Value>,
    /// What is in scope at the watched node.
    locals: Vec<(SmolStr, Value)>,
    /// What is looked into by the watched node, a name after a dot.
    holders: Vec<Type>,
    /// The operands before the watched node, in its clause.
    operands: Vec<Value>,
    /// The fields and clauses that stand beside the watched one.
    beside: Vec<SmolStr>,
}

/// Writes down meanings while an item is lowered.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    found: Meanings,
    /// The nodes whose surroundings are of interest.
    watched: Vec<NodeId>,
}

impl Meanings {
    /// The words in the order in which they were met.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// What a node means.
    pub fn of_node(&self, node: NodeId) -> Option<&Meaning> {
        self.words.iter().find(|word| word.first == node && word.last == node).map(|word| &word.meaning)
    }

    /// What was wanted of an expression.
    pub fn wanted(&self, node: NodeId) -> Option<&Type> {
        self.wanted.get(&node)
    }

    /// Every expression with what was wanted of it.
    pub fn wanted_types(&self) -> impl Iterator<Item = (NodeId, &Type)> {
        self.wanted.iter().map(|(node, ty)| (*node, ty))
    }

    /// What an expression came to.
    pub fn value(&self, node: NodeId) -> Option<&Value> {
        self.values.get(&node)
    }

    /// Every expression that came to something.
    pub fn values(&self) -> impl Iterator<Item = (NodeId, &Value)> {
        self.values.iter().map(|(node, value)| (*node, value))
    }

    /// The parameters, `let`s and variables in scope at the watched node, innermost last.
    pub fn locals(&self) -> &[(SmolStr, Value)] {
        &self.locals
    }

    /// The types of what the watched node looks into, after a dot; `None` where it looks into nothing. What a type
    /// has is said by [`members`](crate::vocabulary::members).
    pub fn holders(&self) -> Option<&[Type]> {
        (!self.holders.is_empty()).then_some(self.holders.as_slice())
    }

    /// The values of the operands before the watched node, in its clause.
    pub fn operands(&self) -> &[Value] {
        &self.operands
    }

    /// The fields and clauses that stand in one block with the watched one.
    pub fn beside(&self) -> &[SmolStr] {
        &self.beside
    }

    /// What the words of an item mean.
    pub(crate) fn of(db: &dyn Db, item: Item) -> Self {
        let Some(syntax) = syntax_of(db, item) else { return Self::default() };
        let mut found = lowering::record(db, item, syntax.item(), Recorder::default()).found;
        found.head(db, item, syntax.item());
        found.parts(db, item);
        found
    }

    /// What the words of an item would mean that stands in no text, and what surrounds some of its nodes.
    pub fn imagined(db: &dyn Db, item: Item, tree: &Tree, index: usize, watched: &[NodeId]) -> Self {
        let Some(syntax) = tree.items.get(index) else { return Self::default() };
        let recorder = Recorder { watched: watched.to_vec(), ..Recorder::default() };
        lowering::record(db, item, syntax, recorder).found
    }

    fn add(&mut self, name: &Name, meaning: Meaning) {
        self.words.push(Word { first: name.id, last: name.id, meaning });
    }

    /// The names that an item itself brings into the world.
    fn head(&mut self, db: &dyn Db, item: Item, syntax: &syntax::Item) {
        match syntax {
            syntax::Item::Use(import) => self.import(db, item, import),
            syntax::Item::Let(binding) => self.add(&binding.name, Meaning::Declaration(item)),
            syntax::Item::Declaration(declaration) => {
                if let Some(name) = &declaration.name {
                    self.add(name, Meaning::Declaration(item));
                }
            }
        }
    }

    fn import(&mut self, db: &dyn Db, item: Item, import: &syntax::Use) {
        let all = modules(db, db.project(), item.file(db).package(db));
        let mut path = String::new();
        for name in &import.path {
            path = if path.is_empty() { name.text.to_string() } else { format!("{path}.{}", name.text) };
            if let Some(module) = all.get(&path) {
                self.add(name, Meaning::Module(module));
            }
        }
        let imports = scope(db, item.file(db)).imports.iter().filter(|found| found.item == item);
        for Import { node, target, .. } in imports {
            let meaning = match target {
                Imported::Items(found) => found.first().map(|found| Meaning::Declaration(*found)),
                Imported::Module(module) => Some(Meaning::Module(*module)),
                Imported::Unknown => None,
            };
            let Some(meaning) = meaning else { continue };
            // With another name for it, the path's last name means the same.
            if let (UseNames::Alias(_), Some(last)) = (&import.names, import.path.last()) {
                self.add(last, meaning.clone());
            }
            self.words.push(Word { first: *node, last: *node, meaning });
        }
    }

    /// The names of the parts that a declaration provides.
    fn parts(&mut self, db: &dyn Db, item: Item) {
        if !DEPLOYABLE.contains(&item.kind(db).as_str()) {
            return;
        }
        let view = &deployable(db, item).view;
        let provided = view.provides.iter().chain(view.at.iter().flat_map(|facts| &facts.provides));
        for part in provided.filter_map(|provided| provided.part.as_ref()) {
            if let clearway_diagnostics::Place::Node(_, owner, node) = part.place
                && owner == item.place_id()
            {
                let meaning = Meaning::Part(item, part.value.clone());
                self.words.push(Word { first: node, last: node, meaning });
            }
        }
    }
}

impl Recorder {
    pub(crate) fn value(&mut self, node: NodeId, value: &Value) {
        let person = self.found.wanted.get(&node).is_some_and(|ty| ty.alternatives().contains(&Type::Person));
        if let (true, ValueKind::Name(name)) = (person, &value.kind) {
            self.found.words.push(Word { first: node, last: node, meaning: Meaning::Person(name.clone()) });
        }
        self.found.values.insert(node, value.clone());
    }
}

impl Evaluator<'_> {
    /// Notes what a name means. Nothing is noted of text that stands elsewhere.
    pub(crate) fn record(&mut self, name: &Name, meaning: impl FnOnce() -> Meaning) {
        self.record_words(std::slice::from_ref(name), meaning);
    }

    /// Notes what a dotted name means as a whole.
    pub(crate) fn record_words(&mut self, names: &[Name], meaning: impl FnOnce() -> Meaning) {
        let (Some(recorder), [first, ..]) = (&mut self.recorder, names) else { return };
        let last = names.last().unwrap_or(first).id;
        // The value of a comprehension is evaluated for each item.
        let known = |word: &Word| word.first == first.id && word.last == last;
        if !recorder.found.words.iter().any(known) {
            recorder.found.words.push(Word { first: first.id, last, meaning: meaning() });
        }
    }

    /// Notes a declaration that is named, and its part.
    pub(crate) fn record_declared(&mut self, name: &Name, item: Item, part: Option<&Name>) {
        self.record(name, || Meaning::Declaration(item));
        if let Some(part) = part {
            self.record(part, || Meaning::Part(item, part.text.clone()));
        }
    }

    /// Notes a local or a word of an enum.
    pub(crate) fn record_word(&mut self, name: &Name, kind: &ValueKind) {
        if self.recorder.is_none() {
            return;
        }
        if let Some(node) = self.local(&name.text).map(|local| local.node) {
            self.record(name, || Meaning::Local(node));
        } else if let ValueKind::Word(of, word) = kind {
            self.record(name, || Meaning::Word(of.clone(), word.clone()));
        }
    }

    /// Notes what is wanted of an expression.
    pub(crate) fn record_wanted(&mut self, expr: &Expr, ty: &Type) {
        let locals = &self.locals;
        let Some(recorder) = &mut self.recorder else { return };
        recorder.found.wanted.insert(expr.id, ty.clone());
        let watched = |node: NodeId| recorder.watched.contains(&node);
        let inside = match &expr.kind {
            syntax::ExprKind::Path(names, _) => names.iter().any(|name| watched(name.id)),
            _ => false,
        };
        if inside || watched(expr.id) {
            recorder.found.locals =
                locals.iter().map(|local| (local.name.clone(), local.value.clone())).collect();
        }
    }

    /// Notes what a name after a dot looks into.
    pub(crate) fn record_holder(&mut self, name: &Name, of: &Value) {
        let Some(recorder) = &mut self.recorder else { return };
        if !recorder.watched.contains(&name.id) {
            return;
        }
        let ty = match &of.kind {
            ValueKind::Call(call) => {
                Vocabulary::get().functions.get(&call.function).map(|function| function.result.clone())
            }
            _ => type_of(of),
        };
        // What is not known has members that are not known either.
        let ty = ty.unwrap_or(Type::Any);
        if !recorder.found.holders.contains(&ty) {
            recorder.found.holders.push(ty);
        }
    }

    /// Notes what is wanted of a number's unit.
    pub(crate) fn record_wanted_unit(&mut self, unit: &Name, ty: &Type) {
        if let Some(recorder) = &mut self.recorder {
            recorder.found.wanted.insert(unit.id, ty.clone());
        }
    }

    /// Notes what a statement of a block is.
    pub(crate) fn record_statement(
        &mut self,
        contents: &'static Contents,
        block: Option<&Block>,
        statement: &Statement,
    ) {
        let Some(recorder) = &self.recorder else { return };
        let name = match statement {
            Statement::Let(_) => return,
            Statement::Field(field) => &field.name,
            Statement::Clause(clause) => &clause.keyword,
        };
        let watched = recorder.watched.contains(&name.id);
        let meaning = match statement {
            Statement::Field(_) => contents.field(&name.text).map(Meaning::Field),
            _ => contents.clause(&name.text).map(Meaning::Clause),
        };
        self.record(name, || meaning.unwrap_or(Meaning::UnknownStatement(contents)));
        if let (true, Some(recorder), Some(block)) = (watched, &mut self.recorder, block) {
            let names = block.statements.iter().filter_map(|statement| match statement {
                Statement::Let(_) => None,
                Statement::Field(field) => Some(field.name.text.clone()),
                Statement::Clause(clause) => Some(clause.keyword.text.clone()),
            });
            recorder.found.beside = names.collect();
        }
    }

    /// Notes the labels and flags of a clause, and the words that are none.
    pub(crate) fn record_operands(&mut self, contents: &'static Contents, matched: &Matched<'_>) {
        let Some(recorder) = &mut self.recorder else { return };
        let mut add =
            |node: NodeId, meaning| recorder.found.words.push(Word { first: node, last: node, meaning });
        for part in &matched.parts {
            let meaning = match part.slot {
                Slot::Positional(_) => continue,
                Slot::Label(at) => contents.labels.get(at).map(Meaning::Label),
                Slot::Flag(at) => contents.flags.get(at).map(Meaning::Flag),
            };
            if let (Some(node), Some(meaning)) = (part.word, meaning) {
                add(node, meaning);
            }
        }
        let mut lacking = Vec::new();
        let filled = |name: &SmolStr| matched.parts.iter().any(|part| part.name == *name);
        let open = contents.positionals.iter().find(|positional| !filled(&positional.name));
        for mismatch in &matched.mismatches {
            match mismatch {
                Mismatch::UnknownLabel(_, node) | Mismatch::MissingLabel(_, Some(node)) => {
                    add(*node, Meaning::UnknownOperand(contents));
                    lacking.extend(open.map(|positional| (*node, positional.ty.clone())));
                }
                Mismatch::NoValue(label, node) => add(*node, Meaning::Label(label)),
                Mismatch::MissingPositional(positional, Some(found)) => {
                    lacking.push((found.id, positional.ty.clone()));
                }
                _ => {}
            }
        }
        recorder.found.wanted.extend(lacking);
        let watched = &recorder.watched;
        let here =
            matched.parts.iter().any(|part| {
                let value = part.value.as_ref().map(|value| value.id);
                let names = part.value.as_ref().and_then(|value| value.as_name()).map(|name| name.id);
                [value, names, part.word].into_iter().flatten().any(|node| watched.contains(&node))
            }) || recorder.found.words.iter().any(|word| {
                matches!(word.meaning, Meaning::UnknownOperand(_)) && watched.contains(&word.first)
            });
        if here {
            let before: Vec<_> = matched.parts.iter().filter_map(|part| part.value.clone()).collect();
            recorder.found.beside = matched.parts.iter().map(|part| part.name.clone()).collect();
            self.record_operands_before(&before);
        }
    }

    /// The declarations that the operands of the watched clause name: what is known of them helps with what follows.
    fn record_operands_before(&mut self, operands: &[std::borrow::Cow<'_, Expr>]) {
        let mut inner = Evaluator::new(self.db, self.item);
        let ty = Type::Part(Box::new(Type::Either(
            Vocabulary::get().kinds.keys().cloned().map(Type::Declaration).collect(),
        )));
        let named = operands.iter().filter(|expr| matches!(expr.kind, syntax::ExprKind::Path(..)));
        let values: Vec<Value> = named.map(|expr| inner.eval(expr, &ty)).collect();
        if let Some(recorder) = &mut self.recorder {
            recorder.found.operands = values;
        }
    }

    /// The innermost local with a name.
    pub(crate) fn local(&self, name: &str) -> Option<&Local> {
        self.locals.iter().rev().find(|local| local.name == name)
    }
}
