//! A parenthesis that begins a line of a body begins a statement. regorus takes it for the arguments of what stands before
//! it.

use std::num::NonZeroU32;

use anyhow::Result;
use regorus::unstable::{Lexer, Source, Token, TokenKind};

use crate::edits::{Edits, Moves};

/// Words that want something behind them, on the next line, too.
const OPEN: &[&str] = &["as", "contains", "else", "every", "if", "in", "not", "some", "with"];

/// The text with a semicolon before each such parenthesis.
pub fn ended(source: &Source, max_col: NonZeroU32) -> Result<Option<(String, Moves)>> {
    let mut lexer = Lexer::new(source);
    lexer.set_max_col(max_col);
    let mut edits = Edits::default();
    let mut found = false;
    // Brackets that are open; whether what stands before may be called, and its line.
    let (mut depth, mut callable, mut line) = (0_u32, false, 0);
    loop {
        let Token(kind, span) = lexer.next_token()?;
        let word = if matches!(kind, TokenKind::String | TokenKind::RawString) { "\"" } else { span.text() };
        match word {
            "(" if callable && depth > 0 && span.line != line => {
                edits.insert(span.start as usize, "; ");
                found = true;
                depth += 1;
            }
            "{" | "[" | "(" | "set(" => depth += 1,
            "}" | "]" | ")" => depth = depth.saturating_sub(1),
            _ if kind == TokenKind::Eof => return Ok(found.then(|| edits.apply(source.contents()))),
            _ => (),
        }
        callable = word == "]" || kind == TokenKind::Ident && !OPEN.contains(&word);
        line = span.line;
    }
}
