//! Functions of OPA that regorus lacks and policies use: those that Rego v0 had, digests, and networks that meet. As in
//! OPA, what they cannot be computed of is undefined.

use std::collections::BTreeSet;

use anyhow::Result;
use hmac::{Hmac, KeyInit, Mac};
use ipnet::IpNet;
use md5::Md5;
use regex::Regex;
use regorus::{Engine, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// Makes them known to policies.
pub fn introduce(engine: &mut Engine) -> Result<()> {
    let mut add = |name: &str, arguments, call: fn(&[Value]) -> Option<Value>| {
        let extension = move |given: Vec<Value>| Ok(call(&given).unwrap_or(Value::Undefined));
        engine.add_extension(name.to_owned(), arguments, Box::new(extension))
    };
    add("all", 1, |given| Some(Value::from(members(&given[0])?.iter().all(|one| *one == Value::from(true)))))?;
    add("any", 1, |given| Some(Value::from(members(&given[0])?.contains(&Value::from(true)))))?;
    add("re_match", 2, |given| Some(Value::from(Regex::new(text(&given[0])?).ok()?.is_match(text(&given[1])?))))?;
    add("set_diff", 2, |given| {
        let (left, right) = (given[0].as_set().ok()?, given[1].as_set().ok()?);
        Some(Value::from(left.iter().filter(|one| !right.contains(one)).cloned().collect::<BTreeSet<_>>()))
    })?;
    add("cast_array", 1, |given| Some(Value::from(members(&given[0])?)))?;
    add("cast_set", 1, |given| Some(Value::from(members(&given[0])?.into_iter().collect::<BTreeSet<_>>())))?;
    add("cast_string", 1, |given| text(&given[0]).map(Value::from))?;
    add("cast_boolean", 1, |given| given[0].as_bool().ok().map(|value| Value::from(*value)))?;
    add("cast_null", 1, |given| (given[0] == Value::Null).then_some(Value::Null))?;
    add("cast_object", 1, |given| given[0].as_object().ok().map(|_| given[0].clone()))?;
    add("net.cidr_intersects", 2, |given| intersects(&given[0], &given[1]))?;
    add("net.cidr_overlap", 2, |given| intersects(&given[0], &given[1]))?;
    add("crypto.md5", 1, |given| Some(hexadecimal(&Md5::digest(text(&given[0])?))))?;
    add("crypto.sha1", 1, |given| Some(hexadecimal(&Sha1::digest(text(&given[0])?))))?;
    add("crypto.sha256", 1, |given| Some(hexadecimal(&Sha256::digest(text(&given[0])?))))?;
    add("crypto.hmac.md5", 2, authenticate::<Hmac<Md5>>)?;
    add("crypto.hmac.sha1", 2, authenticate::<Hmac<Sha1>>)?;
    add("crypto.hmac.sha256", 2, authenticate::<Hmac<Sha256>>)?;
    add("crypto.hmac.sha512", 2, authenticate::<Hmac<Sha512>>)?;
    add("crypto.hmac.equal", 2, |given| Some(Value::from(text(&given[0])? == text(&given[1])?)))
}

fn text(value: &Value) -> Option<&str> {
    value.as_string().ok().map(|text| text.as_ref())
}

/// The members of a list or a set.
fn members(value: &Value) -> Option<Vec<Value>> {
    let of_list = value.as_array().map(|list| list.to_vec());
    of_list.or_else(|_| value.as_set().map(|set| set.iter().cloned().collect())).ok()
}

fn intersects(left: &Value, right: &Value) -> Option<Value> {
    let (left, right): (IpNet, IpNet) = (text(left)?.parse().ok()?, text(right)?.parse().ok()?);
    Some(Value::from(left.contains(&right.network()) || right.contains(&left.network())))
}

fn authenticate<M: Mac + KeyInit>(given: &[Value]) -> Option<Value> {
    let mut mac = <M as KeyInit>::new_from_slice(text(&given[1])?.as_bytes()).ok()?;
    mac.update(text(&given[0])?.as_bytes());
    Some(hexadecimal(&mac.finalize().into_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> Value {
    Value::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
