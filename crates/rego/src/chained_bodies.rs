//! `deny[msg] { … } { … }`: each body is a rule of its own with the same head. regorus takes them for `else`, or refuses
//! them.

use anyhow::Result;
use regorus::unstable::{Lexer, Source, Token, TokenKind};

use crate::edits::{Edits, Moves};
use crate::one_line::on_one_line;

/// What stands before a brace that begins a value rather than a body.
const BEFORE_VALUES: &[&str] =
    &["=", ":=", "==", "!=", "<", ">", "<=", ">=", "contains", "in", "|", "&", "+", "-", "*", "/", "%", ",", ":", "."];

/// The text with a head before each body.
pub fn written_out(source: &Source, max_col: std::num::NonZeroU32) -> Result<Option<(String, Moves)>> {
    let text = source.contents();
    let mut lexer = Lexer::new(source);
    lexer.set_max_col(max_col);
    let mut edits = Edits::default();
    let mut found = false;
    // Where the head of the latest rule begins and ends.
    let (mut head_start, mut head_end) = (0, 0);
    let (mut depth, mut in_body, mut after_body) = (0_u32, false, false);
    let (mut previous, mut line) = (String::new(), 0);
    loop {
        let Token(kind, span) = lexer.next_token()?;
        if kind == TokenKind::Eof {
            return Ok(found.then(|| edits.apply(text)));
        }
        let word = if matches!(kind, TokenKind::String | TokenKind::RawString) { "\"" } else { span.text() };
        let start = span.start as usize;
        if depth == 0 {
            let keyword = matches!(word, "if" | "contains" | "else" | "in");
            if kind == TokenKind::Ident && !keyword && (span.line != line || after_body) {
                head_start = start;
                head_end = 0;
            }
            if word == "{" && after_body {
                if let Some(head) = text.get(head_start..head_end).filter(|head| !head.is_empty()) {
                    edits.insert(start, format!("{} ", on_one_line(head.trim())));
                    found = true;
                }
                in_body = true;
            } else if word == "{" {
                in_body = !BEFORE_VALUES.contains(&previous.as_str());
                if in_body && head_end == 0 {
                    head_end = start;
                }
            } else if word == "else" {
                head_end = head_start;
            }
            after_body = false;
        }
        match word {
            "{" | "[" | "(" | "set(" => depth += 1,
            "}" | "]" | ")" => {
                depth = depth.saturating_sub(1);
                after_body = depth == 0 && word == "}" && in_body;
            }
            _ => (),
        }
        previous = word.to_owned();
        line = span.line;
    }
}
