//! How long a check takes: cold, again after one edit, and each stage for itself. `cargo bench -p clearway-tests`.

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]

use std::hint::black_box;
use std::sync::Arc;

use clearway_model::{Change, MemorySystem, Workspace};
use clearway_tests::{MANIFEST, workload};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn open(files: &[(String, String)]) -> Workspace {
    let sources = files.iter().map(|(path, text)| (path.clone(), Arc::from(text.as_str()))).collect();
    Workspace::new(Arc::new(MemorySystem::default()), MANIFEST, sources)
}

/// From texts to diagnostics, nothing remembered.
fn cold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cold");
    group.sample_size(10);
    for services in [100, 1_000, 10_000] {
        let files = workload::workspace(services);
        group.throughput(Throughput::Elements(services as u64));
        group.bench_function(BenchmarkId::from_parameter(services), |bencher| {
            bencher.iter_batched(
                || open(&files),
                |workspace| {
                    black_box(clearway_analysis::check(&workspace).diagnostics.len());
                    workspace
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// One range changes in one of the files.
fn after_an_edit(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("edit");
    group.sample_size(20);
    for services in [1_000, 10_000] {
        let files = workload::workspace(services);
        let (path, text) =
            files.iter().find(|(path, _)| path == "services/f1.cw").cloned().unwrap_or_default();
        let texts = [text.replacen("svc-30.api ^1.2", "svc-30.api ^1.1", 1), text];
        let mut workspace = open(&files);
        let _ = clearway_analysis::check(&workspace);
        let mut turn = 0;
        group.bench_function(BenchmarkId::from_parameter(services), |bencher| {
            bencher.iter(|| {
                turn += 1;
                let text = Arc::from(texts[turn % 2].as_str());
                workspace.apply(vec![Change::Source(path.clone(), Some(text))]);
                black_box(clearway_analysis::check(&workspace).diagnostics.len())
            });
        });
    }
    group.finish();
}

/// What the parser and the formatter cost alone.
fn syntax(criterion: &mut Criterion) {
    let files = workload::workspace(1_000);
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let mut group = criterion.benchmark_group("syntax");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("parse", |bencher| {
        bencher
            .iter(|| files.iter().map(|(_, text)| clearway_syntax::parse(text).pieces.len()).sum::<usize>());
    });
    group.bench_function("format", |bencher| {
        let options = clearway_syntax::FormatOptions::default();
        let shape = clearway_model::vocabulary::Shape;
        bencher.iter(|| {
            files.iter().map(|(_, text)| clearway_syntax::format(text, &options, &shape).len()).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, cold, after_an_edit, syntax);
criterion_main!(benches);
