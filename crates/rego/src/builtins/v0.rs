//! What Rego v0 had, and digests.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use regorus::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{Builtin, members, text};

pub const FUNCTIONS: &[Builtin] = &[
    ("all", 1, |given| Some(Value::from(members(&given[0])?.iter().all(|one| *one == Value::from(true))))),
    ("any", 1, |given| Some(Value::from(members(&given[0])?.contains(&Value::from(true))))),
    ("set_diff", 2, |given| {
        let (left, right) = (given[0].as_set().ok()?, given[1].as_set().ok()?);
        Some(Value::from(left.iter().filter(|one| !right.contains(one)).cloned().collect::<BTreeSet<_>>()))
    }),
    ("cast_array", 1, |given| Some(Value::from(members(&given[0])?))),
    ("cast_set", 1, |given| Some(Value::from(members(&given[0])?.into_iter().collect::<BTreeSet<_>>()))),
    ("cast_string", 1, |given| text(&given[0]).map(Value::from)),
    ("cast_boolean", 1, |given| given[0].as_bool().ok().map(|value| Value::from(*value))),
    ("cast_null", 1, |given| (given[0] == Value::Null).then_some(Value::Null)),
    ("cast_object", 1, |given| given[0].as_object().ok().map(|_| given[0].clone())),
    ("crypto.md5", 1, |given| Some(hexadecimal(&Md5::digest(text(&given[0])?)))),
    ("crypto.sha1", 1, |given| Some(hexadecimal(&Sha1::digest(text(&given[0])?)))),
    ("crypto.sha256", 1, |given| Some(hexadecimal(&Sha256::digest(text(&given[0])?)))),
    ("crypto.hmac.md5", 2, authenticate::<Hmac<Md5>>),
    ("crypto.hmac.sha1", 2, authenticate::<Hmac<Sha1>>),
    ("crypto.hmac.sha256", 2, authenticate::<Hmac<Sha256>>),
    ("crypto.hmac.sha512", 2, authenticate::<Hmac<Sha512>>),
    ("crypto.hmac.equal", 2, |given| Some(Value::from(text(&given[0])? == text(&given[1])?))),
];

fn authenticate<M: Mac + KeyInit>(given: &[Value]) -> Option<Value> {
    let mut mac = <M as KeyInit>::new_from_slice(text(&given[1])?.as_bytes()).ok()?;
    mac.update(text(&given[0])?.as_bytes());
    Some(hexadecimal(&mac.finalize().into_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> Value {
    Value::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
