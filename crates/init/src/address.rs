//! Finding what a setting points at: `host:port`, URLs, lists of either, connection strings.

/// A host that a setting's value names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// As written, in lower case.
    pub(crate) host: String,
    /// Written with a port or a scheme, so that it is an address even where nothing has that name.
    pub(crate) explicit: bool,
}

/// The hosts that `variable = value` names.
pub(crate) fn addresses(variable: &str, value: &str) -> Vec<Address> {
    const LONGEST: usize = 4096;
    let variable = variable.to_ascii_uppercase();
    if value.len() > LONGEST || ["IMAGE", "TAG", "VERSION"].iter().any(|word| variable.contains(word)) {
        return Vec::new();
    }
    let names_a_host = ["HOST", "ADDR", "SERVER", "SERVICE", "ENDPOINT", "URL", "URI", "BROKER"]
        .iter()
        .any(|word| variable.contains(word));
    let pieces = value.split([',', ';', ' ', '\n', '\t']).filter(|piece| !piece.is_empty());
    let mut found = Vec::new();
    for piece in pieces {
        let address = address(piece, names_a_host);
        found.extend(address.filter(|address| !found.contains(address)));
    }
    found
}

fn address(piece: &str, names_a_host: bool) -> Option<Address> {
    let (scheme, rest) = match piece.split_once("://") {
        Some((_, rest)) => (true, rest),
        None => (false, piece),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if authority.contains('$') {
        return None;
    }
    // `user:password@tcp(db:3306)/orders`
    let authority = authority.split_once('(').map_or(authority, |(_, inner)| inner.trim_end_matches(')'));
    // `host=db`
    let (keyed, authority) = match authority.split_once('=') {
        Some((key, host)) if ["host", "server"].contains(&key.to_ascii_lowercase().as_str()) => (true, host),
        Some(_) => return None,
        None => (false, authority),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if is_port(port) => (host, true),
        Some(_) => return None,
        None => (authority, false),
    };
    let explicit = scheme || port;
    ((explicit || keyed || names_a_host) && is_host(host))
        .then(|| Address { host: host.trim_end_matches('.').to_ascii_lowercase(), explicit })
}

fn is_port(text: &str) -> bool {
    text.len() <= 5 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_host(host: &str) -> bool {
    host.len() <= 253
        && !host.eq_ignore_ascii_case("localhost")
        && host.bytes().any(|b| b.is_ascii_alphabetic())
        && host.trim_end_matches('.').split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        })
}

/// The names under which a cluster or a compose network may know this host, the likeliest first.
///
/// `db`, `db.shop`, `db.shop.svc.cluster.local` all speak of `db`; `db-0.db` is a replica of `db`.
pub(crate) fn candidates(host: &str) -> Vec<&str> {
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [name] => vec![name],
        [name, second] => match name.strip_prefix(second).and_then(|rest| rest.strip_prefix('-')) {
            Some(_) => vec![second],
            None => vec![name],
        },
        [name, _, "svc", ..] => vec![name],
        [replica, name, _, "svc", ..] => vec![name, replica],
        _ => Vec::new(),
    }
}

/// Whether a host nobody declares was surely meant to be declared: it has no public domain.
pub(crate) fn is_internal(host: &str) -> bool {
    const ALWAYS_THERE: [&str; 3] = ["kubernetes", "localhost", "host"];
    let inside = !host.contains('.') || host.ends_with(".svc") || host.contains(".svc.");
    inside && !ALWAYS_THERE.contains(&host.split('.').next().unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(variable: &str, value: &str) -> String {
        let addresses = addresses(variable, value);
        addresses.into_iter().map(|it| it.host).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn hosts_are_found() {
        assert_eq!(hosts("CART_SERVICE_ADDR", "cartservice:7070"), "cartservice");
        assert_eq!(hosts("DATABASE_URL", "postgres://u:p@ss@db:5432/shop?x=redis:1"), "db");
        assert_eq!(
            hosts("SPRING", "jdbc:mysql://mysql.shop.svc.cluster.local/x"),
            "mysql.shop.svc.cluster.local"
        );
        assert_eq!(hosts("BROKERS", "kafka-1:9092,PLAINTEXT://kafka-2:9092"), "kafka-1 kafka-2");
        assert_eq!(hosts("DSN", "root:secret@tcp(catalogue-db:3306)/socksdb"), "catalogue-db");
        assert_eq!(hosts("DB", "host=db port=5432 user=x"), "db");
        assert_eq!(hosts("DB_HOST", "db"), "db");
    }

    #[test]
    fn other_values_are_none() {
        for (variable, value) in [
            ("MODE", "frontend"),
            ("PORT", "8080"),
            ("BIND_ADDR", "0.0.0.0:8080"),
            ("BIND_ADDR", ":8080"),
            ("SELF", "http://localhost:3000"),
            ("SOCKET", "unix:///var/run/x.sock"),
            ("REDIS_IMAGE", "redis:7"),
            ("FLAGS", "a=b:80"),
            ("JSON", r#"{"a": 1}"#),
            ("PARTS", "http://$(HOST):$(PORT)/"),
            ("V6", "http://[::1]:80"),
        ] {
            assert_eq!(hosts(variable, value), "", "{variable}={value}");
        }
    }

    #[test]
    fn hosts_are_known_by_short_names() {
        assert_eq!(candidates("db"), ["db"]);
        assert_eq!(candidates("db.shop"), ["db"]);
        assert_eq!(candidates("db-0.db"), ["db"]);
        assert_eq!(candidates("db.shop.svc.cluster.local"), ["db"]);
        assert_eq!(candidates("db-0.db.shop.svc"), ["db", "db-0"]);
        assert!(candidates("api.stripe.com").is_empty());
    }
}
