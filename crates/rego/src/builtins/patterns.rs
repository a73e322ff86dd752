//! Regular expressions as OPA has them (RE2 of Go), for the engine of Rust: `\d`, `\w` and `\s` are of ASCII, a brace that
//! repeats nothing is itself, `\Q…\E` quotes, and brackets know neither nested brackets nor operators.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::{Regex, RegexBuilder};
use regorus::Value;

use super::{Builtin, native, text};

/// How many compiled patterns are kept, and the most that one may take. A policy has few; whoever makes them up as it
/// goes gets them compiled each time.
const KEPT: usize = 128;
const KEPT_BYTES: usize = 256 * 1024;

pub const FUNCTIONS: &[Builtin] = &[
    ("re_match", 2, matches),
    ("regex.match", 2, matches),
    ("regex.is_valid", 1, |given| Some(with_pattern("regex.is_valid", given, 0).unwrap_or(Value::from(false)))),
    ("regex.find_n", 3, |given| with_pattern("regex.find_n", given, 0)),
    ("regex.find_all_string_submatch_n", 3, |given| with_pattern("regex.find_all_string_submatch_n", given, 0)),
    ("regex.split", 2, |given| with_pattern("regex.split", given, 0)),
    ("regex.replace", 3, |given| with_pattern("regex.replace", given, 1)),
];

thread_local! {
    static COMPILED: RefCell<HashMap<String, Rc<Regex>>> = RefCell::new(HashMap::new());
}

/// regorus compiles a pattern once, but copies what is compiled for each match: that costs more than the match.
fn matches(given: &[Value]) -> Option<Value> {
    let (pattern, subject) = (text(&given[0])?, text(&given[1])?);
    let Some(regex) = kept(pattern) else { return with_pattern("regex.match", given, 0) };
    Some(Value::from(regex.is_match(subject)))
}

fn kept(pattern: &str) -> Option<Rc<Regex>> {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(known) = compiled.get(pattern) {
            return Some(known.clone());
        }
        let translated = translated(pattern)?;
        let built = RegexBuilder::new(&translated).size_limit(KEPT_BYTES).dfa_size_limit(KEPT_BYTES).build().ok()?;
        if compiled.len() == KEPT {
            compiled.clear();
        }
        let regex = Rc::new(built);
        compiled.insert(pattern.to_owned(), regex.clone());
        Some(regex)
    })
}

fn with_pattern(name: &str, given: &[Value], place: usize) -> Option<Value> {
    let pattern = text(&given[place])?;
    if !pattern.contains(['\\', '[', '{']) {
        return native(name, given);
    }
    let mut given = given.to_vec();
    given[place] = Value::from(translated(pattern)?);
    native(name, &given)
}

fn translated(pattern: &str) -> Option<String> {
    let mut translated = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(one) = rest.chars().next() {
        let after = &rest[one.len_utf8()..];
        rest = match one {
            '\\' if after.starts_with('Q') => {
                let (quoted, after) = after[1..].split_once("\\E").unwrap_or((&after[1..], ""));
                translated += &regex::escape(quoted);
                after
            }
            '\\' => escape(after, false, &mut translated)?,
            '[' => bracket(after, &mut translated)?,
            '{' if !repeats(after) => {
                translated += "\\{";
                after
            }
            one => {
                translated.push(one);
                after
            }
        };
    }
    Some(translated)
}

/// Is it `n}`, `n,}` or `n,m}`?
fn repeats(after: &str) -> bool {
    let Some((inside, _)) = after.split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, "0"));
    !least.is_empty() && least.bytes().chain(most.bytes()).all(|one| one.is_ascii_digit())
}

/// Writes what follows a backslash, and says what follows that.
fn escape<'a>(after: &'a str, in_bracket: bool, translated: &mut String) -> Option<&'a str> {
    let one = after.chars().next()?;
    let rest = &after[one.len_utf8()..];
    let class = match one {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => "\\t\\n\\f\\r ",
        'D' => "^0-9",
        'W' => "^0-9A-Za-z_",
        'S' => "^\\t\\n\\f\\r ",
        'b' if !in_bracket => {
            *translated += "(?-u:\\b)";
            return Some(rest);
        }
        '0'..='7' => {
            let digits = after.bytes().take(3).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
            if one != '0' && digits < 2 {
                return None;
            }
            let code = u32::from_str_radix(&after[..digits], 8).ok()?;
            *translated += &format!("\\x{{{code:x}}}");
            return Some(&after[digits..]);
        }
        'p' | 'P' | 'x' if rest.starts_with('{') => {
            let named = after.find('}')? + 1;
            translated.push('\\');
            *translated += &after[..named];
            return Some(&after[named..]);
        }
        _ => {
            translated.push('\\');
            translated.push(one);
            return Some(rest);
        }
    };
    if in_bracket && !class.starts_with('^') {
        *translated += class;
    } else {
        *translated += &format!("[{class}]");
    }
    Some(rest)
}

/// Writes what follows an opening bracket up to its end, and says what follows that.
fn bracket<'a>(after: &'a str, translated: &mut String) -> Option<&'a str> {
    translated.push('[');
    let mut rest = after;
    if let Some(negated) = rest.strip_prefix('^') {
        translated.push('^');
        rest = negated;
    }
    if let Some(first) = rest.strip_prefix(']') {
        *translated += "\\]";
        rest = first;
    }
    loop {
        let one = rest.chars().next()?;
        let after = &rest[one.len_utf8()..];
        rest = match one {
            ']' => {
                translated.push(']');
                return Some(after);
            }
            '\\' => escape(after, true, translated)?,
            '[' if after.starts_with(':') => {
                let end = after.find(":]")? + 2;
                *translated += &rest[..=end];
                &after[end..]
            }
            '[' | '&' | '~' => {
                translated.push('\\');
                translated.push(one);
                after
            }
            '-' if after.starts_with('-') => {
                *translated += "-\\-";
                &after[1..]
            }
            one => {
                translated.push(one);
                after
            }
        };
    }
}
