//! The byte-exact lexer under both readers: a text becomes tokens that tile it, whatever it holds.
//!
//! It never fails. What has no end (a string, a comment, a dollar quote) is one token up to the end
//! of the text with `open` set, and the splitter reports it.

mod packed;
mod scan;

#[cfg(test)]
mod tests;

pub use packed::{Mark, Packed, Tokens};
pub use scan::Lexer;

/// What differs between engines in the form of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `/* /* */ */` nests.
    pub nested_comments: bool,
    /// `#` starts a comment up to the end of the line.
    pub hash_comments: bool,
    /// `--` starts a comment only before white space or the end.
    pub dash_comment_needs_blank: bool,
    /// A bare `\r` ends a `--` comment as well as `\n`.
    pub carriage_return_ends_comment: bool,
    /// An unterminated `/*` is a comment up to the end of the text, not an error.
    pub open_comment_is_fine: bool,
    /// `/*!40101 … */` is code: its delimiters are comments and its content is lexed.
    pub version_comments: bool,
    /// `$tag$ … $tag$` is a string.
    pub dollar_quotes: bool,
    /// The letters, in lower case, that make one token with a `'…'` right after them: `X'ff'`.
    pub string_prefixes: &'static [u8],
    /// A backslash escapes in `E'…'`.
    pub escape_strings: bool,
    /// `U&'…'` and `U&"…"`.
    pub unicode_strings: bool,
    /// A backslash escapes in every `'…'` string, not only in `E'…'`.
    pub backslash_escapes: bool,
    /// `"…"` is a string rather than an identifier.
    pub double_quote_is_string: bool,
    /// `` `…` `` is an identifier.
    pub backtick_idents: bool,
    /// `[…]` is an identifier.
    pub bracket_idents: bool,
    /// `]]` inside `[…]` is one bracket.
    pub bracket_doubling: bool,
    /// `$` may continue an identifier.
    pub dollar_in_idents: bool,
    /// `$` may start an identifier.
    pub dollar_starts_idents: bool,
    /// `#` may start, and `#` and `@` may continue an identifier.
    pub hash_in_idents: bool,
    /// A digit may start an identifier that has other characters as well.
    pub digit_starts_idents: bool,
    /// `@x` and `@@x` are variables.
    pub at_variables: bool,
    /// `:x` is a parameter.
    pub colon_params: bool,
    /// `?` and `?1` are parameters.
    pub question_params: bool,
    /// `$1` is a parameter.
    pub dollar_params: bool,
    /// `$x` is a parameter.
    pub dollar_names: bool,
    /// `$(x)` is a variable of the client.
    pub dollar_parens: bool,
    /// Operators are runs of operator characters that anyone may define, not a fixed list.
    pub custom_operators: bool,
    /// White space beyond ASCII (U+00A0, U+3000, …) separates tokens; else it is part of identifiers.
    pub unicode_spaces: bool,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// White space, line ends included.
    Space,
    /// `-- …` or `# …`, without its line end.
    LineComment,
    /// `/* … */`.
    BlockComment,
    /// A delimiter of a version comment, `/*!40101` or `*/`: readers skip it, but it is code.
    VersionComment,
    /// An identifier or keyword without quotes.
    Word,
    /// An identifier in the dialect's quotes, prefix included (`U&"…"`).
    QuotedIdent,
    /// A string in quotes, prefix included (`E'…'`).
    String,
    /// A dollar-quoted string, tags included.
    DollarString,
    /// A number.
    Number,
    /// A parameter or variable: `$1`, `?`, `:x`, `@x`.
    Param,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `\`: a client's command where the client has such.
    Backslash,
    /// An operator (`::`, `:=`, `=`, `->>`, …).
    Operator,
    /// A command of the client, without its line end. Only the splitter makes these.
    ClientCommand,
    /// Data of a COPY, up to and including the `\.`. Only the splitter makes these.
    CopyData,
    /// What ends a statement instead of `;` (MySQL's DELIMITER, psql's `\;`). Only the splitter
    /// makes these.
    Delimiter,
    /// Any other character.
    Other,
}

/// One token: a kind and a range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Byte offset of its start.
    pub start: u32,
    /// Byte offset after its end.
    pub end: u32,
    /// It should have had an end delimiter and has none.
    pub open: bool,
}

impl Token {
    /// The token's text, given the text that was lexed.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start as usize..self.end as usize]
    }

    /// White space and comments, the delimiters of version comments included.
    #[must_use]
    pub fn is_trivia(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Space
                | TokenKind::LineComment
                | TokenKind::BlockComment
                | TokenKind::VersionComment
        )
    }

    /// Whether the token is this keyword, in any case. `keyword` is given in upper case.
    #[must_use]
    pub fn is_word(&self, text: &str, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text(text).eq_ignore_ascii_case(keyword)
    }

    /// Whether the token is one of these keywords.
    #[must_use]
    pub fn is_any_word(&self, text: &str, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is_word(text, keyword))
    }
}

/// The tokens of a text of SQL, without anything that belongs to a client: they tile the text.
///
/// A file is lexed by [`crate::read::split`], which knows the clients' commands and data; this is
/// for the text of one statement or of a routine's body. Texts are shorter than 4 GiB.
#[must_use]
pub fn lex(text: &str, rules: &Rules) -> Vec<Token> {
    let mut lexer = Lexer::new(text, rules);
    let mut tokens: Vec<Token> = lexer.by_ref().collect();
    lexer.mark_open(&mut tokens);
    tokens
}
