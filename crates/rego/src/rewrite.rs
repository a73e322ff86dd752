//! What regorus takes otherwise than OPA without a word, written in a way that both take alike; and what cannot be, refused.

use anyhow::{Result, bail};
use regorus::unstable::{AssignOp, BUILTINS, Expr, Import, Literal, LiteralStmt, Module, Ref, Span};

use crate::edits::{Edits, Moves, end_of, start_of};
use crate::functions::Functions;
use crate::modules::text_of;
use crate::one_line::on_one_line;
use crate::outline::components;
use crate::visit::{self, Visitor};

/// The text of a module to evaluate in place of its own; the lines are the same.
pub fn rewritten(module: &Module, functions: &Functions) -> Result<Option<(String, Moves)>> {
    for import in &module.imports {
        check_import(import)?;
    }
    let text = text_of(module);
    let not_bodies = module.imports.iter().any(|import| components(&import.refr) == ["future", "keywords", "not"]);
    let mut writer = Writer {
        module,
        functions,
        text,
        not_bodies,
        edits: Edits::default(),
        bare: None,
        changed: false,
        walks: vec![],
        fault: None,
    };
    visit::module(module, &mut writer);
    match writer.fault {
        Some((span, message)) => Err(span.error(message)),
        None => Ok(writer.changed.then(|| writer.edits.apply(text))),
    }
}

/// Keywords that regorus lets anyone import, and does not know.
fn check_import(import: &Import) -> Result<()> {
    let path = components(&import.refr);
    let known = match path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["rego", version] => version == "v1",
        ["future", "keywords"] => true,
        ["future", "keywords", keyword] => matches!(keyword, "contains" | "every" | "if" | "in" | "not"),
        _ => true,
    };
    if !known {
        bail!(import.span.error(&format!("{} is not read here", path.join("."))));
    }
    Ok(())
}

struct Writer<'a> {
    module: &'a Module,
    functions: &'a Functions,
    text: &'a str,
    /// Is `not { … }` a body, rather than a set?
    not_bodies: bool,
    edits: Edits,
    /// The latest statement that is a body without braces, by its beginning.
    bare: Option<(u32, Span)>,
    changed: bool,
    /// Where calls of `walk` begin that are understood.
    walks: Vec<usize>,
    fault: Option<(Span, &'static str)>,
}

impl Visitor for Writer<'_> {
    fn statement(&mut self, statement: &LiteralStmt, bare: Option<&Span>) {
        self.bare = bare.map(|span| (statement.span.start, span.clone())).or_else(|| self.bare.take());
        match &statement.literal {
            Literal::Expr { expr, .. } => match expr.as_ref() {
                Expr::Call { params, .. } if is_walk(expr) && params.len() == 2 => self.walks.push(start_of(expr)),
                Expr::Call { fcn, params, .. } => self.output(expr, fcn, params, false),
                Expr::AssignExpr { op, lhs, rhs, .. } if is_walk(rhs) => self.assigned_walk(statement, op, lhs, rhs),
                _ => (),
            },
            Literal::SomeIn { collection, .. } => self.members(collection),
            Literal::NotExpr { span, expr } => match expr.as_ref() {
                Expr::Call { fcn, params, .. } => self.output(expr, fcn, params, true),
                Expr::Set { .. } | Expr::Object { .. } | Expr::SetCompr { .. } if self.not_bodies => {
                    self.fault
                        .get_or_insert((span.clone(), "bodies of not are not read here: give it a rule of its own"));
                }
                _ => (),
            },
            _ => (),
        }
    }

    fn expression(&mut self, expression: &Expr, within: Option<&LiteralStmt>) {
        match expression {
            Expr::Call { .. } if is_walk(expression) => self.nested_walk(expression, within),
            Expr::Membership { key: Some(key), value, collection, .. } => self.member(key, value, collection),
            _ => (),
        }
    }
}

