//! Real systems as they are documented, re-made in our own words: which states are supported, which order is safe, and where wrong
//! orders go wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod words;

use clearway_skew::{
    Answer, Budget, Distance, Finality, Limit, MoveKind, Origin, Problem, RuleKind, Service, Together, World,
    prove, why,
};
use clearway_versions::{Range, Scheme};
use words::{
    after, conflicts, first_bad, is_supported, known, moving, order, relation, requires, running, skew, unit,
};

/// A cluster's components, each with the rules of the skew policy: everything follows the API server.
fn kubernetes(mut service: Service) -> Service {
    let server = "kube-apiserver";
    match service.name.as_str() {
        "kube-apiserver" => {
            service.skew = vec![skew("self", 1, 1, "any", 1)];
            service.upgrade = Some((Distance::Minor(1), Origin(2)));
        }
        "kubelet" | "kube-proxy" => {
            service.skew = vec![skew(server, 3, 0, ">=1.25", 3), skew(server, 2, 0, "<1.25", 4)];
            if service.name == "kube-proxy" {
                service.skew.extend([skew("kubelet", 3, 3, ">=1.25", 5), skew("kubelet", 2, 2, "<1.25", 6)]);
            }
        }
        "kubectl" => service.skew = vec![skew(server, 1, 1, "any", 7)],
        _ => service.skew = vec![skew(server, 1, 0, "any", 8)],
    }
    service
}

fn cluster(from: &str, to: &str) -> Problem {
    let names = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];
    let services = names.iter().map(|name| kubernetes(moving(name, from, to))).collect();
    Problem { services, ..Problem::default() }
}

#[test]
fn kubernetes_supports_what_its_policy_says() {
    let state = |live: &[(&str, &[&str])]| {
        let services = live.iter().map(|(name, live)| kubernetes(running(name, live)));
        is_supported(services.collect())
    };
    let both: &[&str] = &["1.36", "1.35"];
    let one: &[&str] = &["1.36"];
    assert!(state(&[("kube-apiserver", both)]) && !state(&[("kube-apiserver", &["1.36", "1.34"])]));
    // Name, server, the oldest and the newest minor that will do.
    let ranges = [
        ("kubelet", one, 33, 36),
        ("kubelet", both, 33, 35),
        ("kube-proxy", both, 33, 35),
        ("kube-controller-manager", one, 35, 36),
        ("kube-scheduler", one, 35, 36),
        ("cloud-controller-manager", one, 35, 36),
        ("kube-controller-manager", both, 35, 35),
        ("kubectl", one, 35, 37),
        ("kubectl", both, 35, 36),
    ];
    let mut count = 0;
    for (name, servers, oldest, newest) in ranges {
        for minor in 31..40 {
            let version = format!("1.{minor}");
            let expected = (oldest..=newest).contains(&minor);
            assert_eq!(
                state(&[("kube-apiserver", servers), (name, &[&version])]),
                expected,
                "{name} {version}"
            );
            count += 1;
        }
    }
    assert_eq!(count, 81);
    for (server, kubelet, expected) in
        [("1.24", "1.21", false), ("1.24", "1.22", true), ("1.27", "1.24", false), ("1.28", "1.25", true)]
    {
        assert_eq!(state(&[("kube-apiserver", &[server]), ("kubelet", &[kubelet])]), expected);
    }
    assert!(state(&[("kube-apiserver", one), ("kubelet", one), ("kube-proxy", &["1.33"])]));
}

#[test]
fn kubernetes_goes_server_first_and_the_other_way_down() {
    let rest = vec![
        "kube-controller-manager".to_owned(),
        "kube-proxy".into(),
        "kube-scheduler".into(),
        "kubelet".into(),
    ];
    assert_eq!(order(&cluster("1.35", "1.36")), [vec!["kube-apiserver".to_owned()], rest.clone()]);
    assert_eq!(order(&cluster("1.36", "1.35")), [rest, vec!["kube-apiserver".to_owned()]]);
}

