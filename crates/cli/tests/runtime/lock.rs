//! Processes that want a lock at once.

use super::pipeline::{NOW, Pipeline};

#[test]
fn of_processes_that_want_a_lock_at_once_one_has_it() {
    let pipeline = Pipeline::new();
    let lease = |run: &str, arguments: &str| pipeline.call(run, &format!("lease {arguments}"));
    let codes: Vec<i32> = std::thread::scope(|scope| {
        let asks: Vec<_> = (0..6)
            .map(|run: u32| scope.spawn(move || lease(&run.to_string(), "acquire production --for 60").code))
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    let holder = codes.iter().position(|code| *code == 0).unwrap().to_string();
    lease("outsider", "show").passes();
    lease("outsider", "acquire production")
        .stops(&format!("run {holder} holds `production` until 2026-11-02T09:01:00Z"));
    lease(&holder, "renew production --for 120 --token 2").stops("token 1");
    lease(&holder, "renew production --for 120 --token 1").passes();
    assert_eq!(pipeline.last_output("until").as_deref(), Some("2026-11-02T09:02:00Z"));
    assert_eq!(lease("outsider", "release production --reason x").code, 2, "of whom?");
    let ended = pipeline.plain(&format!(
        "lease release production --of {holder} --reason lost --actor ole --plan plan.json --ledger records --now {NOW}"
    ));
    assert!(ended.passes().out.contains("`production` is free"), "{}", ended.out);
    lease("outsider", "acquire production").passes();
    lease("outsider", "release production").passes();
    let unknown = lease("outsider", "acquire nothing");
    assert!(unknown.code == 2 && unknown.err.contains("there is `production`"), "{}", unknown.err);
    pipeline.plain("ledger verify --ledger records").passes();
}
