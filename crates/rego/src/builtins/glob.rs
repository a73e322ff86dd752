//! `glob.match` as OPA has it (github.com/gobwas/glob): `*` and `?` stop at delimiters, `**` does not.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex::Regex;
use regorus::Value;

use super::{Builtin, text};

pub const FUNCTIONS: &[Builtin] = &[("glob.match", 3, |given| {
    let delimiters = match &given[1] {
        Value::Null => String::new(),
        Value::Array(list) if list.is_empty() => ".".to_owned(),
        Value::Array(list) => {
            list.iter().map(|one| text(one).filter(|one| one.chars().count() == 1)).collect::<Option<_>>()?
        }
        _ => return None,
    };
    Some(Value::from(compiled(text(&given[0])?, &delimiters)?.is_match(text(&given[2])?)))
})];

/// As many as regorus keeps of its own.
const KEPT: usize = 256;

thread_local! {
    static COMPILED: RefCell<BTreeMap<(String, String), Regex>> = const { RefCell::new(BTreeMap::new()) };
}

fn compiled(pattern: &str, delimiters: &str) -> Option<Regex> {
    COMPILED.with_borrow_mut(|compiled| {
        let key = (pattern.to_owned(), delimiters.to_owned());
        if let Some(known) = compiled.get(&key) {
            return Some(known.clone());
        }
        let regex = Regex::new(&expression(pattern, delimiters)?).ok()?;
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(key, regex.clone());
        Some(regex)
    })
}

/// The regular expression that matches what a pattern does.
fn expression(pattern: &str, delimiters: &str) -> Option<String> {
    let any = match delimiters {
        "" => ".".to_owned(),
        delimiters => format!("[^{}]", delimiters.chars().map(|one| literal(one)).collect::<String>()),
    };
    let mut expression = "\\A(?s:".to_owned();
    let mut open = 0;
    let mut rest = pattern.chars().peekable();
    while let Some(one) = rest.next() {
        match one {
            '\\' => expression += &literal(rest.next()?),
            '?' => expression += &any,
            '*' => {
                let mut stars = 1;
                while rest.next_if_eq(&'*').is_some() {
                    stars += 1;
                }
                expression += if stars > 1 { "." } else { &any };
                expression.push('*');
            }
            '[' => {
                let negated = rest.next_if_eq(&'!').is_some();
                let mut listed = vec![];
                loop {
                    match rest.next()? {
                        ']' => break,
                        '\\' => listed.push(rest.next()?),
                        one => listed.push(one),
                    }
                }
                expression += &list(&listed, negated)?;
            }
            '{' => {
                open += 1;
                expression += "(?:";
            }
            '}' if open > 0 => {
                open -= 1;
                expression.push(')');
            }
            ',' if open > 0 => expression.push('|'),
            one => expression += &literal(one),
        }
    }
    (open == 0).then(|| expression + ")\\z")
}

/// A range (`a-z`), or single characters, among which `-` is none but the second of three.
fn list(listed: &[char], negated: bool) -> Option<String> {
    let within = match *listed {
        [] | [_, '-'] => return None,
        [low, '-', high] if low > high => return None,
        [low, '-', high] => format!("{}-{}", literal(low), literal(high)),
        _ => listed.iter().map(|one| literal(*one)).collect(),
    };
    Some(format!("[{}{within}]", if negated { "^" } else { "" }))
}

fn literal(one: char) -> String {
    format!("\\x{{{:x}}}", u32::from(one))
}
