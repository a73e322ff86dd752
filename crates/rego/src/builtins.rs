//! Functions of OPA that regorus lacks, or computes otherwise than OPA does. As in OPA, what cannot be computed is
//! undefined, or an error where builtins are strict.

mod format;
mod glob;
mod networks;
mod patterns;
mod texts;
mod v0;

use std::cell::{Cell, OnceCell};

use anyhow::{Result, bail};
use regorus::unstable::{BUILTINS, Expr, Ref, Source, Span};
use regorus::{Engine, Value};

use crate::context;

/// Name, number of arguments, and the function: nothing where it cannot be computed.
pub type Builtin = (&'static str, u8, fn(&[Value]) -> Option<Value>);

/// What rewritten modules call; see `rewrite`.
const INTERNAL: &[Builtin] = &[
    ("causeway_members", 1, |given| match &given[0] {
        Value::Array(_) | Value::Set(_) | Value::Object(_) => Some(given[0].clone()),
        _ => Some(Value::new_array()),
    }),
    ("internal.member_3", 3, |given| {
        Some(Value::from(match &given[2] {
            Value::Set(set) => given[0] == given[1] && set.contains(&given[1]),
            collection => collection[&given[0]] == given[1],
        }))
    }),
];

const TABLES: &[&[Builtin]] = &[
    INTERNAL,
    format::FUNCTIONS,
    glob::FUNCTIONS,
    networks::FUNCTIONS,
    patterns::FUNCTIONS,
    texts::FUNCTIONS,
    v0::FUNCTIONS,
];

/// Functions that would reach out of the evaluation: a rule that calls one cannot be evaluated.
pub const OUTSIDE: &[&str] = &["http.send", "net.lookup_ip_addr"];

pub fn all() -> impl Iterator<Item = &'static Builtin> {
    TABLES.iter().copied().flatten()
}

/// The number of arguments of a function that policies may call.
pub fn arity(name: &str) -> Option<u8> {
    let own = all().find(|(known, ..)| *known == name).map(|(_, arguments, _)| *arguments);
    let of_context = || context::FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, arguments)| *arguments);
    own.or_else(of_context).or_else(|| BUILTINS.get(name).map(|(_, arguments)| *arguments))
}

thread_local! {
    static STRICT: Cell<bool> = const { Cell::new(false) };
    static NOWHERE: OnceCell<Ref<Expr>> = const { OnceCell::new() };
}

/// From here on what cannot be computed ends the evaluation.
pub fn set_strict(strict: bool) {
    STRICT.set(strict);
}

/// Makes them known to policies.
pub fn introduce(engine: &mut Engine) -> Result<()> {
    for (name, arguments, call) in all() {
        let extension = move |given: Vec<Value>| match call(&given) {
            Some(value) => Ok(value),
            None if STRICT.get() => bail!("{name} cannot be computed of what it was given"),
            None => Ok(Value::Undefined),
        };
        engine.add_extension((*name).to_owned(), *arguments, Box::new(extension))?;
    }
    for name in OUTSIDE {
        let refusal = move |_| bail!("{name} is not here: a policy reaches nothing outside");
        engine.add_extension((*name).to_owned(), 1, Box::new(refusal))?;
    }
    Ok(())
}

/// Calls a function of regorus.
fn native(name: &str, given: &[Value]) -> Option<Value> {
    let place = NOWHERE.with(|nowhere| {
        nowhere.get().cloned().or_else(|| {
            let source = Source::from_contents(String::new(), String::new()).ok()?;
            let span = Span { source, line: 1, col: 1, start: 0, end: 0 };
            Some(nowhere.get_or_init(|| Ref::new(Expr::Null { span, value: Value::Null, eidx: 0 })).clone())
        })
    })?;
    let places = vec![place.clone(); given.len()];
    BUILTINS.get(name)?.0(place.span(), &places, given, true).ok().filter(|value| *value != Value::Undefined)
}

fn text(value: &Value) -> Option<&str> {
    value.as_string().ok().map(|text| text.as_ref())
}

/// The members of a list or a set.
fn members(value: &Value) -> Option<Vec<Value>> {
    let of_list = value.as_array().map(|list| list.to_vec());
    of_list.or_else(|_| value.as_set().map(|set| set.iter().cloned().collect())).ok()
}
