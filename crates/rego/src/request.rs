//! The request that a document came with, of which most rules look at nothing: a field is read when a rule does.

use std::ops::Range;

use anyhow::Result;
use regorus::Value;

use crate::documents;
use crate::parts::ALL;

pub struct Request {
    json: Vec<u8>,
    fields: Vec<(Value, Field)>,
}

enum Field {
    Written(Range<usize>),
    Read(Value),
}

impl Request {
    pub const NONE: Request = Request { json: vec![], fields: vec![] };

    /// From an object's JSON in bytes of UTF-8.
    pub fn read(json: Vec<u8>) -> Result<Request> {
        let fields = match documents::fields(std::str::from_utf8(&json)?) {
            Some(fields) => fields.into_iter().map(|(name, place)| (name, Field::Written(place))).collect(),
            None => {
                let object = documents::read(&json, &ALL)?;
                object.as_object()?.iter().map(|(name, value)| (name.clone(), Field::Read(value.clone()))).collect()
            }
        };
        Ok(Request { json, fields })
    }

    /// Undefined where there is none of the name.
    pub fn field(&mut self, name: &Value) -> Result<Value> {
        let Some((_, field)) = self.fields.iter_mut().rfind(|(known, _)| known == name) else {
            return Ok(Value::Undefined);
        };
        match field {
            Field::Read(value) => Ok(value.clone()),
            Field::Written(place) => {
                let value = documents::read(&self.json[place.clone()], &ALL)?;
                *field = Field::Read(value.clone());
                Ok(value)
            }
        }
    }
}
