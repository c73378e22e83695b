//! Functions, procedures, aggregates, triggers, DO and CALL.

use super::expr::{arguments, dotted, expr};
use super::names::{Named, definition, reference, referred, word};
use super::reader::{How, Reader};
use super::scope::Scope;
use super::tree::{SyntaxKind as K, SyntaxNode, child, children, find, has, literal_text};
use super::{builtin, misc, parse, plpgsql, statement, too_deep, types, view};
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Binding, Kind, Object, Signature};

/// `CREATE FUNCTION`, `CREATE PROCEDURE`
pub(super) fn create_routine(r: &mut Reader<'_>, node: &SyntaxNode) {
    let procedure = node.kind() == K::CREATE_PROCEDURE;
    let name = if procedure {
        K::PROCEDURE_NAME
    } else {
        K::FUNCTION_NAME
    };
    let Some(named) = child(node, name).and_then(|name| definition(r, &name)) else {
        return;
    };
    let parameters = child(node, K::PARAM_LIST);
    let signature = parameters
        .as_ref()
        .map_or_else(Signature::nothing, |list| signature(r, list, procedure));
    let routine = if procedure {
        Object::procedure(named.name.clone(), signature)
    } else {
        Object::routine(named.name.clone(), signature)
    };
    let how = How {
        replace: has(node, K::OR_REPLACE),
        ..How::default()
    };
    r.defines(routine.clone(), named.span, how);
    let options = child(node, K::FUNC_OPTION_LIST);
    let language = options
        .as_ref()
        .and_then(|options| options_language(r, options));
    let mut inputs = Scope::default();
    let mut all = Scope::default();
    // The functions of a base type are made before it, when there is but a shell of it.
    let may_be_shell = matches!(language.as_deref(), Some("c" | "internal"));
    r.under(
        |mode| {
            mode.shells = may_be_shell;
        },
        |r| {
            if let Some(list) = &parameters {
                take_parameters(r, list, &mut inputs, &mut all);
            }
            if let Some(result) = child(node, K::RET_TYPE) {
                take_result(r, &result, &mut all);
            }
        },
    );
    r.under(
        |mode| {
            mode.body_of = Some(Box::new(routine));
            mode.runs = true;
            mode.guarded = false;
        },
        |r| {
            body(
                r,
                node,
                options.as_ref(),
                language.as_deref(),
                &inputs,
                &all,
            )
        },
    );
}

/// Uses the types of the parameters, and lets the body see their names.
fn take_parameters(
    r: &mut Reader<'_>,
    list: &SyntaxNode,
    inputs: &mut Scope<'_>,
    all: &mut Scope<'_>,
) {
    let mut inputs_so_far = 0;
    for parameter in children(list, K::PARAM) {
        types::uses_all(r, &parameter);
        if !has(&parameter, K::PARAM_OUT) {
            inputs_so_far += 1;
        }
        let place = Ident::folded(format!("${inputs_so_far}"));
        let name = child(&parameter, K::PARAM_NAME).and_then(|name| word(r, &name));
        if let Some(row) = types::row_of(r, &parameter) {
            let names = name.map(|(name, _)| name).into_iter().chain([place]);
            for name in names {
                if !has(&parameter, K::PARAM_OUT) {
                    inputs.rows.insert(name.clone(), row.clone());
                }
                all.rows.insert(name, row.clone());
            }
        }
        if let Some(default) = child(&parameter, K::PARAM_DEFAULT) {
            r.written(|r| expr(r, &default, &Scope::default()));
        }
        if let Some((name, _)) = child(&parameter, K::PARAM_NAME).and_then(|name| word(r, &name)) {
            if !has(&parameter, K::PARAM_OUT) {
                inputs.variables.insert(name.clone());
            }
            all.variables.insert(name);
        }
    }
}

/// The same for what comes back. In SQL the columns of `RETURNS TABLE` are no names of the body.
fn take_result(r: &mut Reader<'_>, result: &SyntaxNode, all: &mut Scope<'_>) {
    types::uses_all(r, result);
    let Some(list) = child(result, K::RETURN_TABLE_ARG_LIST) else {
        return;
    };
    for column in list.children() {
        types::uses_all(r, &column);
        if let Some((name, _)) = child(&column, K::COLUMN_NAME).and_then(|name| word(r, &name)) {
            all.variables.insert(name);
        }
    }
}

