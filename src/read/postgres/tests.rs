//! Small statements and what they say, one fact a line.

use std::fmt::Write as _;

use super::{TreeReading, read};
use crate::dialect::Engine;
use crate::read::fact::{Action, Binding, Fact, Object, Part, Reader};
use crate::source::Sources;

/// Reads a statement.
fn reading(sql: &str) -> (Sources, TreeReading) {
    let mut sources = Sources::default();
    let id = sources.add("test.sql", sql);
    let body = {
        let source = sources.get(id);
        let end = source
            .text
            .trim_end()
            .trim_end_matches(';')
            .trim_end()
            .len() as u32;
        let start = (source.text.len() - source.text.trim_start().len()) as u32;
        crate::source::Span::new(id, start, end)
    };
    let reading = read(sources.get(id), body, Engine::Postgres.dialect());
    (sources, reading)
}

/// `use column t.c @ "c"`, with what is not as usual behind it.
fn line(sources: &Sources, fact: &Fact) -> String {
    let action = match &fact.action {
        Action::Define {
            replace,
            if_absent,
            temporary,
        } => {
            let mut word = "define".to_owned();
            for (set, name) in [
                (replace, " replace"),
                (if_absent, " if-absent"),
                (temporary, " temporary"),
            ] {
                if *set {
                    word.push_str(name);
                }
            }
            word
        }
        Action::Drop { if_exists, cascade } => {
            let mut word = "drop".to_owned();
            if *if_exists {
                word.push_str(" if-exists");
            }
            if *cascade {
                word.push_str(" cascade");
            }
            word
        }
        Action::Rename { to } => format!("rename to {} of", show(to)),
        Action::RunsOnWrite { table } => format!("runs on write to {table}:"),
        Action::Partitions { parent } => format!("partition of {parent}:"),
        Action::References { from } => format!("referenced by {from}:"),
        other => format!("{other:?}").to_ascii_lowercase(),
    };
    let mut text = format!(
        "{action} {} @ {:?}",
        show(&fact.object),
        sources.slice(fact.span)
    );
    if !fact.or_of.is_empty() {
        let others: Vec<String> = fact.or_of.iter().map(ToString::to_string).collect();
        let _ = write!(text, " or of {}", others.join(", "));
    }
    if fact.reader == Reader::Implied {
        text.push_str(" implied");
    }
    if fact.binding == Binding::Late {
        text.push_str(" late");
    }
    if fact.in_body_of.is_some() {
        text.push_str(" in body");
    }
    text
}

fn show(object: &Object) -> String {
    match &object.part {
        Part::Arguments(signature) => {
            let inner = match (&signature.types, signature.max) {
                (Some(types), Some(max)) if usize::from(max) == types.len() => {
                    if signature.min == max {
                        types.join(", ")
                    } else {
                        format!("{}; {} to {max}", types.join(", "), signature.min)
                    }
                }
                (Some(types), max) => format!("{}; {} to {max:?}", types.join(", "), signature.min),
                (None, Some(max)) => max.to_string(),
                (None, None) => "?".to_owned(),
            };
            format!("{} {}({inner})", object.kind.noun(), object.name)
        }
        _ => object.to_string(),
    }
}

/// All of a reading.
pub(super) fn facts(sql: &str) -> String {
    let (sources, reading) = reading(sql);
    let mut lines: Vec<String> = reading
        .facts
        .iter()
        .map(|fact| line(&sources, fact))
        .collect();
    for span in &reading.broken {
        lines.push(format!("broken {:?}", sources.slice(*span)));
    }
    for span in &reading.dynamic {
        lines.push(format!("dynamic {:?}", sources.slice(*span)));
    }
    lines.join("\n")
}

#[track_caller]
fn check(sql: &str, expected: &str) {
    let expected: Vec<&str> = expected
        .split('\n')
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    assert_eq!(facts(sql), expected.join("\n"), "{sql}");
}

#[test]
fn a_serial_primary_key_implies_its_sequence_constraint_and_index() {
    check(
        "CREATE TABLE shop.t (id serial PRIMARY KEY)",
        r#"
        use schema shop @ "shop"
        define table shop.t @ "shop.t"
        define column shop.t.id @ "id"
        define sequence shop.t_id_seq @ "id" implied
        define constraint shop.t.t_pkey @ "PRIMARY KEY" implied
        define index shop.t_pkey @ "PRIMARY KEY" implied
        define unique key shop.t (id) @ "PRIMARY KEY"
        define unique key shop.t (primary key) @ "PRIMARY KEY" implied
        "#,
    );
}

