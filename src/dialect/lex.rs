//! The byte-exact lexer under both readers: a text becomes tokens that tile it, whatever it holds.
//!
//! It never fails. What has no end (a string, a comment, a dollar quote) is one token up to the end
//! of the text with `open` set, and the splitter reports it.

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
    /// `E'…'`, `B'…'`, `X'…'`, `N'…'`, `U&'…'`, `U&"…"`.
    pub prefixed_strings: bool,
    /// A backslash escapes in every `'…'` string, not only in `E'…'`.
    pub backslash_escapes: bool,
    /// `"…"` is a string rather than an identifier.
    pub double_quote_is_string: bool,
    /// `` `…` `` is an identifier.
    pub backtick_idents: bool,
    /// `[…]` is an identifier.
    pub bracket_idents: bool,
    /// `$` may continue (and, in MySQL, start) an identifier.
    pub dollar_in_idents: bool,
    /// `@x`, `@@x`, `:x`, `$x`, `?1` are parameters or variables.
    pub at_variables: bool,
    /// `$1` is a parameter.
    pub dollar_params: bool,
}

/// The kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    /// White space, line ends included.
    Space,
    /// `-- …` or `# …`, without its line end.
    LineComment,
    /// `/* … */`, and the delimiters of a version comment.
    BlockComment,
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

    /// White space and comments.
    #[must_use]
    pub fn is_trivia(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment
        )
    }
}
