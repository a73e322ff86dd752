//! Changes to a text that leave its lines where they are, and what lies where.

use regorus::unstable::{Expr, Span};

/// By offset of the original text: what is taken out from there on, and what is put there instead.
#[derive(Default)]
pub struct Edits(Vec<(usize, usize, String)>);

impl Edits {
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at, at, text);
    }

    pub fn replace(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.0.push((start, end, text.into()));
    }

    /// Gives a body without braces room for more than one statement.
    pub fn enclose(&mut self, source: &str, body: &Span) {
        let quote = |at: usize| usize::from(matches!(source.as_bytes().get(at), Some(b'"' | b'`')));
        let (start, end) = (body.start as usize, body.end as usize);
        self.insert(start - quote(start.wrapping_sub(1)), "{ ");
        self.insert(end + quote(end), " }");
    }

    /// The changed text, and by line and column of it how far what follows on the line has moved. What lies in a part
    /// that is replaced as a whole is left out.
    pub fn apply(mut self, source: &str) -> (String, Moves) {
        self.0.sort_by_key(|(start, ..)| *start);
        let mut changed = String::with_capacity(source.len());
        let (mut done, mut moves) = (0, Moves::default());
        // Where the latest line of what is written begins.
        let (mut line, mut line_start) = (1, 0);
        for (start, end, text) in self.0 {
            if start < done {
                continue;
            }
            let newlines = source[start..end].matches('\n').count().saturating_sub(text.matches('\n').count());
            let written = changed.len();
            changed += &source[done..start];
            changed += &text;
            changed += &"\n".repeat(newlines);
            done = end;
            for (newline, _) in changed[written..].match_indices('\n') {
                line += 1;
                line_start = written + newline + 1;
            }
            let column = changed[line_start..].chars().count() as u32 + 1;
            let moved = text.chars().count() as i64 - source[start..end].chars().count() as i64;
            moves.0.push((line, column, moved));
        }
        changed += &source[done..];
        (changed, moves)
    }
}

/// Where places of a changed text were before.
#[derive(Default)]
pub struct Moves(Vec<(u32, u32, i64)>);

impl Moves {
    pub fn column_before(&self, line: u32, column: u32) -> u32 {
        let moved: i64 = self.0.iter().filter(|(of, from, _)| *of == line && *from <= column).map(|(.., by)| by).sum();
        u32::try_from(i64::from(column) - moved).unwrap_or(1).max(1)
    }
}

/// Where an expression begins. The span of a text is what lies between its quotes, and that of a part knows no
/// parentheses around it.
pub fn start_of(expr: &Expr) -> usize {
    let start = expr.span().start as usize;
    match expr {
        Expr::String { .. } | Expr::RawString { .. } => start - 1,
        Expr::RefDot { refr: first, .. }
        | Expr::RefBrack { refr: first, .. }
        | Expr::Call { fcn: first, .. }
        | Expr::BinExpr { lhs: first, .. }
        | Expr::BoolExpr { lhs: first, .. }
        | Expr::ArithExpr { lhs: first, .. }
        | Expr::AssignExpr { lhs: first, .. }
        | Expr::Membership { key: Some(first), .. }
        | Expr::Membership { key: None, value: first, .. } => start.min(start_of(first)),
        _ => start,
    }
}

pub fn end_of(expr: &Expr) -> usize {
    let end = expr.span().end as usize;
    match expr {
        Expr::String { .. } | Expr::RawString { .. } => end + 1,
        Expr::BinExpr { rhs: last, .. }
        | Expr::BoolExpr { rhs: last, .. }
        | Expr::ArithExpr { rhs: last, .. }
        | Expr::AssignExpr { rhs: last, .. }
        | Expr::Membership { collection: last, .. }
        | Expr::UnaryExpr { expr: last, .. } => end.max(end_of(last)),
        _ => end,
    }
}
