//! Documents from JSON. Each decision of a server begins with one, and reading it costs more than what a policy does with
//! it, so parts that nobody looks at are passed over, and what documents have in common is kept: the texts of keys, and
//! shapes, which are objects with keys in order and without values. What is not as `JSON.stringify` writes it, wherever it
//! stands, is read by serde_json, which also says what is wrong with it.

use std::cell::RefCell;
use std::ops::Range;

use anyhow::Result;
use regorus::Value;
use regorus::value::Object;

use crate::parts::{ALL, Parts};

/// As deep as serde_json goes.
const LEVELS: usize = 127;
/// Keys and shapes that are kept; the next of the same place takes it. 2 MiB at most.
const KEYS: usize = 1024;
const SHAPES: usize = 512;
/// Bytes of a key, and keys of a shape, that are worth it.
const LONGEST: usize = 64;
const WIDEST: usize = 32;
/// Such an object is read as a number by regorus.
const NUMBER: &str = "$serde_json::private::Number";

struct Shape {
    keys: Box<[*const u8]>,
    empty: Object,
}

/// What documents have in common.
struct Common {
    keys: Vec<Option<Value>>,
    shapes: Vec<Option<Shape>>,
}

thread_local! {
    static COMMON: RefCell<Common> = RefCell::new(Common {
        keys: (0..KEYS).map(|_| None).collect(),
        shapes: (0..SHAPES).map(|_| None).collect(),
    });
}

/// These parts of what is in bytes of UTF-8; more where it is not plain.
pub fn read(json: &[u8], parts: &Parts) -> Result<Value> {
    let json = std::str::from_utf8(json)?;
    plain(json, |reader| reader.value(LEVELS, parts)).map_or_else(|| Value::from_json_str(json), Ok)
}

/// Where the values of an object's fields lie, by name, if it is a plain one.
pub fn fields(json: &str) -> Option<Vec<(Value, Range<usize>)>> {
    plain(json, |reader| reader.fields())
}

fn plain<T>(json: &str, read: impl FnOnce(&mut Reader) -> Option<T>) -> Option<T> {
    COMMON.with_borrow_mut(|common| {
        let mut reader = Reader { json, at: 0, common, entries: vec![], items: vec![] };
        read(&mut reader).filter(|_| reader.at == json.len())
    })
}

/// Answers nothing to what it leaves to serde_json.
struct Reader<'a> {
    json: &'a str,
    at: usize,
    common: &'a mut Common,
    /// Of the objects that are open.
    entries: Vec<(Value, Value)>,
    /// Of the arrays that are open.
    items: Vec<Value>,
}