fn body(
    r: &mut Reader<'_>,
    node: &SyntaxNode,
    options: Option<&SyntaxNode>,
    language: Option<&str>,
    inputs: &Scope<'_>,
    all: &Scope<'_>,
) {
    // `RETURN …` and `BEGIN ATOMIC … END` are parsed along with the statement around them.
    for part in node.children() {
        match part.kind() {
            K::RETURN_STMT => expr(r, &part, inputs),
            K::ATOMIC_BODY => {
                for inner in part.children() {
                    if inner.kind() == K::RETURN_STMT {
                        expr(r, &inner, inputs);
                    } else {
                        statement(r, &inner, inputs);
                    }
                }
            }
            _ => {}
        }
    }
    let literal = options
        .and_then(|options| find(options, K::AS_DEFINITION))
        .and_then(|definition| child(&definition, K::LITERAL));
    let Some(literal) = literal else { return };
    match language {
        Some("sql") => sql_body(r, &literal, inputs),
        Some("plpgsql") => r.under(
            |mode| mode.binding = Binding::Late,
            |r| plpgsql::body(r, &literal, all),
        ),
        _ => {}
    }
}

/// A body in a string of LANGUAGE sql: checked when the routine is made.
fn sql_body(r: &mut Reader<'_>, literal: &SyntaxNode, scope: &Scope<'_>) {
    let Some(decoded) = literal_text(literal) else {
        return;
    };
    let text = decoded.text().to_owned();
    let places = r.places.within(decoded);
    let whole = places.span(0, text.len() as u32);
    if too_deep(&text) {
        r.out.broken.push(whole);
        return;
    }
    let Some(tree) = parse(&text, r.dialect) else {
        r.out.broken.push(whole);
        return;
    };
    r.elsewhere(places, |r| {
        for part in tree.root.children() {
            statement(r, &part, scope);
        }
    });
}

fn options_language(r: &mut Reader<'_>, options: &SyntaxNode) -> Option<String> {
    let option = child(options, K::LANGUAGE_FUNC_OPTION)?;
    let (name, span) = match child(&option, K::LITERAL) {
        Some(literal) => {
            let name = literal_text(&literal)?.text().to_ascii_lowercase();
            (Ident::folded(name), r.span(&literal))
        }
        None => word(r, &child(&option, K::LANGUAGE_REF)?)?,
    };
    let language = name.as_str().to_owned();
    if !builtin::is_language(&language) {
        r.uses(Kind::Language, ObjectName::bare(name), span);
    }
    for option in options.children() {
        match option.kind() {
            K::SUPPORT_FUNC_OPTION => misc::refs(r, &option, &Action::Use),
            K::TRANSFORM_FUNC_OPTION => {
                for part in option.children() {
                    types::uses_all(r, &part);
                }
            }
            _ => {}
        }
    }
    Some(language)
}

impl Signature {
    /// No arguments.
    fn nothing() -> Self {
        Self {
            min: 0,
            max: Some(0),
            types: Some(Vec::new()),
        }
    }

    /// Whatever it takes.
    pub(super) fn any() -> Self {
        Self {
            min: 0,
            max: None,
            types: None,
        }
    }
}

/// What a list of parameters says about calls. A procedure's OUT parameters are given in CALL too.
pub(super) fn signature(r: &Reader<'_>, list: &SyntaxNode, procedure: bool) -> Signature {
    let (mut required, mut all) = (0_u16, 0_u16);
    let mut variadic = false;
    let mut input_types = Vec::new();
    // Those behind the ORDER BY of an ordered-set aggregate stand one level deeper.
    for parameter in list.descendants().filter(|inner| inner.kind() == K::PARAM) {
        let out = has(&parameter, K::PARAM_OUT);
        if out && !procedure {
            continue;
        }
        if has(&parameter, K::PARAM_VARIADIC) {
            variadic = true;
        } else {
            all = all.saturating_add(1);
            if !out && child(&parameter, K::PARAM_DEFAULT).is_none() {
                required = required.saturating_add(1);
            }
        }
        if !out && let Some(of) = types::type_of(&parameter) {
            input_types.push(types::normal(r, &of));
        }
    }
    Signature {
        min: required,
        max: (!variadic).then_some(all),
        types: Some(input_types),
    }
}

