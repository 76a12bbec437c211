//! Answers to one who writes: completion, parameters, hints, what can be done about a mistake.

use clearway_diagnostics::{Report, Span};
use tower_lsp_server::ls_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CompletionItem, CompletionItemKind, CompletionList,
    CompletionResponse, CompletionTextEdit, Documentation, InlayHint, InlayHintKind, InlayHintLabel,
    InsertTextFormat, MarkupContent, MarkupKind, ParameterInformation, ParameterLabel, Position, Range,
    SignatureHelp, SignatureInformation, TextEdit,
};

use crate::actions::{self, Action};
use crate::completion::{self, Completion, Completions, Sort};
use crate::server::convert::{Lines, diagnostic};
use crate::server::view::View;
use crate::{hints, signature};

pub(crate) fn completions(view: &View, position: Position, snippets: bool) -> CompletionResponse {
    let lines = view.lines();
    let Completions { found, more } =
        completion::complete(&view.workspace, view.file, lines.offset(position));
    let items = found.into_iter().enumerate();
    let items = items.map(|(at, found)| completion_item(at, found, &lines, snippets)).collect();
    match more {
        true => CompletionResponse::List(CompletionList { is_incomplete: true, items }),
        false => CompletionResponse::Array(items),
    }
}

fn completion_item(at: usize, found: Completion, lines: &Lines, snippets: bool) -> CompletionItem {
    let snippet = found.snippet && snippets;
    let new_text = if found.snippet && !snippets { found.label.clone() } else { found.insert };
    CompletionItem {
        kind: Some(match found.sort {
            Sort::Kind | Sort::Clause | Sort::Label | Sort::Flag => CompletionItemKind::KEYWORD,
            Sort::Field | Sort::Parameter => CompletionItemKind::FIELD,
            Sort::Word => CompletionItemKind::ENUM_MEMBER,
            Sort::Unit => CompletionItemKind::UNIT,
            Sort::Function => CompletionItemKind::FUNCTION,
            Sort::Declaration => CompletionItemKind::CLASS,
            Sort::Metric | Sort::Value => CompletionItemKind::VALUE,
            Sort::Part => CompletionItemKind::INTERFACE,
            Sort::Person => CompletionItemKind::CONSTANT,
            Sort::Local => CompletionItemKind::VARIABLE,
            Sort::Module => CompletionItemKind::MODULE,
            Sort::Type => CompletionItemKind::TYPE_PARAMETER,
        }),
        detail: (!found.detail.is_empty()).then_some(found.detail),
        documentation: (!found.doc.is_empty()).then(|| markdown(found.doc)),
        // The order is ours; what the client filters by is the label.
        sort_text: Some(format!("{}{at:05}", found.rank)),
        insert_text_format: snippet.then_some(InsertTextFormat::SNIPPET),
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range: lines.range(found.span), new_text })),
        additional_text_edits: found.import.map(|import| lines.edits(vec![import])),
        label: found.label,
        ..CompletionItem::default()
    }
}

fn markdown(value: String) -> Documentation {
    Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })
}

pub(crate) fn signature_help(view: &View, position: Position) -> Option<SignatureHelp> {
    let found = signature::signature(&view.workspace, view.file, view.offset(position))?;
    let active = found.active.map(|at| at as u32);
    let parameter =
        |text: String| ParameterInformation { label: ParameterLabel::Simple(text), documentation: None };
    let signature = SignatureInformation {
        label: found.label,
        documentation: (!found.doc.is_empty()).then(|| markdown(found.doc)),
        parameters: Some(found.parameters.into_iter().map(parameter).collect()),
        active_parameter: active,
    };
    Some(SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter: active })
}

pub(crate) fn inlay_hints(view: &View, range: Range) -> Vec<InlayHint> {
    let lines = view.lines();
    let hint = |hint: hints::Hint| InlayHint {
        position: lines.position(hint.offset),
        label: InlayHintLabel::String(hint.label),
        kind: Some(if hint.argument { InlayHintKind::PARAMETER } else { InlayHintKind::TYPE }),
        text_edits: None,
        tooltip: None,
        padding_left: Some(!hint.argument),
        padding_right: Some(hint.argument),
        data: None,
    };
    hints::hints(&view.workspace, view.file, lines.span(range), &view.reader).into_iter().map(hint).collect()
}

/// The kinds of actions there are.
pub(crate) const ACTION_KINDS: [CodeActionKind; 2] =
    [CodeActionKind::QUICKFIX, CodeActionKind::SOURCE_FIX_ALL];

pub(crate) fn code_actions(
    view: &View,
    range: Range,
    only: Option<&[CodeActionKind]>,
) -> Vec<CodeActionOrCommand> {
    // `source` asks for everything below it.
    let wanted = |kind: &CodeActionKind| {
        only.is_none_or(|only| {
            only.iter().any(|wanted| {
                let rest = kind.as_str().strip_prefix(wanted.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
    };
    let mut found = Vec::new();
    if wanted(&CodeActionKind::QUICKFIX) {
        let span = view.lines().span(range);
        let actions = actions::actions(&view.workspace, view.file, span).into_iter();
        found.extend(actions.map(|action| CodeActionOrCommand::CodeAction(quick_fix(view, action))));
    }
    if only.is_some() && wanted(&CodeActionKind::SOURCE_FIX_ALL) {
        let changes = actions::fix_all(&view.workspace, view.file);
        if !changes.is_empty() {
            let changes = changes.into_iter().map(|change| (view.file, change)).collect();
            found.push(CodeActionOrCommand::CodeAction(CodeAction {
                title: "Mend everything that can be mended".to_owned(),
                kind: Some(CodeActionKind::SOURCE_FIX_ALL),
                edit: Some(view.edit(changes)),
                ..CodeAction::default()
            }));
        }
    }
    found
}

fn quick_fix(view: &View, action: Action) -> CodeAction {
    CodeAction {
        title: action.title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: mended(view, &action.mends).map(|diagnostic| vec![diagnostic]),
        edit: Some(view.edit(action.changes)),
        is_preferred: action.only.then_some(true),
        ..CodeAction::default()
    }
}

fn mended(view: &View, report: &Report) -> Option<tower_lsp_server::ls_types::Diagnostic> {
    let place = |file: &str, span: Span| {
        let file = view.workspace.source(file)?;
        Some((view.uri(file)?, view.lines_of(file).range(span)))
    };
    diagnostic(report, place).map(|(_, diagnostic)| diagnostic)
}
