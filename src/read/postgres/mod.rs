//! PostgreSQL statements by their tree: the only folder that knows the squawk grammar.
//!
//! The grammar accepts what PostgreSQL accepts, keeps every byte's place, and tells names that are
//! defined from names that are referred to. What it does not do is scoping: which names are tables,
//! and whose a column is, is decided here ([`scope`]), so that a WITH query, an alias, a parameter
//! or a variable is never taken for an object.
//!
//! It has no recursion limit. Statements that are nested too deeply or too long are not parsed but
//! returned as broken ([`too_deep`]); what is let through still needs a stack of some 16 MB, which
//! is the caller's to give.

mod alter_table;
pub(super) mod builtin;
mod constraint;
mod create;
mod dml;
mod drop;
mod dynamic;
mod expr;
mod from;
mod key;
mod literal;
mod misc;
mod names;
mod operator;
mod plpgsql;
mod privilege;
mod query;
mod reader;
mod repair;
mod routine;
mod scope;
mod table;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod user_type;
mod view;

use super::fact::{Action, Fact, Kind, Object};
use crate::dialect::Dialect;
use crate::source::{Source, Span};
use reader::Reader;
use scope::Scope;
use tree::{Places, SyntaxKind as K, SyntaxNode, Tree, child, find, has, parse_sql};

/// What the tree of one statement tells.
#[derive(Debug, Default)]
pub struct TreeReading {
    /// The facts in the order of their places.
    pub facts: Vec<Fact>,
    /// What the grammar refuses: the whole statement, or regions of a routine's body. The caller
    /// reads these by tokens.
    pub broken: Vec<Span>,
    /// Places of SQL that is put together at run time.
    pub dynamic: Vec<Span>,
}

/// Reads one statement; `body` goes from its first to its last token.
#[must_use]
pub fn read(source: &Source, body: Span, dialect: &Dialect) -> TreeReading {
    let written = source.slice(body);
    let thinned = (written.len() > THIN)
        .then(|| repair::thin(written, dialect))
        .flatten();
    let text = thinned.as_deref().unwrap_or(written);
    let mut reader = Reader::new(dialect, Places::At(body.source, body.start));
    if too_deep(text) {
        reader.out.broken.push(body);
        return reader.out;
    }
    let Some(tree) = parse(text, dialect) else {
        reader.out.broken.push(body);
        return reader.out;
    };
    for node in tree.root.children() {
        statement(&mut reader, &node, &Scope::default());
    }
    for (start, end) in tree.classes {
        operator::uses_class(&mut reader, text, start, end);
    }
    let mut out = reader.out;
    out.facts
        .sort_by_key(|fact| (fact.span.start, fact.span.end));
    out
}

/// From how many bytes on an INSERT is looked at for rows that need no reading.
const THIN: usize = 4096;

/// Parses statements, with the grammar's known gaps mended; `None` if it refuses them.
fn parse(text: &str, dialect: &Dialect) -> Option<Tree> {
    let tree = parse_sql(text);
    if is_clean(&tree) {
        return Some(tree);
    }
    let (mended, classes) = repair::statement(text, dialect)?;
    let mut tree = parse_sql(&mended);
    tree.classes = classes;
    is_clean(&tree).then_some(tree)
}

/// No errors, and a semicolon between statements, which the grammar does not ask for.
fn is_clean(tree: &Tree) -> bool {
    tree.errors.is_empty()
        && tree.root.children().all(|node| {
            node.next_sibling().is_none()
                || node
                    .last_token()
                    .is_some_and(|token| token.kind() == K::SEMICOLON)
        })
}

/// Whether a text may be too much for a recursive parser: brackets nested more than 256 deep, more
/// than 100,000 tokens, or more than 10,000 tokens without a comma (a chain of operators nests, too).
fn too_deep(text: &str) -> bool {
    const DEPTH: usize = 256;
    const TOKENS: usize = 100_000;
    const CHAIN: usize = 10_000;
    // Most texts are too short for any of it, but for nesting.
    let brackets = text
        .bytes()
        .filter(|byte| matches!(byte, b'(' | b'['))
        .count();
    if brackets <= DEPTH && text.len() <= CHAIN {
        return false;
    }
    let (mut depth, mut tokens, mut chain) = (0_usize, 0_usize, 0_usize);
    for token in squawk_lexer::tokenize(text) {
        use squawk_lexer::TokenKind as T;
        match token.kind {
            T::Whitespace | T::LineComment | T::BlockComment { .. } => continue,
            T::OpenParen | T::OpenBracket => depth += 1,
            T::CloseParen | T::CloseBracket => depth = depth.saturating_sub(1),
            T::Comma | T::Semi => chain = 0,
            _ => {}
        }
        tokens += 1;
        chain += 1;
        if depth > DEPTH || tokens > TOKENS || chain > CHAIN {
            return true;
        }
    }
    false
}

