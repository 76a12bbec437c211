//! What to say of fields, clauses, labels and operands that do not fit.

use clearway_diagnostics::{Diagnostic, Edit, NodeId, catalogue, suggest};
use clearway_syntax::{self as syntax, BinaryOp, Expr, ExprKind};

use super::{Lowering, Values};
use crate::vocabulary::{self, Contents, Mismatch, Type, Vocabulary};

impl Lowering<'_> {
    /// `replicas = 10 after web`: the clause's first word is read as the unit of the number. Tells so.
    pub(super) fn clause_after_number(&mut self, contents: &'static Contents, field: &syntax::Field) -> bool {
        let Some(Expr { kind: ExprKind::Quantity(number, word), .. }) = &field.value else { return false };
        if Vocabulary::get().unit(&word.text).is_some() || contents.clause(&word.text).is_none() {
            return false;
        }
        let place = self.place(word.id);
        let message = format!("`{}` is no unit of `{}`", word.text, number.text);
        self.report(
            Diagnostic::new(catalogue::UNKNOWN_UNIT, message, place, "a clause starts here")
                .help("after a number a clause cannot start on the same line: write `;` before it")
                .fix("write `;`", Edit::Before(place, "; ".to_owned())),
        );
        true
    }

    pub(super) fn unknown_field(&mut self, contents: &'static Contents, field: &syntax::Field) {
        let name = &field.name;
        let place = self.place(name.id);
        let names = contents.fields.iter().map(|field| field.name.as_str());
        let message = format!("there is no field `{}` here", name.text);
        let mut diagnostic = Diagnostic::new(catalogue::UNKNOWN_FIELD, message, place, "unknown field");
        if contents.clause(&name.text).is_some() {
            diagnostic = diagnostic.help(format!("`{}` is a clause: write it without the `=`", name.text));
        } else if let Some(closest) = suggest::closest(&name.text, names.clone()) {
            diagnostic = diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
        } else if contents.fields.is_empty() {
            diagnostic = diagnostic.help("no field stands here");
        } else {
            diagnostic =
                diagnostic.help(format!("the fields are `{}`", names.collect::<Vec<_>>().join("`, `")));
        }
        self.report(diagnostic);
    }

    /// `requires x >= 1.2` compares where a range is meant; `watch x <=4 ms` is a range where a comparison is meant.
    pub(super) fn confused_operator(
        &self,
        spec: &vocabulary::Clause,
        clause: &syntax::Clause,
    ) -> Option<Diagnostic> {
        let wants_range = spec.contents.positionals.iter().any(|positional| positional.ty == Type::Range);
        let wants_condition =
            spec.contents.positionals.first().is_some_and(|positional| positional.ty == Type::Condition);
        match clause.operands.as_slice() {
            [Expr { kind: ExprKind::Binary(op, left, right), id }, ..] if wants_range && op.compares() => {
                let sign = range_sign(*op);
                let version = match &right.kind {
                    ExprKind::Number(text) | ExprKind::Version(text) => text.as_str(),
                    _ => "1.2",
                };
                let diagnostic = Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    format!("`{}` needs a version range, and this compares", clause.keyword.text),
                    self.place(right.id),
                    format!("`{sign}` stands apart from its version"),
                )
                .help(format!("a range has no space after its operator: `{sign}{version}`"));
                Some(match &left.kind {
                    ExprKind::Path(names, None) => {
                        let target: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
                        let joined = format!("{} {sign}{version}", target.join("."));
                        diagnostic.fix(format!("write `{joined}`"), Edit::Replace(self.place(*id), joined))
                    }
                    _ => diagnostic,
                })
            }
            [first, Expr { kind: ExprKind::Range(text), id }, ..]
                if wants_condition && matches!(first.kind, ExprKind::Path(..)) =>
            {
                let place = self.place(*id);
                let sign: String = text.chars().take_while(|c| !c.is_ascii_digit()).collect();
                let spaced = format!("{sign} {}", &text[sign.len()..]);
                Some(
                    Diagnostic::new(
                        catalogue::UNEXPECTED_OPERAND,
                        format!(
                            "`{}` needs a condition, and `{text}` is read as a version range",
                            clause.keyword.text
                        ),
                        place,
                        "a range",
                    )
                    .help("to compare, put a space after the operator")
                    .fix(format!("write `{spaced}`"), Edit::Replace(place, spaced)),
                )
            }
            _ => None,
        }
    }

    pub(super) fn unknown_clause(
        &mut self,
        contents: &'static Contents,
        clause: &syntax::Clause,
        values: &Values,
    ) {
        let keyword = &clause.keyword;
        let place = self.place(keyword.id);
        let words = contents.clauses.iter().map(|clause| clause.keyword.as_str());
        let message = format!("there is no clause `{}` here", keyword.text);
        let mut diagnostic = Diagnostic::new(catalogue::UNKNOWN_CLAUSE, message, place, "unknown clause");
        let label_of_last = values.clauses.last().filter(|last| {
            contents
                .clause(&last.keyword)
                .is_some_and(|spec| spec.contents.label_words().any(|word| word == keyword.text))
        });
        if contents.field(&keyword.text).is_some() {
            diagnostic =
                diagnostic.help(format!("`{}` is a field: write `{} = …`", keyword.text, keyword.text));
        } else if let Some(last) = label_of_last {
            diagnostic = diagnostic.help(format!(
                "`{}` belongs to `{}`: write it on that line, before the block",
                keyword.text, last.keyword
            ));
        } else if let Some(closest) = suggest::closest(&keyword.text, words.clone()) {
            diagnostic = diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned()));
        } else if let Some(closest) =
            suggest::closest(&keyword.text, contents.fields.iter().map(|field| field.name.as_str()))
        {
            diagnostic = diagnostic.help(format!("did you mean the field `{closest} = …`?"));
        } else if contents.clauses.is_empty() {
            diagnostic = diagnostic.help("no clause stands here");
        } else {
            diagnostic =
                diagnostic.help(format!("the clauses are `{}`", words.collect::<Vec<_>>().join("`, `")));
        }
        self.report(diagnostic);
    }

    pub(super) fn mismatch(
        &mut self,
        word: &str,
        node: NodeId,
        contents: &'static Contents,
        mismatch: Mismatch<'_>,
    ) {
        let diagnostic = match mismatch {
            Mismatch::MissingPositional(positional, found) => {
                let place = self.place(found.as_ref().map_or(node, |found| found.id));
                let (ty, name) = (positional.ty.to_string(), positional.name.replace('-', " "));
                let what = match ty.ends_with(&name) {
                    true => format!("`{word}` needs {ty}"),
                    false => format!("`{word}` needs {ty} for its {name}"),
                };
                let label = if found.is_some() { "not that" } else { "nothing follows" };
                Diagnostic::new(catalogue::MISSING_OPERAND, what, place, label)
            }
            Mismatch::MissingLabel(label, value) => {
                let what = format!("`{word}` needs `{}`", label.name);
                let place = self.place(value.unwrap_or(node));
                let diagnostic = Diagnostic::new(catalogue::MISSING_OPERAND, what, place, "");
                match value {
                    Some(_) => diagnostic.help(format!("write `{}` before it", label.name)).fix(
                        format!("write `{}`", label.name),
                        Edit::Before(place, format!("{} ", label.name)),
                    ),
                    None => diagnostic.help(format!("write `{} …` with {}", label.name, label.ty)),
                }
            }
            Mismatch::NoValue(label, at) => {
                let what = format!("`{}` has no value", label.name);
                Diagnostic::new(
                    catalogue::MISSING_OPERAND,
                    what,
                    self.place(at),
                    format!("expected {}", label.ty),
                )
            }
            Mismatch::Repeated(name, at, before) => {
                let what = format!("`{name}` is written twice");
                Diagnostic::new(catalogue::DUPLICATE_FIELD, what, self.place(at), "written again")
                    .related(self.place(before), "written first here")
            }
            Mismatch::UnknownLabel(name, at) => self.unknown_label(word, contents, &name, at),
            Mismatch::Unexpected(value) => {
                let labels: Vec<&str> = contents.labels.iter().map(|label| label.name.as_str()).collect();
                let place = self.place(value.id);
                let diagnostic = Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    format!("`{word}` has no place for this value"),
                    place,
                    "unexpected",
                );
                match labels.as_slice() {
                    [] => diagnostic,
                    [one] => diagnostic.help(format!("a value here follows the label `{one}`")),
                    labels => diagnostic
                        .help(format!("a value here follows one of the labels `{}`", labels.join("`, `"))),
                }
            }
        };
        self.report(diagnostic);
    }

    pub(super) fn unknown_label(
        &self,
        word: &str,
        contents: &'static Contents,
        name: &str,
        at: NodeId,
    ) -> Diagnostic {
        let place = self.place(at);
        if matches!(name, "and" | "or") {
            let message = format!("`{name}` has nothing after it on its line");
            return Diagnostic::new(catalogue::SYNTAX, message, place, "")
                .help(format!("begin the next line with `{name}`: an expression goes on where a line starts with its operator"));
        }
        let message = format!("`{word}` has no label `{name}`");
        let diagnostic = Diagnostic::new(catalogue::UNKNOWN_LABEL, message, place, "unknown label");
        let mut words = contents.label_words().peekable();
        let closest = suggest::closest(name, contents.label_words());
        match closest {
            Some(closest) => diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned())),
            None if contents.field(name).is_some() => {
                diagnostic.help(format!("`{name}` is a field of its block: write `{{ {name} = … }}`"))
            }
            None if words.peek().is_some() => {
                diagnostic.help(format!("its labels are `{}`", words.collect::<Vec<_>>().join("`, `")))
            }
            None => diagnostic.help("it has no labels"),
        }
    }
}

const fn range_sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Equal | BinaryOp::Unequal => "=",
        other => other.text(),
    }
}
