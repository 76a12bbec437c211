//! Someone writes: random edits, and after each what the editor is told must be what a fresh check of the same texts finds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use clearway_model::{MemorySystem, System};
use clearway_tests::{Fixture, Rng, asked_for, repository};
use tower_lsp_server::ls_types::{TextDocumentContentChangeEvent, Uri};

use crate::host::{Host, ProjectFiles};
use crate::reader::Reader;
use crate::server::session::{Found, State, Work, check, check_edited, check_one_by_one, whole};
use crate::server::view::View;
use crate::{
    actions, completion, format, hints, hover, links, navigation, rename, shape, signature, symbols, tokens,
};

use super::fixture::reader;

const ROOT: &str = "/shop";

/// A project in memory.
#[derive(Clone, Default)]
struct Machine {
    manifest: String,
    sources: BTreeMap<String, Arc<str>>,
    system: MemorySystem,
}

impl Machine {
    fn example(name: &str) -> Self {
        let Fixture { manifest, sources, system, .. } =
            Fixture::folder(&repository().join("examples").join(name));
        let sources = sources.into_iter().map(|(path, text)| (path, text.into())).collect();
        Self { manifest, sources, system }
    }
}

impl Host for Machine {
    fn root_of(&self, file: &Utf8Path) -> Option<Utf8PathBuf> {
        file.starts_with(ROOT).then(|| ROOT.into())
    }

    fn project(&self, _: &Utf8Path) -> Result<ProjectFiles, String> {
        let sources = self.sources.iter().map(|(path, text)| (path.clone(), text.clone())).collect();
        Ok(ProjectFiles { manifest: self.manifest.clone(), sources })
    }

    fn read(&self, file: &Utf8Path) -> Option<Arc<str>> {
        self.sources.get(file.strip_prefix(ROOT).ok()?.as_str()).cloned()
    }

    fn system(&self, _: &Utf8Path) -> Arc<dyn System> {
        Arc::new(self.system.clone())
    }

    fn reader(&self) -> Reader {
        reader()
    }

    fn library(&self) -> Option<Utf8PathBuf> {
        Some("/library".into())
    }
}

fn uri(path: &str) -> Uri {
    Uri::from_file_path(format!("{ROOT}/{path}")).unwrap()
}

/// What is typed: pieces of the language, sound and not.
const PIECES: &[&str] = &[
    "{",
    "}",
    "\n",
    " ",
    "[",
    "]",
    "\"",
    "= ",
    "service x {\n  version = 1.0.0\n}\n",
    "requires ",
    "ledger.",
    "^2",
    "// ",
    "\"\"\"",
    "/*",
    "owner = payments\n",
    "use people",
    ".",
    "10 m",
    "step 5%",
    "🚀",
    "\r\n",
    "let a = 1\n",
    "é",
    "-",
];

/// An edit of a text: where, how much goes, what comes.
fn edit(rng: &mut Rng, text: &str) -> (std::ops::Range<usize>, String) {
    let boundary =
        |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = boundary(rng.below(text.len() + 1));
    match rng.below(4) {
        0 => (start..boundary(start + rng.below(12)).max(start), String::new()),
        1 => (start..boundary(start + rng.below(6)).max(start), (*rng.pick(PIECES)).to_owned()),
        _ => (start..start, (*rng.pick(PIECES)).to_owned()),
    }
}

/// Everything an editor may ask at an offset: it must have an answer, whatever the text is.
fn ask_everything(view: &View, offset: u32) {
    let (db, file) = (&view.workspace, view.file);
    let whole = clearway_diagnostics::Span::new(0, file.text(db).len() as u32);
    hover::hover(db, file, offset, &reader());
    completion::complete(db, file, offset);
    signature::signature(db, file, offset);
    hints::hints(db, file, whole, &reader());
    links::links(db, file);
    shape::folds(db, file);
    shape::around(db, file, offset);
    symbols::of_file(db, file);
    actions::actions(db, file, clearway_diagnostics::Span::new(offset, offset));
    actions::fix_all(db, file);
    format::format(file.text(db), None);
    let text = file.text(db);
    for token in tokens::tokens(db, file) {
        assert!(!text[token.span.range()].contains('\n'));
    }
    if let Some((target, _)) = navigation::Target::at(db, file, offset) {
        let declared = target.declaration(db);
        assert!(
            target.occurrences(db).iter().all(|place| place.span.end as usize <= place.file.text(db).len())
        );
        let _ = (declared, rename::rename(db, file, offset, "another-name"));
    }
}

