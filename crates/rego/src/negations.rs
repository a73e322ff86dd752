//! What `not` is about is computed before it, as OPA does: `not f(x)` is undefined where `x` is, rather than true. OPA does
//! so for calls wherever they stand, and for references but those that are themselves negated or compared by `==`.

use anyhow::{Result, bail};
use regorus::unstable::{BoolOp, Expr, Literal, LiteralStmt, Module, Ref, Span};

use crate::edits::{Edits, Moves, end_of, start_of};
use crate::functions::Functions;
use crate::modules::text_of;
use crate::one_line::on_one_line;
use crate::outline::components;
use crate::visit::{self, Visitor};

/// The text of a module in which what is negated has been computed, but for that of `not` within what was. `count` is of
/// the variables that were made for it.
pub fn computed_before(module: &Module, functions: &Functions, count: &mut usize) -> Result<Option<(String, Moves)>> {
    if module.imports.iter().any(|import| components(&import.refr) == ["future", "keywords", "not"]) {
        return Ok(None);
    }
    let text = text_of(module);
    let before = *count;
    let mut writer = Writer { module, functions, text, count, edits: Edits::default(), unbound: None };
    visit::module(module, &mut writer);
    if let Some(span) = writer.unbound {
        bail!(span.error("_ is unsafe: not goes through nothing; give what it goes through a rule of its own"));
    }
    Ok((*writer.count > before).then(|| writer.edits.apply(text)))
}

struct Writer<'a> {
    module: &'a Module,
    functions: &'a Functions,
    text: &'a str,
    count: &'a mut usize,
    edits: Edits,
    /// Where something would be gone through.
    unbound: Option<Span>,
}

impl Visitor for Writer<'_> {
    fn statement(&mut self, statement: &LiteralStmt, bare: Option<&Span>) {
        let Literal::NotExpr { expr, .. } = &statement.literal else { return };
        let mut parts = vec![];
        self.in_negated(expr, &mut parts);
        if parts.is_empty() {
            return;
        }
        if let Some(span) = bare {
            self.edits.enclose(self.text, span);
        }
        let with = match &statement.with_mods[..] {
            [] => String::new(),
            [first, ..] => {
                format!(" {}", on_one_line(&self.text[first.span.start as usize..statement.span.end as usize]))
            }
        };
        for part in parts {
            *self.count += 1;
            let name = format!("causeway_negated{}", self.count);
            let (start, end) = (start_of(part), end_of(part));
            let computed = on_one_line(&self.text[start..end]);
            self.edits.insert(statement.span.start as usize, format!("{name} := {computed}{with}; "));
            self.edits.replace(start, end, name);
        }
    }

    fn expression(&mut self, _: &Expr, _: Option<&LiteralStmt>) {}
}

impl Writer<'_> {
    /// The parts of what is negated that are computed before, none within another.
    fn in_negated<'e>(&mut self, negated: &'e Expr, parts: &mut Vec<&'e Expr>) {
        match negated {
            Expr::AssignExpr { lhs, rhs, .. } | Expr::BoolExpr { op: BoolOp::Eq, lhs, rhs, .. } => {
                self.in_side(lhs, parts);
                self.in_side(rhs, parts);
            }
            Expr::BoolExpr { lhs, rhs, .. } | Expr::BinExpr { lhs, rhs, .. } | Expr::ArithExpr { lhs, rhs, .. } => {
                self.in_operand(lhs, parts);
                self.in_operand(rhs, parts);
            }
            Expr::Membership { key, value, collection, .. } => {
                for one in key.iter().chain([value, collection]) {
                    self.in_operand(one, parts);
                }
            }
            Expr::Call { params, .. } => self.in_operands(params, parts),
            other => self.in_side(other, parts),
        }
    }

    /// A reference may be undefined here; what it is made of may not.
    fn in_side<'e>(&mut self, side: &'e Expr, parts: &mut Vec<&'e Expr>) {
        match side {
            Expr::RefDot { refr, .. } => self.in_side(refr, parts),
            Expr::RefBrack { refr, index, .. } => {
                self.in_side(refr, parts);
                self.in_operand(index, parts);
            }
            Expr::Var { span, .. } => self.expect_bound(span),
            other => self.in_operand(other, parts),
        }
    }

    fn in_operand<'e>(&mut self, operand: &'e Expr, parts: &mut Vec<&'e Expr>) {
        match operand {
            Expr::Var { span, .. } => {
                self.expect_bound(span);
                if self.functions.is_global(self.module, span.text()) {
                    parts.push(operand);
                }
            }
            Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                self.in_side(operand, &mut vec![]);
                parts.push(operand);
            }
            Expr::Call { .. }
            | Expr::BinExpr { .. }
            | Expr::ArithExpr { .. }
            | Expr::BoolExpr { .. }
            | Expr::Membership { .. } => parts.push(operand),
            Expr::Array { items, .. } | Expr::Set { items, .. } => self.in_operands(items, parts),
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.in_operand(key, parts);
                    self.in_operand(value, parts);
                }
            }
            _ => (),
        }
    }

    fn in_operands<'e>(&mut self, operands: &'e [Ref<Expr>], parts: &mut Vec<&'e Expr>) {
        for one in operands {
            self.in_operand(one, parts);
        }
    }

    fn expect_bound(&mut self, variable: &Span) {
        if variable.text() == "_" {
            self.unbound.get_or_insert_with(|| variable.clone());
        }
    }
}
