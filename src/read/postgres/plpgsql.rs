//! PL/pgSQL bodies: blocks, declarations, control structures; the SQL in them is read as elsewhere,
//! with variables in sight.

use super::dynamic;
use super::expr::expr;
use super::names::word;
use super::query::query;
use super::reader::Reader;
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, Tree, child, find, literal_text, parse_plpgsql};
use super::{repair, statement, too_deep, types};
use crate::name::Ident;
use crate::read::fact::Binding;

/// What every body can see (PostgreSQL manual, "Trigger Functions", "Obtaining the Result Status",
/// "Trapping Errors").
const SPECIAL: [&str; 19] = [
    "new",
    "old",
    "found",
    "sqlstate",
    "sqlerrm",
    "tg_name",
    "tg_when",
    "tg_level",
    "tg_op",
    "tg_relid",
    "tg_relname",
    "tg_table_name",
    "tg_table_schema",
    "tg_nargs",
    "tg_argv",
    "tg_event",
    "tg_tag",
    "rec_count",
    "row_count",
];

/// The facts of a body in a string.
pub(super) fn body(r: &mut Reader<'_>, literal: &SyntaxNode, parameters: &Scope<'_>) {
    let Some(decoded) = literal_text(literal) else {
        return;
    };
    let text = decoded.text().to_owned();
    let places = r.places.within(decoded);
    if too_deep(&text) {
        let whole = places.span(0, text.len() as u32);
        r.out.broken.push(whole);
        return;
    }
    let repaired = repair::plpgsql(&text, r.dialect);
    let tree = parse_plpgsql(repaired.as_deref().unwrap_or(&text));
    let mut scope = Scope::inside(parameters);
    scope.variables = SPECIAL.into_iter().map(Ident::folded).collect();
    let texts = std::mem::take(&mut r.texts);
    r.elsewhere(places, |r| {
        let broken = broken_nodes(r, &tree);
        for part in tree.root.children() {
            walk(r, &part, &scope, &broken);
        }
    });
    r.texts = texts;
}

/// The statements that the grammar refuses. Their places go to the caller, who reads them by tokens;
/// of a compound statement only the part before its body is broken.
fn broken_nodes(r: &mut Reader<'_>, tree: &Tree) -> Vec<SyntaxNode> {
    let mut broken: Vec<SyntaxNode> = Vec::new();
    for error in &tree.errors {
        let at = (*error).min(u32::from(tree.root.text_range().end()).saturating_sub(1));
        let innermost = tree
            .root
            .descendants()
            .filter(|node| {
                let range = node.text_range();
                u32::from(range.start()) <= at
                    && at < u32::from(range.end())
                    && (node.kind() == K::ERROR || is_plpgsql_statement(node.kind()))
            })
            .last()
            .unwrap_or_else(|| tree.root.clone());
        if !broken.contains(&innermost) {
            broken.push(innermost);
        }
    }
    for node in tree.root.descendants() {
        if node.kind() == K::ERROR && !broken.iter().any(|other| is_inside(&node, other)) {
            broken.push(node);
        }
    }
    for node in &broken {
        let mut span = r.span(node);
        if let Some(inner) = find(node, K::PLPGSQL_BODY) {
            span.end = r.span(&inner).start.max(span.start);
        }
        r.out.broken.push(span);
    }
    broken
}

fn is_inside(node: &SyntaxNode, outer: &SyntaxNode) -> bool {
    node.ancestors().any(|ancestor| ancestor == *outer)
}

fn is_plpgsql_statement(kind: K) -> bool {
    matches!(
        kind,
        K::PLPGSQL_ASSIGN_STMT
            | K::PLPGSQL_CALL_STMT
            | K::PLPGSQL_CASE_STMT
            | K::PLPGSQL_CLOSE_STMT
            | K::PLPGSQL_CONTINUE_STMT
            | K::PLPGSQL_CURSOR_DECL
            | K::PLPGSQL_DO_STMT
            | K::PLPGSQL_DYN_EXECUTE_STMT
            | K::PLPGSQL_EXEC_SQL_STMT
            | K::PLPGSQL_EXIT_STMT
            | K::PLPGSQL_FOR_CURSOR_STMT
            | K::PLPGSQL_FOR_DYN_STMT
            | K::PLPGSQL_FOR_EACH_STMT
            | K::PLPGSQL_FOR_I_STMT
            | K::PLPGSQL_FOR_QUERY_STMT
            | K::PLPGSQL_FETCH_STMT
            | K::PLPGSQL_GET_DIAG_STMT
            | K::PLPGSQL_IF_STMT
            | K::PLPGSQL_LOOP_STMT
            | K::PLPGSQL_MOVE_STMT
            | K::PLPGSQL_ASSERT_STMT
            | K::PLPGSQL_OPEN_STMT
            | K::PLPGSQL_PERFORM_STMT
            | K::PLPGSQL_RAISE_STMT
            | K::PLPGSQL_RETURN_NEXT_STMT
            | K::PLPGSQL_RETURN_QUERY_EXECUTE_STMT
            | K::PLPGSQL_RETURN_QUERY_STMT
            | K::PLPGSQL_RETURN_STMT
            | K::PLPGSQL_VAR_DECL
            | K::PLPGSQL_WHILE_STMT
    )
}

