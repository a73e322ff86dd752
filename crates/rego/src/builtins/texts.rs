//! Texts, versions, durations and lists, where regorus and OPA differ.

use regorus::Value;

use super::{Builtin, native, text};

pub const FUNCTIONS: &[Builtin] = &[
    ("strings.count", 2, |given| {
        let (whole, part) = (text(&given[0])?, text(&given[1])?);
        Some(Value::from(if part.is_empty() { whole.chars().count() + 1 } else { whole.matches(part).count() }))
    }),
    ("strings.replace_n", 2, |given| {
        let pairs: Option<Vec<_>> =
            given[0].as_object().ok()?.iter_sorted().map(|(old, new)| Some((text(old)?, text(new)?))).collect();
        Some(Value::from(replace_all(text(&given[1])?, &pairs?)))
    }),
    ("strings.split_n", 3, |given| {
        let (whole, delimiter, most) = (text(&given[0])?, text(&given[1])?, given[2].as_i64().ok()?);
        let Value::Array(parts) = native("split", &[Value::from(whole), Value::from(delimiter)])? else { return None };
        let parts = parts.to_vec();
        let kept = usize::try_from(most.unsigned_abs()).unwrap_or(usize::MAX).min(parts.len());
        let first = if most < 0 { parts.len() - kept } else { 0 };
        Some(Value::from(parts[first..first + kept].to_vec()))
    }),
    ("array.flatten", 1, |given| {
        let list = given[0].as_array().ok()?;
        Some(Value::from(list.iter().fold(vec![], |mut flat, one| {
            match one {
                Value::Array(inner) => flat.extend(inner.iter().cloned()),
                one => flat.push(one.clone()),
            }
            flat
        })))
    }),
    ("json.is_valid", 1, |given| valid("json.is_valid", &given[0])),
    ("yaml.is_valid", 1, |given| valid("yaml.is_valid", &given[0])),
    ("json.match_schema", 2, |given| {
        let answer = native("json.match_schema", given)?;
        let fits = answer[&Value::from(0)] == Value::from(true);
        Some(if fits { Value::from(vec![Value::from(true), Value::new_array()]) } else { answer })
    }),
    ("semver.compare", 2, |given| native("semver.compare", &[bare_version(&given[0])?, bare_version(&given[1])?])),
    ("semver.is_valid", 1, |given| {
        Some(
            bare_version(&given[0])
                .and_then(|version| native("semver.is_valid", &[version]))
                .unwrap_or(Value::from(false)),
        )
    }),
    ("time.parse_duration_ns", 1, |given| nanoseconds(text(&given[0])?).map(Value::from)),
];

/// At each place the first that fits, in the order of the pairs; what was replaced is not looked at again. An empty text
/// fits everywhere, once.
fn replace_all(whole: &str, pairs: &[(&str, &str)]) -> String {
    let (mut replaced, mut rest, mut after_empty) = (String::new(), whole, false);
    loop {
        let fitting = pairs.iter().find(|(old, _)| rest.starts_with(old) && !(after_empty && old.is_empty()));
        after_empty = fitting.is_some_and(|(old, _)| old.is_empty());
        if let Some((old, new)) = fitting {
            replaced.push_str(new);
            rest = &rest[old.len()..];
            continue;
        }
        let Some(next) = rest.chars().next() else { return replaced };
        replaced.push(next);
        rest = &rest[next.len_utf8()..];
    }
}

fn valid(name: &str, given: &Value) -> Option<Value> {
    Some(text(given).and_then(|_| native(name, std::slice::from_ref(given))).unwrap_or(Value::from(false)))
}

fn bare_version(given: &Value) -> Option<Value> {
    let version = text(given)?;
    Some(Value::from(version.strip_prefix('v').unwrap_or(version)))
}

/// Of a duration as Go writes them, and with `d`, `w` and `y` as OPA does.
fn nanoseconds(duration: &str) -> Option<i64> {
    let (negative, mut rest) = match duration.strip_prefix(['-', '+']) {
        Some(rest) => (duration.starts_with('-'), rest),
        None => (false, duration),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut sum = 0_i128;
    let mut parts = 0;
    while !rest.is_empty() {
        let number = &rest[..rest.find(|one: char| !one.is_ascii_digit() && one != '.').unwrap_or(rest.len())];
        rest = &rest[number.len()..];
        let unit = &rest[..rest.find(|one: char| one.is_ascii_digit() || one == '.').unwrap_or(rest.len())];
        rest = &rest[unit.len()..];
        let length: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            "w" => 604_800_000_000_000,
            "y" => 31_536_000_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || whole.len() > 19 {
            return None;
        }
        sum += if whole.is_empty() { 0 } else { whole.parse::<i128>().ok()? } * length;
        let mut digit_length = length;
        for digit in fraction.bytes() {
            digit_length /= 10;
            sum += i128::from(digit - b'0') * digit_length;
        }
        parts += 1;
    }
    let signed = if negative { -sum } else { sum };
    if parts == 0 { None } else { i64::try_from(signed).ok() }
}
