//! The lexer itself: one dispatch on the first byte, then a scan for the token's end.
//!
//! The forms are those of the engines' own scanners: PostgreSQL's `src/backend/parser/scan.l`,
//! SQLite's `src/tokenize.c`, MySQL's `sql/sql_lex.cc`; SQL Server's by the Transact-SQL reference.

use super::{Rules, Token, TokenKind};

/// The byte may start an identifier.
const START: u8 = 1;
/// The byte may continue an identifier.
const CONTINUE: u8 = 2;

/// The dialect says what the byte may do.
const ASK: u8 = 4;

/// What each byte may do in identifiers. A lexer is made for every statement that is looked at, so what all
/// dialects share is not worked out again.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => START | CONTINUE,
            b'0'..=b'9' => CONTINUE,
            0x80.. | b'$' | b'#' | b'@' => ASK,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// An iterator over the tokens of a text, which can be told to go on elsewhere.
#[derive(Debug)]
pub struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    rules: Rules,
    at: usize,
    /// Kind of the token that ends at `at`, if it is not the first.
    previous: Option<TokenKind>,
    /// Starts of version comments that are not closed yet.
    version_comments: Vec<u32>,
    /// End of the last `E'…'`, while only what may stand between its continuations has followed.
    escape_string: Option<usize>,
    /// Up to here the operator characters are known to be a run of nothing but `+` and `-`.
    signs_until: usize,
}

