//! A file's text to pieces that tile it: statements, and what belongs to the engine's client.
//!
//! Lexing and splitting are one pass, because the clients' own lines (`\echo it's fine`) and data
//! (`COPY … FROM stdin`) are not SQL and must never reach the lexer.

mod batches;
mod blocks;
mod copy;
mod delimiters;
mod dots;
mod open;
mod psql;
mod settings;

#[cfg(test)]
mod tests;

pub use delimiters::DISPLAY_COMMANDS;
pub use settings::{Quotes, quotes_of_mode};

use crate::dialect::lex::{Lexer, Mark, Packed, Token, TokenKind, Tokens};
use crate::dialect::{Dialect, Shell};
use crate::finding::Finding;
use crate::read::statement::{Statement, StatementKind};
use crate::source::{Source, Span};
use blocks::Progress;
use copy::Copies;

/// A text's tokens and pieces, and what there is to say about them.
#[derive(Debug)]
pub struct Split {
    /// The tokens; they tile the text.
    pub tokens: Packed,
    /// The pieces; they tile the text.
    pub statements: Vec<Statement>,
    /// What has no end.
    pub findings: Vec<Finding>,
}

/// A piece and its tokens.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'s> {
    /// The piece.
    pub statement: &'s Statement,
    /// All of its tokens.
    pub tokens: Tokens<'s>,
    /// Those before its body; all, where it has none.
    pub before: Tokens<'s>,
    /// Those of its body. None where it is data.
    pub body: Tokens<'s>,
}

impl Split {
    /// The pieces with their tokens, in order.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let mut rest = self.tokens.iter();
        self.statements.iter().map(move |statement| {
            let tokens = rest.take_until(|token| token.end > statement.span.end);
            let mut inside = tokens;
            let body = statement.body;
            Piece {
                statement,
                tokens,
                before: inside
                    .take_until(|token| body.start < body.end && token.start >= body.start),
                body: inside.take_until(|token| token.end > body.end),
            }
        })
    }
}

/// Lexes and splits a text. It takes any text and never fails.
#[must_use]
pub fn split(source: &Source, dialect: &Dialect) -> Split {
    let mut splitter = Splitter {
        source,
        text: &source.text,
        shell: dialect.script.shell,
        lexer: Lexer::new(&source.text, &dialect.lexing),
        tokens: Packed::for_text(source.text.len()),
        statements: Vec::new(),
        findings: Vec::new(),
        piece: 0,
        code: None,
        first_code: Mark::default(),
        line_is_blank: true,
        ends_with_line: false,
        delimiter: None,
        blocks: Progress::new(dialect.script.blocks),
        copies: Copies::default(),
    };
    while splitter.shell_takes() || splitter.lexer_takes() {}
    splitter.end(dialect)
}

struct Splitter<'s> {
    source: &'s Source,
    text: &'s str,
    shell: Shell,
    lexer: Lexer<'s>,
    tokens: Packed,
    statements: Vec<Statement>,
    findings: Vec<Finding>,
    /// Where the piece at hand starts.
    piece: u32,
    /// Its first and last byte that is neither trivia nor terminator, if there is any yet.
    code: Option<(u32, u32)>,
    /// The place among the tokens of the first one that counts.
    first_code: Mark,
    /// Nothing but white space has been seen on the line.
    line_is_blank: bool,
    /// The statement at hand ends with its line.
    ends_with_line: bool,
    /// What ends a statement instead of `;`.
    delimiter: Option<&'s str>,
    blocks: Progress,
    copies: Copies,
}

impl<'s> Splitter<'s> {
    fn at(&self) -> u32 {
        self.lexer.position()
    }