impl Writer<'_> {
    fn part(&self, expr: &Expr) -> &str {
        &self.text[start_of(expr)..end_of(expr)]
    }

    /// Is there nothing but this between two expressions?
    fn between(&self, left: &Expr, right: &Expr, expected: &str) -> bool {
        self.text.get(end_of(left)..start_of(right)).is_some_and(|between| between.trim() == expected)
    }

    /// Gives a body without braces room for more than one statement.
    fn make_room(&mut self, statement: &LiteralStmt) {
        let Some((_, span)) = self.bare.take_if(|(start, _)| *start == statement.span.start) else { return };
        self.edits.enclose(self.text, &span);
    }

    /// `any(list, x)`: regorus knows of its own functions alone that the last argument may be what they answer.
    fn output(&mut self, call: &Expr, fcn: &Expr, params: &[Ref<Expr>], negated: bool) {
        let called = components(fcn);
        let takes = self.functions.arity(self.module, &called);
        let [.., before, last] = params else { return };
        if self.functions.own_arity(self.module, &called).is_some() {
            return;
        }
        if takes.is_none_or(|takes| takes + 1 != params.len()) || BUILTINS.contains_key(called.join(".").as_str()) {
            return;
        }
        let answer = on_one_line(self.part(last));
        if negated {
            self.edits.insert(end_of(call), format!(" == {answer}"));
        } else {
            self.edits.insert(start_of(call), format!("{answer} = "));
        }
        self.edits.replace(end_of(before), end_of(last), "");
        self.changed = true;
    }

    /// `[path, value] := walk(x)`: regorus goes through what `walk` finds only in `walk(x, [path, value])`.
    fn assigned_walk(&mut self, statement: &LiteralStmt, op: &AssignOp, lhs: &Expr, rhs: &Expr) {
        let Expr::Call { params, .. } = rhs else { return };
        let sign = if *op == AssignOp::ColEq { ":=" } else { "=" };
        if params.len() != 1 || !self.between(lhs, rhs, sign) {
            return;
        }
        let mut declared = vec![];
        if *op == AssignOp::ColEq {
            names(lhs, &mut declared);
        }
        let some = if declared.is_empty() { String::new() } else { format!("some {}; ", declared.join(", ")) };
        self.make_room(statement);
        let pattern = format!(", {}", on_one_line(self.part(lhs)));
        self.edits.replace(start_of(lhs), start_of(rhs), some);
        self.edits.insert(end_of(rhs) - 1, pattern);
        self.walks.push(start_of(rhs));
        self.changed = true;
    }

    /// `walk` within an expression: its findings are gone through before.
    fn nested_walk(&mut self, call: &Expr, within: Option<&LiteralStmt>) {
        let Expr::Call { span, params, .. } = call else { return };
        if self.walks.contains(&start_of(call)) {
            return;
        }
        let before = within.filter(|statement| {
            matches!(statement.literal, Literal::Expr { .. }) && statement.with_mods.is_empty() && params.len() == 1
        });
        let Some(statement) = before.filter(|_| !self.part(call)[4..].contains("walk")) else {
            let understood =
                "walk is understood in statements alone: [path, value] := walk(x), or walk(x, [path, value])";
            self.fault.get_or_insert((span.clone(), understood));
            return;
        };
        self.make_room(statement);
        let name = format!("causeway_walk{}", self.walks.len());
        let walk = format!("walk({}, {name}); ", on_one_line(self.part(&params[0])));
        let start = statement.span.start as usize;
        let quoted = matches!(self.text.as_bytes().get(start.wrapping_sub(1)), Some(b'"' | b'`'));
        self.edits.insert(if quoted { start - 1 } else { start }, walk);
        self.edits.replace(start_of(call), end_of(call), name);
        self.walks.push(start_of(call));
        self.changed = true;
    }

    /// `some x in y`: for regorus it is an error when `y` has no members; for OPA there are none.
    fn members(&mut self, collection: &Expr) {
        if matches!(
            collection,
            Expr::Array { .. }
                | Expr::Set { .. }
                | Expr::Object { .. }
                | Expr::ArrayCompr { .. }
                | Expr::SetCompr { .. }
                | Expr::ObjectCompr { .. }
        ) {
            return;
        }
        self.edits.insert(start_of(collection), "causeway_members(");
        self.edits.insert(end_of(collection), ")");
        self.changed = true;
    }

    /// `key, value in y`: regorus knows no keys of sets.
    fn member(&mut self, key: &Expr, value: &Expr, collection: &Expr) {
        if !self.between(value, collection, "in") {
            return;
        }
        self.edits.insert(start_of(key), "internal.member_3(");
        self.edits.replace(end_of(value), start_of(collection), ", ");
        self.edits.insert(end_of(collection), ")");
        self.changed = true;
    }
}

fn is_walk(expr: &Expr) -> bool {
    matches!(expr, Expr::Call { fcn, .. } if matches!(fcn.as_ref(), Expr::Var { span, .. } if span.text() == "walk"))
}

/// The variables of a pattern.
fn names(pattern: &Expr, found: &mut Vec<String>) {
    match pattern {
        Expr::Var { span, .. } if span.text() != "_" => found.push(span.text().to_owned()),
        Expr::Array { items, .. } => items.iter().for_each(|one| names(one, found)),
        Expr::Object { fields, .. } => fields.iter().for_each(|(.., value)| names(value, found)),
        _ => (),
    }
}