impl<'t> Lexer<'t> {
    /// A lexer at the start of `text`.
    #[must_use]
    pub fn new(text: &'t str, rules: &Rules) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            rules: *rules,
            at: 0,
            previous: None,
            version_comments: Vec::new(),
            escape_string: None,
            signs_until: 0,
        }
    }

    /// The rules that it goes by.
    #[must_use]
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// From here on a backslash escapes in every `'…'` string, or not: the text has said so.
    pub fn backslashes_escape(&mut self, escape: bool) {
        self.rules.backslash_escapes = escape;
    }

    /// From here on `"…"` is a string, or not: the text has said so.
    pub fn double_quotes_are_strings(&mut self, strings: bool) {
        self.rules.double_quote_is_string = strings;
    }

    /// Where the next token starts.
    #[must_use]
    pub fn position(&self) -> u32 {
        self.at as u32
    }

    /// Goes on at `position`, which must be a character's boundary, as if a statement started there.
    pub fn go_to(&mut self, position: u32) {
        self.at = position as usize;
        self.previous = None;
        self.escape_string = None;
        self.signs_until = 0;
    }

    /// Where version comments start that were never closed.
    #[must_use]
    pub fn open_comments(&self) -> &[u32] {
        &self.version_comments
    }

    /// Sets `open` on the version comments among `tokens` that were never closed.
    pub fn mark_open(&self, tokens: &mut [Token]) {
        for &start in &self.version_comments {
            if let Ok(at) = tokens.binary_search_by_key(&start, |token| token.start) {
                tokens[at].open = true;
            }
        }
    }

    fn class(&self, byte: u8) -> u8 {
        match CLASSES[usize::from(byte)] {
            ASK => self.class_in_dialect(byte),
            class => class,
        }
    }

    fn class_in_dialect(&self, byte: u8) -> u8 {
        let rules = &self.rules;
        match byte {
            0x80.. if !rules.unicode_spaces => START | CONTINUE,
            b'$' if rules.dollar_starts_idents => START | CONTINUE,
            b'$' if rules.dollar_in_idents => CONTINUE,
            b'#' if rules.hash_in_idents => START | CONTINUE,
            b'@' if rules.hash_in_idents => CONTINUE,
            _ => 0,
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn is(&self, at: usize, class: u8) -> bool {
        match self.bytes.get(at) {
            Some(&byte) if byte < 0x80 || !self.rules.unicode_spaces => {
                self.class(byte) & class != 0
            }
            Some(_) => !self.wide_space(at),
            None => false,
        }
    }

    /// Whether the character at `at` is one of the spaces beyond ASCII.
    fn wide_space(&self, at: usize) -> bool {
        self.text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|char| char.is_whitespace() || matches!(char, '\u{200B}' | '\u{FEFF}'))
    }

    /// The kind of the token at `self.at`, and whether it is open; `self.at` moves after it.
    fn scan(&mut self, first: u8) -> (TokenKind, bool) {
        let next = self.byte(self.at + 1);
        match first {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => self.space(),
            b'-' if next == b'-' && self.dashes_start_comment() => self.line_comment(),
            b'#' if self.rules.hash_comments => self.line_comment(),
            b'/' if next == b'*' => self.block_comment(),
            b'*' if next == b'/' && self.version_comments.pop().is_some() => {
                self.take(2, TokenKind::VersionComment)
            }
            b'\'' => {
                let escapes = self.rules.backslash_escapes || self.continues_escape_string();
                self.string(0, escapes)
            }
            b'"' if self.rules.double_quote_is_string => self.quoted(
                1,
                b'"',
                true,
                self.rules.backslash_escapes,
                TokenKind::String,
            ),
            b'"' => self.quoted(1, b'"', true, false, TokenKind::QuotedIdent),
            b'`' if self.rules.backtick_idents => {
                self.quoted(1, b'`', true, false, TokenKind::QuotedIdent)
            }
            b'[' if self.rules.bracket_idents => self.quoted(
                1,
                b']',
                self.rules.bracket_doubling,
                false,
                TokenKind::QuotedIdent,
            ),
            b'0'..=b'9' => self.number(),
            b'.' if next.is_ascii_digit() && !self.after_name() => self.number(),
            b'.' if next == b'.' && self.rules.custom_operators => {
                self.take(2, TokenKind::Operator)
            }
            b'.' => self.take(1, TokenKind::Dot),
            b'(' => self.take(1, TokenKind::Open),
            b')' => self.take(1, TokenKind::Close),
            b',' => self.take(1, TokenKind::Comma),
            b';' => self.take(1, TokenKind::Semicolon),
            b'[' => self.take(1, TokenKind::OpenBracket),
            b']' => self.take(1, TokenKind::CloseBracket),
            b'\\' => self.take(1, TokenKind::Backslash),
            b'$' if self.class(b'$') & START == 0 => self.dollar(),
            b'@' if self.rules.at_variables => self.at_variable(),
            b'?' if self.rules.question_params => {
                let digits = self.run(self.at + 1, |byte| byte.is_ascii_digit());
                self.take(digits - self.at, TokenKind::Param)
            }
            b':' if self.rules.colon_params && self.is(self.at + 1, CONTINUE) => {
                let end = self.word_end(self.at + 1);
                self.take(end - self.at, TokenKind::Param)
            }
            _ if self.is(self.at, START) => self.word(first, next),
            0x80.. if self.wide_space(self.at) => self.space(),
            0x80.. => {
                let char = self.text[self.at..].chars().next();
                self.take(char.map_or(1, char::len_utf8), TokenKind::Other)
            }
            _ => self.operator(),
        }
    }

    fn take(&mut self, length: usize, kind: TokenKind) -> (TokenKind, bool) {
        self.at += length;
        (kind, false)
    }

    fn run(&self, from: usize, belongs: impl Fn(u8) -> bool) -> usize {
        let rest = &self.bytes[from.min(self.bytes.len())..];
        from + rest
            .iter()
            .position(|&byte| !belongs(byte))
            .unwrap_or(rest.len())
    }

    fn space(&mut self) -> (TokenKind, bool) {
        loop {
            self.at = self.run(self.at, is_space);
            if !(self.rules.unicode_spaces
                && self.byte(self.at) >= 0x80
                && self.wide_space(self.at))
            {
                break;
            }
            let char = self.text[self.at..].chars().next();
            self.at += char.map_or(1, char::len_utf8);
        }
        (TokenKind::Space, false)
    }

    /// MySQL: `--` must be followed by a blank or a control character, so that `5--1` is 6.
    fn dashes_start_comment(&self) -> bool {
        !self.rules.dash_comment_needs_blank
            || self.byte(self.at + 2) <= b' '
            || self.byte(self.at + 2) == 0x7F
    }

    fn line_comment(&mut self) -> (TokenKind, bool) {
        let either = self.rules.carriage_return_ends_comment;
        let end = self.run(self.at, |byte| byte != b'\n' && !(either && byte == b'\r'));
        // The `\r` of a line end belongs to the space after the comment.
        let before = self.byte(end - 1) == b'\r' && end < self.bytes.len();
        self.at = if before { end - 1 } else { end };
        (TokenKind::LineComment, false)
    }

    fn block_comment(&mut self) -> (TokenKind, bool) {
        if let Some(length) = self.version_comment() {
            self.version_comments.push(self.at as u32);
            return self.take(length, TokenKind::VersionComment);
        }
        let mut depth = 1;
        let mut at = self.at + 2;
        while at + 1 < self.bytes.len() {
            match (self.bytes[at], self.bytes[at + 1]) {
                (b'*', b'/') => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        self.at = at;
                        return (TokenKind::BlockComment, false);
                    }
                }
                (b'/', b'*') if self.rules.nested_comments => {
                    depth += 1;
                    at += 2;
                }
                _ => at += 1,
            }
        }
        self.at = self.bytes.len();
        (TokenKind::BlockComment, !self.rules.open_comment_is_fine)
    }

    /// The length of a version comment's start, `/*!40101` or MariaDB's `/*M!100100`.
    fn version_comment(&self) -> Option<usize> {
        if !self.rules.version_comments {
            return None;
        }
        let mark = match (self.byte(self.at + 2), self.byte(self.at + 3)) {
            (b'!', _) => 3,
            (b'M' | b'm', b'!') => 4,
            _ => return None,
        };
        let digits = self.run(self.at + mark, |byte| byte.is_ascii_digit());
        Some(digits.min(self.at + mark + 6) - self.at)
    }

    /// PostgreSQL: `'…'` after a line end after `E'…'` goes on in the same kind of string.
    fn continues_escape_string(&self) -> bool {
        self.escape_string.is_some_and(|end| {
            self.bytes[end..self.at]
                .iter()
                .any(|byte| matches!(byte, b'\n' | b'\r'))
        })
    }

    /// A string whose opening quote stands `prefix` bytes on.
    fn string(&mut self, prefix: usize, escapes: bool) -> (TokenKind, bool) {
        let scanned = self.quoted(prefix + 1, b'\'', true, escapes, TokenKind::String);
        self.escape_string = (escapes && self.rules.escape_strings).then_some(self.at);
        scanned
    }

    /// What stands in quotes: its content starts `start` bytes on.
    fn quoted(
        &mut self,
        start: usize,
        quote: u8,
        doubling: bool,
        escapes: bool,
        kind: TokenKind,
    ) -> (TokenKind, bool) {
        let mut at = self.at + start;
        loop {
            at = self.run(at, |byte| byte != quote && !(escapes && byte == b'\\'));
            match self.bytes.get(at) {
                None => {
                    self.at = self.bytes.len();
                    return (kind, true);
                }
                Some(b'\\') if escapes => at = (at + 2).min(self.bytes.len()),
                Some(_) if doubling && self.byte(at + 1) == quote => at += 2,
                Some(_) => {
                    self.at = at + 1;
                    return (kind, false);
                }
            }
        }
    }

    /// A `.` right after a name separates names even before a digit (`schema.1table`).
    fn after_name(&self) -> bool {
        self.rules.digit_starts_idents
            && matches!(
                self.previous,
                Some(TokenKind::Word | TokenKind::QuotedIdent)
            )
    }

    fn number(&mut self) -> (TokenKind, bool) {
        let end = self.number_end();
        if self.rules.digit_starts_idents
            && self.byte(self.at) != b'.'
            && (self.is(end, CONTINUE) || self.previous == Some(TokenKind::Dot))
        {
            let word = self.word_end(self.at);
            if word >= end || self.previous == Some(TokenKind::Dot) {
                return self.take(word - self.at, TokenKind::Word);
            }
        }
        self.take(end - self.at, TokenKind::Number)
    }

    fn number_end(&self) -> usize {
        let digits = |from| self.run(from, |byte| byte.is_ascii_digit() || byte == b'_');
        if self.byte(self.at) == b'0'
            && matches!(self.byte(self.at + 1) | 0x20, b'x' | b'o' | b'b')
            && self.byte(self.at + 2).is_ascii_hexdigit()
        {
            return self.run(self.at + 2, |byte| byte.is_ascii_hexdigit() || byte == b'_');
        }
        let mut end = digits(self.at);
        if self.byte(end) == b'.' && self.byte(end + 1) != b'.' {
            end += 1;
            // `1._` is not a number with an underscore.
            if self.byte(end).is_ascii_digit() {
                end = digits(end);
            }
        }
        if self.byte(end) | 0x20 == b'e' {
            let sign = usize::from(matches!(self.byte(end + 1), b'+' | b'-'));
            if self.byte(end + 1 + sign).is_ascii_digit() {
                end = digits(end + 1 + sign);
            }
        }
        end
    }

    fn dollar(&mut self) -> (TokenKind, bool) {
        let next = self.byte(self.at + 1);
        if next.is_ascii_digit() && (self.rules.dollar_params || self.rules.dollar_names) {
            let end = self.run(self.at + 1, |byte| byte.is_ascii_digit());
            return self.take(end - self.at, TokenKind::Param);
        }
        // A tag is an identifier without `$`; bytes beyond ASCII are letters.
        let tag = self.run(self.at + 1, |byte| {
            byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
        });
        if self.rules.dollar_quotes && self.byte(tag) == b'$' {
            let delimiter = &self.text[self.at..=tag];
            let found = find_delimiter(&self.text[tag + 1..], delimiter);
            self.at = found.map_or(self.bytes.len(), |at| tag + 1 + at + delimiter.len());
            return (TokenKind::DollarString, found.is_none());
        }
        if self.rules.dollar_names && self.is(self.at + 1, CONTINUE) {
            let end = self.word_end(self.at + 1);
            return self.take(end - self.at, TokenKind::Param);
        }
        if self.rules.dollar_parens && next == b'(' {
            let end = self.run(self.at + 2, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
            });
            if self.byte(end) == b')' {
                return self.take(end + 1 - self.at, TokenKind::Param);
            }
        }
        self.take(1, TokenKind::Other)
    }

    fn at_variable(&mut self) -> (TokenKind, bool) {
        let name = self.at + 1 + usize::from(self.byte(self.at + 1) == b'@');
        if self.rules.backtick_idents
            && self.byte(name) == b'`'
            && !matches!(
                self.previous,
                Some(TokenKind::String | TokenKind::QuotedIdent)
            )
        {
            return self.quoted(name + 1 - self.at, b'`', true, false, TokenKind::Param);
        }
        if self.is(name, CONTINUE) {
            let end = self.word_end(name);
            return self.take(end - self.at, TokenKind::Param);
        }
        self.take(1, TokenKind::Operator)
    }

    /// The end of the identifier characters from `from`.
    fn word_end(&self, from: usize) -> usize {
        let mut at = self.run(from, |byte| self.class(byte) & CONTINUE != 0);
        while self.rules.unicode_spaces && self.byte(at) >= 0x80 && self.is(at, CONTINUE) {
            let char = self.text[at..].chars().next();
            at += char.map_or(1, char::len_utf8);
            at = self.run(at, |byte| self.class(byte) & CONTINUE != 0);
        }
        at
    }

    fn word(&mut self, first: u8, next: u8) -> (TokenKind, bool) {
        let letter = first.to_ascii_lowercase();
        if next == b'\'' && self.rules.string_prefixes.contains(&letter) {
            let escapes =
                self.rules.backslash_escapes || (letter == b'e' && self.rules.escape_strings);
            return self.string(1, escapes);
        }
        if letter == b'u' && next == b'&' && self.rules.unicode_strings {
            match self.byte(self.at + 2) {
                b'\'' => return self.string(2, false),
                b'"' => return self.quoted(3, b'"', true, false, TokenKind::QuotedIdent),
                _ => {}
            }
        }
        let end = self.word_end(self.at);
        self.take(end - self.at, TokenKind::Word)
    }

    fn operator(&mut self) -> (TokenKind, bool) {
        let rest = &self.bytes[self.at..];
        if self.rules.custom_operators && is_operator_byte(rest[0]) {
            let length = self.custom_operator();
            return self.take(length, TokenKind::Operator);
        }
        if let Some(known) = OPERATORS.iter().find(|known| rest.starts_with(known)) {
            return self.take(known.len(), TokenKind::Operator);
        }
        let kind = if is_operator_byte(rest[0]) || rest[0] == b':' {
            TokenKind::Operator
        } else {
            TokenKind::Other
        };
        self.take(1, kind)
    }

    /// PostgreSQL's rules: an operator stops before `--` and `/*`, and ends with `+` or `-` only if
    /// it holds one of the characters that SQL's own operators never have.
    fn custom_operator(&mut self) -> usize {
        if self.at < self.signs_until {
            return 1;
        }
        let mut end = self.at;
        let mut special = false;
        while end < self.bytes.len() && is_operator_byte(self.bytes[end]) {
            if self.rules.question_params && self.bytes[end] == b'?' {
                break;
            }
            match (self.bytes[end], self.byte(end + 1)) {
                (b'-', b'-') | (b'/', b'*') if end > self.at => break,
                (byte, _) => special |= b"~!@#%^&|`?".contains(&byte),
            }
            end += 1;
        }
        if !special {
            let run = end;
            while end > self.at + 1 && matches!(self.bytes[end - 1], b'+' | b'-') {
                end -= 1;
            }
            self.signs_until = run;
        }
        end - self.at
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        let first = *self.bytes.get(start)?;
        let continued = self.escape_string;
        let (kind, open) = self.scan(first);
        debug_assert!(self.at > start, "a token has at least one byte");
        if self.escape_string == continued
            && !matches!(kind, TokenKind::Space | TokenKind::LineComment)
        {
            self.escape_string = None;
        }
        self.previous = Some(kind);
        Some(Token {
            kind,
            start: start as u32,
            end: self.at as u32,
            open,
        })
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C)
}

fn is_operator_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-'
            | b'*'
            | b'/'
            | b'<'
            | b'>'
            | b'='
            | b'~'
            | b'!'
            | b'@'
            | b'#'
            | b'%'
            | b'^'
            | b'&'
            | b'|'
            | b'`'
            | b'?'
    )
}

/// Operators of more than one character where nobody can define more, the longest first.
const OPERATORS: [&[u8]; 24] = [
    b"<=>", b"->>", b"||", b"&&", b"<<", b">>", b"<=", b">=", b"<>", b"!=", b"==", b"->", b":=",
    b"::", b"+=", b"-=", b"*=", b"/=", b"%=", b"&=", b"|=", b"^=", b"!<", b"!>",
];

/// Where `delimiter` (`$tag$`) is in `text`. The inside of a tag has no `$`, so comparing at each `$`
/// looks at no byte more than twice.
fn find_delimiter(text: &str, delimiter: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find('$') {
        if text[from + at..].starts_with(delimiter) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}
