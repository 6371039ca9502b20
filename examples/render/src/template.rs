//! Templates with `${NAME}` in them.

/// Replaces every `${NAME}` by what `value` gives for it, and `$${` by `${`. The error is what is
/// wrong, and in which line.
pub fn fill_in(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        let line = || template[..template.len() - rest[at..].len()].matches('\n').count() + 1;
        if rest[..at].ends_with('$') {
            text.push_str(&rest[..at - 1]);
            text.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        let name =
            name(&rest[at + 2..]).ok_or_else(|| format!("line {}: ${{ begins no name", line()))?;
        let value = value(name).ok_or_else(|| format!("line {}: {name} is not set", line()))?;
        text.push_str(&rest[..at]);
        text.push_str(&value);
        rest = &rest[at + 2 + name.len() + 1..];
    }
    text.push_str(rest);
    Ok(text)
}

/// The name of a variable and a closing brace are what this begins with.
fn name(text: &str) -> Option<&str> {
    let name = &text[..text.find('}')?];
    let valid = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (valid && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str) -> Result<String, String> {
        fill_in(template, |name| (name == "SITE").then(|| "north ${SITE}".to_owned()))
    }

    #[test]
    fn fills_in_names_once() {
        assert_eq!(filled("at ${SITE}, $SITE"), Ok("at north ${SITE}, $SITE".into()));
        assert_eq!(filled("$5 {} $"), Ok("$5 {} $".into()));
        assert_eq!(filled(""), Ok(String::new()));
    }

    #[test]
    fn two_dollars_stand_for_one() {
        assert_eq!(filled("$${SITE} ${SITE}"), Ok("${SITE} north ${SITE}".into()));
        assert_eq!(filled("$$${SITE}"), Ok("$${SITE}".into()));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(filled("a\n\n${OTHER}"), Err("line 3: OTHER is not set".into()));
        for template in ["${", "${}", "${A B}", "${A\n}", "${ä}"] {
            assert_eq!(filled(template), Err("line 1: ${ begins no name".into()), "{template}");
        }
    }
}
