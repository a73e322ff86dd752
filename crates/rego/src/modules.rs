//! Modules from the texts that were given to the engine that evaluates them.

use std::collections::BTreeMap;

use anyhow::Result;
use regex::{Captures, Regex};
use regorus::Engine;
use regorus::unstable::{Module, Parser, Source};

use crate::edits::Moves;
use crate::functions::Functions;
use crate::{LENGTHS, chained_bodies, line_ends, negations, rewrite};

struct Added {
    file: String,
    v0: bool,
    module: Module,
}

#[derive(Default)]
pub struct Modules {
    /// Not in the engine yet.
    added: Vec<Added>,
    /// By file what has moved, the latest last.
    moves: BTreeMap<String, Vec<Moves>>,
}

impl Modules {
    /// Reads a module.
    pub fn add(&mut self, file: String, text: String, v0: bool) -> Result<()> {
        self.moves.remove(&file);
        let mut source = source_of(&file, text)?;
        for pass in [chained_bodies::written_out, line_ends::ended] {
            // What the lexer does not read, the parser tells.
            if let Some((text, moves)) = pass(&source, LENGTHS.max_col).unwrap_or(None) {
                self.moves.entry(file.clone()).or_default().push(moves);
                source = source_of(&file, text)?;
            }
        }
        let module = parse(&source, v0)?;
        self.added.push(Added { file, v0, module });
        Ok(())
    }

    pub fn are_linked(&self) -> bool {
        self.added.is_empty()
    }

    /// Gives what was added to the engine, in the way that it takes as OPA does.
    pub fn link(&mut self, engine: &mut Engine) -> Result<()> {
        let functions = {
            let linked = engine.get_modules().iter().map(|module| module.as_ref());
            Functions::of(linked.chain(self.added.iter().map(|added| &added.module)))
        };
        for added in &self.added {
            functions.check(&added.module)?;
        }
        let texts: Result<Vec<_>> = self
            .added
            .iter()
            .map(|added| rewritten(added, &functions, self.moves.entry(added.file.clone()).or_default()))
            .collect();
        for (added, text) in self.added.drain(..).zip(texts?) {
            engine.set_rego_v0(added.v0);
            engine.add_policy(added.file, text)?;
        }
        Ok(())
    }

    /// A text of regorus, with the places as they were in what was added, and without what the variables held.
    pub fn placed(&self, text: &str) -> String {
        let Ok(place) = Regex::new(r"(?m)^--> (.*):(\d+):(\d+)$|( is unsafe) \(path \[.*\)$") else {
            return text.to_owned();
        };
        let placed = place.replace_all(text, |found: &Captures| {
            let Some(file) = found.get(1) else { return found[4].to_owned() };
            let (line, column): (u32, u32) = (found[2].parse().unwrap_or(1), found[3].parse().unwrap_or(1));
            let moves = self.moves.get(file.as_str()).into_iter().flatten().rev();
            let column = moves.fold(column, |column, moves| moves.column_before(line, column));
            format!("--> {}:{line}:{column}", file.as_str())
        });
        placed.into_owned()
    }
}

/// The text to evaluate in place of a module's own.
fn rewritten(added: &Added, functions: &Functions, moves: &mut Vec<Moves>) -> Result<String> {
    let (mut computed, mut count) = (None, 0);
    while let Some((text, moved)) =
        negations::computed_before(computed.as_ref().unwrap_or(&added.module), functions, &mut count)?
    {
        moves.push(moved);
        computed = Some(parse(&source_of(&added.file, text)?, added.v0)?);
    }
    let module = computed.as_ref().unwrap_or(&added.module);
    let Some((text, moved)) = rewrite::rewritten(module, functions)? else { return Ok(text_of(module).clone()) };
    moves.push(moved);
    Ok(text)
}

/// What a module was read from.
pub fn text_of(module: &Module) -> &String {
    module.package.span.source.contents()
}

pub fn source_of(file: &str, text: String) -> Result<Source> {
    Source::from_contents_with_limits(file.to_owned(), text, LENGTHS.max_file_bytes, LENGTHS.max_lines)
}

fn parse(source: &Source, v0: bool) -> Result<Module> {
    let mut parser = Parser::new(source)?;
    parser.set_max_col(LENGTHS.max_col);
    if !v0 {
        parser.enable_rego_v1()?;
    }
    parser.parse()
}
