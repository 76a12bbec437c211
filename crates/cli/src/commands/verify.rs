//! `clearway verify`

use camino::{Utf8Path, Utf8PathBuf};
use clearway_compile::PLAN;
use clearway_diagnostics::render::Format;
use clearway_plan::Plan;
use clearway_runtime::PlanFile;
use clearway_verify::{Files, Product, Verdict as Verified};
use serde_json::json;

use crate::args::{TextFormat, VerifyArgs};
use crate::commands::build::generated;
use crate::error::Failure;
use crate::output::Output;
use crate::project::{give, open_path};
use crate::{Verdict, files};

pub(crate) fn run(args: &VerifyArgs, output: &Output) -> Result<Verdict, Failure> {
    let Some(plan) = plan(args, output)? else { return Ok(Verdict::Fails) };
    let generated = generated(&args.folder)?;
    let mut verified: Vec<Verified> = Vec::new();
    for product in Product::ALL.iter().filter(|one| args.target == "all" || args.target == one.name) {
        let files = read(&args.folder, product)?;
        // What was generated for a product and is gone since is missed, and not passed over.
        let paths = || files.keys().chain(&generated).map(String::as_str);
        if args.target != "all" || product.is_among(paths()) {
            verified.push(product.verify(&plan, &files));
        }
    }
    if verified.is_empty() {
        return Err(Failure::NothingToVerify(args.folder.clone()));
    }
    output.results(|out| match args.format {
        TextFormat::Json => writeln!(out, "{:#}", json!({ "targets": verified })),
        TextFormat::Text => verified.iter().enumerate().try_for_each(|(number, one)| {
            let apart = if number == 0 { "" } else { "\n" };
            write!(out, "{apart}{one}")
        }),
    })?;
    if verified.iter().any(|one| !one.readable) {
        return Ok(Verdict::Unreadable);
    }
    let holds = verified.iter().all(Verified::holds);
    Ok(if holds { Verdict::Holds } else { Verdict::Fails })
}

/// The plan that the pipelines must keep; none where the project has errors, which are told.
fn plan(args: &VerifyArgs, output: &Output) -> Result<Option<Plan>, Failure> {
    let beside = || args.folder.join(PLAN);
    let path: Utf8PathBuf = args.against.clone().unwrap_or_else(beside);
    if path.extension() == Some("json") {
        return Ok(Some(PlanFile::read(files::read(&path)?.as_bytes())?.plan));
    }
    let mut opened = open_path(Some(&path))?;
    give(&mut opened, &args.given)?;
    let compiled = clearway_compile::plan(&opened.workspace);
    if compiled.fails() {
        output.diagnostics(&opened, &compiled.diagnostics, Format::Human)?;
        return Ok(None);
    }
    Ok(compiled.plan)
}

/// The files of a product below a folder, by their paths from it.
fn read(folder: &Utf8Path, product: &Product) -> Result<Files, Failure> {
    let mut found = Files::new();
    for root in product.roots {
        let top = folder.join(root);
        let paths = if top.is_dir() { files::all_below(&top)? } else { Vec::new() };
        let paths = paths.into_iter().map(|path| Utf8Path::new(root).join(path));
        let itself = top.is_file().then(|| Utf8PathBuf::from(*root));
        for path in paths.chain(itself) {
            found.insert(path.as_str().replace('\\', "/"), files::read(&folder.join(&path))?);
        }
    }
    Ok(found)
}