fn walk(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>, broken: &[SyntaxNode]) {
    if broken.contains(node) && find(node, K::PLPGSQL_BODY).is_none() {
        return;
    }
    match node.kind() {
        K::PLPGSQL_BLOCK => block(r, node, scope, broken),
        K::PLPGSQL_EXPR => {
            query(r, node, scope);
        }
        K::PLPGSQL_FOR_I_STMT
        | K::PLPGSQL_FOR_QUERY_STMT
        | K::PLPGSQL_FOR_CURSOR_STMT
        | K::PLPGSQL_FOR_DYN_STMT => {
            let mut inner = Scope::inside(scope);
            for variable in super::tree::children(node, K::PLPGSQL_FOR_VARIABLE) {
                inner
                    .variables
                    .extend(word(r, &variable).map(|(name, _)| name));
            }
            if node.kind() == K::PLPGSQL_FOR_DYN_STMT {
                execute(r, node, &inner, broken);
            } else {
                parts(r, node, &inner, broken);
            }
        }
        K::PLPGSQL_IF_STMT => {
            // What is made or dropped under a condition may be there already, or gone.
            r.under(
                |mode| mode.guarded = true,
                |r| parts(r, node, scope, broken),
            );
        }
        K::PLPGSQL_ASSIGN_STMT => {
            parts(r, node, scope, broken);
            dynamic::assign(r, child(node, K::PLPGSQL_ASSIGN_TARGET).as_ref(), node);
        }
        K::PLPGSQL_DYN_EXECUTE_STMT
        | K::PLPGSQL_RETURN_QUERY_EXECUTE_STMT
        | K::PLPGSQL_OPEN_EXECUTE => execute(r, node, scope, broken),
        K::PLPGSQL_ASSIGN_TARGET | K::PLPGSQL_VAR_NAME_REF | K::PLPGSQL_INTO_CLAUSE => {
            for accessor in node.children() {
                if matches!(accessor.kind(), K::INDEX_ACCESSOR | K::SLICE_ACCESSOR) {
                    expr(r, &accessor, scope);
                }
            }
        }
        K::ARG_LIST => expr(r, node, scope),
        kind if format!("{kind:?}").starts_with("PLPGSQL_") => parts(r, node, scope, broken),
        K::ERROR => {}
        _ => statement(r, node, scope),
    }
}

fn parts(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>, broken: &[SyntaxNode]) {
    for part in node.children() {
        walk(r, &part, scope, broken);
    }
}

fn block(r: &mut Reader<'_>, node: &SyntaxNode, outer: &Scope<'_>, broken: &[SyntaxNode]) {
    let mut scope = Scope::inside(outer);
    if let Some(section) = child(node, K::PLPGSQL_DECLARE_SECTION) {
        for declaration in section.children() {
            declare(r, &declaration, &mut scope, broken);
        }
    }
    let guarded =
        child(node, K::PLPGSQL_EXCEPTION_SECTION).is_some_and(|section| forgives(r, &section));
    for part in node.children() {
        match part.kind() {
            K::PLPGSQL_DECLARE_SECTION => {}
            K::PLPGSQL_BODY => r.under(
                |mode| mode.guarded |= guarded,
                |r| parts(r, &part, &scope, broken),
            ),
            _ => walk(r, &part, &scope, broken),
        }
    }
}

/// Whether the handlers catch that an object is there already or not there.
fn forgives(r: &Reader<'_>, section: &SyntaxNode) -> bool {
    section
        .descendants()
        .filter(|inner| inner.kind() == K::PLPGSQL_CONDITION)
        .filter_map(|condition| word(r, &condition))
        .any(|(name, _)| {
            let name = name.as_str();
            name == "others"
                || name == "sqlstate"
                || name.starts_with("duplicate_")
                || name.starts_with("undefined_")
        })
}

fn declare(r: &mut Reader<'_>, node: &SyntaxNode, scope: &mut Scope<'_>, broken: &[SyntaxNode]) {
    if broken.contains(node) {
        return;
    }
    // The types of variables are looked up when the routine is made.
    r.under(
        |mode| mode.binding = Binding::Hard,
        |r| {
            types::uses_all(r, node);
            if let Some(arguments) = child(node, K::PLPGSQL_CURSOR_ARG_LIST) {
                for argument in arguments.children() {
                    types::uses_all(r, &argument);
                }
            }
        },
    );
    let name = child(node, K::PLPGSQL_VAR_NAME).and_then(|name| word(r, &name));
    match node.kind() {
        K::PLPGSQL_VAR_DECL => {
            if let Some(value) = child(node, K::PLPGSQL_VAR_INIT) {
                parts(r, &value, scope, broken);
                dynamic::assign(r, child(node, K::PLPGSQL_VAR_NAME).as_ref(), &value);
            }
        }
        K::PLPGSQL_CURSOR_DECL => {
            let mut inner = Scope::inside(scope);
            if let Some(arguments) = child(node, K::PLPGSQL_CURSOR_ARG_LIST) {
                for argument in arguments.children() {
                    let name = child(&argument, K::PLPGSQL_VAR_NAME);
                    inner
                        .variables
                        .extend(name.and_then(|name| word(r, &name)).map(|(name, _)| name));
                }
            }
            for part in node.children() {
                if !matches!(
                    part.kind(),
                    K::PLPGSQL_VAR_NAME | K::PLPGSQL_CURSOR_ARG_LIST
                ) {
                    walk(r, &part, &inner, broken);
                }
            }
        }
        _ => {}
    }
    if let Some((name, _)) = name {
        if let Some(row) = types::row_of(r, node) {
            scope.rows.insert(name.clone(), row);
        }
        scope.variables.insert(name);
    }
}

/// `EXECUTE`, also in FOR, OPEN and RETURN QUERY: the text is read as far as it is known.
fn execute(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>, broken: &[SyntaxNode]) {
    let mut text_seen = false;
    for part in node.children() {
        if part.kind() == K::PLPGSQL_EXPR && !text_seen {
            text_seen = true;
            dynamic::execute(r, &part, scope);
        } else {
            walk(r, &part, scope, broken);
        }
    }
}
