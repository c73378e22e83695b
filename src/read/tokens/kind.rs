//! Kinds of objects by their words, and the parts of the rarer ones.

use crate::dialect::lex::TokenKind;
use crate::name::{Ident, ObjectName};
use crate::read::fact::{Action, Kind, Object, Part, Signature};

use super::cursor::{Cursor, Name};
use super::define::Flags;
use super::out::Out;
use super::scope::Scope;
use super::{expr, own, types};

/// The words that name a kind behind CREATE, ALTER, DROP, COMMENT ON; the longer ones first.
const KINDS: &[(&str, Kind)] = &[
    ("materialized view", Kind::MaterializedView),
    ("foreign data wrapper", Kind::ForeignDataWrapper),
    ("foreign table", Kind::Table),
    ("external table", Kind::Table),
    ("virtual table", Kind::Table),
    ("event trigger", Kind::EventTrigger),
    ("operator class", Kind::OperatorClass),
    ("operator family", Kind::OperatorClass),
    ("access method", Kind::AccessMethod),
    ("text search configuration", Kind::TextSearch),
    ("text search dictionary", Kind::TextSearchDictionary),
    ("text search parser", Kind::TextSearchParser),
    ("text search template", Kind::TextSearchTemplate),
    ("procedural language", Kind::Language),
    ("trusted language", Kind::Language),
    ("default conversion", Kind::Conversion),
    ("table", Kind::Table),
    ("view", Kind::View),
    ("index", Kind::Index),
    ("sequence", Kind::Sequence),
    ("type", Kind::Type),
    ("domain", Kind::Domain),
    ("function", Kind::Routine),
    ("procedure", Kind::Procedure),
    ("proc", Kind::Procedure),
    ("routine", Kind::Routine),
    ("aggregate", Kind::Routine),
    ("macro", Kind::Routine),
    ("trigger", Kind::Trigger),
    ("policy", Kind::Policy),
    ("rule", Kind::Rule),
    ("schema", Kind::Schema),
    ("database", Kind::Schema),
    ("extension", Kind::Extension),
    ("role", Kind::Role),
    ("user", Kind::Role),
    ("group", Kind::Role),
    ("login", Kind::Role),
    ("language", Kind::Language),
    ("operator", Kind::Operator),
    ("cast", Kind::Cast),
    ("collation", Kind::Collation),
    ("conversion", Kind::Conversion),
    ("server", Kind::ForeignServer),
    ("publication", Kind::Publication),
    ("subscription", Kind::Subscription),
    ("event", Kind::EventTrigger),
    ("statistics", Kind::Statistics),
    ("tablespace", Kind::Tablespace),
    ("synonym", Kind::View),
];

/// Reads the words of a kind. A database is a schema only where databases are schemas.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Kind> {
    if cursor.phrase("user mapping") {
        return None;
    }
    let (words, kind) = KINDS.iter().find(|(words, _)| cursor.phrase(words))?;
    cursor.bump_by(words.split(' ').count());
    Some(*kind)
}

/// The source and target of a cast.
pub(super) fn cast(out: &mut Out<'_>, cursor: &mut Cursor<'_>, action: &Action) {
    let Some(mut inner) = cursor.group() else {
        return;
    };
    let whole = inner.whole();
    let source = types::used(out, &mut inner);
    inner.eat("as");
    let target = types::used(out, &mut inner);
    if let (Some(source), Some(target)) = (source, target) {
        let name = format!("{} AS {}", source.normal, target.normal);
        let object = Object::new(Kind::Cast, ObjectName::bare(Ident::folded(name)));
        out.push(action.clone(), object, whole);
    }
}

/// `WITH FUNCTION f(types)` of a cast, `… USING f` of an access method.
pub(super) fn with_function(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.until(&["function", "procedure"]);
    if cursor.eat_any(&["function", "procedure"]) {
        routine(out, &mut cursor, Kind::Routine, Action::Use);
    }
}