#[test]
fn kubernetes_goes_one_minor_at_a_time_with_what_follows_in_between() {
    let mut problem = cluster("1.34", "1.36");
    let bridge = |service: &mut Service| {
        service.releases = vec!["1.35".into()];
        service.facts.push(known("1.35"));
    };
    // The step is too long, and so would be the distance between two servers half-way.
    assert_eq!(conflicts(&problem), [[RuleKind::Upgrade], [RuleKind::Skew]]);
    problem.services.iter_mut().for_each(bridge);
    let waves = order(&problem);
    // The server twice; its managers in between and at the end; nodes once, at the end.
    let count = |name: &str| waves.iter().flatten().filter(|moved| *moved == name).count();
    assert_eq!((count("kube-apiserver"), count("kube-scheduler"), count("kubelet")), (2, 2, 1), "{waves:?}");
    assert_eq!(waves.len(), 4, "{waves:?}");
    // Each of the two waits for a part of the other's way: what they come from does not work with what the other goes to.
    let Answer::Order(proved) = prove(&World::of(&problem), Budget::default()) else { panic!() };
    for (before, after) in [("kube-apiserver", "kube-scheduler"), ("kube-scheduler", "kube-apiserver")] {
        let links = why(&problem, &proved, before, after).unwrap();
        assert!(links.len() == 1 && !links[0].reasons.is_empty(), "{before} {after}: {links:?}");
    }
}

#[test]
fn kubelets_that_are_as_old_as_can_be_go_first() {
    let mut problem = cluster("1.35", "1.36");
    let kubelet = problem.services.iter_mut().find(|service| service.name == "kubelet").unwrap();
    *kubelet = kubernetes(moving("kubelet", "1.32", "1.35"));
    let waves = order(&problem);
    assert_eq!(waves[0], ["kubelet"], "{waves:?}");
}

#[test]
fn kubernetes_in_a_wrong_order_goes_wrong_at_once() {
    let up = cluster("1.35", "1.36");
    assert_eq!(
        first_bad(&up, &[("kubelet", ""), ("kube-apiserver", "")]).unwrap(),
        "kubelet 1.36 / kube-apiserver 1.35"
    );
    let wrong = [("kube-controller-manager", ""), ("kube-apiserver", "")];
    assert_eq!(first_bad(&up, &wrong).unwrap(), "kube-controller-manager 1.36 / kube-apiserver 1.35");
    let mut several = up;
    several.services[0].units = vec![
        unit(Some("server-0".into()), &["1.35"], "1.36"),
        unit(Some("server-1".into()), &["1.35"], "1.36"),
    ];
    let wrong =
        [("kube-apiserver", "server-0"), ("kube-controller-manager", ""), ("kube-apiserver", "server-1")];
    assert_eq!(first_bad(&several, &wrong).unwrap(), "kube-controller-manager 1.36 / kube-apiserver 1.35");
    assert_eq!(order(&several)[..2], [["kube-apiserver[server-0]"], ["kube-apiserver[server-1]"]]);
}

/// Ceph's daemons, in the order of its manual; nothing but that order is at stake between them.
fn ceph(from: &str, to: &str) -> Problem {
    let chain = [("mon", ""), ("mgr", ""), ("osd", "mon"), ("mds", "osd"), ("rgw", "mds")];
    let daemon = |(name, first): &(&str, &str)| {
        let mut service = moving(name, from, to);
        service.scheme = Scheme::fields("{major}.{minor}.{patch}").unwrap();
        service.upgrade = Some((Distance::Major(2), Origin(1)));
        service.no_downgrade = Some(Origin(2));
        if !first.is_empty() {
            service.after = vec![after(first, false, 3), after("mgr", false, 4)];
        }
        service
    };
    Problem { services: chain.iter().map(daemon).collect(), ..Problem::default() }
}

#[test]
fn ceph_goes_two_releases_at_most_and_never_back() {
    let waves = order(&ceph("17.2", "19.2"));
    // Monitors and managers come first, in either order; then one kind of daemon after the other.
    assert_eq!(waves, [vec!["mgr", "mon"], vec!["osd"], vec!["mds"], vec!["rgw"]]);
    assert_eq!(order(&ceph("18.2", "19.2")).len(), 4);
    assert!(conflicts(&ceph("16.2", "19.2")).iter().all(|facts| *facts == [RuleKind::Upgrade]));
    assert!(conflicts(&ceph("19.2", "18.2")).iter().all(|facts| *facts == [RuleKind::NoDowngrade]));
    let Answer::Order(proved) = prove(&World::of(&ceph("17.2", "19.2")), Budget::default()) else { panic!() };
    assert_eq!(proved.no_return, Some(0));
    assert!(proved.waves[0].moves.iter().all(|step| step.finality == Some(Finality::OnStart)));
}

