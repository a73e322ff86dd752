//! What names stand for: builtins, and the functions and rules of the modules.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use regorus::unstable::{BUILTINS, Expr, LiteralStmt, Module, Rule, RuleHead, Span};

use crate::builtins::{self, OUTSIDE};
use crate::outline::components;
use crate::visit::{self, Visitor};

/// Functions of OPA that are not here.
const LACKING: &[&str] = &[
    "crypto.parse_private_keys",
    "crypto.x509.parse_and_verify_certificates",
    "crypto.x509.parse_and_verify_certificates_with_options",
    "crypto.x509.parse_certificate_request",
    "crypto.x509.parse_certificates",
    "crypto.x509.parse_keypair",
    "crypto.x509.parse_rsa_private_key",
    "graphql.is_valid",
    "graphql.parse",
    "graphql.parse_and_verify",
    "graphql.parse_query",
    "graphql.parse_schema",
    "graphql.schema_is_valid",
    "io.jwt.decode",
    "io.jwt.decode_verify",
    "io.jwt.encode_sign",
    "io.jwt.encode_sign_raw",
    "io.jwt.verify_eddsa",
    "io.jwt.verify_es256",
    "io.jwt.verify_es384",
    "io.jwt.verify_es512",
    "io.jwt.verify_hs256",
    "io.jwt.verify_hs384",
    "io.jwt.verify_hs512",
    "io.jwt.verify_ps256",
    "io.jwt.verify_ps384",
    "io.jwt.verify_ps512",
    "io.jwt.verify_rs256",
    "io.jwt.verify_rs384",
    "io.jwt.verify_rs512",
    "providers.aws.sign_req",
    "regex.globs_match",
    "rego.metadata.chain",
    "rego.metadata.rule",
    "rego.parse_module",
    "strings.render_template",
    "uri.is_valid",
    "uri.parse",
];

/// The functions that modules define, by path (`data.k8s.is_pod`), with the number of their arguments.
#[derive(Default)]
pub struct Functions {
    known: BTreeMap<String, usize>,
    /// The rules that modules define, functions or not, each by the first name of its path.
    rules: BTreeSet<String>,
    /// What a `with` of a module stands in for.
    replaced: BTreeSet<String>,
}

impl Functions {
    pub fn of<'a>(modules: impl Iterator<Item = &'a Module>) -> Functions {
        let mut functions = Functions::default();
        for module in modules {
            visit::module(module, &mut functions);
            for rule in &module.policy {
                let (refr, arguments) = match rule.as_ref() {
                    Rule::Spec { head: RuleHead::Func { refr, args, .. }, .. } => (refr, Some(args.len())),
                    Rule::Default { refr, args, .. } => (refr, Some(args.len()).filter(|count| *count > 0)),
                    Rule::Spec { head: RuleHead::Compr { refr, .. } | RuleHead::Set { refr, .. }, .. } => (refr, None),
                };
                let (package, name) = (components(&module.package.refr), components(refr));
                functions.rules.insert(path(&[&package[..], &name[..name.len().min(1)]].concat()));
                if let Some(arguments) = arguments {
                    functions.known.insert(path(&[package, name].concat()), arguments);
                }
            }
        }
        functions
    }

    /// The number of arguments of a function of the module's own package.
    pub fn own_arity(&self, module: &Module, called: &[String]) -> Option<usize> {
        self.known.get(&path(&[components(&module.package.refr), called.to_vec()].concat())).copied()
    }

    /// The number of arguments of what a module calls by this name, if it is there.
    pub fn arity(&self, module: &Module, called: &[String]) -> Option<usize> {
        let imported = || {
            let import =
                module.imports.iter().find(|import| alias(import).as_deref() == called.first().map(String::as_str))?;
            let target = [components(&import.refr), called[1..].to_vec()].concat();
            self.known.get(&format!("data.{}", target.strip_prefix(&["data".to_owned()])?.join("."))).copied()
        };
        let whole = called.join(".");
        let local = self.own_arity(module, called).or_else(imported).or_else(|| self.known.get(&whole).copied());
        local.or_else(|| builtins::arity(&whole).map(usize::from).filter(|_| !OUTSIDE.contains(&whole.as_str())))
    }

    /// Is a name of a module one of `input`, `data`, what it imports or a rule, rather than a variable?
    pub fn is_global(&self, module: &Module, name: &str) -> bool {
        matches!(name, "input" | "data")
            || self.rules.contains(&format!("{}.{name}", path(&components(&module.package.refr))))
            || module.imports.iter().any(|import| alias(import).as_deref() == Some(name))
    }

    /// Refuses calls of what is not there, or is given too little or too much.
    pub fn check(&self, module: &Module) -> Result<()> {
        let mut checker = Checker { functions: self, module, fault: None };
        visit::module(module, &mut checker);
        checker.fault.map_or(Ok(()), |(span, message)| Err(span.error(&message)))
    }

    /// The name that was meant, perhaps.
    fn nearest(&self, module: &Module, name: &str) -> Option<String> {
        let own = format!("data.{}.", components(&module.package.refr).join("."));
        let of_modules = self.known.keys().map(|path| path.strip_prefix(&own).unwrap_or(path).to_owned());
        let known = builtins::all().map(|(name, ..)| (*name).to_owned()).filter(|name| !name.contains("causeway"));
        let mut near: Vec<_> = of_modules
            .chain(known)
            .chain(BUILTINS.keys().filter(|name| !name.starts_with('_')).map(|name| (*name).to_owned()))
            .map(|known| (distance(name, &known), known))
            .collect();
        near.sort();
        let most = if name.len() < 5 { 1 } else { 2 };
        let close = near.iter().find(|(far, _)| *far <= most);
        let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        close.or_else(|| near.iter().find(|(_, known)| last(known) == last(name))).map(|(_, known)| known.clone())
    }
}