    /// The text from where the lexer stands.
    fn rest(&self) -> &'s str {
        &self.text[self.at() as usize..]
    }

    /// The rest of the line, without its line end.
    fn line(&self) -> &'s str {
        let rest = self.rest();
        let line = rest.split_once('\n').map_or(rest, |(line, _)| line);
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Whether the lexer stands at the first byte of a line.
    fn at_line_start(&self) -> bool {
        let at = self.at() as usize;
        at == 0 || self.text.as_bytes()[at - 1] == b'\n'
    }

    /// Lets the client take what stands here, if it is the client's.
    fn shell_takes(&mut self) -> bool {
        match self.shell {
            Shell::Backslashes => false,
            Shell::Dots => dots::take(self),
            Shell::Delimiters => delimiters::take(self),
            Shell::Batches => batches::take(self),
        }
    }

    fn lexer_takes(&mut self) -> bool {
        let Some(mut token) = self.lexer.next() else {
            return false;
        };
        let text = token.text(self.text);
        match token.kind {
            TokenKind::Space => self.space(token, text),
            TokenKind::LineComment | TokenKind::BlockComment => {
                self.line_is_blank = false;
                self.push(token);
            }
            TokenKind::VersionComment => self.push_code(token),
            TokenKind::Backslash if self.shell == Shell::Backslashes => psql::take(self, token),
            TokenKind::Backslash if delimiters::is_go(self, token) => {
                self.go_to(token.start);
                self.take_delimiter(2);
            }
            TokenKind::Semicolon if self.semicolon_ends(token) => {
                self.push(token);
                self.finish_statement();
            }
            TokenKind::Semicolon => self.push_code(token),
            _ => {
                if self.delimiter.is_some()
                    && let Some(end) = delimiters::find_inside(self, &token)
                {
                    token.end = token.start + end as u32;
                    self.lexer.go_to(token.end);
                }
                let text = token.text(self.text);
                if self.shell == Shell::Backslashes {
                    self.copies.see(&token, text, &self.blocks);
                }
                self.blocks.see(&token, text);
                self.push_code(token);
            }
        }
        true
    }

    fn semicolon_ends(&mut self, token: Token) -> bool {
        self.shell != Shell::Batches && self.delimiter.is_none() && self.blocks.semicolon(&token)
    }

    fn space(&mut self, mut token: Token, text: &str) {
        let Some(line_end) = text.find('\n') else {
            return self.push(token);
        };
        self.line_is_blank = true;
        if self.ends_with_line || self.copies.pending() {
            token.end = token.start + line_end as u32 + 1;
            self.go_to(token.end);
            self.push(token);
            if self.ends_with_line {
                self.finish_statement();
            }
            copy::take(self);
        } else {
            self.push(token);
        }
    }

    fn push(&mut self, token: Token) {
        if token.open {
            self.findings.push(open::token(self.source, token));
        }
        self.tokens.push(token);
    }

    fn push_code(&mut self, token: Token) {
        if self.code.is_none() {
            self.first_code = self.tokens.mark();
        }
        let start = self.code.map_or(token.start, |(start, _)| start);
        self.code = Some((start, token.end));
        self.line_is_blank = false;
        self.push(token);
    }

    fn go_to(&mut self, position: u32) {
        self.lexer.go_to(position);
    }

    /// Ends the statement at hand here, after its terminator.
    fn finish_statement(&mut self) {
        let kind = if self.code.is_some() {
            StatementKind::Sql
        } else {
            StatementKind::Trivia
        };
        self.finish(kind, self.tokens_end(), true);
        if self.copies.statement_ends() {
            self.copies.look_ahead(self.text, self.tokens_end());
        }
        self.blocks.reset();
        self.ends_with_line = false;
    }

    fn tokens_end(&self) -> u32 {
        self.tokens.end()
    }

    fn finish(&mut self, kind: StatementKind, end: u32, terminated: bool) {
        let id = self.source.id;
        if kind == StatementKind::Sql {
            settings::see(self, self.first_code);
        }
        let (first, last) = self.code.take().unwrap_or((self.piece, self.piece));
        self.statements.push(Statement {
            kind,
            span: Span::new(id, self.piece, end),
            body: Span::new(id, first, last),
            terminated,
        });
        self.piece = end;
    }

    /// Ends the statement at hand, which has no terminator, after its last token that counts.
    fn interrupt(&mut self) {
        if let Some((_, last)) = self.code {
            self.finish(StatementKind::Sql, last, false);
        }
    }

    /// Takes `length` bytes from here as a comment.
    fn take_comment(&mut self, length: usize) {
        let start = self.at();
        let end = start + length as u32;
        self.line_is_blank = false;
        self.push(Token {
            kind: TokenKind::LineComment,
            start,
            end,
            open: false,
        });
        self.go_to(end);
    }

    /// Takes `length` bytes from here as what ends a statement.
    fn take_delimiter(&mut self, length: usize) {
        let start = self.at();
        let end = start + length as u32;
        self.line_is_blank = false;
        self.push(Token {
            kind: TokenKind::Delimiter,
            start,
            end,
            open: false,
        });
        self.go_to(end);
        self.finish_statement();
    }

    /// Takes a piece that is the client's: a token of `length` bytes from here, then the rest of its
    /// line, which is blank or a comment, unless the piece ends with the token.
    fn take_line(&mut self, kind: StatementKind, token: TokenKind, length: usize, whole: bool) {
        self.interrupt();
        let start = self.at();
        let end = start + length as u32;
        self.push_code(Token {
            kind: token,
            start,
            end,
            open: false,
        });
        self.go_to(end);
        let rest = self.rest();
        let line_end = rest.find('\n').map(|at| end + at as u32 + 1);
        if whole {
            self.finish(kind, end, true);
        } else {
            let stop = line_end.unwrap_or(end + rest.len() as u32);
            while self.at() < stop {
                let Some(mut token) = self.lexer.next() else {
                    break;
                };
                token.end = token.end.min(stop);
                self.push(token);
                self.go_to(token.end);
            }
            self.line_is_blank = true;
            self.finish(kind, stop, line_end.is_some());
        }
    }

    fn end(mut self, dialect: &Dialect) -> Split {
        let unfinished = self.code.is_some();
        self.interrupt();
        let end = self.text.len() as u32;
        if self.piece < end {
            self.finish(StatementKind::Trivia, end, false);
        }
        self.tokens.set_open(self.lexer.open_comments());
        for token in &self.tokens {
            if token.open && token.kind == TokenKind::VersionComment {
                self.findings.push(open::token(self.source, token));
            }
        }
        if unfinished && self.tokens.iter().all(|token| !token.open) {
            self.findings
                .extend(self.blocks.unfinished(self.source, dialect.script.blocks));
        }
        Split {
            tokens: self.tokens,
            statements: self.statements,
            findings: self.findings,
        }
    }
}