/// Clusters that replicate: a secondary is never older than its primary.
fn vault(from: &str, to: &str) -> Problem {
    let mut services: Vec<Service> = ["a", "b", "c", "d"].iter().map(|name| moving(name, from, to)).collect();
    services[0].never_newer = vec![relation("b", 1), relation("c", 2)];
    services[2].never_newer = vec![relation("d", 3)];
    Problem { services, ..Problem::default() }
}

#[test]
fn vault_goes_secondaries_first_and_primaries_first_on_the_way_down() {
    assert_eq!(order(&vault("1.15.1", "1.16.0")), [vec!["b", "d"], vec!["c"], vec!["a"]]);
    assert_eq!(order(&vault("1.15.1", "1.15.2")), [vec!["b", "d"], vec!["c"], vec!["a"]]);
    assert_eq!(order(&vault("1.16.0", "1.15.1")), [vec!["a"], vec!["b", "c"], vec!["d"]]);
    let wrong = [("a", ""), ("b", ""), ("c", ""), ("d", "")];
    assert_eq!(first_bad(&vault("1.15.1", "1.16.0"), &wrong).unwrap(), "a 1.16.0 / b 1.15.1");
}

#[test]
fn vault_nodes_go_standby_first() {
    let mut nodes = moving("vault", "1.15.1", "1.16.0");
    nodes.units = vec![
        unit(Some("active".into()), &["1.15.1"], "1.16.0"),
        unit(Some("standby".into()), &["1.15.1"], "1.16.0"),
    ];
    nodes.units[0].after = vec![("standby".into(), Origin(1))];
    let problem = Problem { services: vec![nodes], ..Problem::default() };
    assert_eq!(order(&problem), [["vault[standby]"], ["vault[active]"]]);
}

/// A source with replicas that may be one series ahead of it, and never behind.
fn mysql(live: [&str; 3], to: &str) -> Problem {
    let scheme = Scheme::series(["5.6", "5.7", "8.0", "8.1", "8.2"].map(Into::into));
    let mut services: Vec<Service> = ["source", "replica-1", "replica-2"]
        .iter()
        .zip(live)
        .map(|(name, from)| moving(name, from, to))
        .collect();
    for service in &mut services {
        service.scheme = scheme.clone();
        if service.name != "source" {
            service.skew = vec![skew("source", 0, 1, "any", 1)];
            service.after = Vec::new();
        }
    }
    let limit = Limit {
        services: services.iter().map(|service| service.name.clone()).collect(),
        versions: 2,
        origin: Origin(2),
    };
    Problem { services, limits: vec![limit], ..Problem::default() }
}

#[test]
fn mysql_goes_replicas_first_with_two_versions_at_most() {
    assert_eq!(order(&mysql(["8.0", "8.0", "8.0"], "8.1")), [vec!["replica-1", "replica-2"], vec!["source"]]);
    let stands = |live: [&str; 3]| {
        let mut problem = mysql(live, "8.2");
        for service in &mut problem.services {
            service.units[0].target = service.units[0].live.first().cloned();
        }
        clearway_skew::standing_violations(&World::of(&problem)).is_empty()
    };
    assert!(stands(["8.0.22", "8.0.24", "8.0.24"]) && !stands(["8.0.22", "8.0.24", "8.0.28"]));
    assert!(
        stands(["5.7", "8.0", "8.0"]) && !stands(["8.0", "5.7", "8.0"]) && !stands(["5.6", "8.0", "8.0"])
    );
    // A third version may not come before one of the two is gone: with a release in between everyone arrives there first.
    let mut third = mysql(["5.7", "8.0", "8.0"], "8.1");
    for service in &mut third.services {
        service.releases = vec!["8.0".into()];
        service.facts = ["5.7", "8.0", "8.1"].iter().map(|version| known(version)).collect();
    }
    let waves = order(&third);
    assert_eq!(waves[0], ["source"], "{waves:?}");
    third.services[0].releases.clear();
    assert!(!conflicts(&third).is_empty());
}

