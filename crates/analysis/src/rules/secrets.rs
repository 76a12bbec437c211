//! Secrets: named and never written, used by those who may, and made anew in time.

use clearway_diagnostics::{Diagnostic, catalogue};
use clearway_model::views::{self, At, Role, Secret};
use clearway_model::{Db, Item, Reference, Value, ValueKind, deployable, lower, syntax_of};
use clearway_syntax::{self as syntax, Expr, ExprKind, TextPart, Visit};
use rust_decimal::prelude::ToPrimitive;

pub(crate) fn check(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let mut found = written(db, item);
    match item.kind(db).as_str() {
        "secret" => {
            found.extend(endless(db, item));
            found.extend(overdue(db, item));
        }
        "service" | "library" | "vendor" | "infrastructure" => found.extend(forbidden(db, item)),
        _ => {}
    }
    found
}

/// How the keys of well-known services begin, what they are called, and how many characters follow at least.
const KEYS: &[(&str, &str, usize)] = &[
    ("AKIA", "an access key of AWS", 16),
    ("ASIA", "an access key of AWS", 16),
    ("AIza", "a key of Google", 35),
    ("ya29.", "a token of Google", 20),
    ("ghp_", "a token of GitHub", 30),
    ("gho_", "a token of GitHub", 30),
    ("ghu_", "a token of GitHub", 30),
    ("ghs_", "a token of GitHub", 30),
    ("ghr_", "a token of GitHub", 30),
    ("github_pat_", "a token of GitHub", 22),
    ("glpat-", "a token of GitLab", 20),
    ("gldt-", "a token of GitLab", 20),
    ("xoxb-", "a token of Slack", 20),
    ("xoxp-", "a token of Slack", 20),
    ("xoxa-", "a token of Slack", 20),
    ("sk_live_", "a key of Stripe", 16),
    ("rk_live_", "a key of Stripe", 16),
    ("SG.", "a key of SendGrid", 40),
    ("hvs.", "a token of Vault", 24),
    ("npm_", "a token of npm", 36),
    ("pypi-AgEI", "a token of PyPI", 40),
    ("dckr_pat_", "a token of Docker Hub", 20),
    ("eyJhbGciOi", "a signed token", 40),
];

/// The keys and passwords that stand in the texts of an item.
fn written(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let Some(syntax) = syntax_of(db, item) else { return Vec::new() };
    let mut texts = Texts::default();
    match syntax.item() {
        syntax::Item::Use(_) => {}
        syntax::Item::Let(binding) => texts.expr(&binding.value),
        syntax::Item::Declaration(declaration) => texts.declaration(declaration),
    }
    let told = texts.0.into_iter().map(|(node, what)| {
        let message = format!("{what} stands in the spec, where everybody reads it who reads the repository");
        Diagnostic::new(catalogue::WRITTEN_SECRET, message, item.place(db, node), "a secret, written out")
            .help("make it anew, since it is no secret any more")
            .help("keep it in a vault or a store, and declare `secret NAME { from = vault(\"…\")  roles = [ … ] }`; in a deployment, `credentials = oidc(\"…\")` needs no key at all")
    });
    told.collect()
}

/// The places of texts that hold a secret, with what it is.
#[derive(Default)]
struct Texts(Vec<(clearway_diagnostics::NodeId, &'static str)>);

impl Visit for Texts {
    fn expr(&mut self, expr: &Expr) {
        let found = match &expr.kind {
            ExprKind::Raw(text) => secret_in(text),
            ExprKind::Text(parts) => parts.iter().find_map(|part| match part {
                TextPart::Characters(text) => secret_in(text.as_str()),
                TextPart::Interpolation(_) => None,
            }),
            _ => None,
        };
        self.0.extend(found.map(|what| (expr.id, what)));
        syntax::walk_expr(self, expr);
    }
}

/// What secret a text holds, by how those begin.
fn secret_in(text: &str) -> Option<&'static str> {
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY") {
        return Some("a private key");
    }
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    // A key stands by itself: `task_ghp_…` is a name that only looks like one.
    let words = || text.split(|c: char| !is_of_key(c));
    let known = words().find_map(|word| {
        let fits = |(start, _, least): &&(&str, &str, usize)| {
            word.strip_prefix(start).is_some_and(|rest| rest.len() >= *least)
        };
        KEYS.iter().find(fits).map(|(_, what, _)| *what)
    });
    known.or_else(|| has_password(text).then_some("a password"))
}

/// Whether an address has a password in it: `https://user:password@host`. What is put in from elsewhere is none.
fn has_password(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map(|(user, _)| user);
        let password = user.and_then(|user| user.split_once(':')).map(|(_, password)| password);
        password.is_some_and(|password| !password.is_empty() && !password.starts_with(['$', '{', '<', '*']))
    })
}

