//! The members of a type: what may follow a dot behind a value of it, as the vocabulary declares it.
//!
//! A policy is checked by them, and an editor offers them.

use smol_str::SmolStr;

use super::{Clause, Field, Flag, Function, Label, Parameter, Positional, Type, Vocabulary};

/// What every declaration has besides its fields.
const NAME: &str = "name";

/// Something that may follow a dot.
#[derive(Debug, Clone, Copy)]
pub struct Member<'t> {
    /// The block that has it, by its path from its kind: `release.stage`. Empty for an argument.
    path: &'t str,
    /// What it is.
    pub what: Declared,
}

/// Where a member is declared.
#[derive(Debug, Clone, Copy)]
pub enum Declared {
    /// A field of the block.
    Field(&'static Field),
    /// A clause of the block.
    Clause(&'static Clause),
    /// An operand of the clause, known by its place.
    Positional(&'static Positional),
    /// An operand of the clause, after its name.
    Label(&'static Label),
    /// A word of the clause that is there or not.
    Flag(&'static Flag),
    /// An argument of a call.
    Argument(&'static Function, &'static Parameter),
    /// The name of a declaration.
    Name,
}

impl Member<'_> {
    /// What stands after the dot.
    pub fn name(&self) -> &'static str {
        match self.what {
            Declared::Field(field) => &field.name,
            Declared::Clause(clause) => &clause.keyword,
            Declared::Positional(positional) => &positional.name,
            Declared::Label(label) => &label.name,
            Declared::Flag(flag) => &flag.name,
            Declared::Argument(_, param) => &param.name,
            Declared::Name => NAME,
        }
    }

    /// Its documentation, where it is declared. An argument has that of its function.
    pub fn doc(&self) -> &'static str {
        match self.what {
            Declared::Field(field) => &field.doc,
            Declared::Clause(clause) => &clause.doc,
            Declared::Positional(positional) => &positional.doc,
            Declared::Label(label) => &label.doc,
            Declared::Flag(flag) => &flag.doc,
            Declared::Argument(function, _) => &function.doc,
            Declared::Name => "Its name.",
        }
    }

    /// What it is a value of.
    pub fn ty(&self) -> Type {
        match self.what {
            Declared::Field(field) => field.ty.clone(),
            Declared::Clause(clause) => {
                let one = Type::Clause(self.clause_path(clause));
                if clause.repeated { Type::List(Box::new(one)) } else { one }
            }
            Declared::Positional(positional) => positional.ty.clone(),
            Declared::Label(label) => label.ty.clone(),
            Declared::Flag(_) => Type::Bool,
            Declared::Argument(_, param) => param.ty.clone(),
            Declared::Name => Type::Name,
        }
    }

    /// The path of a clause that the block has.
    pub(crate) fn clause_path(&self, clause: &Clause) -> SmolStr {
        SmolStr::new(format!("{}.{}", self.path, clause.keyword))
    }
}

/// What of a type has members.
pub(crate) enum Holders<'t> {
    /// It may be anything, and have any.
    Anything,
    /// Blocks, by their paths; none where nothing of the type has members.
    Blocks(Vec<&'t str>),
    /// The calls that give this.
    Calls(&'t Type),
}

impl<'t> Holders<'t> {
    pub(crate) fn of(ty: &'t Type) -> Self {
        let mut paths: Vec<&str> = Vec::new();
        for ty in ty.alternatives() {
            match ty {
                Type::Any => return Self::Anything,
                Type::Result(_) => return Self::Calls(ty),
                Type::Declaration(path) | Type::Clause(path) => paths.push(path),
                Type::Part(of) => paths.extend(of.alternatives().iter().filter_map(|ty| match ty {
                    Type::Declaration(kind) => Some(kind.as_str()),
                    _ => None,
                })),
                _ => {}
            }
        }
        Self::Blocks(paths)
    }
}

/// The members of a type, each name once: the first block that has it says what it is.
pub fn members(ty: &Type) -> Vec<Member<'_>> {
    let all: Vec<Member<'_>> = match Holders::of(ty) {
        Holders::Anything => Vec::new(),
        Holders::Blocks(paths) => paths.into_iter().flat_map(of_block).collect(),
        Holders::Calls(result) => of_calls(result).collect(),
    };
    let mut found: Vec<Member<'_>> = Vec::with_capacity(all.len());
    for member in all {
        if found.iter().all(|known| known.name() != member.name()) {
            found.push(member);
        }
    }
    found
}

/// The members of a block, by its path. What a block declares itself comes before the name that its declaration has.
pub(crate) fn of_block(path: &str) -> impl Iterator<Item = Member<'_>> {
    let contents = Vocabulary::get().contents_at(path).into_iter();
    let declared = contents.flat_map(|contents| {
        let fields = contents.fields.iter().map(Declared::Field);
        let clauses = contents.clauses.iter().map(Declared::Clause);
        let positionals = contents.positionals.iter().map(Declared::Positional);
        let labels = contents.labels.iter().map(Declared::Label);
        let flags = contents.flags.iter().map(Declared::Flag);
        fields.chain(clauses).chain(positionals).chain(labels).chain(flags)
    });
    let name = (!path.contains('.')).then_some(Declared::Name);
    declared.chain(name).map(move |what| Member { path, what })
}

/// The arguments of the calls that give something of a type.
pub(crate) fn of_calls(result: &Type) -> impl Iterator<Item = Member<'static>> + Clone {
    let functions = Vocabulary::get().functions.values().filter(move |function| function.result == *result);
    functions.flat_map(|function| {
        function.params.iter().map(|param| Member { path: "", what: Declared::Argument(function, param) })
    })
}