/// Controllers, brokers, components in any order, the control centre: unless that one is too old for the new brokers.
fn confluent(centre: &str) -> Problem {
    let mut services: Vec<Service> = ["kraft", "kafka", "connect", "schema-registry"]
        .iter()
        .map(|name| moving(name, "7.9.0", "8.0.0"))
        .collect();
    services[1].after = vec![after("kraft", false, 1)];
    services[2].after = vec![after("kafka", false, 2)];
    services[3].after = vec![after("kafka", false, 3)];
    let mut control = moving("control-center", centre, "2.2.0");
    // The new platform works with no control centre of 2.0 or 2.1.
    for platform in ["kraft", "kafka"] {
        control.facts[0].requires.as_mut().unwrap().push(requires(platform, "<8", 4));
    }
    if centre.starts_with("1.") {
        control.facts[0].requires = Some(Vec::new());
        control.after = vec![after("connect", false, 5), after("schema-registry", false, 6)];
    }
    services.push(control);
    Problem { services, ..Problem::default() }
}

#[test]
fn confluent_turns_its_order_round_for_one_version() {
    let usual = order(&confluent("1.9.0"));
    assert_eq!(
        usual,
        [vec!["kraft"], vec!["kafka"], vec!["connect", "schema-registry"], vec!["control-center"]]
    );
    let turned = order(&confluent("2.1.0"));
    assert_eq!(
        turned,
        [vec!["control-center"], vec!["kraft"], vec!["kafka"], vec!["connect", "schema-registry"]]
    );
    let problem = confluent("2.1.0");
    let Answer::Order(proved) = prove(&World::of(&problem), Budget::default()) else { panic!() };
    let links = why(&problem, &proved, "control-center", "connect").unwrap();
    let chain: Vec<_> = links.iter().map(|link| (link.before.as_str(), link.after.as_str())).collect();
    assert_eq!(chain, [("control-center", "kafka"), ("kafka", "connect")]);
    assert_eq!(links[0].reasons[0].0, Origin(4));
    assert_eq!(why(&problem, &proved, "connect", "schema-registry"), None);
}

/// Web nodes and workers that run the same code, one minor at a time.
fn gitlab(from: &str, to: &str, paired: bool) -> Problem {
    let mut services: Vec<Service> =
        ["gitaly", "rails", "sidekiq"].iter().map(|name| moving(name, from, to)).collect();
    for service in &mut services {
        service.upgrade = Some((Distance::Minor(1), Origin(1)));
    }
    services[1].after = vec![after("gitaly", false, 2)];
    services[1].matches = vec![relation("sidekiq", 3)];
    let together = Together {
        name: "application".into(),
        services: vec!["rails".into(), "sidekiq".into()],
        paired: true,
        origin: Origin(4),
    };
    Problem { services, together: if paired { vec![together] } else { Vec::new() }, ..Problem::default() }
}

#[test]
fn gitlab_nodes_and_workers_move_as_one() {
    assert_eq!(order(&gitlab("16.1.0", "16.2.0", true)), [vec!["gitaly"], vec!["rails", "sidekiq"]]);
    assert_eq!(order(&gitlab("16.3.2", "16.4.1", true)).len(), 2);
    assert_eq!(conflicts(&gitlab("16.1.0", "16.3.0", true)), [[RuleKind::Upgrade], [RuleKind::Upgrade]]);
    // Alone, one new web node beside old workers is the incident that happened.
    let apart = gitlab("16.1.0", "16.2.0", false);
    assert_eq!(conflicts(&apart), [[RuleKind::Match]]);
    let wrong = [("gitaly", ""), ("rails", ""), ("sidekiq", "")];
    assert_eq!(first_bad(&apart, &wrong).unwrap(), "rails 16.2.0 / sidekiq 16.1.0");
    let Answer::No(refusal) = prove(&World::of(&apart), Budget::default()) else { panic!() };
    let services = vec!["rails".into(), "sidekiq".into()];
    assert_eq!(refusal.conflicts[0].services, services);
    assert!(refusal.conflicts[0].openings.contains(&clearway_skew::Opening::Together { services }));
}

#[test]
fn a_standby_that_stops_is_down_and_not_away() {
    let mut api = moving("api", "1.0.0", "2.0.0");
    api.kind = MoveKind::Recreate;
    let mut web = running("web", &["1.0.0"]);
    web.facts[0].requires = Some(vec![requires("api", ">=1, <3", 1)]);
    let problem = Problem { services: vec![api, web], ..Problem::default() };
    let Answer::Order(proved) = prove(&World::of(&problem), Budget::default()) else { panic!() };
    assert!(proved.waves[0].moves[0].downtime);
    assert_eq!(proved.basis[0].service, "web");
    assert!(Range::parse("any").unwrap().is_any());
}
