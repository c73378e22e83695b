//! The grammar's trees: parsing a text, looking around in a node, and where a tree's text stands in
//! the source.

use std::rc::Rc;

use squawk_syntax::body::BodyLanguage;
use squawk_syntax::decoded_text::DecodedText;
pub(super) use squawk_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, ast};

use crate::source::{SourceId, Span};

/// A parsed text.
pub(super) struct Tree {
    /// `SOURCE_FILE` or `PLPGSQL`.
    pub(super) root: SyntaxNode,
    /// Where the grammar refuses the text.
    pub(super) errors: Vec<u32>,
    /// Where operator classes stood that the grammar does not know there.
    pub(super) classes: Vec<(u32, u32)>,
}

/// Parses statements.
pub(super) fn parse_sql(text: &str) -> Tree {
    let (green, errors) = <ast::SourceFile as BodyLanguage>::parse_text(text);
    Tree {
        root: SyntaxNode::new_root(green),
        errors: errors
            .iter()
            .map(|error| error.range().start().into())
            .collect(),
        classes: Vec::new(),
    }
}

/// Parses a PL/pgSQL body.
pub(super) fn parse_plpgsql(text: &str) -> Tree {
    let (green, errors) = <ast::Plpgsql as BodyLanguage>::parse_text(text);
    Tree {
        root: SyntaxNode::new_root(green),
        errors: errors
            .iter()
            .map(|error| error.range().start().into())
            .collect(),
        classes: Vec::new(),
    }
}

/// Where the text of a tree stands in the source.
#[derive(Clone)]
pub(super) enum Places {
    /// At this offset, byte for byte.
    At(SourceId, u32),
    /// It is the content of a literal in the text of another tree.
    In(Rc<(DecodedText, Places)>),
}

impl Places {
    /// The place of a range of offsets in the tree's text.
    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        match self {
            Self::At(source, base) => Span::new(*source, base + start, base + end),
            Self::In(inner) => {
                let (decoded, outer) = &**inner;
                let first = u32::from(decoded.source_pos(start.into()));
                if end <= start {
                    return outer.span(first, first);
                }
                // The end is that of the last character: what follows it in the decoded text may
                // come from somewhere else.
                let last = decoded.text().floor_char_boundary(end as usize - 1) as u32;
                let after = u32::from(decoded.source_pos(last.into())) + (end - last);
                outer.span(first, after.max(first))
            }
        }
    }

    /// The places of a literal's content, when these are the places of the tree that holds it.
    pub(super) fn within(&self, literal: DecodedText) -> Self {
        Self::In(Rc::new((literal, self.clone())))
    }
}

/// The first child of a kind.
pub(super) fn child(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

/// All children of a kind.
pub(super) fn children(node: &SyntaxNode, kind: SyntaxKind) -> impl Iterator<Item = SyntaxNode> {
    node.children().filter(move |child| child.kind() == kind)
}

/// The first node of a kind in the subtree, the node itself included.
pub(super) fn find(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.descendants().find(|inner| inner.kind() == kind)
}

/// Whether a child token or node of the kind is there.
pub(super) fn has(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    node.children_with_tokens()
        .any(|child| child.kind() == kind)
}

/// The first token in the subtree that is neither white space nor a comment.
pub(super) fn first_token(node: &SyntaxNode) -> Option<SyntaxToken> {
    node.descendants_with_tokens()
        .filter_map(|element| element.into_token())
        .find(|token| !is_trivia(token.kind()))
}

/// White space and comments.
pub(super) fn is_trivia(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::WHITESPACE | SyntaxKind::COMMENT)
}

/// The decoded content of a string literal in any spelling.
pub(super) fn literal_text(node: &SyntaxNode) -> Option<DecodedText> {
    use squawk_syntax::ast::AstNode;
    let literal = ast::Literal::cast(node.clone())?;
    let first = first_token(node)?;
    matches!(
        first.kind(),
        SyntaxKind::STRING
            | SyntaxKind::ESC_STRING
            | SyntaxKind::DOLLAR_QUOTED_STRING
            | SyntaxKind::UNICODE_ESC_STRING
            | SyntaxKind::NATIONAL_STRING
    )
    .then(|| literal.decoded_value())
    .flatten()
}
