//! Parts of a text as one line, so that they can be put elsewhere without moving what follows.

use regorus::unstable::{Lexer, Token, TokenKind};

use crate::LENGTHS;
use crate::modules::source_of;

/// The same tokens without line breaks and comments. What the lexer does not read is left to the parser.
pub fn on_one_line(text: &str) -> String {
    if !text.contains('\n') {
        return text.to_owned();
    }
    joined(text).unwrap_or_else(|_| text.replace('\n', " "))
}

fn joined(text: &str) -> anyhow::Result<String> {
    let source = source_of("", text.to_owned())?;
    let mut lexer = Lexer::new(&source);
    lexer.set_max_col(LENGTHS.max_col);
    let (mut line, mut done) = (String::new(), 0);
    loop {
        let Token(kind, span) = lexer.next_token()?;
        if kind == TokenKind::Eof {
            return Ok(line);
        }
        // The span of a text is what lies between its quotes.
        let quote = usize::from(matches!(kind, TokenKind::String | TokenKind::RawString));
        let (start, end) = (span.start as usize - quote, span.end as usize + quote);
        if start > done {
            line.push(' ');
        }
        match kind {
            TokenKind::RawString => line += &serde_json::to_string(span.text())?,
            _ => line += &text[start..end],
        }
        done = end;
    }
}
