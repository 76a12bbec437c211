//! How long a proof takes: services with about three requirements each, six of every fifty entangled. `cargo bench -p clearway-skew`.

#![allow(missing_docs, reason = "criterion's macros generate undocumented items")]
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot be set up has failed")]

#[path = "../tests/landscape/mod.rs"]
mod landscape;

use std::hint::black_box;

use clearway_skew::{Answer, Budget, World, prove};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

use landscape::landscape;

fn proofs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("proof");
    group.sample_size(10);
    for (services, knots) in [(1_000, 20), (10_000, 200)] {
        for (answer, circle) in [("order", false), ("conflicts", true)] {
            let problem = landscape(services, knots, circle);
            let proved = matches!(prove(&World::of(&problem), Budget::default()), Answer::Order(_));
            assert_eq!(proved, !circle);
            group.bench_function(BenchmarkId::new(answer, services), |bencher| {
                bencher.iter(|| prove(&World::of(black_box(&problem)), Budget::default()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, proofs);
criterion_main!(benches);