/// An operator's name: a symbol, with or without a schema.
pub(super) fn operator(out: &Out<'_>, cursor: &mut Cursor<'_>) -> Option<Name> {
    let mut parts = Vec::new();
    while cursor.named_at(0) && cursor.kind_at(1) == Some(TokenKind::Dot) {
        parts.push((out.dialect.ident(cursor.text()), cursor.span()));
        cursor.bump_by(2);
    }
    let start = *cursor;
    while matches!(
        cursor.kind(),
        Some(TokenKind::Operator | TokenKind::Other | TokenKind::Param)
    ) {
        cursor.bump();
    }
    if start.place() == cursor.place() {
        return None;
    }
    let mut symbol = String::new();
    let mut at = start;
    while at.place() < cursor.place() {
        symbol.push_str(at.text());
        at.bump();
    }
    parts.push((Ident::folded(symbol), start.span_to(cursor)));
    Some(Name { parts })
}

/// An operator named in DDL, as its operands tell it from others of its name.
pub(super) fn operator_with_operands(out: &mut Out<'_>, cursor: &mut Cursor<'_>, action: Action) {
    let Some(name) = operator(out, cursor) else {
        return;
    };
    let operands = cursor.group().map(|inner| argument_types(out, inner));
    out.schema_of(&name);
    out.push(action, operator_object(&name, operands), name.span());
}

fn operator_object(name: &Name, operands: Option<Vec<String>>) -> Object {
    let operands = operands.filter(|types| types.len() == 2);
    let part = operands.map_or(Part::Whole, |types| Part::Arguments(signature(Some(types))));
    Object {
        part,
        ..Object::new(Kind::Operator, name.object())
    }
}

/// `CREATE OPERATOR + (LEFTARG = a, RIGHTARG = b, FUNCTION = f)`
pub(super) fn create_operator(out: &mut Out<'_>, cursor: Cursor<'_>, action: Action) {
    let mut cursor = cursor;
    let Some(name) = operator(out, &mut cursor) else {
        return;
    };
    let Some(list) = cursor.group() else { return };
    let operand = |wanted: &str| {
        let mut item = list.items().find(|item| item.is(wanted))?;
        item.bump_by(2);
        types::read(out, &mut item).map(|of| of.normal)
    };
    let operands = [operand("leftarg"), operand("rightarg")];
    let given: Vec<String> = operands.iter().flatten().cloned().collect();
    let both = operands.map(|operand| operand.unwrap_or_else(|| "none".to_owned()));
    out.schema_of(&name);
    let object = operator_object(&name, Some(both.to_vec()));
    out.push(action, object, name.span());
    options_of(out, list, Some(&given));
}

/// A routine named in DDL, with its types where they are given.
pub(super) fn routine(
    out: &mut Out<'_>,
    cursor: &mut Cursor<'_>,
    kind: Kind,
    action: Action,
) -> Option<Object> {
    let name = cursor.name_or_string(out.dialect)?;
    let types = cursor.group().map(|inner| argument_types(out, inner));
    if own::has_system_schema(out, &name) {
        return None;
    }
    out.schema_of(&name);
    let object = Object {
        kind,
        ..Object::routine(name.object(), signature(types))
    };
    out.push(action, object.clone(), name.span());
    Some(object)
}

/// The signature that DDL other than CREATE gives.
pub(super) fn signature(types: Option<Vec<String>>) -> Signature {
    let count = types
        .as_ref()
        .map(|types| u16::try_from(types.len()).unwrap_or(u16::MAX));
    Signature {
        min: count.unwrap_or(0),
        max: count,
        types,
    }
}

/// The input types of an argument list like `(IN a int, text, OUT b int)`.
pub(super) fn argument_types(out: &mut Out<'_>, inner: Cursor<'_>) -> Vec<String> {
    let mut found = Vec::new();
    // An aggregate's direct and ordered arguments; `*` is none.
    for part in inner.items() {
        let mut item = part;
        let mut is_output = false;
        while item.is_any(&["in", "out", "inout", "variadic"]) && item.named_at(1)
            || item.phrase("order by")
        {
            is_output |= item.is("out");
            item.bump_by(if item.is("order") { 2 } else { 1 });
        }
        if item.named_at(0)
            && item.named_at(1)
            && !types::continues(item.text(), item.text_at(1))
            && !item.is_at(1, "order")
        {
            item.bump();
        }
        if let Some(of) = types::used(out, &mut item)
            && !is_output
        {
            found.push(of.normal);
        }
        // `(int ORDER BY int)`
        if item.eat_phrase("order by")
            && let Some(of) = types::used(out, &mut item)
        {
            found.push(of.normal);
        }
    }
    found
}