/// A secret that nobody has to make anew.
fn endless(db: &dyn Db, item: Item) -> Option<Diagnostic> {
    let lowered = lower(db, item);
    let told = lowered.broken || lowered.values.field("max-age").is_some() || !lowered.diagnostics.is_empty();
    (!told).then(|| {
        let message = format!("`{}` may get as old as it likes", lowered.name);
        Diagnostic::new(catalogue::ENDLESS_SECRET, message, item.name_place(db), "no `max-age`")
            .help("add `max-age = 90 d`, and with `rotated = DATE` a run looks whether it is older")
    })
}

/// A secret that is older than it may get.
fn overdue(db: &dyn Db, item: Item) -> Option<Diagnostic> {
    let now = db.project().now(db)?;
    let secret: Secret = views::of(lower(db, item));
    let (rotated, max_age) = (secret.rotated?, secret.max_age?);
    let seconds = max_age.value.base()?.to_i64()?;
    let made = rotated.value.to_datetime(jiff::civil::Time::midnight());
    let age = clearway_schedule::Zone::utc().local(now).duration_since(made).as_secs();
    // The day on which it gets too old is still its own.
    (age >= seconds + 24 * 60 * 60).then(|| {
        let message = format!("`{}` is older than it may get", item.name(db));
        Diagnostic::new(catalogue::OVERDUE_SECRET, message, rotated.place, "made on this day")
            .related(max_age.place, "how old it may get")
            .help("make it anew where it is kept, and write the day here: a run that needs it does not start before")
            .due(now)
    })
}

/// Secrets that a service uses whose owner may not.
fn forbidden(db: &dyn Db, item: Item) -> Vec<Diagnostic> {
    let declared = deployable(db, item);
    let view = &declared.view;
    let Some(owner) = &view.owner else {
        // That nobody answers for it is told by itself.
        return Vec::new();
    };
    let each = |used: &At<std::sync::Arc<Reference>>| {
        let secret: Secret = views::of(lower(db, used.value.item));
        let allowed = secret.roles.iter().any(|role| stands_for(db, &role.value, &owner.value));
        let unknown = lower(db, used.value.item).values.field("roles").is_none_or(Value::is_open);
        (!allowed && !unknown).then(|| {
            let (name, team) = (&used.value.name, &owner.value.name);
            let message = format!("`{}` uses `{name}`, which `{team}` may not know", declared.name);
            let roles: Vec<String> =
                secret.roles.iter().map(|role| format!("`{}`", role.value.name)).collect();
            let who = if roles.is_empty() { "nobody".to_owned() } else { roles.join(", ") };
            Diagnostic::new(catalogue::FORBIDDEN_SECRET, message, used.place, "not for its owner")
                .related(used.value.item.name_place(db), format!("it is for {who}"))
                .related(owner.place, "who answers for the service")
                .help(format!("add `{team}` to the `roles` of `{name}`, or use another secret"))
        })
    };
    view.secrets.iter().filter_map(each).collect()
}

/// Whether a team is meant by a team or role: it is that team, or one of the role's.
fn stands_for(db: &dyn Db, allowed: &Reference, team: &Reference) -> bool {
    if allowed.item == team.item {
        return true;
    }
    if allowed.item.kind(db) != "role" {
        return false;
    }
    let role: Role = views::of(lower(db, allowed.item));
    role.members
        .iter()
        .any(|member| matches!(&member.value.kind, ValueKind::Reference(of) if of.item == team.item))
}

#[cfg(test)]
mod tests {
    use super::secret_in;

    #[test]
    fn keys_are_known_by_how_they_begin() {
        let key = |start: &str| format!("curl -H 'token: {start}{}' https://example", "a1B2".repeat(12));
        for (start, what, _) in super::KEYS {
            assert_eq!(secret_in(&key(start)), Some(*what), "{start}");
        }
        assert_eq!(secret_in("-----BEGIN RSA PRIVATE KEY-----\nMII"), Some("a private key"));
        assert_eq!(secret_in("postgres://shop:hunter2@db/shop"), Some("a password"));
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        let texts = [
            "make image",
            "AKIA is how they begin",
            "ghp_short",
            "-----BEGIN CERTIFICATE-----",
            "https://host/a:b@c",
            "postgres://shop:$PASSWORD@db",
            "postgres://shop@db",
            "https://user:{password}@host",
            "SG.office",
        ];
        for text in texts {
            assert_eq!(secret_in(text), None, "{text}");
        }
        let part_of_a_name = format!("run-task_ghp_{}", "a1B2".repeat(12));
        assert_eq!(secret_in(&part_of_a_name), None);
    }
}
