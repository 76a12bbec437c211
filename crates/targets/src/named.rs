//! Names of a spec in what is applied to a product: in a path of its API, and in Terraform.

/// A name in a path of the API.
pub(crate) fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    name.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A name of a Terraform block.
pub(crate) fn block(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    format!("e_{}", name.chars().map(plain).collect::<String>())
}

/// A text in which Terraform finds nothing to put in.
pub(crate) fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}