/// A routine as DROP, ALTER, COMMENT and GRANT name it: with or without its types.
pub(super) fn named_routine(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<(Object, Named)> {
    let name = node
        .children()
        .find(|part| part.kind() != K::PARAM_LIST)
        .unwrap_or_else(|| node.clone());
    let named = reference(r, &name)?;
    let signature = match child(node, K::PARAM_LIST) {
        Some(list) => {
            for parameter in children(&list, K::PARAM) {
                types::uses_all(r, &parameter);
            }
            let mut signature = signature(r, &list, false);
            signature.min = signature.max.unwrap_or(signature.min);
            signature
        }
        None => Signature::any(),
    };
    let object = if node.kind() == K::PROCEDURE_SIG {
        Object::procedure(named.name.clone(), signature)
    } else {
        Object::routine(named.name.clone(), signature)
    };
    Some((object, named))
}

/// `CREATE AGGREGATE`, in the new and the old style.
pub(super) fn create_aggregate(r: &mut Reader<'_>, node: &SyntaxNode) {
    let Some(named) = child(node, K::AGGREGATE_NAME).and_then(|name| definition(r, &name)) else {
        return;
    };
    let signature = match child(node, K::PARAM_LIST) {
        Some(list) => {
            for parameter in list.descendants().filter(|inner| inner.kind() == K::PARAM) {
                types::uses_all(r, &parameter);
            }
            signature(r, &list, false)
        }
        None => Signature {
            min: 0,
            max: Some(1),
            types: None,
        },
    };
    let how = How {
        replace: has(node, K::OR_REPLACE),
        ..How::default()
    };
    r.defines(Object::routine(named.name, signature), named.span, how);
    misc::options(r, node, |name| match name {
        "sfunc" | "sfunc1" | "finalfunc" | "combinefunc" | "serialfunc" | "deserialfunc"
        | "msfunc" | "minvfunc" | "mfinalfunc" => Some(Kind::Routine),
        "stype" | "stype1" | "mstype" | "basetype" => Some(Kind::Type),
        "sortop" => Some(Kind::Operator),
        _ => None,
    });
}

/// `CREATE TRIGGER`
pub(super) fn create_trigger(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(table) = child(node, K::ON_RELATION).and_then(|name| reference(r, &name)) else {
        return;
    };
    if let Some((name, span)) = child(node, K::TRIGGER).and_then(|name| word(r, &name)) {
        let how = How {
            replace: has(node, K::OR_REPLACE),
            ..How::default()
        };
        let object = Object::member(Kind::Trigger, table.name.clone(), name);
        r.defines(object, span, how);
    }
    r.uses(Kind::Relation, table.name.clone(), table.span);
    if let Some(events) = child(node, K::TRIGGER_EVENT_LIST) {
        for column in events
            .descendants()
            .filter(|inner| inner.kind() == K::COLUMN_NAME_REF)
        {
            if let Some((column, span)) = word(r, &column) {
                r.uses_column(vec![table.name.clone()], column, span);
            }
        }
    }
    if let Some(from) = child(node, K::FROM_TABLE) {
        misc::refs(r, &from, &Action::Use);
    }
    if let Some(condition) = child(node, K::WHEN_CONDITION) {
        let inner = view::old_and_new(scope, &table);
        r.written(|r| expr(r, &condition, &inner));
    }
    // The arguments are strings, whatever they look like; the function itself takes none.
    if let Some((routine, span)) = executed(r, node) {
        r.push(Action::Use, routine.clone(), span);
        let action = Action::RunsOnWrite {
            table: Box::new(table.name),
        };
        r.push(action, routine, span);
    }
}

/// The function of `EXECUTE FUNCTION f(…)`.
fn executed(r: &mut Reader<'_>, node: &SyntaxNode) -> Option<(Object, crate::source::Span)> {
    let call = child(node, K::CALL_EXPR)?;
    let names = dotted(r, &call.children().next()?)?;
    let named = referred(r, &names)?;
    let signature = Signature {
        min: 0,
        max: Some(0),
        types: Some(Vec::new()),
    };
    Some((Object::routine(named.name, signature), named.span))
}

/// `CREATE EVENT TRIGGER`
pub(super) fn create_event_trigger(r: &mut Reader<'_>, node: &SyntaxNode) {
    if let Some((name, span)) = child(node, K::EVENT_TRIGGER).and_then(|name| word(r, &name)) {
        let object = Object::new(Kind::EventTrigger, ObjectName::bare(name));
        r.defines(object, span, How::default());
    }
    if let Some((routine, span)) = executed(r, node) {
        r.push(Action::Use, routine, span);
    }
}

/// `DO`: its body runs now.
pub(super) fn run(r: &mut Reader<'_>, node: &SyntaxNode) {
    let mut language = None;
    if let Some(clause) = child(node, K::DO_LANGUAGE) {
        language = match child(&clause, K::LITERAL) {
            Some(literal) => literal_text(&literal).map(|text| text.text().to_ascii_lowercase()),
            None => child(&clause, K::LANGUAGE_REF)
                .and_then(|name| word(r, &name))
                .map(|(name, _)| name.as_str().to_owned()),
        };
    }
    if language.is_some_and(|language| language != "plpgsql") {
        return;
    }
    if let Some(literal) = child(node, K::LITERAL) {
        plpgsql::body(r, &literal, &Scope::default());
    }
}

/// `CALL p(…)`
pub(super) fn call(r: &mut Reader<'_>, node: &SyntaxNode, scope: &Scope<'_>) {
    let Some(list) = child(node, K::ARG_LIST) else {
        return;
    };
    expr(r, &list, scope);
    if let Some(named) = child(node, K::PROCEDURE_NAME_REF).and_then(|name| reference(r, &name)) {
        let procedure = Object::procedure(named.name, arguments(&list, false));
        r.calls(procedure, named.span);
    }
}