impl Reader<'_> {
    fn next(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then(|| self.at += 1)
    }

    fn value(&mut self, levels: usize, parts: &Parts) -> Option<Value> {
        match self.next()? {
            b'"' => self.text(),
            b'{' => self.object(levels.checked_sub(1)?, parts),
            b'[' => self.array(levels.checked_sub(1)?, parts),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    /// Passes over a value. What would not be read is not passed over either.
    fn pass(&mut self, levels: usize) -> Option<()> {
        match self.next()? {
            b'"' => self.pass_text(),
            b'{' => self.pass_members(levels.checked_sub(1)?, b'}', |reader, levels| {
                reader.pass_key()?;
                reader.pass(levels)
            }),
            b'[' => self.pass_members(levels.checked_sub(1)?, b']', Reader::pass),
            _ => self.value(levels, &ALL).map(drop),
        }
    }

    #[inline]
    fn pass_members(&mut self, levels: usize, end: u8, member: fn(&mut Self, usize) -> Option<()>) -> Option<()> {
        self.at += 1;
        if self.take(end).is_some() {
            return Some(());
        }
        loop {
            member(self, levels)?;
            if self.take(b',').is_none() {
                return self.take(end);
            }
        }
    }

    fn pass_text(&mut self) -> Option<()> {
        let (end, plain) = self.end_of_text()?;
        if !plain {
            return self.text().map(drop);
        }
        self.at = end;
        Some(())
    }

    fn pass_key(&mut self) -> Option<()> {
        let begin = self.at;
        self.take(b'"')?;
        self.at = begin;
        self.pass_text()?;
        self.json.get(begin + 1..self.at - 1).filter(|key| *key != NUMBER)?;
        self.take(b':')
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.json.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn number(&mut self) -> Option<Value> {
        let rest = self.json.as_bytes().get(self.at..)?;
        let length =
            rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let text = self.json.get(self.at..self.at + length)?;
        self.at += length;
        let short = length < 16 && !text.starts_with(['0', '-']) && text.bytes().all(|byte| byte.is_ascii_digit());
        if short { text.parse::<u64>().ok().map(Value::from) } else { Value::from_json_str(text).ok() }
    }

    /// Behind the quote that ends the text which begins here, and whether it is as it is written.
    fn end_of_text(&self) -> Option<(usize, bool)> {
        let bytes = self.json.as_bytes();
        let (mut at, mut plain) = (self.at + 1, true);
        loop {
            at = special(bytes, at);
            match bytes.get(at)? {
                b'"' => return Some((at + 1, plain)),
                b'\\' => {
                    plain = false;
                    at += 2;
                }
                _ => return None,
            }
        }
    }

    fn text(&mut self) -> Option<Value> {
        let (end, plain) = self.end_of_text()?;
        let value = if plain {
            Value::String(self.json.get(self.at + 1..end - 1)?.into())
        } else {
            Value::from_json_str(self.json.get(self.at..end)?).ok()?
        };
        self.at = end;
        Some(value)
    }

    fn key(&mut self) -> Option<Value> {
        let (end, plain) = self.end_of_text().filter(|_| self.next() == Some(b'"'))?;
        let text = self.json.get(self.at + 1..end - 1)?;
        if !plain || text.len() > LONGEST {
            return self.text();
        }
        self.at = end;
        let known = self.common.keys.get_mut(place(words(text), KEYS))?;
        match known {
            Some(Value::String(key)) if **key == *text => (),
            _ if text == NUMBER => return None,
            _ => *known = Some(Value::String(text.into())),
        }
        known.clone()
    }

    /// What is looked at behind the key that is next, if anything.
    fn looked_at<'p>(&self, parts: &'p Parts) -> Option<&'p Parts> {
        if parts.are_all() {
            return Some(parts);
        }
        match self.end_of_text() {
            Some((end, true)) => parts.field(self.json.get(self.at + 1..end - 1)?),
            // Whatever it is, it is read.
            _ => Some(&ALL),
        }
    }

    fn object(&mut self, levels: usize, parts: &Parts) -> Option<Value> {
        self.at += 1;
        if self.take(b'}').is_some() {
            return Some(Value::new_object());
        }
        let begin = self.entries.len();
        loop {
            if let Some(parts) = self.looked_at(parts) {
                let key = self.key()?;
                self.take(b':')?;
                let value = self.value(levels, parts)?;
                self.entries.push((key, value));
            } else {
                self.pass_key()?;
                self.pass(levels)?;
            }
            if self.take(b',').is_none() {
                break;
            }
        }
        self.take(b'}')?;
        self.shaped(begin)
    }

    fn fields(&mut self) -> Option<Vec<(Value, Range<usize>)>> {
        self.take(b'{')?;
        let mut fields = vec![];
        if self.take(b'}').is_some() {
            return Some(fields);
        }
        loop {
            let key = self.key()?;
            self.take(b':')?;
            let begin = self.at;
            self.pass(LEVELS - 1)?;
            fields.push((key, begin..self.at));
            if self.take(b',').is_none() {
                return self.take(b'}').map(|()| fields);
            }
        }
    }

    fn array(&mut self, levels: usize, parts: &Parts) -> Option<Value> {
        self.at += 1;
        let begin = self.items.len();
        if self.take(b']').is_none() {
            loop {
                // Who looks at no members does not look how many there are.
                match parts.each() {
                    Some(parts) => {
                        let item = self.value(levels, parts)?;
                        self.items.push(item);
                    }
                    None => self.pass(levels)?,
                }
                if self.take(b',').is_none() {
                    break;
                }
            }
            self.take(b']')?;
        }
        Some(Value::from(self.items.split_off(begin)))
    }

    /// The entries from there on as an object.
    fn shaped(&mut self, begin: usize) -> Option<Value> {
        let entries = self.entries.get(begin..)?;
        let addresses = || entries.iter().map(|(key, _)| address(key));
        let kept = self.common.shapes.get_mut(place(addresses().map(|key| key as u32), SHAPES))?;
        let known = kept.as_ref().filter(|shape| shape.keys.iter().copied().eq(addresses()));
        let mut object = match known {
            Some(shape) => shape.empty.clone(),
            None => {
                let (keys, width) = (addresses().collect(), entries.len());
                let empty = entries.iter().map(|(key, _)| (key.clone(), Value::Null)).collect::<Object>().into();
                let Value::Object(empty) = empty else { return None };
                let empty = (*empty).clone();
                if empty.len() == width && width <= WIDEST && entries.iter().all(|(key, _)| is_short(key)) {
                    *kept = Some(Shape { keys, empty: empty.clone() });
                }
                empty
            }
        };
        for (key, value) in self.entries.drain(begin..) {
            object.insert(key, value);
        }
        Some(object.into())
    }
}

fn is_short(key: &Value) -> bool {
    matches!(key, Value::String(text) if text.len() <= LONGEST)
}

/// What is the same for the same text, as long as somebody has it.
fn address(key: &Value) -> *const u8 {
    match key {
        Value::String(text) => text.as_ptr(),
        _ => std::ptr::null(),
    }
}

/// Where the next byte is that does not stand for itself in a text: a quote, a backslash, a control character.
fn special(bytes: &[u8], mut at: usize) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    while let Some(eight) = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()) {
        // The highest bit of each byte says whether it is one; the lowest of them is right.
        let eight = u64::from_le_bytes(eight);
        let below = |word: u64, limit: u64| word.wrapping_sub(limit * EACH) & !word;
        let found = below(eight, 0x20) | below(eight ^ (0x22 * EACH), 1) | below(eight ^ (0x5c * EACH), 1);
        let found = found & (0x80 * EACH);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count()
}

/// A text in parts to mix.
fn words(text: &str) -> impl Iterator<Item = u32> {
    let (fours, rest) = text.as_bytes().as_chunks::<4>();
    let rest = rest.iter().map(|byte| u32::from(*byte));
    fours.iter().map(|four| u32::from_le_bytes(*four)).chain(rest)
}

fn place(parts: impl Iterator<Item = u32>, places: usize) -> usize {
    let mixed = parts.fold(0_u32, |mixed, part| (mixed.rotate_left(5) ^ part).wrapping_mul(0x9e37_79b9));
    (mixed >> 16) as usize % places
}
