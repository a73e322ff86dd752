//! What a module declares, read from its syntax tree.

use regorus::unstable::{Expr, Module, Rule, RuleHead};
use serde_json::{Value, json};

/// `{file, package: ["k8s","pods"], rules: [{name, kind, line, column}]}`, the rules in the order of the source.
/// `kind` is `set`, `value`, `function` or `default`.
pub fn of_module(module: &Module) -> Value {
    let rules: Vec<Value> = module.policy.iter().filter_map(|rule| of_rule(rule)).collect();
    let span = &module.package.span;
    json!({ "file": span.source.file(), "package": components(&module.package.refr), "rules": rules })
}

fn of_rule(rule: &Rule) -> Option<Value> {
    let (span, refr, kind) = match rule {
        Rule::Default { span, refr, .. } => (span, refr, "default"),
        Rule::Spec { span, head, .. } => match head {
            RuleHead::Compr { refr, .. } => (span, refr, "value"),
            RuleHead::Set { refr, .. } => (span, refr, "set"),
            RuleHead::Func { refr, .. } => (span, refr, "function"),
        },
    };
    let name = components(refr).into_iter().next()?;
    Some(json!({ "name": name, "kind": kind, "line": span.line, "column": span.col }))
}

/// The constant parts of a reference, up to the first that is not: `a.b["c"][x]` is `a`, `b`, `c`.
pub fn components(refr: &Expr) -> Vec<String> {
    fn walk(refr: &Expr, parts: &mut Vec<String>) -> bool {
        match refr {
            Expr::Var { span, .. } => {
                parts.push(span.text().to_owned());
                true
            }
            Expr::RefDot { refr, field, .. } => {
                let constant = walk(refr, parts);
                if constant {
                    parts.push(field.0.text().to_owned());
                }
                constant
            }
            Expr::RefBrack { refr, index, .. } => {
                let constant = walk(refr, parts);
                match index.as_ref() {
                    Expr::String { value, .. } | Expr::RawString { value, .. } if constant => {
                        parts.extend(value.as_string().map(|text| text.to_string()));
                        true
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
    let mut parts = vec![];
    walk(refr, &mut parts);
    parts
}
