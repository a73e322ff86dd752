//! What of `input` the rules of modules can look at, whatever they are asked and it holds. Most rules name what they want:
//! `input.spec.replicas`, `some container in input.spec.containers; container.image`. What a variable stands for is
//! followed where it is bound by nothing else; all that is not understood takes what it has as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Module, Span};

use crate::outline::components;
use crate::parts::{Parts, Step};
use crate::visit::{self, Visitor};

/// So many variables after each other that stand for parts of what the one before does.
const LONGEST: usize = 16;

pub fn of_modules<'a>(modules: impl Iterator<Item = &'a Module>) -> Parts {
    let mut parts = Parts::default();
    for module in modules {
        for import in &module.imports {
            if let [root, path @ ..] = &components(&import.refr)[..]
                && root == "input"
            {
                let path: Vec<_> = path.iter().map(|name| Step::Field(name.as_str().into())).collect();
                parts.add(&path, true);
            }
        }
        for rule in &module.policy {
            let mut looks = Looks::default();
            visit::rule(rule, &mut looks);
            looks.add_to(&mut parts);
        }
    }
    parts.settled()
}

/// A variable, or `input`, and what is looked at of it.
#[derive(Clone)]
struct Place {
    root: String,
    path: Vec<Step>,
}

/// What one rule looks at. Names are taken alike wherever they stand in it.
#[derive(Default)]
struct Looks {
    /// Taken as a whole.
    taken: Vec<Place>,
    /// What variables stand for.
    bound: BTreeMap<String, Vec<Place>>,
    /// Expressions that have been understood with what they are a part of.
    understood: BTreeSet<*const Expr>,
}

impl Visitor for Looks {
    fn statement(&mut self, statement: &LiteralStmt, _: Option<&Span>) {
        match &statement.literal {
            Literal::Expr { expr, .. } => {
                if let Expr::AssignExpr { op: AssignOp::ColEq, lhs, rhs, .. } = expr.as_ref()
                    && let Expr::Var { span, .. } = lhs.as_ref()
                    && let Some(place) = self.place(rhs)
                {
                    self.understood.insert(ptr::from_ref(lhs.as_ref()));
                    self.bind(span.text(), place);
                }
            }
            Literal::SomeIn { value, collection, .. } => {
                if let Expr::Var { span, .. } = value.as_ref()
                    && let Some(place) = self.members(collection)
                {
                    self.understood.insert(ptr::from_ref(value.as_ref()));
                    self.bind(span.text(), place);
                }
            }
            Literal::Every { value, domain, .. } => {
                if let Some(place) = self.members(domain) {
                    self.bind(value.text(), place);
                }
            }
            _ => (),
        }
    }

    fn expression(&mut self, expression: &Expr, _: Option<&LiteralStmt>) {
        if !self.understood.contains(&ptr::from_ref(expression))
            && let Some(place) = self.place(expression)
        {
            self.taken.push(place);
        }
    }
}

impl Looks {
    /// The place that a reference names. What it is indexed by is looked at by itself.
    fn place(&mut self, refr: &Expr) -> Option<Place> {
        let (mut part, mut path, mut passed) = (refr, vec![], vec![]);
        let root = loop {
            passed.push(ptr::from_ref(part));
            part = match part {
                Expr::Var { span, .. } => break span.text().to_owned(),
                Expr::RefDot { refr, field, .. } => {
                    path.push(Step::Field(field.0.text().into()));
                    refr
                }
                Expr::RefBrack { refr, index, .. } => {
                    let name = match index.as_ref() {
                        Expr::String { value, .. } | Expr::RawString { value, .. } => value.as_string().ok(),
                        _ => None,
                    };
                    path.push(name.map_or(Step::Each, |name| Step::Field(name.as_ref().into())));
                    refr
                }
                _ => return None,
            };
        };
        self.understood.extend(passed);
        path.reverse();
        Some(Place { root, path })
    }

    /// Of each member of a collection.
    fn members(&mut self, collection: &Expr) -> Option<Place> {
        let named = match collection {
            Expr::Call { fcn, params, .. } if components(fcn) == ["causeway_members"] => params.first()?,
            other => other,
        };
        let mut place = self.place(named)?;
        place.path.push(Step::Each);
        Some(place)
    }

    fn bind(&mut self, name: &str, place: Place) {
        self.bound.entry(name.to_owned()).or_default().push(place);
    }

    fn add_to(&self, parts: &mut Parts) {
        for place in &self.taken {
            self.add(place, true, parts, 0);
        }
        for places in self.bound.values() {
            for place in places {
                self.add(place, places.len() > 1, parts, 0);
            }
        }
    }

    fn add(&self, place: &Place, wholly: bool, parts: &mut Parts, followed: usize) {
        if place.root == "input" {
            parts.add(&place.path, wholly);
        } else if followed > LONGEST {
            parts.add(&[], true);
        } else if let Some([one]) = self.bound.get(&place.root).map(Vec::as_slice) {
            let path = [&one.path[..], &place.path].concat();
            self.add(&Place { root: one.root.clone(), path }, wholly, parts, followed + 1);
        }
    }
}
