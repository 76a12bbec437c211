//! The form of a number that another system gives: `CHG-####`.

/// Whether a text has a form: `#` stands for a digit, `*` for any characters, everything else for itself.
pub fn has_form(text: &str, form: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Which beginnings of the text the form fits, as far as it is read.
    let mut fits = vec![false; text.len() + 1];
    fits[0] = true;
    for sign in form.chars() {
        if sign == '*' {
            let mut any = false;
            fits.iter_mut().for_each(|fit| {
                any |= *fit;
                *fit = any;
            });
            continue;
        }
        let is_meant = |c: char| if sign == '#' { c.is_ascii_digit() } else { c == sign };
        for at in (1..fits.len()).rev() {
            fits[at] = fits[at - 1] && is_meant(text[at - 1]);
        }
        fits[0] = false;
    }
    fits.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::has_form;

    #[test]
    fn a_digit_is_a_digit_and_a_star_is_anything() {
        assert!(has_form("CHG-0042", "CHG-####"));
        assert!(!has_form("CHG-42", "CHG-####"));
        assert!(!has_form("CHG-004x", "CHG-####"));
        assert!(!has_form("CHG-00421", "CHG-####"));
        assert!(has_form("CHG-42", "CHG-#*"));
        assert!(has_form("OPS/CHG-42", "*CHG-*#"));
        assert!(!has_form("CHG-", "CHG-#*"));
        assert!(has_form("", "*"));
        assert!(!has_form("", "#"));
    }
}
