//! What SQLite's expressions and clauses have that the grammar has not: `IS` between any values, `NOTNULL`,
//! `GLOB`, `INDEXED BY`, `ON CONFLICT` in constraints and more than once, types of any words in CAST.
//! <https://www.sqlite.org/syntaxdiagrams.html>

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::super::Tape;

/// The words after which a value begins, so that none has ended there.
const BEFORE_A_VALUE: &[&str] = &[
    "all",
    "and",
    "as",
    "between",
    "by",
    "case",
    "check",
    "default",
    "distinct",
    "else",
    "escape",
    "from",
    "glob",
    "having",
    "in",
    "is",
    "join",
    "like",
    "limit",
    "match",
    "not",
    "offset",
    "on",
    "or",
    "regexp",
    "returning",
    "select",
    "set",
    "then",
    "union",
    "using",
    "values",
    "when",
    "where",
];

/// What a constraint does with a row that breaks it.
const RESOLUTIONS: &[&str] = &["rollback", "abort", "fail", "ignore", "replace"];

/// Says in the grammar's way what stands anywhere in a statement.
pub(super) fn mend(tape: &mut Tape) {
    // How deep the constraints of columns stand, where NOT NULL is one.
    let constraints = match () {
        () if tape.is(0, "alter") => Some(0),
        () if tape.is(0, "create") && (1..4).any(|at| tape.is(at, "table")) => Some(1),
        () => None,
    };
    let mut pass = Pass {
        out: Vec::with_capacity(tape.tokens.len()),
        at: 0,
        casts: Vec::new(),
        alias: None,
        conflicts: 0,
        constraints,
        tape,
    };
    while pass.at < pass.tape.tokens.len() {
        pass.step();
    }
    let out = pass.out;
    tape.tokens = out;
}

struct Pass<'t> {
    tape: &'t mut Tape,
    out: Vec<TokenWithSpan>,
    /// The next token.
    at: usize,
    /// Of each open parenthesis, whether it is of CAST.
    casts: Vec<bool>,
    /// The other name of the table of an INSERT, with the table's name.
    alias: Option<(String, Token)>,
    /// How many `ON CONFLICT` this statement has had.
    conflicts: usize,
    constraints: Option<usize>,
}

