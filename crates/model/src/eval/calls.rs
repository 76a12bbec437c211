//! Calls: functions of the vocabulary, and templates with their arguments.

use std::borrow::Cow;
use std::sync::Arc;

use clearway_diagnostics::{Diagnostic, Edit, Place, catalogue, suggest};
use clearway_syntax::{Arg, Expr, Name};
use smol_str::SmolStr;

use super::{Evaluator, functions, one_of};
use crate::meaning::Meaning;
use crate::naming::{Resolution, resolve};
use crate::value::{CallValue, Value, ValueKind};
use crate::vocabulary::{Function, Parameter, Type, Vocabulary};

impl Evaluator<'_> {
    pub(super) fn call(&mut self, expr: &Expr, path: &[Name], args: &[Arg], ty: &Type) -> Value {
        let place = self.place(expr.id);
        if let [name] = path {
            // A template of the project may be called like a function of the vocabulary.
            let resolved = resolve(self.db, self.file(), &name.text, &|kind| kind != "let");
            match (resolved, Vocabulary::get().functions.get(&name.text)) {
                (Resolution::Found(_) | Resolution::Poisoned, _) => {}
                (_, Some(function)) => {
                    self.record(name, || Meaning::Function(function));
                    let params = self.alike(function, args);
                    let args = self.bind(&params, args, &function.name, place);
                    if function.computed {
                        return functions::compute(self, &function.name, &args, place);
                    }
                    let function = function.name.clone();
                    return Value { place, kind: ValueKind::Call(Arc::new(CallValue { function, args })) };
                }
                (Resolution::NotImported(item), None) => return self.not_imported(name, item),
                (_, None) => return self.unknown_function(name, args, ty),
            }
        }
        self.declared(expr, path, Some(args), ty)
    }

    /// The parameters of a function; what may be anything beside a list is read as one item of that list, so that
    /// `contains(service.data, payment)` knows the word.
    fn alike(&mut self, function: &'static Function, args: &[Arg]) -> Cow<'static, [Parameter]> {
        let is_list = |ty: &Type| matches!(ty, Type::List(of) if **of == Type::Any);
        let [list, item] = function.params.as_slice() else { return Cow::Borrowed(&function.params) };
        let (true, Type::Any, Some(first)) = (is_list(&list.ty), &item.ty, args.first()) else {
            return Cow::Borrowed(&function.params);
        };
        // What is wrong with the list is told when it is bound.
        let (told, recorder) = (self.diagnostics.len(), self.recorder.take());
        let list_value = self.eval(&first.value, &list.ty);
        self.diagnostics.truncate(told);
        self.recorder = recorder;
        let ty = match one_of(&list_value) {
            ValueKind::Parameter(ty) => (*ty).clone(),
            // Nothing is in an empty list, or in one that is wrong, and what a word means beside it is not known.
            _ if list_value.items().is_empty() => Type::Either(vec![Type::Name, Type::Any]),
            _ => return Cow::Borrowed(&function.params),
        };
        let item = Parameter { ty, ..item.clone() };
        Cow::Owned(vec![list.clone(), item])
    }

    fn unknown_function(&mut self, name: &Name, args: &[Arg], ty: &Type) -> Value {
        for arg in args {
            self.eval(&arg.value, &Type::Any);
        }
        let place = self.place(name.id);
        let functions = Vocabulary::get().functions.values();
        // Of the functions that give what is wanted, or of all.
        let fit: Vec<&str> = functions
            .clone()
            .filter(|function| {
                ty.alternatives()
                    .iter()
                    .any(|ty| *ty == function.result || *ty == Type::List(Box::new(function.result.clone())))
            })
            .map(|function| function.name.as_str())
            .collect();
        let all = functions.map(|function| function.name.as_str());
        let closest =
            suggest::closest(&name.text, fit.iter().copied()).or_else(|| suggest::closest(&name.text, all));
        let message = format!("there is no function or template `{}`", name.text);
        let mut diagnostic =
            Diagnostic::new(catalogue::UNKNOWN_FUNCTION, message, place, "nothing has this name");
        diagnostic = match closest {
            Some(closest) => diagnostic
                .help(format!("did you mean `{closest}`?"))
                .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned())),
            None if !fit.is_empty() => diagnostic.help(format!("{ty} is given by `{}`", fit.join("`, `"))),
            None => diagnostic,
        };
        self.fail(diagnostic)
    }

    /// Every parameter with its argument or default, in the order of the parameters.
    pub(super) fn bind(
        &mut self,
        params: &[Parameter],
        args: &[Arg],
        callee: &str,
        place: Place,
    ) -> Vec<(SmolStr, Value)> {
        let mut given: Vec<Option<Value>> = vec![None; params.len()];
        let mut next = 0;
        for arg in args {
            let at = match &arg.name {
                Some(name) => params.iter().position(|param| param.name == name.text),
                None => (next < params.len()).then_some(next),
            };
            let at = at.or_else(|| {
                let place = self.place(arg.name.as_ref().map_or(arg.value.id, |name| name.id));
                self.report(surplus(place, arg, params, callee));
                // A misspelt name still says which one is meant: neither its value nor its absence is a second mistake.
                meant(arg, params).filter(|at| given[*at].is_none())
            });
            let Some(at) = at else {
                // What it should have been is not known.
                let told = self.diagnostics.len();
                self.eval(&arg.value, &Type::Any);
                self.diagnostics.truncate(told);
                continue;
            };
            next = at + 1;
            if let Some(name) = &arg.name {
                self.record(name, || Meaning::Argument(params[at].clone()));
            }
            let param = &params[at];
            let value = match &arg.name {
                Some(name) => self.eval_for(&arg.value, &param.ty, |this| {
                    (this.place(name.id), format!("`{}` takes {}", param.name, param.ty))
                }),
                None => self.eval(&arg.value, &param.ty),
            };
            if let Some(before) = &given[at] {
                let message = format!("`{}` is given twice", params[at].name);
                let diagnostic =
                    Diagnostic::new(catalogue::BAD_ARGUMENTS, message, self.place(arg.id), "given again")
                        .related(before.place, "given first here");
                self.report(diagnostic);
            }
            given[at] = Some(value);
        }
        let mut bound = Vec::with_capacity(params.len());
        for (param, value) in params.iter().zip(given) {
            let value = match (value, &param.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.default(default, &param.ty, place),
                (None, None) => self.fail(Diagnostic::new(
                    catalogue::BAD_ARGUMENTS,
                    format!("`{callee}` needs `{}`", param.name),
                    place,
                    format!("write `{callee}({} = …)` with {}", param.name, param.ty),
                )),
            };
            bound.push((param.name.clone(), value));
        }
        bound
    }

    /// The value of a default, which belongs to the place that leaves it out. Its text was checked where it stands.
    pub(crate) fn default(&mut self, default: &Expr, ty: &Type, place: Place) -> Value {
        let mut inner = Evaluator::new(self.db, self.item);
        inner.at = Some(place);
        inner.eval(default, ty)
    }
}