/// The facts of one statement in the scope around it.
fn statement(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    match node.kind() {
        K::CREATE_TABLE | K::CREATE_FOREIGN_TABLE => table::create_table(r, node),
        K::CREATE_TABLE_AS => table::create_table_as(r, node, scope),
        K::CREATE_INDEX => table::create_index(r, node),
        K::CREATE_STATISTICS => table::create_statistics(r, node),
        K::CREATE_VIEW | K::CREATE_MATERIALIZED_VIEW => view::create_view(r, node, scope),
        K::CREATE_RULE => view::create_rule(r, node, scope),
        K::CREATE_POLICY | K::ALTER_POLICY => view::policy(r, node, scope),
        K::ALTER_TABLE
        | K::ALTER_FOREIGN_TABLE
        | K::ALTER_VIEW
        | K::ALTER_MATERIALIZED_VIEW
        | K::ALTER_INDEX => {
            alter_table::alter(r, node);
            alter_table::storage(r, node);
        }
        K::CREATE_FUNCTION | K::CREATE_PROCEDURE => routine::create_routine(r, node),
        K::CREATE_AGGREGATE => routine::create_aggregate(r, node),
        K::CREATE_TRIGGER => routine::create_trigger(r, node, scope),
        K::CREATE_EVENT_TRIGGER => routine::create_event_trigger(r, node),
        K::DO => routine::run(r, node),
        K::CALL => routine::call(r, node, scope),
        K::COPY => dml::copy(r, node, scope),
        K::TRUNCATE => dml::truncate(r, node),
        kind if query::is_query(kind) => {
            query::query(r, node, scope);
        }
        K::PREPARE => r.written(|r| inner_statement(r, node, scope)),
        K::DECLARE => inner_statement(r, node, scope),
        K::EXPLAIN => {
            let runs = find(node, K::EXPLAIN_ANALYZE).is_some() || explain_analyzes(node);
            r.under(
                |mode| mode.runs &= runs,
                |r| inner_statement(r, node, scope),
            );
        }
        K::GRANT | K::REVOKE => privilege::grant(r, node),
        K::COMMENT_ON | K::SECURITY_LABEL => privilege::comment(r, node),
        K::REFRESH => refresh(r, node),
        K::LOCK
        | K::ANALYZE
        | K::VACUUM
        | K::CLUSTER
        | K::REINDEX
        | K::REPACK
        | K::SET_CONSTRAINTS => maintenance(r, node),
        K::REASSIGN | K::SET_ROLE | K::SET_SESSION_AUTH => misc::roles(r, node),
        _ => definition(r, node, scope),
    }
}

/// CREATE, ALTER and DROP of what is neither a table, a view nor a routine.
fn definition(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    match node.kind() {
        K::CREATE_SCHEMA => create::schema(r, node, scope),
        K::CREATE_SEQUENCE | K::ALTER_SEQUENCE => create::sequence(r, node),
        K::CREATE_TYPE => user_type::create_type(r, node),
        K::ALTER_TYPE => user_type::alter_type(r, node),
        K::CREATE_DOMAIN | K::ALTER_DOMAIN => user_type::domain(r, node),
        K::CREATE_EXTENSION => create::extension(r, node),
        K::CREATE_ROLE | K::CREATE_USER | K::CREATE_GROUP => create::role(r, node),
        K::ALTER_ROLE | K::ALTER_USER | K::ALTER_GROUP => create::alter_role(r, node),
        K::CREATE_OPERATOR => operator::create(r, node),
        K::CREATE_OPERATOR_CLASS => operator::create_class(r, node, K::OP_CLASS_NAME),
        K::CREATE_OPERATOR_FAMILY => operator::create_class(r, node, K::OP_FAMILY_NAME),
        K::ALTER_OPERATOR_FAMILY => {
            misc::alter(r, node);
            operator::class_members(r, node);
        }
        K::CREATE_CAST => operator::create_cast(r, node),
        K::CREATE_COLLATION => create::simple(r, node, Kind::Collation, K::COLLATION),
        K::CREATE_CONVERSION => create::simple(r, node, Kind::Conversion, K::CONVERSION),
        K::CREATE_LANGUAGE => create::simple(r, node, Kind::Language, K::LANGUAGE),
        K::CREATE_ACCESS_METHOD => create::simple(r, node, Kind::AccessMethod, K::ACCESS_METHOD),
        K::CREATE_FOREIGN_DATA_WRAPPER => {
            create::simple(r, node, Kind::ForeignDataWrapper, K::FOREIGN_DATA_WRAPPER);
        }
        K::CREATE_SERVER => create::simple(r, node, Kind::ForeignServer, K::SERVER),
        K::CREATE_SUBSCRIPTION => {
            // Its publications are the other server's.
            if let Some((name, span)) =
                child(node, K::SUBSCRIPTION).and_then(|name| names::word(r, &name))
            {
                let object = Object::new(Kind::Subscription, crate::name::ObjectName::bare(name));
                r.defines(object, span, reader::How::default());
            }
        }
        K::CREATE_TABLESPACE => create::simple(r, node, Kind::Tablespace, K::TABLESPACE),
        K::CREATE_TEXT_SEARCH_CONFIGURATION => {
            create::text_search(r, node, K::TEXT_SEARCH_CONFIGURATION);
        }
        K::CREATE_TEXT_SEARCH_DICTIONARY => {
            create::text_search(r, node, K::TEXT_SEARCH_DICTIONARY);
        }
        K::CREATE_TEXT_SEARCH_PARSER => create::text_search(r, node, K::TEXT_SEARCH_PARSER),
        K::CREATE_TEXT_SEARCH_TEMPLATE => create::text_search(r, node, K::TEXT_SEARCH_TEMPLATE),
        K::CREATE_TRANSFORM | K::CREATE_USER_MAPPING | K::ALTER_USER_MAPPING => {
            types::uses_all(r, node);
            misc::refs(r, node, &Action::Use);
            misc::roles(r, node);
        }
        K::CREATE_PUBLICATION | K::ALTER_PUBLICATION => create::publication(r, node, scope),
        K::IMPORT_FOREIGN_SCHEMA => create::import(r, node),
        K::ALTER_DEFAULT_PRIVILEGES => privilege::default_privileges(r, node),
        K::ALTER_TRIGGER => alter_member(r, node, Kind::Trigger, K::TRIGGER_REF),
        K::ALTER_RULE => alter_member(r, node, Kind::Rule, K::RULE_REF),
        K::DROP_DATABASE | K::ALTER_DATABASE | K::CREATE_DATABASE | K::ALTER_SYSTEM => {}
        kind => {
            let name = format!("{kind:?}");
            if name.starts_with("DROP_") {
                drop::drop(r, node);
            } else if name.starts_with("ALTER_") {
                misc::alter(r, node);
            }
        }
    }
}

