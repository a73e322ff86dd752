//! `sprintf` as OPA has it: Go's `fmt` of whole numbers, other numbers and texts. Whatever else there is, is a text.

use regorus::Value;

use super::{Builtin, native, text};

pub const FUNCTIONS: &[Builtin] =
    &[("sprintf", 2, |given| Some(Value::from(format(text(&given[0])?, &given[1].as_array().ok()?.to_vec()))))];

enum Argument {
    Whole(i128),
    /// A whole number, by its digits.
    Digits(String),
    Float(f64),
    Text(String),
}

impl Argument {
    fn of(value: &Value) -> Argument {
        match value {
            Value::String(text) => Argument::Text(text.to_string()),
            Value::Number(_) => {
                let whole = value.as_i128().map(Argument::Whole).ok();
                let digits = || written("%d", value).map(Argument::Digits);
                let float = || value.as_f64().map(Argument::Float).ok();
                whole.or_else(digits).or_else(float).unwrap_or_else(|| Argument::Text(value.to_string()))
            }
            Value::Set(set) if set.is_empty() => Argument::Text("set()".to_owned()),
            value => Argument::Text(written("%v", value).unwrap_or_else(|| value.to_string())),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Argument::Digits(_) => "*big.Int",
            Argument::Whole(whole) if i64::try_from(*whole).is_err() => "*big.Int",
            Argument::Whole(_) => "int64",
            Argument::Float(_) => "float64",
            Argument::Text(_) => "string",
        }
    }

    fn plain(&self) -> String {
        match self {
            Argument::Whole(whole) => whole.to_string(),
            Argument::Float(float) => general(*float, None, 'e'),
            Argument::Text(text) | Argument::Digits(text) => text.clone(),
        }
    }
}

/// As regorus writes it.
fn written(directive: &str, value: &Value) -> Option<String> {
    let written = native("sprintf", &[Value::from(directive), Value::from(vec![value.clone()])])?;
    text(&written).map(str::to_owned)
}

#[derive(Default)]
struct Directive {
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// No directive is wider than Go allows it to be.
const WIDEST: usize = 1_000_000;

fn format(pattern: &str, given: &[Value]) -> String {
    let mut formatted = String::new();
    let (mut next, mut reordered) = (0, false);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        formatted += before;
        rest = after;
        let mut directive = Directive::default();
        while let Some(flag) = rest.chars().next().filter(|flag| "+-# 0".contains(*flag)) {
            match flag {
                '+' => directive.plus = true,
                '-' => directive.minus = true,
                '#' => directive.sharp = true,
                ' ' => directive.space = true,
                _ => directive.zero = true,
            }
            rest = &rest[1..];
        }
        let mut bad_index = false;
        let mut index = |rest: &mut &str, next: &mut usize| {
            let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else { return };
            *rest = after;
            reordered = true;
            match inside.parse::<usize>() {
                Ok(place) if (1..=given.len()).contains(&place) => *next = place - 1,
                _ => bad_index = true,
            }
        };
        index(&mut rest, &mut next);
        directive.width = size(&mut rest, given, &mut next, &mut directive.minus);
        if let Some(after) = rest.strip_prefix('.') {
            rest = after;
            index(&mut rest, &mut next);
            directive.precision = Some(size(&mut rest, given, &mut next, &mut false).unwrap_or(0));
        }
        index(&mut rest, &mut next);
        let Some(verb) = rest.chars().next() else {
            formatted += "%!(NOVERB)";
            break;
        };
        rest = &rest[verb.len_utf8()..];
        if verb == '%' {
            formatted.push('%');
        } else if bad_index {
            formatted += &format!("%!{verb}(BADINDEX)");
        } else if let Some(value) = given.get(next) {
            next += 1;
            formatted += &directive.apply(verb, &Argument::of(value));
        } else {
            formatted += &format!("%!{verb}(MISSING)");
        }
    }
    formatted += rest;
    if !reordered && next < given.len() {
        let extra: Vec<_> = given[next..]
            .iter()
            .map(|value| {
                let argument = Argument::of(value);
                format!("{}={}", argument.kind(), argument.plain())
            })
            .collect();
        formatted += &format!("%!(EXTRA {})", extra.join(", "));
    }
    formatted
}

/// Digits, or `*`, which takes an argument.
fn size(rest: &mut &str, given: &[Value], next: &mut usize, minus: &mut bool) -> Option<usize> {
    if let Some(after) = rest.strip_prefix('*') {
        *rest = after;
        let size = given.get(*next)?.as_i64().ok()?;
        *next += 1;
        *minus |= size < 0;
        return usize::try_from(size.unsigned_abs()).ok().filter(|size| *size <= WIDEST);
    }
    let digits = rest.len() - rest.trim_start_matches(|one: char| one.is_ascii_digit()).len();
    let (size, after) = rest.split_at(digits);
    *rest = after;
    size.parse().ok().filter(|size| *size <= WIDEST)
}