#[test]
fn a_foreign_key_uses_the_table_and_its_key() {
    check(
        "CREATE TABLE t (a int REFERENCES u, b int, CONSTRAINT f FOREIGN KEY (b) REFERENCES v (x))",
        r#"
        define table t @ "t"
        define column t.a @ "a"
        define constraint t.t_a_fkey @ "REFERENCES u" implied
        use table u @ "u"
        referenced by t: table u @ "u"
        use unique key u (primary key) @ "u"
        define column t.b @ "b"
        define constraint t.f @ "f"
        use table v @ "v"
        referenced by t: table v @ "v"
        use column v.x @ "x"
        use unique key v (x) @ "x"
        "#,
    );
}

#[test]
fn alter_table_tightens_what_is_there() {
    check(
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a), ALTER b SET NOT NULL, \
         ADD FOREIGN KEY (c) REFERENCES u NOT VALID, ALTER d TYPE text",
        r#"
        alter table t @ "t"
        define unique key t (a) @ "CONSTRAINT k UNIQUE (a)"
        define constraint t.k @ "k"
        define index k @ "k"
        use column t.a @ "a"
        tighten column t.a @ "a"
        alter column t.b @ "b"
        tighten column t.b @ "b"
        define constraint t.t_c_fkey @ "FOREIGN KEY (c) REFERENCES u NOT VALID" implied
        use column t.c @ "c"
        use table u @ "u"
        referenced by t: table u @ "u"
        use unique key u (primary key) @ "u"
        alter column t.d @ "d"
        retype column t.d @ "d"
        "#,
    );
}

#[test]
fn with_queries_aliases_and_result_names_are_no_objects() {
    check(
        "CREATE VIEW v AS WITH c AS (SELECT a AS x FROM t) \
         SELECT c.x, y.b FROM c JOIN u AS y ON y.x = c.x ORDER BY b, x",
        r#"
        define view v @ "v"
        define column v.x @ "v" implied
        define column v.b @ "v" implied
        use column t.a @ "a"
        use relation t @ "t"
        use column u.b @ "b"
        use relation u @ "u"
        use column u.x @ "x"
        "#,
    );
}

#[test]
fn a_trigger_runs_its_function_on_write() {
    check(
        "CREATE TRIGGER g BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (new.b) EXECUTE FUNCTION f('x')",
        r#"
        define trigger t.g @ "g"
        use column t.a @ "a"
        use relation t @ "t"
        use column t.b @ "b"
        use function f() @ "f"
        runs on write to t: function f() @ "f"
        "#,
    );
}

#[test]
fn plpgsql_takes_into_for_variables() {
    check(
        "CREATE FUNCTION f(p int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE v t.c%TYPE; \
         BEGIN SELECT a, b INTO STRICT v, p FROM t WHERE c = p; \
         INSERT INTO u (x) VALUES (v) RETURNING y INTO v; RETURN v; END $$",
        r#"
        define function f(int4) @ "f"
        use column t.c @ "c" in body
        use column t.a @ "a" late in body
        use column t.b @ "b" late in body
        use relation t @ "t" late in body
        read relation t @ "t" late in body
        use column t.c @ "c" late in body
        use table u @ "u" late in body
        write table u @ "u" late in body
        use column u.x @ "x" late in body
        write column u.x @ "x" late in body
        use column u.y @ "y" late in body
        "#,
    );
}

#[test]
fn do_runs_now_and_forgives_what_it_catches() {
    check(
        "DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD COLUMN c int'; CREATE TABLE x (); \
         EXECUTE q; EXCEPTION WHEN duplicate_table THEN NULL; END $$",
        r#"
        alter table t @ "t"
        define if-absent column t.c @ "c"
        define if-absent table x @ "x"
        dynamic "q"
        "#,
    );
}

#[test]
fn dml_writes_and_needs_the_key_of_on_conflict() {
    check(
        "INSERT INTO t (a) SELECT b FROM u ON CONFLICT (a) DO UPDATE SET a = excluded.a",
        r#"
        use table t @ "t"
        write table t @ "t"
        use column t.a @ "a"
        write column t.a @ "a"
        use column u.b @ "b"
        use relation u @ "u"
        read relation u @ "u"
        use unique key t (a) @ "(a)"
        "#,
    );
}

#[test]
fn what_the_grammar_refuses_is_broken() {
    check("CREATE TABLE t (a", r#"broken "CREATE TABLE t (a""#);
    let nested = format!("SELECT {}1{}", "(".repeat(300), ")".repeat(300));
    check(&nested, &format!("broken {nested:?}"));
}