/// Options like `(sfunc = f, stype = t, PROCEDURE = g, LEFTARG = int)`: routines and types.
pub(super) fn options(out: &mut Out<'_>, list: Cursor<'_>) {
    options_of(out, list, None);
}

/// The same; an operator's function takes exactly its operands.
fn options_of(out: &mut Out<'_>, list: Cursor<'_>, operands: Option<&[String]>) {
    const ROUTINES: &[&str] = &[
        "procedure",
        "function",
        "restrict",
        "join",
        "input",
        "output",
        "receive",
        "send",
        "typmod_in",
        "typmod_out",
        "analyze",
        "subscript",
        "subtype_diff",
        "canonical",
        "sfunc",
        "finalfunc",
        "combinefunc",
        "serialfunc",
        "deserialfunc",
        "msfunc",
        "minvfunc",
        "mfinalfunc",
        "sfunc1",
        "sfunc2",
    ];
    const TYPES: &[&str] = &[
        "leftarg", "rightarg", "stype", "mstype", "subtype", "basetype", "element", "like",
        "stype1",
    ];
    for mut item in list.items() {
        let is_routine = item.is_any(ROUTINES);
        let is_type = item.is_any(TYPES);
        let operands = operands.filter(|_| item.is_any(&["function", "procedure"]));
        item.bump();
        item.bump();
        if is_type {
            types::used(out, &mut item);
        } else if is_routine
            && let Some(name) = item.name_or_string(out.dialect)
            && !own::has_system_schema(out, &name)
        {
            out.schema_of(&name);
            let types = operands.map(<[String]>::to_vec);
            let object = Object::routine(name.object(), signature(types));
            out.push(Action::Use, object, name.span());
        }
    }
}

/// `CREATE ROLE r IN ROLE a ROLE b`, MySQL's `'u'@'h'`.
pub(super) fn role(out: &mut Out<'_>, cursor: Cursor<'_>, action: &Action) {
    let mut cursor = cursor;
    let Some(name) = cursor.name_or_string(out.dialect) else {
        return;
    };
    out.push(
        action.clone(),
        Object::new(Kind::Role, ObjectName::bare(name.last().clone())),
        name.span(),
    );
    while !cursor.is_empty() {
        if cursor.is_any(&["role", "group", "admin", "user"])
            && cursor.named_at(1)
            && out.dialect.bodies_are_strings
        {
            cursor.bump();
            while let Some(member) = cursor.name(out.dialect) {
                out.uses_role(&member);
                if !cursor.eat_kind(TokenKind::Comma) {
                    break;
                }
            }
        } else {
            cursor.skip();
        }
    }
}

/// `EXECUTE FUNCTION f(…)`: the routine of a trigger, which runs when `table` is written.
pub(super) fn execute(out: &mut Out<'_>, cursor: Cursor<'_>, table: Option<&ObjectName>) {
    let mut cursor = cursor;
    cursor
        .until_where(|cursor| cursor.is("execute") && cursor.any_at(1, &["function", "procedure"]));
    if cursor.is_empty() {
        return;
    }
    cursor.bump_by(2);
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    if own::has_system_schema(out, &name) {
        return;
    }
    out.schema_of(&name);
    // A trigger's function takes no arguments; those in the list are TG_ARGV.
    let signature = Signature {
        min: 0,
        max: Some(0),
        types: Some(Vec::new()),
    };
    let routine = Object::routine(name.object(), signature);
    out.push(Action::Use, routine.clone(), name.span());
    if let Some(table) = table {
        let action = Action::RunsOnWrite {
            table: Box::new(table.clone()),
        };
        out.push(action, routine, name.span());
    }
}

