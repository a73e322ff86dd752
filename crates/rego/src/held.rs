//! A document that policies are asked about one after the other. It is read for the first of them; when another looks at
//! more, it is read again for both, and the next one for both at once when the same policy comes first.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::Result;
use regorus::Value;

use crate::documents;
use crate::parts::{ALL, Parts};

/// What a policy looks at of documents.
pub struct Needs {
    own: Rc<Parts>,
    /// With what those look at that were asked after it about the same documents.
    together: Rc<RefCell<Rc<Parts>>>,
    /// The latest that were seen to include its own.
    included: Rc<Parts>,
}

impl Needs {
    pub fn new(own: Parts) -> Needs {
        let own = Rc::new(own);
        Needs { together: Rc::new(RefCell::new(own.clone())), included: own.clone(), own }
    }

    pub fn own(&self) -> &Parts {
        &self.own
    }

    fn are_among(&mut self, parts: &Rc<Parts>) -> bool {
        if !Rc::ptr_eq(&self.included, parts) {
            if !parts.include(&self.own) {
                return false;
            }
            self.included = parts.clone();
        }
        true
    }
}

pub struct Held {
    json: Vec<u8>,
    value: Value,
    /// What has been read.
    parts: Rc<Parts>,
    /// Of the policy that was asked first.
    together: Rc<RefCell<Rc<Parts>>>,
}

impl Held {
    /// Undefined.
    pub fn nothing() -> Held {
        let parts = Rc::new(ALL.clone());
        Held { json: vec![], value: Value::Undefined, together: Rc::new(RefCell::new(parts.clone())), parts }
    }

    /// Becomes what is in bytes of UTF-8, or undefined when that cannot be read.
    pub fn read(&mut self, json: Vec<u8>, first: &Needs) -> Result<()> {
        self.value = Value::Undefined;
        self.json = json;
        self.together = first.together.clone();
        self.parts = self.together.borrow().clone();
        self.value = documents::read(&self.json, &self.parts)?;
        Ok(())
    }

    /// With all that a policy looks at.
    pub fn value(&mut self, needs: &mut Needs) -> Result<Value> {
        if self.value != Value::Undefined && !needs.are_among(&self.parts) {
            let mut more = (*self.parts).clone();
            more.unite(&needs.own);
            self.parts = Rc::new(more.settled());
            self.together.replace(self.parts.clone());
            self.value = documents::read(&self.json, &self.parts)?;
        }
        Ok(self.value.clone())
    }
}
