//! Modules from the texts that were given to the engine that evaluates them.

use std::collections::BTreeMap;

use anyhow::Result;
use regex::{Captures, Regex};
use regorus::Engine;
use regorus::unstable::{Module, Parser, Source};

use crate::edits::Moves;
use crate::functions::Functions;
use crate::{LENGTHS, chained_bodies, rewrite};

struct Added {
    file: String,
    text: String,
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
        let source = source_of(&file, text)?;
        // What the lexer does not read, the parser tells.
        let written_out = chained_bodies::written_out(&source, LENGTHS.max_col).unwrap_or(None);
        let source = match written_out {
            Some((text, moves)) => {
                self.moves.insert(file.clone(), vec![moves]);
                source_of(&file, text)?
            }
            None => source,
        };
        let module = parse(&source, v0)?;
        self.added.push(Added { file, text: source.contents().clone(), v0, module });
        Ok(())
    }

    /// Gives what was added to the engine, in the way that it takes as OPA does.
    pub fn link(&mut self, engine: &mut Engine) -> Result<()> {
        if self.added.is_empty() {
            return Ok(());
        }
        let functions = {
            let linked = engine.get_modules().iter().map(|module| module.as_ref());
            Functions::of(linked.chain(self.added.iter().map(|added| &added.module)))
        };
        for added in &self.added {
            functions.check(&added.module)?;
        }
        let texts: Result<Vec<_>> =
            self.added.iter().map(|added| rewrite::rewritten(&added.module, &functions)).collect();
        for (added, rewritten) in self.added.drain(..).zip(texts?) {
            let text = match rewritten {
                Some((text, moves)) => {
                    self.moves.entry(added.file.clone()).or_default().push(moves);
                    text
                }
                None => added.text,
            };
            engine.set_rego_v0(added.v0);
            engine.add_policy(added.file, text)?;
        }
        Ok(())
    }

    /// A text of regorus, with the places as they were in what was added.
    pub fn placed(&self, text: &str) -> String {
        let Ok(place) = Regex::new(r"(?m)^--> (.*):(\d+):(\d+)$") else { return text.to_owned() };
        let placed = place.replace_all(text, |found: &Captures| {
            let (line, column): (u32, u32) = (found[2].parse().unwrap_or(1), found[3].parse().unwrap_or(1));
            let moves = self.moves.get(&found[1]).into_iter().flatten().rev();
            let column = moves.fold(column, |column, moves| moves.column_before(line, column));
            format!("--> {}:{line}:{column}", &found[1])
        });
        placed.into_owned()
    }
}

fn source_of(file: &str, text: String) -> Result<Source> {
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