fn alter_member(r: &mut Reader<'_>, node: &SyntaxNode, kind: Kind, member: K) {
    if let Some(object) = misc::member_of(r, node, kind, member, &Action::Alter) {
        for action in node.children() {
            misc::change(r, &object, &action);
        }
    }
}

/// The statement inside EXPLAIN, PREPARE and DECLARE.
fn inner_statement(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    for part in node.children() {
        match part.kind() {
            K::PARAM_LIST => {
                for parameter in part.children() {
                    types::uses_all(r, &parameter);
                }
            }
            K::EXPLAIN_ANALYZE | K::EXPLAIN_OPTION_LIST | K::EXPLAIN_VERBOSE => {}
            K::PREPARED_STATEMENT | K::CURSOR => {}
            _ => statement(r, &part, scope),
        }
    }
}

fn explain_analyzes(node: &SyntaxNode) -> bool {
    child(node, K::EXPLAIN_OPTION_LIST).is_some_and(|list| {
        list.text()
            .to_string()
            .to_ascii_lowercase()
            .contains("analy")
    })
}

fn refresh(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some((object, span)) =
        child(node, K::VIEW_REF).and_then(|name| misc::object_of(r, &name))
    {
        r.push(Action::Use, object.clone(), span);
        if has(node, K::CONCURRENTLY_KW) {
            // It compares the rows that are there, by any unique key.
            r.push(Action::Read, object.clone(), span);
            r.push(
                Action::Use,
                Object::key(object.name.clone(), Vec::new()),
                span,
            );
        }
        if !has(node, K::WITH_NO_DATA) {
            r.push(Action::Write, object, span);
        }
    }
}

/// LOCK, ANALYZE, VACUUM, CLUSTER, REINDEX: what they name must be there.
fn maintenance(r: &mut Reader<'_>, node: &SyntaxNode) {
    if matches!(node.kind(), K::ANALYZE | K::VACUUM | K::REPACK) {
        for entry in node
            .descendants()
            .filter(|inner| inner.kind() == K::TABLE_AND_COLUMNS)
        {
            let Some(table) =
                find(&entry, K::TABLE_NAME_REF).and_then(|name| names::reference(r, &name))
            else {
                continue;
            };
            r.uses(Kind::Table, table.name.clone(), table.span);
            for (column, span) in key::columns(r, &entry) {
                r.uses_column(vec![table.name.clone()], column, span);
            }
        }
        return;
    }
    if node.kind() == K::CLUSTER
        && let Some(using) = child(node, K::CLUSTER_USING_INDEX)
        && let Some(table) =
            child(node, K::TABLE_NAME_REF).and_then(|name| names::reference(r, &name))
        && let Some(index) = child(&using, K::INDEX_REF).and_then(|name| names::reference(r, &name))
    {
        r.uses(Kind::Table, table.name.clone(), table.span);
        let index_name = table.name.sibling(index.name.name);
        r.uses(Kind::Index, index_name, index.span);
        return;
    }
    if node.kind() == K::SET_CONSTRAINTS {
        // A constraint without its table; too little to say anything.
        return;
    }
    misc::refs(r, node, &Action::Use);
}