impl Pass<'_> {
    fn step(&mut self) {
        let at = self.at;
        if self.word() {
            return;
        }
        match &self.tape.tokens[at].token {
            Token::LParen => {
                let is_cast = at.checked_sub(1).is_some_and(|at| self.tape.is(at, "cast"));
                self.casts.push(is_cast);
                self.keep(1);
            }
            Token::RParen => {
                self.casts.pop();
                self.keep(1);
            }
            Token::SemiColon => {
                self.alias = None;
                self.conflicts = 0;
                self.keep(1);
            }
            Token::ShiftLeft | Token::ShiftRight => self.say(1, &[Token::Plus]),
            Token::Number(..) if self.is_torn() => {
                self.keep(1);
                self.at += 1;
            }
            _ => self.keep(1),
        }
    }

    /// Whether something else is said for the word that comes next.
    fn word(&mut self) -> bool {
        let at = self.at;
        let Some(Token::Word(word)) = self.tape.get(at) else {
            return false;
        };
        if let Some((alias, table)) = &self.alias
            && word.value.eq_ignore_ascii_case(alias)
            && self.tape.is_token(at + 1, &Token::Period)
        {
            let table = table.clone();
            self.say(1, &[table]);
            return true;
        }
        if word.quote_style.is_some() {
            return false;
        }
        let word = |word: &str| Token::make_word(word, None);
        let follows = |words: &[&str]| self.tape.are(at + 1, words);
        match self.tape.tokens[at]
            .token
            .to_string()
            .to_ascii_lowercase()
            .as_str()
        {
            "is" if self.is_value_before() => {
                let negated = usize::from(follows(&["not"]));
                let known = ["null", "true", "false", "distinct"];
                if self.tape.is_any(at + 1 + negated, &known) {
                    return false;
                }
                let operator = [Token::Eq, Token::Neq][negated].clone();
                self.say(1 + negated, &[operator]);
            }
            "isnull" if self.is_value_before() => self.say(1, &[word("is"), word("null")]),
            "notnull" if self.is_value_before() => {
                self.say(1, &[word("is"), word("not"), word("null")]);
            }
            "not" if follows(&["null"]) => {
                if !self.is_value_before() || self.constraints == Some(self.casts.len()) {
                    return false;
                }
                self.say(2, &[word("is"), word("not"), word("null")]);
            }
            "not" if follows(&["indexed"]) => self.at += 2,
            "not" if self.tape.is_any(at + 1, &["glob", "match", "regexp"]) => {
                self.say(2, &[word("not"), word("like")]);
            }
            "not" if follows(&["materialized"]) && self.has_before("as") => self.at += 2,
            "materialized" if self.has_before("as") => self.at += 1,
            "glob" if self.is_value_before() => self.say(1, &[word("like")]),
            "indexed" if follows(&["by"]) => self.leave(at + 3),
            "exclude" if self.ends_frame() => {
                let two = follows(&["no", "others"]) || follows(&["current", "row"]);
                self.at += if two { 3 } else { 2 };
            }
            "in" if self.is_table(at + 1) => {
                let end = self.tape.after_name(at + 1);
                let end = match self.tape.is_token(end, &Token::LParen) {
                    true => self.tape.closing(end).map_or(end, |close| close + 1),
                    false => end,
                };
                let query = [
                    word("in"),
                    Token::LParen,
                    word("select"),
                    Token::Mul,
                    word("from"),
                ];
                self.say(1, &query);
                self.keep(end - at - 1);
                self.say(0, &[Token::RParen]);
            }
            "as" if self.casts.last() == Some(&true) => {
                // Whatever the type is called.
                let mut end = at + 1;
                while self.tape.is_name(end) {
                    end += 1;
                }
                if self.tape.is_token(end, &Token::LParen) {
                    end = self.tape.closing(end).map_or(end, |close| close + 1);
                }
                self.say(end - at, &[word("as"), word("text")]);
            }
            "into" if self.tape.is_name(at + 1) => {
                let end = self.tape.after_name(at + 1);
                let Some(Token::Word(alias)) = self.tape.get(end + 1).cloned() else {
                    return false;
                };
                if !self.tape.is(end, "as") {
                    return false;
                }
                let table = self.tape.tokens[end - 1].token.clone();
                self.keep(end - at);
                self.at += 2;
                self.alias = Some((alias.value, table));
            }
            "on" if follows(&["conflict"]) => return self.conflict(),
            _ => return false,
        }
        true
    }

    fn conflict(&mut self) -> bool {
        let at = self.at;
        if self.tape.is_any(at + 2, RESOLUTIONS) {
            self.at += 3;
            return true;
        }
        self.conflicts += 1;
        if self.conflicts > 1 {
            let end = self.end_of(at + 2, &["returning"]);
            self.leave(end);
            return true;
        }
        if !self.tape.is_token(at + 2, &Token::LParen) {
            return false;
        }
        let Some(close) = self.tape.closing(at + 2) else {
            return false;
        };
        let is_plain = |at: usize| {
            self.tape.is_token(at, &Token::Comma)
                || (self.tape.is_name(at) && !self.tape.is_name(at + 1))
        };
        if (at + 3..close).all(is_plain) && !self.tape.is(close + 1, "where") {
            return false;
        }
        let end = self.end_of(close, &["do"]);
        self.keep(2);
        self.leave(end);
        true
    }

    /// The place of one of these words, or the end of the statement.
    fn end_of(&self, from: usize, words: &[&str]) -> usize {
        let last = self.tape.tokens.len();
        let ends =
            |&at: &usize| self.tape.is_any(at, words) || self.tape.is_token(at, &Token::SemiColon);
        (from..last).find(ends).unwrap_or(last)
    }

    /// Leaves out tokens that are read one by one, up to a place.
    fn leave(&mut self, end: usize) {
        let end = end.min(self.tape.tokens.len());
        let span = |at: usize| self.tape.tokens[at].span;
        let (start, last) = (span(self.at).start.column, span(end - 1).end.column);
        self.tape
            .said
            .left
            .push((start as u32 - 1, last as u32 - 1));
        self.at = end;
    }

    fn keep(&mut self, count: usize) {
        let end = (self.at + count).min(self.tape.tokens.len());
        self.out
            .extend(self.tape.tokens[self.at..end].iter().cloned());
        self.at = end;
    }

    /// Puts tokens in place of those that come next.
    fn say(&mut self, instead_of: usize, tokens: &[Token]) {
        let last = self.tape.tokens.len() - 1;
        let span = self.tape.tokens[self.at.min(last)].span;
        let tokens = tokens.iter().cloned();
        self.out
            .extend(tokens.map(|token| TokenWithSpan { token, span }));
        self.at += instead_of;
    }

    fn last(&self) -> Option<&Token> {
        self.out.last().map(|token| &token.token)
    }

    /// Whether what stands before may be the end of a value.
    fn is_value_before(&self) -> bool {
        match self.last() {
            Some(Token::Word(word)) => {
                let is = |before: &&str| word.value.eq_ignore_ascii_case(before);
                word.quote_style.is_some() || !BEFORE_A_VALUE.iter().any(is)
            }
            Some(
                Token::RParen
                | Token::Number(..)
                | Token::SingleQuotedString(_)
                | Token::DoubleQuotedString(_)
                | Token::HexStringLiteral(_)
                | Token::Placeholder(_)
                | Token::RBracket,
            ) => true,
            _ => false,
        }
    }

    fn has_before(&self, before: &str) -> bool {
        matches!(self.last(), Some(Token::Word(word))
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(before))
    }

    fn ends_frame(&self) -> bool {
        ["preceding", "following", "row"]
            .iter()
            .any(|end| self.has_before(end))
    }

    /// Whether a table stands there whose rows are the list of IN.
    fn is_table(&self, at: usize) -> bool {
        let is_before = self.is_value_before() || self.has_before("not");
        is_before && self.tape.is_name(at)
    }

    /// Whether a number goes on in the next token: `0XFF`, `1_000`.
    fn is_torn(&self) -> bool {
        let [number, next] = [self.at, self.at + 1].map(|at| self.tape.tokens.get(at));
        let (Some(number), Some(next)) = (number, next) else {
            return false;
        };
        let Token::Word(word) = &next.token else {
            return false;
        };
        let begins = word.value.starts_with(['x', 'X', '_']) && word.quote_style.is_none();
        begins && number.span.end == next.span.start
    }
}