/// The parameter that a misspelt argument means.
fn meant(arg: &Arg, params: &[Parameter]) -> Option<usize> {
    let name = arg.name.as_ref()?;
    let closest = suggest::closest(&name.text, params.iter().map(|param| param.name.as_str()))?;
    params.iter().position(|param| param.name == closest)
}

fn surplus(place: Place, arg: &Arg, params: &[Parameter], callee: &str) -> Diagnostic {
    let Some(name) = &arg.name else {
        let message = match params.len() {
            0 => format!("`{callee}` takes no arguments"),
            1 => format!("`{callee}` takes one argument"),
            count => format!("`{callee}` takes {count} arguments"),
        };
        return Diagnostic::new(catalogue::BAD_ARGUMENTS, message, place, "one too many");
    };
    let message = format!("`{callee}` has no parameter `{}`", name.text);
    let diagnostic = Diagnostic::new(catalogue::BAD_ARGUMENTS, message, place, "no such parameter");
    let names = params.iter().map(|param| param.name.as_str());
    match suggest::closest(&name.text, names.clone()) {
        Some(closest) => diagnostic
            .help(format!("did you mean `{closest}`?"))
            .fix(format!("write `{closest}`"), Edit::Replace(place, closest.to_owned())),
        None => diagnostic.help(format!("its parameters are `{}`", names.collect::<Vec<_>>().join("`, `"))),
    }
}
