//! From a project to what its spec says. Policies are read from their texts, for what they look at is known only of a project; all else is
//! taken as it was evaluated, so that neither names of locals nor layout matter.

mod demands;
mod written;

use clearway_model::{
    ClauseValue, Db, Item, ItemSyntax, MANIFEST, Value, Values, Workspace, all_sources, items, lower,
    syntax_of,
};
use clearway_syntax::Declaration;

use self::demands::Reader;
use self::written::written;
use super::instance_name;
use crate::ir::Origin;
use crate::spec::{Spec, Statement, Written};

/// Of these, lists are in an order that means something.
const ORDERED: &str = "test";

/// What a policy is called that binds nobody.
const IDLE: &str = "policy out of force";

/// What the spec of a project says, with that of its packages.
pub fn spec(workspace: &Workspace) -> Spec {
    let db: &dyn Db = workspace;
    let mut spec = Spec::default();
    let binding = clearway_analysis::binding_policies(db, db.project());
    for file in all_sources(db, db.project()).filter(|file| !file.library(db)) {
        for item in items(db, file).iter().copied() {
            if let Some(declaration) = syntax_of(db, item).as_ref().and_then(ItemSyntax::declaration) {
                let mut found = head(db, item, declaration);
                if item.kind(db) == "policy" {
                    found.extend(Reader::new(db, item).policy(declaration));
                } else {
                    let is_set = item.kind(db) != ORDERED;
                    statements(db, &lower(db, item).values, &[], is_set, &mut found);
                }
                // What is not in force demands nothing: it is told, and not judged.
                let is_idle = item.kind(db) == "policy" && !binding.contains(&item);
                let kind = if is_idle { IDLE } else { item.kind(db).as_str() };
                let origin = Origin::new(kind, item.name(db));
                spec.declarations.entry(origin).or_default().extend(found);
            }
        }
    }
    spec.declarations.insert(Origin::new("manifest", MANIFEST), manifest(workspace));
    spec.declarations.values_mut().for_each(|statements| statements.sort());
    spec
}

/// What stands before the block: parameters, what is extended, and operands.
fn head(db: &dyn Db, item: Item, declaration: &Declaration) -> Vec<Statement> {
    let reader = Reader::new(db, item);
    let params = declaration.params.iter().flatten().map(|param| {
        let default = param.default.iter().map(|default| ("default".to_owned(), reader.expr(default)));
        Statement {
            within: Vec::new(),
            word: "parameter".to_owned(),
            about: Some(Written::text(param.name.text.as_str())),
            parts: std::iter::once(("type".to_owned(), reader.expr(&param.ty))).chain(default).collect(),
        }
    });
    let bases = lower(db, item).bases.iter().map(|base| {
        let name = Written::text(instance_name(base));
        Statement { within: Vec::new(), word: "extends".to_owned(), about: Some(name), parts: [].into() }
    });
    let operands = declaration.operands.iter().map(|operand| Statement {
        within: Vec::new(),
        word: "is".to_owned(),
        about: Some(reader.expr(operand)),
        parts: [].into(),
    });
    params.chain(bases).chain(operands).collect()
}

/// The statements of a block, and of the blocks in it.
fn statements(db: &dyn Db, values: &Values, within: &[String], is_set: bool, found: &mut Vec<Statement>) {
    for field in &values.fields {
        found.push(Statement {
            within: within.to_vec(),
            word: field.name.to_string(),
            about: None,
            parts: [(String::new(), written(db, &field.value, is_set))].into(),
        });
    }
    for clause in &values.clauses {
        found.push(statement(db, clause, within, is_set));
        let about = clause.parts.first().map(|(_, about)| format!(" {about}")).unwrap_or_default();
        let mut inner = within.to_vec();
        inner.push(format!("{}{about}", clause.keyword));
        statements(db, &clause.values, &inner, is_set, found);
    }
}

fn statement(db: &dyn Db, clause: &ClauseValue, within: &[String], is_set: bool) -> Statement {
    let mut parts = clause.parts.iter();
    let about = parts.next().map(|(_, about)| written(db, about, is_set));
    let parts = parts.map(|(name, value): &(_, Value)| (name.to_string(), written(db, value, is_set)));
    let flags = clause.flags.iter().map(|(flag, _)| (flag.to_string(), Written::text(flag.as_str())));
    Statement {
        within: within.to_vec(),
        word: clause.keyword.to_string(),
        about,
        parts: parts.chain(flags).collect(),
    }
}

/// What the manifest says of packages, and of what pipelines are.
fn manifest(workspace: &Workspace) -> Vec<Statement> {
    let manifest = workspace.manifest();
    let setting = |within: &str, name: &str, value: &str| Statement {
        within: vec![within.to_owned()],
        word: name.to_owned(),
        about: None,
        parts: [(String::new(), Written::text(value))].into(),
    };
    let packages =
        manifest.packages.iter().map(|(name, package)| setting("packages", name, package.path.as_str()));
    let targets = manifest.targets.iter().flat_map(|(target, settings)| {
        let within = format!("targets.{target}");
        settings.iter().map(move |(name, value)| setting(&within, name, value))
    });
    let pipeline = manifest.pipeline.iter().map(|(name, value)| setting("pipeline", name, value));
    let binding = manifest.binding.then(|| setting("project", "binding", "true"));
    packages.chain(targets).chain(pipeline).chain(binding).collect()
}