impl Directive {
    fn apply(&self, verb: char, argument: &Argument) -> String {
        let formatted = match (argument, verb) {
            (argument, 'T') => Some(self.pad(argument.kind())),
            (Argument::Whole(whole), verb) => self.whole(*whole, verb),
            (Argument::Digits(digits), 'v' | 'd' | 's') => {
                Some(self.number(digits.starts_with('-'), "", digits.trim_start_matches('-'), true))
            }
            (Argument::Digits(_), _) => None,
            (Argument::Float(float), verb) => self.float(*float, verb),
            (Argument::Text(text), verb) => self.text(text, verb),
        };
        formatted.unwrap_or_else(|| format!("%!{verb}({}={})", argument.kind(), argument.plain()))
    }

    fn pad(&self, text: &str) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        if self.minus { format!("{text}{}", " ".repeat(missing)) } else { format!("{}{text}", " ".repeat(missing)) }
    }

    /// With its sign, and with zeros before it where they are asked for.
    fn number(&self, negative: bool, prefix: &str, digits: &str, zeros: bool) -> String {
        let sign = match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let long = sign.len() + digits.len() + prefix.len();
        let missing = if zeros && self.zero && !self.minus { self.width.unwrap_or(0).saturating_sub(long) } else { 0 };
        self.pad(&format!("{sign}{prefix}{}{digits}", "0".repeat(missing)))
    }

    fn whole(&self, whole: i128, verb: char) -> Option<String> {
        let size = whole.unsigned_abs();
        let (prefix, digits) = match verb {
            'v' | 'd' => ("", size.to_string()),
            // As Go’s big numbers are written.
            's' if i64::try_from(whole).is_err() => ("", size.to_string()),
            'b' => ("0b", format!("{size:b}")),
            'o' => ("0", format!("{size:o}")),
            'O' => ("0o", format!("{size:o}")),
            'x' => ("0x", format!("{size:x}")),
            'X' => ("0X", format!("{size:X}")),
            'c' => return Some(self.pad(&character(whole).to_string())),
            'q' => return Some(self.pad(&format!("'{}'", character(whole)))),
            'U' => return Some(self.pad(&format!("U+{size:04X}"))),
            _ => return None,
        };
        let prefix = if self.sharp || verb == 'O' { prefix } else { "" };
        let least = self.precision.unwrap_or(0);
        let digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
        Some(self.number(whole < 0, prefix, &digits, self.precision.is_none()))
    }

    fn float(&self, float: f64, verb: char) -> Option<String> {
        let size = float.abs();
        let digits = match verb {
            'v' => general(size, self.precision, 'e'),
            'g' | 'G' => general(size, self.precision, if verb == 'g' { 'e' } else { 'E' }),
            'f' | 'F' => format!("{size:.*}", self.precision.unwrap_or(6)),
            'e' | 'E' => exponential(size, Some(self.precision.unwrap_or(6)), verb),
            _ => return None,
        };
        Some(self.number(float.is_sign_negative(), "", &digits, true))
    }

    fn text(&self, text: &str, verb: char) -> Option<String> {
        let cut: String = match self.precision {
            Some(most) if "svq".contains(verb) => text.chars().take(most).collect(),
            _ => text.to_owned(),
        };
        match verb {
            'v' if self.sharp => Some(self.pad(&quoted(&cut))),
            's' | 'v' => Some(self.pad(&cut)),
            'q' => Some(self.pad(&quoted(&cut))),
            'x' => Some(self.pad(&cut.bytes().map(|byte| format!("{byte:02x}")).collect::<String>())),
            'X' => Some(self.pad(&cut.bytes().map(|byte| format!("{byte:02X}")).collect::<String>())),
            _ => None,
        }
    }
}

fn character(code: i128) -> char {
    u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// As Go quotes it.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|one| match one {
            '"' | '\\' => format!("\\{one}"),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            '\u{7}' => "\\a".to_owned(),
            '\u{8}' => "\\b".to_owned(),
            '\u{c}' => "\\f".to_owned(),
            '\u{b}' => "\\v".to_owned(),
            one if one.is_ascii_control() => format!("\\x{:02x}", u32::from(one)),
            one if one.is_control() => format!("\\u{:04x}", u32::from(one)),
            one => one.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

/// `1.5e+00`: the exponent has two digits at least.
fn exponential(size: f64, precision: Option<usize>, letter: char) -> String {
    let written = precision.map_or_else(|| format!("{size:e}"), |digits| format!("{size:.digits$e}"));
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}{letter}{sign}{exponent:0>2}")
}

/// The shorter of the two ways to write it: with an exponent below 1e-4, and from a million or the precision on.
fn general(size: f64, precision: Option<usize>, letter: char) -> String {
    let significant = precision.map(|digits| digits.max(1));
    let exact = exponential(size, significant.map(|digits| digits - 1), letter);
    let (digits, exponent) = exact.split_once(letter).unwrap_or((&exact, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    let count = digits.bytes().filter(u8::is_ascii_digit).count() as i32;
    let most = match significant {
        Some(asked) if asked as i32 > count && count >= exponent + 1 => count,
        Some(asked) => asked as i32,
        None => 6,
    };
    if exponent < -4 || exponent >= most {
        let (_, exponent) = exact.split_once(letter).unwrap_or((&exact, "+00"));
        return format!("{digits}{letter}{exponent}");
    }
    let places = usize::try_from(count - 1 - exponent).unwrap_or(0);
    format!("{size:.places$}")
}
