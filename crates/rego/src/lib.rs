//! Rego for JavaScript: modules in, decisions out, as JSON text. One `Policies` is one set of modules with its data;
//! any number may live in an instance. Errors are the texts of regorus, `limit: steps` or `limit: time`. After
//! `limit: memory` or a trap the instance is of no more use.

mod blocks;
mod builtins;
mod chained_bodies;
mod context;
mod documents;
mod edits;
mod functions;
mod held;
mod line_ends;
mod looks;
mod meter;
mod modules;
mod negations;
mod one_line;
mod outline;
mod parts;
mod request;
mod rewrite;
mod visit;

use std::num::{NonZeroU32, NonZeroUsize};

use held::{Held, Needs};
use modules::Modules;
use parts::ALL;
use regorus::{Engine, PolicyLengthConfig, Value};
use serde_json::json;
use wasm_bindgen::prelude::*;

#[global_allocator]
static ALLOCATOR: meter::Counted = meter::Counted;

/// Sources may be long and have long lines, as data in them does.
const LENGTHS: PolicyLengthConfig = PolicyLengthConfig {
    max_col: NonZeroU32::new(65_536).unwrap(),
    max_file_bytes: NonZeroUsize::new(1_048_576).unwrap(),
    max_lines: NonZeroUsize::new(20_000).unwrap(),
};

#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| wasm_bindgen::throw_str(&format!("panic: {panic}"))));
    meter::stop();
}

/// A document, for any number of policies.
#[wasm_bindgen]
pub struct Document(Held);

#[wasm_bindgen]
impl Document {
    /// From JSON in bytes of UTF-8; undefined without any.
    #[wasm_bindgen(constructor)]
    pub fn new(json: Option<Vec<u8>>) -> Result<Document, JsError> {
        let mut held = Held::nothing();
        if let Some(json) = json {
            held.read(json, &Needs::new(ALL.clone())).map_err(told)?;
        }
        Ok(Document(held))
    }

    /// Becomes another, or undefined when that cannot be read. It is read as far as the policies look at it that are
    /// asked first, and further when others are; what is wrong with it is seen wherever it is.
    pub fn read(&mut self, json: Vec<u8>, first: &Policies) -> Result<(), JsError> {
        self.0.read(json, &first.needs).map_err(told)
    }
}

/// Rules to ask for, by path (`data.k8s.deny`).
#[wasm_bindgen]
pub struct Rules(Vec<String>);

#[wasm_bindgen]
impl Rules {
    #[wasm_bindgen(constructor)]
    pub fn new(paths: Vec<String>) -> Rules {
        Rules(paths)
    }
}

/// Limits of one evaluation: steps of regorus, milliseconds, and bytes beside what is held already.
#[wasm_bindgen]
pub struct Limits {
    steps: f64,
    milliseconds: f64,
    bytes: f64,
}

#[wasm_bindgen]
impl Limits {
    #[wasm_bindgen(constructor)]
    pub fn new(steps: f64, milliseconds: f64, bytes: f64) -> Limits {
        Limits { steps, milliseconds, bytes }
    }
}

/// What the next evaluations in this instance are about: `data.request`, from JSON in bytes of UTF-8, and the time in
/// milliseconds since 1970.
#[wasm_bindgen(js_name = setRequest)]
pub fn set_request(json: Vec<u8>, milliseconds: f64) -> Result<(), JsError> {
    context::set(json, milliseconds).map_err(told)
}

#[wasm_bindgen]
pub struct Policies {
    engine: Engine,
    modules: Modules,
    needs: Needs,
    strict: bool,
}

#[wasm_bindgen]
impl Policies {
    /// The fields that `data.request` may have.
    #[wasm_bindgen(constructor)]
    pub fn new(request_fields: Vec<String>) -> Result<Policies, JsError> {
        let mut engine = Engine::new();
        engine.set_policy_length_config(LENGTHS);
        engine.set_gather_prints(true);
        engine.set_strict_builtin_errors(false);
        context::introduce(&mut engine, &request_fields).map_err(told)?;
        builtins::introduce(&mut engine).map_err(told)?;
        Ok(Policies { engine, modules: Modules::default(), needs: Needs::new(ALL.clone()), strict: false })
    }

    /// Adds a module, as of Rego v0 or v1. What it calls is looked at when all are there.
    #[wasm_bindgen(js_name = addModule)]
    pub fn add_module(&mut self, file: String, source: String, v0: bool) -> Result<(), JsError> {
        self.modules.add(file, source, v0).map_err(|error| self.told(error))
    }

    /// Refuses what is wrong between modules, such as calls of functions that none has.
    pub fn link(&mut self) -> Result<(), JsError> {
        if self.modules.are_linked() {
            return Ok(());
        }
        self.needs = Needs::new(ALL.clone());
        self.modules.link(&mut self.engine).map_err(|error| self.told(error))?;
        self.needs = Needs::new(looks::of_modules(self.engine.get_modules().iter().map(|module| module.as_ref())));
        Ok(())
    }

    /// What the modules can look at of `input`; see `Parts::paths`.
    pub fn looks(&mut self) -> Result<Vec<String>, JsError> {
        self.link()?;
        Ok(self.needs.own().paths())
    }

