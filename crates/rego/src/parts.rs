//! Which parts of a document somebody looks at.

use std::collections::BTreeMap;

/// Parts that are more than so many are all, and so is what lies deeper than so many levels.
const MOST: usize = 64;
const DEEPEST: usize = 24;

/// One step into a document.
#[derive(Clone)]
pub enum Step {
    Field(Box<str>),
    /// Any member, and which there are.
    Each,
}

/// Of a document: that it is there, and what is looked at within.
#[derive(Clone, Default)]
pub struct Parts {
    all: bool,
    fields: BTreeMap<Box<str>, Parts>,
    /// Looked at in each member. Where there is this, there are no `fields` any more when all is settled.
    each: Option<Box<Parts>>,
}

pub static ALL: Parts = Parts { all: true, fields: BTreeMap::new(), each: None };

impl Parts {
    pub fn are_all(&self) -> bool {
        self.all
    }

    pub fn field(&self, name: &str) -> Option<&Parts> {
        if self.all { Some(self) } else { self.fields.get(name).or(self.each.as_deref()) }
    }

    pub fn each(&self) -> Option<&Parts> {
        if self.all { Some(self) } else { self.each.as_deref() }
    }

    /// With what lies there as well, wholly or but that it is there.
    pub fn add(&mut self, path: &[Step], wholly: bool) {
        let mut part = self;
        for step in path.iter().take(DEEPEST) {
            part = match step {
                Step::Field(name) => part.fields.entry(name.clone()).or_default(),
                Step::Each => part.each.get_or_insert_default(),
            };
        }
        part.all |= wholly || path.len() > DEEPEST;
    }

    pub fn unite(&mut self, other: &Parts) {
        self.all |= other.all;
        for (name, part) in &other.fields {
            self.fields.entry(name.clone()).or_default().unite(part);
        }
        if let Some(each) = &other.each {
            self.each.get_or_insert_default().unite(each);
        }
    }

    /// To be called when all has been added.
    pub fn settled(mut self) -> Parts {
        self.settle();
        if self.count() > MOST { ALL.clone() } else { self }
    }

    fn settle(&mut self) {
        if self.all {
            *self = ALL.clone();
        }
        if let Some(each) = &mut self.each {
            for part in std::mem::take(&mut self.fields).values() {
                each.unite(part);
            }
            each.settle();
        }
        self.fields.values_mut().for_each(Parts::settle);
    }

    fn count(&self) -> usize {
        1 + self.fields.values().chain(self.each.as_deref()).map(Parts::count).sum::<usize>()
    }

    /// Is all of the others' among these?
    pub fn include(&self, others: &Parts) -> bool {
        let within = |mine: Option<&Parts>, other: &Parts| mine.is_some_and(|mine| mine.include(other));
        self.all
            || !others.all
                && others.fields.iter().all(|(name, other)| within(self.field(name), other))
                && others.each.as_deref().is_none_or(|other| within(self.each(), other))
    }

    /// As rules write them, in order: `.spec.containers[_].name`. Of what ends in `?` they look whether it is there.
    pub fn paths(&self) -> Vec<String> {
        let named = self.fields.iter().map(|(name, part)| (format!(".{name}"), part));
        let each = self.each.iter().map(|part| ("[_]".to_owned(), part.as_ref()));
        let mut paths: Vec<_> = named
            .chain(each)
            .flat_map(|(step, part)| part.paths().into_iter().map(move |path| format!("{step}{path}")))
            .collect();
        if paths.is_empty() {
            paths.push(if self.all { "" } else { "?" }.to_owned());
        }
        paths
    }
}