/// `FOR TABLE t (c) WHERE (…), u, TABLES IN SCHEMA s`.
pub(super) fn publication(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    cursor.eat_any(&["for", "add", "set", "drop"]);
    let list = cursor.until(&["with"]);
    let mut in_schema = false;
    for mut item in list.items() {
        if item.phrase("all tables") || item.phrase("all sequences") {
            continue;
        }
        if item.eat_phrase("tables in schema") {
            in_schema = true;
        } else if item.eat("table") {
            in_schema = false;
        } else if item.kind_at(1) == Some(TokenKind::Operator) {
            continue;
        }
        item.eat("only");
        let Some(name) = item.name(out.dialect) else {
            continue;
        };
        if in_schema {
            out.uses_schema(&name.last().clone(), name.span());
            continue;
        }
        out.uses(Kind::Relation, &name);
        let scope = Scope::of_table(&name.object());
        item.eat_op("*");
        out.stored(crate::read::fact::Binding::Hard, |out| {
            expr::read(out, item, &scope)
        });
    }
}

/// `CREATE OPERATOR CLASS c FOR TYPE t USING m AS OPERATOR 1 <, FUNCTION 1 f(t, t), STORAGE t`.
pub(super) fn operator_class(out: &mut Out<'_>, cursor: Cursor<'_>, flags: Flags) {
    let mut cursor = cursor;
    let Some(name) = cursor.name(out.dialect) else {
        return;
    };
    out.named(flags.action(), Kind::OperatorClass, &name);
    operator_class_members(out, cursor);
}

/// The type and the members of an operator class.
pub(super) fn operator_class_members(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    while !cursor.is_empty() {
        if cursor.eat_phrase("for type") || cursor.eat("storage") {
            types::used(out, &mut cursor);
        } else if cursor.eat("function") {
            cursor.bump();
            if cursor.is_open() {
                cursor.skip();
            }
            routine(out, &mut cursor, Kind::Routine, Action::Use);
        } else if cursor.eat("family") {
            if let Some(family) = cursor.name(out.dialect) {
                out.uses(Kind::OperatorClass, &family);
            }
        } else if cursor.eat("operator") {
            cursor.bump();
            if let Some(name) = operator(out, &mut cursor)
                && !own::is_operator(&name)
            {
                out.uses(Kind::Operator, &name);
            }
            if let Some(inner) = cursor.group() {
                argument_types(out, inner);
            }
        } else {
            cursor.skip();
        }
    }
}

/// Routines behind HANDLER, VALIDATOR, INLINE, FROM of languages, wrappers, conversions.
pub(super) fn routines_behind(out: &mut Out<'_>, cursor: Cursor<'_>) {
    let mut cursor = cursor;
    while !cursor.is_empty() {
        let from_of_conversion = cursor.is("from") && cursor.named_at(1);
        if (cursor.is_any(&["handler", "validator", "inline"]) || from_of_conversion)
            && cursor.named_at(1)
            && !cursor.any_at(1, &["no"])
        {
            let conversion = from_of_conversion;
            cursor.bump();
            if let Some(name) = cursor.name(out.dialect)
                && !own::has_system_schema(out, &name)
            {
                if conversion && !out.dialect.bodies_are_strings {
                    continue;
                }
                out.schema_of(&name);
                let object = Object::routine(name.object(), signature(None));
                out.push(Action::Use, object, name.span());
            }
        } else {
            cursor.skip();
        }
    }
}

/// `COPY = c`, `PARSER = p`, `TEMPLATE = t`, `LEXIZE = f` of text search objects.
pub(super) fn text_search_options(out: &mut Out<'_>, list: Cursor<'_>) {
    for mut item in list.items() {
        let kind = match item.text().to_ascii_lowercase().as_str() {
            "copy" => Kind::TextSearch,
            "parser" => Kind::TextSearchParser,
            "template" => Kind::TextSearchTemplate,
            "start" | "gettoken" | "end" | "headline" | "lextypes" | "init" | "lexize" => {
                Kind::Routine
            }
            _ => continue,
        };
        item.bump();
        if !item.eat_op("=") {
            continue;
        }
        let Some(name) = item.name_or_string(out.dialect) else {
            continue;
        };
        if own::has_system_schema(out, &name) || own::is_text_search(&name) {
            continue;
        }
        if kind == Kind::Routine {
            out.schema_of(&name);
            let object = Object::routine(name.object(), signature(None));
            out.push(Action::Use, object, name.span());
        } else {
            out.uses(kind, &name);
        }
    }
}