impl Visitor for Functions {
    fn statement(&mut self, statement: &LiteralStmt, _: Option<&Span>) {
        self.replaced.extend(statement.with_mods.iter().map(|with| components(&with.refr).join(".")));
    }

    fn expression(&mut self, _: &Expr, _: Option<&LiteralStmt>) {}
}

/// `data.` and the names.
fn path(components: &[String]) -> String {
    format!("data.{}", components.join("."))
}

fn alias(import: &regorus::unstable::Import) -> Option<String> {
    let last = || components(&import.refr).pop();
    import.r#as.as_ref().map(|alias| alias.text().to_owned()).or_else(last)
}

struct Checker<'a> {
    functions: &'a Functions,
    module: &'a Module,
    fault: Option<(Span, String)>,
}

impl Visitor for Checker<'_> {
    fn statement(&mut self, _: &LiteralStmt, _: Option<&Span>) {}

    fn expression(&mut self, expression: &Expr, _: Option<&LiteralStmt>) {
        let Expr::Call { span, fcn, params, .. } = expression else { return };
        let called = components(fcn);
        if self.fault.is_none()
            && let Err(message) = self.call(&called, params.len())
        {
            self.fault = Some((span.clone(), message.to_string()));
        }
    }
}

impl Checker<'_> {
    fn call(&self, called: &[String], given: usize) -> Result<()> {
        let name = called.join(".");
        if name == "print" {
            return Ok(());
        }
        if self.functions.replaced.contains(&name) {
            return Ok(());
        }
        match self.functions.arity(self.module, called) {
            None if OUTSIDE.contains(&name.as_str()) => {
                bail!(
                    "{name} is not here: a policy reaches nothing outside; what it needs to know belongs into its input"
                )
            }
            Some(takes) if given == takes || given == takes + 1 => Ok(()),
            Some(takes) => bail!("{name} takes {takes} argument{}, not {given}", if takes == 1 { "" } else { "s" }),
            None if LACKING.contains(&name.as_str()) => bail!("{name} is a function of OPA that is not here"),
            None => match self.functions.nearest(self.module, &name) {
                Some(near) => bail!("there is no function {name}; {near} is meant, perhaps"),
                None => bail!("there is no function {name}"),
            },
        }
    }
}

/// Letters that are put in, taken out or changed on the way from one to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, of_other) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *of_other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
