//! What rules are told beside the input and the data: the request, and its time. Nothing else changes from one
//! evaluation to the next, so the same question has the same answer, however often and wherever it is asked: the builtins
//! that would tell the machine's time, or throw dice, go by the time of the request instead.

use std::cell::RefCell;

use anyhow::{Result, bail};
use regorus::{Engine, Value};

use crate::request::Request;

struct Context {
    request: Request,
    /// Nanoseconds since 1970.
    time: i64,
    /// What `trace` said.
    notes: Vec<String>,
}

thread_local! {
    static CONTEXT: RefCell<Context> =
        const { RefCell::new(Context { request: Request::NONE, time: 0, notes: vec![] }) };
}

/// `data.request` is a package of rules, as changing data would mean to analyse the policies anew.
pub const REQUEST_FILE: &str = "(request)";

/// Names and numbers of arguments of what is introduced here.
pub const FUNCTIONS: &[(&str, u8)] =
    &[("causeway_request", 1), ("time.now_ns", 0), ("uuid.rfc4122", 1), ("rand.intn", 2), ("trace", 1)];

fn request_module(fields: &[String]) -> String {
    let rules = fields.iter().map(|field| format!("{field} := causeway_request({field:?})\n"));
    format!("package request\n\n{}", rules.collect::<String>())
}

/// Makes the fields of the request, and a clock and dice that go by it, known to policies.
pub fn introduce(engine: &mut Engine, request_fields: &[String]) -> Result<()> {
    engine.set_rego_v0(false);
    engine.add_policy(REQUEST_FILE.to_owned(), request_module(request_fields))?;
    let mut add = |name: &str, call: fn(&mut Context, &[Value]) -> Result<Value>| {
        let Some((_, arguments)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
            bail!("{name} is not known")
        };
        let extension = move |given: Vec<Value>| CONTEXT.with_borrow_mut(|context| call(context, &given));
        engine.add_extension(name.to_owned(), *arguments, Box::new(extension))
    };
    add("causeway_request", |context, given| context.request.field(&given[0]))?;
    add("time.now_ns", |context, _| Ok(Value::from(context.time)))?;
    add("uuid.rfc4122", |context, given| {
        let key = given[0].as_string()?;
        let (high, low) = (dice(context.time, &format!("uuid {key}")), dice(context.time, &format!("uuid low {key}")));
        let (time, middle) = (high >> 32, (high >> 16) & 0xffff);
        let (version, variant) = (high & 0x0fff | 0x4000, (low >> 48) & 0x3fff | 0x8000);
        let node = low & 0xffff_ffff_ffff;
        Ok(Value::from(format!("{time:08x}-{middle:04x}-{version:04x}-{variant:04x}-{node:012x}")))
    })?;
    add("rand.intn", |context, given| {
        let key = given[0].as_string()?;
        Ok(match given[1].as_i64()?.unsigned_abs() {
            0 => Value::from(0u64),
            sides => Value::from(dice(context.time, &format!("intn {key} {sides}")) % sides),
        })
    })?;
    add("trace", |context, given| {
        let Value::String(note) = &given[0] else { bail!("trace takes a text") };
        context.notes.push(note.to_string());
        Ok(Value::from(true))
    })
}

/// From here on it is about this request, or none when it cannot be read. `milliseconds` since 1970.
pub fn set(json: Vec<u8>, milliseconds: f64) -> Result<()> {
    let time = (milliseconds * 1e6) as i64;
    CONTEXT.set(Context { request: Request::NONE, time, notes: vec![] });
    let request = Request::read(json)?;
    CONTEXT.with_borrow_mut(|context| context.request = request);
    Ok(())
}

pub fn take_notes() -> Vec<String> {
    CONTEXT.with_borrow_mut(|context| std::mem::take(&mut context.notes))
}

/// FNV-1a, then the finaliser of splitmix64: spread evenly, and of no use as a secret.
fn dice(time: i64, key: &str) -> u64 {
    let bytes = time.to_le_bytes().into_iter().chain(key.bytes());
    let mut mixed =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
