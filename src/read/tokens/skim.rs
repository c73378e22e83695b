//! What is nested too deep to be read with care: only what stands behind the words that name relations.

use std::collections::BTreeSet;

use crate::dialect::lex::TokenKind;
use crate::name::Ident;
use crate::read::fact::Kind;

use super::cursor::Cursor;
use super::out::Out;
use super::own;

/// Reads the relations of a region in one pass. `in_from` says that it begins in a FROM list.
pub(super) fn skim(out: &mut Out<'_>, region: Cursor<'_>, in_from: bool) {
    let own_names = ctes(out, region);
    let mut cursor = region;
    let mut expected = in_from;
    while !cursor.is_empty() {
        if cursor.is_any(&["from", "join", "into", "update"]) {
            expected = true;
            cursor.bump();
        } else if expected && (cursor.is_open() || cursor.is_any(&["lateral", "only", "table"])) {
            cursor.bump();
        } else if expected
            && cursor.named_at(0)
            && !cursor.is_any(&["select", "set", "values", "with"])
        {
            expected = false;
            let Some(name) = cursor.name(out.dialect) else {
                cursor.bump();
                continue;
            };
            let is_cte = name.schema().is_none() && own_names.contains(name.last());
            if !is_cte && !cursor.is_open() && !own::is_relation(out, &name) {
                out.uses(Kind::Relation, &name);
            }
        } else {
            expected = false;
            cursor.bump();
        }
    }
}

/// Every `name AS (`.
fn ctes(out: &Out<'_>, region: Cursor<'_>) -> BTreeSet<Ident> {
    let mut names = BTreeSet::new();
    let mut cursor = region;
    while !cursor.is_empty() {
        if cursor.named_at(0) && cursor.is_at(1, "as") && cursor.kind_at(2) == Some(TokenKind::Open)
        {
            names.insert(out.dialect.ident(cursor.text()));
        }
        cursor.bump();
    }
    names
}
