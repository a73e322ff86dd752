//! Every statement and every expression of a module, once.

use regorus::unstable::{Expr, Literal, LiteralStmt, Module, Query, Rule, RuleHead, Span};

pub trait Visitor {
    /// `bare` is where a statement lies that is the body of a rule without braces.
    fn statement(&mut self, statement: &LiteralStmt, bare: Option<&Span>);

    /// `within` is the statement that an expression is computed in, unless that is a query of its own (of a
    /// comprehension, of `every`), the head of a rule, or a `with`.
    fn expression(&mut self, expression: &Expr, within: Option<&LiteralStmt>);
}

pub fn module(module: &Module, visitor: &mut dyn Visitor) {
    for one in &module.policy {
        rule(one, visitor);
    }
}

pub fn rule(rule: &Rule, visitor: &mut dyn Visitor) {
    match rule {
        Rule::Default { value, .. } => expression(value, None, visitor),
        Rule::Spec { head, bodies, .. } => {
            let (refr, others, assign) = match head {
                RuleHead::Compr { refr, assign, .. } => (refr, &[][..], assign.as_ref()),
                RuleHead::Set { refr, key, .. } => (refr, key.as_slice(), None),
                RuleHead::Func { refr, args, assign, .. } => (refr, &args[..], assign.as_ref()),
            };
            expression(refr, None, visitor);
            for one in others.iter().chain(assign.map(|assign| &assign.value)) {
                expression(one, None, visitor);
            }
            for body in bodies {
                if let Some(assign) = &body.assign {
                    expression(&assign.value, None, visitor);
                }
                let bare = Some(&body.query.span).filter(|span| !span.text().starts_with('{'));
                query(&body.query, bare, visitor);
            }
        }
    }
}

fn query(of: &Query, bare: Option<&Span>, visitor: &mut dyn Visitor) {
    for statement in &of.stmts {
        visitor.statement(statement, bare);
        for with in &statement.with_mods {
            expression(&with.r#as, None, visitor);
        }
        let within = Some(statement);
        match &statement.literal {
            Literal::SomeVars { .. } => (),
            Literal::SomeIn { key, value, collection, .. } => {
                for one in key.iter().chain([value, collection]) {
                    expression(one, within, visitor);
                }
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => expression(expr, within, visitor),
            Literal::Every { domain, query: of, .. } => {
                expression(domain, within, visitor);
                query(of, None, visitor);
            }
        }
    }
}

fn expression(of: &Expr, within: Option<&LiteralStmt>, visitor: &mut dyn Visitor) {
    visitor.expression(of, within);
    match of {
        Expr::Array { items, .. } | Expr::Set { items, .. } => {
            for one in items {
                expression(one, within, visitor);
            }
        }
        Expr::Object { fields, .. } => {
            for (_, key, value) in fields {
                expression(key, within, visitor);
                expression(value, within, visitor);
            }
        }
        Expr::ArrayCompr { term, query: of, .. } | Expr::SetCompr { term, query: of, .. } => {
            expression(term, None, visitor);
            query(of, None, visitor);
        }
        Expr::ObjectCompr { key, value, query: of, .. } => {
            expression(key, None, visitor);
            expression(value, None, visitor);
            query(of, None, visitor);
        }
        Expr::Call { params, .. } => {
            for one in params {
                expression(one, within, visitor);
            }
        }
        Expr::UnaryExpr { expr, .. } => expression(expr, within, visitor),
        Expr::RefDot { refr, .. } => expression(refr, within, visitor),
        Expr::RefBrack { refr, index, .. } => {
            expression(refr, within, visitor);
            expression(index, within, visitor);
        }
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => {
            expression(lhs, within, visitor);
            expression(rhs, within, visitor);
        }
        Expr::Membership { key, value, collection, .. } => {
            for one in key.iter().chain([value, collection]) {
                expression(one, within, visitor);
            }
        }
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. } => (),
    }
}