fn session(example: &str, seed: u64, edits: usize) {
    let machine = Machine::example(example);
    let mut state = State::new(Arc::new(machine.clone()));
    let mut texts: BTreeMap<String, String> =
        machine.sources.iter().map(|(path, text)| (path.clone(), text.to_string())).collect();
    for (path, text) in &texts {
        assert_eq!(state.open(uri(path), 0, text.clone()), None);
    }
    let paths: Vec<String> = texts.keys().cloned().collect();
    let mut rng = Rng::new(seed);
    let mut before = Found::default();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for version in 1..=edits {
        let path = rng.pick(&paths).clone();
        let text = texts.get_mut(&path).unwrap();
        // Now and then all is well again.
        let (range, piece) = match rng.below(8) {
            0 => (0..text.len(), machine.sources[&path].to_string()),
            _ => edit(&mut rng, text),
        };
        let lines = crate::server::session::Lines::new(Arc::from(text.as_str()), state.encoding);
        let span = clearway_diagnostics::Span::new(range.start as u32, range.end as u32);
        // The protocol cannot say "between \r and \n".
        if lines.span(lines.range(span)) != span {
            continue;
        }
        let change = TextDocumentContentChangeEvent {
            range: Some(lines.range(span)),
            range_length: None,
            text: piece.clone(),
        };
        text.replace_range(range, &piece);
        state.change(&uri(&path), version as i32, vec![change]);
        {
            let view = state.view(&uri(&path)).unwrap();
            assert_eq!(view.file.text(&view.workspace).as_ref(), text, "the server has the client's text");
            ask_everything(&view, rng.below(text.len() + 1) as u32);
        }
        let work = state.next_dirty().unwrap();
        let told = whole(&work);
        let found = check(&work);
        // Of what is told first nothing has to be taken back, unless the edit changed something around the text.
        let again = Work { edited: BTreeSet::from([path.clone()]), found: found.clone(), ..work };
        let mut first = check_edited(&again);
        first.retain(|_, diagnostics| !diagnostics.is_empty());
        assert_eq!(first, found.by_file, "edit {version} of seed {seed}, in {path}");
        let second = check_one_by_one(&again);
        assert_eq!(second, found.by_file, "edit {version} of seed {seed}, in {path}: one by one");
        // And nothing is made up: whatever is told before the project is looked at is so, or was so.
        let early = check_one_by_one(&Work { found: before, ..again });
        for (uri, told) in early.iter().flat_map(|(uri, told)| told.iter().map(move |one| (uri, one))) {
            let is_so = found.by_file.get(uri).is_some_and(|now| now.contains(told));
            assert!(
                is_so || known.contains(&told.message),
                "edit {version} of seed {seed}, in {path}: {}",
                told.message
            );
        }
        known = found.by_file.values().flatten().map(|one| one.message.clone()).collect();
        before = found;
        let mut fresh = Machine {
            system: machine.system.clone(),
            manifest: machine.manifest.clone(),
            ..Machine::default()
        };
        fresh.sources = texts.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_str()))).collect();
        let mut anew = State::new(Arc::new(fresh));
        anew.open(uri(&path), 0, texts[&path].clone());
        let expected = whole(&anew.next_dirty().unwrap());
        assert_eq!(told, expected, "edit {version} of seed {seed}, in {path}");
    }
}

#[test]
fn what_is_told_after_an_edit_is_what_a_fresh_check_finds() {
    let examples = ["clinic", "online-boutique", "payments", "search", "wallet"];
    std::thread::scope(|scope| {
        let tried = examples.map(|example| {
            (example, scope.spawn(move || session(example, 1, asked_for("CLEARWAY_EDITS", 12))))
        });
        for (example, session) in tried {
            assert!(session.join().is_ok(), "{example}");
        }
    });
}