    /// Merges an object into `data`.
    #[wasm_bindgen(js_name = addData)]
    pub fn add_data(&mut self, json: &str) -> Result<(), JsError> {
        Value::from_json_str(json).and_then(|data| self.engine.add_data(data)).map_err(told)
    }

    /// Builtins that fail end the evaluation, instead of being undefined.
    #[wasm_bindgen(js_name = setStrictBuiltinErrors)]
    pub fn set_strict_builtin_errors(&mut self, strict: bool) {
        self.engine.set_strict_builtin_errors(strict);
        self.strict = strict;
    }

    #[wasm_bindgen(js_name = setCoverage)]
    pub fn set_coverage(&mut self, enabled: bool) {
        self.engine.set_enable_coverage(enabled);
    }

    /// `[{file, package, rules}]`, one for each module that was added; see `outline`.
    pub fn outline(&mut self) -> Result<String, JsError> {
        self.link()?;
        let modules: Vec<_> =
            self.engine.get_modules().iter().skip(1).map(|module| outline::of_module(module)).collect();
        Ok(json!(modules).to_string())
    }

    /// Evaluates rules: `{results: [{value?}], prints, notes}`. A result without a value is undefined; `prints` are of
    /// `print`, as `file:line: text`, and `notes` of `trace`. `results` is empty when no rule has found anything; when
    /// nothing was said either, there is no answer.
    pub fn evaluate(
        &mut self,
        input: &mut Document,
        rules: &Rules,
        limits: &Limits,
    ) -> Result<Option<String>, JsError> {
        self.link()?;
        self.engine.set_input(input.0.value(&mut self.needs).map_err(told)?);
        self.metered(limits, |engine| {
            let values = rules.0.iter().map(|rule| engine.eval_rule(rule.clone()));
            let values = values.collect::<anyhow::Result<Vec<_>>>()?;
            let found = values.iter().any(|value| match value {
                Value::Undefined => false,
                Value::Set(members) => !members.is_empty(),
                _ => true,
            });
            if found { values.iter().map(defined).collect() } else { Ok(vec![]) }
        })
    }

    /// Evaluates a query: `{results: [{bindings, values}], prints, notes}`; without results or prints there is no answer.
    pub fn query(&mut self, input: &mut Document, query: String, limits: &Limits) -> Result<Option<String>, JsError> {
        self.link()?;
        self.engine.set_input(input.0.value(&mut Needs::new(ALL.clone())).map_err(told)?);
        self.metered(limits, |engine| {
            let results = engine.eval_query(query, false)?.result;
            let told = results.iter().map(|result| {
                let values = result.expressions.iter().map(|one| defined(&one.value));
                let values = values.collect::<anyhow::Result<Vec<_>>>()?.join(",");
                let bindings = serde_json::to_string(&result.bindings)?;
                Ok(format!(r#"{{"bindings":{bindings},"values":[{values}]}}"#))
            });
            told.collect()
        })
    }

    /// `[{file, covered: [line], notCovered: [line]}]` of all that was evaluated since coverage was enabled.
    pub fn coverage(&self) -> Result<String, JsError> {
        let report = self.engine.get_coverage_report().map_err(told)?;
        let added = report.files.iter().filter(|file| file.path != context::REQUEST_FILE);
        let files: Vec<_> = added
            .map(|file| json!({ "file": file.path, "covered": file.covered, "notCovered": file.not_covered }))
            .collect();
        Ok(json!(files).to_string())
    }
}

impl Policies {
    /// With the places of the texts that were added.
    fn told(&self, error: anyhow::Error) -> JsError {
        JsError::new(&self.modules.placed(&format!("{error:#}")))
    }

    fn metered(
        &mut self,
        limits: &Limits,
        work: impl FnOnce(&mut Engine) -> anyhow::Result<Vec<String>>,
    ) -> Result<Option<String>, JsError> {
        builtins::set_strict(self.strict);
        let timer = meter::start(limits.steps, limits.milliseconds, limits.bytes);
        self.engine.set_execution_timer_config(timer);
        let results = work(&mut self.engine);
        let (prints, notes) = (self.engine.take_prints().unwrap_or_default(), context::take_notes());
        let exceeded = meter::exceeded();
        if results.is_err() {
            // What was gone through when it broke off would be taken for what the next evaluation goes through.
            self.engine = self.engine.clone();
        }
        let text = results.map(|results| {
            let silent = results.is_empty() && prints.is_empty() && notes.is_empty();
            (!silent).then(|| {
                let (results, prints, notes) = (results.join(","), json!(prints), json!(notes));
                format!(r#"{{"results":[{results}],"prints":{prints},"notes":{notes}}}"#)
            })
        });
        meter::stop();
        match exceeded {
            Some(limit) => Err(JsError::new(&format!("limit: {limit}"))),
            None => text.map_err(|error| self.told(error)),
        }
    }
}

/// As JSON text.
fn defined(value: &Value) -> anyhow::Result<String> {
    Ok(match value {
        Value::Undefined => "{}".to_owned(),
        value => format!(r#"{{"value":{}}}"#, serde_json::to_string(value)?),
    })
}

fn told(error: anyhow::Error) -> JsError {
    JsError::new(&format!("{error:#}"))
}
