//! The statements of a block: fields with their values, clauses with their parts, and what a block lacks.

use clearway_diagnostics::{Diagnostic, Edit, catalogue};
use clearway_syntax::{self as syntax, Block, Expr, ExprKind, Statement};

use super::{ClauseValue, FieldValue, Lowering, Owner, Values};
use crate::eval::{Evaluator, one_of};
use crate::value::Value;
use crate::vocabulary::{self, Contents, Matched, Mismatch, Slot, Type, Vocabulary, match_operands};

impl Lowering<'_> {
    /// The fields and clauses of a block, as they are written.
    pub(super) fn block(&mut self, contents: &'static Contents, block: Option<&Block>) -> Values {
        let mut values = Values::default();
        let locals = self.evaluator.locals.len();
        let unclosed = block.is_some_and(|block| block.unclosed);
        let mut statements = block.iter().flat_map(|block| &block.statements).peekable();
        while let Some(statement) = statements.next() {
            self.evaluator.record_statement(contents, block, statement);
            match statement {
                Statement::Field(field) if self.clause_after_number(contents, field) => {
                    values.fields.push(FieldValue {
                        name: field.name.text.clone(),
                        value: Value::unknown(self.place(field.name.id)),
                        written: true,
                    });
                    // What the clause has after its first word was read as a clause of its own.
                    statements.next_if(|next| {
                        matches!(next, Statement::Clause(rest) if contents.clause(&rest.keyword.text).is_none())
                    });
                }
                Statement::Let(binding) => {
                    let value = self.evaluator.eval(&binding.value, &Type::Any);
                    self.evaluator.bind_local(&binding.name, value);
                }
                // What is not known in a block without its `}` belongs to the block around it, most likely.
                Statement::Field(field) if unclosed && contents.field(&field.name.text).is_none() => {}
                Statement::Clause(clause) if unclosed && contents.clause(&clause.keyword.text).is_none() => {}
                Statement::Field(field) => self.field(contents, field, &mut values),
                Statement::Clause(clause) => self.clause(contents, clause, &mut values),
            }
        }
        self.evaluator.locals.truncate(locals);
        values
    }

    pub(super) fn field(&mut self, contents: &'static Contents, field: &syntax::Field, values: &mut Values) {
        let name = &field.name;
        let place = self.place(name.id);
        let Some(spec) = contents.field(&name.text) else {
            self.unknown_field(contents, field);
            return;
        };
        if let Some(body) = &field.body {
            let message = format!("`{}` takes no block", name.text);
            let place = self.place(body.id);
            self.report(Diagnostic::new(catalogue::UNEXPECTED_OPERAND, message, place, ""));
        }
        let value = match &field.value {
            Some(value) if !field.broken || self.evaluator.recorder.is_some() => {
                self.evaluator
                    .eval_for(value, &spec.ty, |_| (place, format!("`{}` takes {}", name.text, spec.ty)))
            }
            // A part of a value is no value: what is wrong with it was told by the syntax.
            _ => Value::unknown(place),
        };
        if let Some(before) = values.fields.iter().find(|before| before.name == name.text) {
            let before = before.value.place;
            let message = format!("`{}` is written twice", name.text);
            self.report(
                Diagnostic::new(catalogue::DUPLICATE_FIELD, message, place, "written again")
                    .related(before, "written first here"),
            );
            return;
        }
        values.fields.push(FieldValue { name: name.text.clone(), value, written: true });
    }

    pub(super) fn clause(
        &mut self,
        contents: &'static Contents,
        clause: &syntax::Clause,
        values: &mut Values,
    ) {
        let keyword = &clause.keyword;
        let place = self.place(keyword.id);
        let Some(spec) = contents.clause(&keyword.text) else {
            // What did not parse may have been the field of that name.
            if !clause.broken || contents.field(&keyword.text).is_none() {
                self.unknown_clause(contents, clause, values);
            }
            return;
        };
        if !spec.repeated
            && let Some(before) = values.clauses(&keyword.text).next()
        {
            let before = before.place;
            let message = format!("`{}` is written twice", keyword.text);
            self.report(
                Diagnostic::new(catalogue::DUPLICATE_FIELD, message, place, "written again")
                    .related(before, "written first here"),
            );
            return;
        }
        let mut value = ClauseValue {
            keyword: keyword.text.clone(),
            place,
            parts: Vec::new(),
            flags: Vec::new(),
            values: Values::default(),
            doc: clause.doc.clone(),
        };
        let locals = self.evaluator.locals.len();
        let matched = match_operands(&spec.contents, &clause.operands);
        self.evaluator.record_operands(&spec.contents, &matched);
        if let Some(next) = run_on(contents, &matched, &clause.operands) {
            let message =
                format!("`{}` starts another statement, and `{}` has not ended", next.text, keyword.text);
            let place = self.place(next.id);
            self.report(
                Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    message,
                    place,
                    "a clause ends at the end of its line",
                )
                .help("write `;` before it, or put it on the next line")
                .fix("write `;`", Edit::Before(place, "; ".to_owned())),
            );
            values.clauses.push(value);
            return;
        }
        self.operands(spec, clause, matched, &mut value);
        if let Some(body) = &clause.body {
            if spec.contents.has_block() {
                value.values = self.block(&spec.contents, Some(body));
            } else {
                let message = format!("`{}` takes no block", keyword.text);
                let place = self.place(body.id);
                self.report(Diagnostic::new(
                    catalogue::UNEXPECTED_OPERAND,
                    message,
                    place,
                    "nothing can stand in it",
                ));
            }
        }
        let subject = value.parts.first().map(|(_, subject)| subject);
        let words = || {
            format!("`{}{}`", keyword.text, subject.map(|subject| format!(" {subject}")).unwrap_or_default())
        };
        self.complete(
            &spec.contents,
            &mut value.values,
            &Owner {
                words: &words,
                place: subject.map_or(place, |subject| subject.place),
                silent: clause.broken || clause.body.as_ref().is_some_and(|body| body.broken),
            },
        );
        self.evaluator.locals.truncate(locals);
        values.clauses.push(value);
    }

    pub(super) fn operands(
        &mut self,
        spec: &'static vocabulary::Clause,
        clause: &syntax::Clause,
        matched: Matched<'_>,
        value: &mut ClauseValue,
    ) {
        if let Some(diagnostic) = self.confused_operator(spec, clause) {
            if !clause.broken {
                self.report(diagnostic);
            }
            return;
        }
        let told = self.evaluator.diagnostics.len();
        for part in &matched.parts {
            match (part.slot, &part.value, part.ty) {
                (Slot::Flag(_), ..) => {
                    let place = part.word.map_or(value.place, |word| self.place(word));
                    value.flags.push((part.name.clone(), place));
                }
                (_, Some(expr), Some(ty)) => {
                    // A label is asked for by its own word, a positional by the clause's.
                    let word = part.word.unwrap_or(clause.keyword.id);
                    let asks = |this: &Evaluator<'_>| {
                        let name = if part.word.is_some() { &part.name } else { &clause.keyword.text };
                        (this.place(word), format!("`{name}` takes {ty}"))
                    };
                    let evaluated = self.evaluator.eval_for(expr, ty, asks);
                    if let Slot::Label(at) = part.slot
                        && spec.contents.labels[at].binds
                        && let Some(name) = clause.operands.first().and_then(Expr::as_name)
                    {
                        let item = Value { place: evaluated.place, kind: one_of(&evaluated) };
                        self.evaluator.bind_local(name, item);
                    }
                    value.parts.push((part.name.clone(), evaluated));
                }
                _ => {}
            }
        }
        value.parts.shrink_to_fit();
        if clause.broken {
            // It did not parse to its end, and that was told: its last operand may be half of what was meant.
            self.evaluator.diagnostics.truncate(told);
        } else {
            for mismatch in matched.mismatches {
                // What fits nowhere may have been meant for a place that is empty: that the place is empty is not told as well.
                let is_free = |name: &str| value.parts.iter().all(|(part, _)| part != name);
                if let Mismatch::Unexpected(found) = &mismatch
                    && let Some(free) = spec.contents.positionals.iter().find(|place| is_free(&place.name))
                {
                    value.parts.push((free.name.clone(), Value::unknown(self.place(found.id))));
                }
                self.mismatch(&clause.keyword.text, clause.keyword.id, &spec.contents, mismatch);
            }
        }
    }

    /// Adds the defaults, and tells which required fields and clauses are missing.
    pub(super) fn complete(&mut self, contents: &'static Contents, values: &mut Values, owner: &Owner<'_>) {
        for field in &contents.fields {
            if values.field(&field.name).is_some() {
                continue;
            }
            if let Some(default) = &field.default {
                let value = self.evaluator.default(default, &field.ty, owner.place);
                values.fields.push(FieldValue { name: field.name.clone(), value, written: false });
            } else if field.required && !owner.silent && !self.misspelt(&field.name) {
                let message = format!("{} has no `{}`", (owner.words)(), field.name);
                let help = format!("add `{} = …` with {}", field.name, field.ty);
                self.report(
                    Diagnostic::new(
                        catalogue::MISSING_FIELD,
                        message,
                        owner.place,
                        format!("`{}` is required", field.name),
                    )
                    .help(help),
                );
            }
        }
        for clause in contents.clauses.iter().filter(|clause| clause.required) {
            if values.clauses(&clause.keyword).next().is_none()
                && !owner.silent
                && !self.misspelt(&clause.keyword)
            {
                let message = format!("{} has no `{}`", (owner.words)(), clause.keyword);
                self.report(Diagnostic::new(
                    catalogue::MISSING_FIELD,
                    message,
                    owner.place,
                    format!("at least one `{}` is required", clause.keyword),
                ));
            }
        }
        // Nothing more is added, and the values are kept.
        values.fields.shrink_to_fit();
        values.clauses.shrink_to_fit();
    }

    /// Whether an error before suggests this name: the field is there, under a wrong one.
    pub(super) fn misspelt(&self, name: &str) -> bool {
        let run_on = format!("`{name}` starts another statement");
        self.evaluator.diagnostics.iter().any(|diagnostic| {
            diagnostic.message.starts_with(&run_on) || {
                (diagnostic.code == catalogue::UNKNOWN_FIELD || diagnostic.code == catalogue::UNKNOWN_CLAUSE)
                    && diagnostic
                        .help
                        .iter()
                        .any(|help| help.contains(&format!("`{name}`")) && help.starts_with("did you mean"))
            }
        })
    }
}

/// The operand, or the name after a number, that is the first word of another clause: two stand on one line.
fn run_on<'t>(block: &Contents, matched: &Matched<'_>, operands: &'t [Expr]) -> Option<&'t syntax::Name> {
    let starts = |name: &&syntax::Name| block.clause(&name.text).is_some();
    let unknown = matched.mismatches.iter().find_map(|mismatch| match mismatch {
        Mismatch::UnknownLabel(_, node) => Some(*node),
        _ => None,
    });
    operands.iter().find_map(|operand| match &operand.kind {
        ExprKind::Quantity(_, unit) if Vocabulary::get().unit(&unit.text).is_none() => {
            Some(unit).filter(starts)
        }
        _ => operand.as_name().filter(|name| Some(name.id) == unknown).filter(starts),
    })
}
