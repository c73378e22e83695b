//! Repeatable patches whose objects cannot be replaced in place: what stands on them, and what belongs
//! to them, is there afterwards as it was.

use super::Case;
use super::support::planned::Bundle;
use super::support::postgres::{self, Database, Server};
use super::support::run::Run;
use sqlstitch::plan::{Client, Transaction};
use sqlstitch::source::ChecksumBuilder;

pub(crate) const CASES: &[Case] = &[
    ("repeatables: a chain of views in place", chain),
    (
        "repeatables: all that belongs to a view is kept",
        all_of_a_view,
    ),
    (
        "repeatables: a materialized view that is dropped and created",
        materialized_view,
    ),
    ("repeatables: functions", functions),
    (
        "repeatables: triggers, policies and defaults of tables",
        parts,
    ),
    (
        "repeatables: dependents that a later patch makes anew",
        anew,
    ),
    ("repeatables: cut off between patches", cut_off),
    ("repeatables: what fails leaves all as it was", fails),
    (
        "repeatables: CASCADE takes only what nobody makes again",
        cascade,
    ),
    ("repeatables: statement by statement", stepwise),
    ("repeatables: under another role", other_role),
];

const STOP: &[&str] = &["-v", "ON_ERROR_STOP=1"];

/// A bundle; names with `r_` are repeatable patches, and one that depends on another lists it.
fn bundle(files: &[(&str, &str)], chain: &[(&str, &str)]) -> Bundle {
    let mut bundle = postgres::bundle(files);
    for (patch, (name, text)) in bundle.plan.patches.iter_mut().zip(files) {
        patch.repeatable = name.starts_with("r_");
        let mut checksum = ChecksumBuilder::default();
        checksum.part(text.as_bytes());
        for (_, below) in chain.iter().filter(|(above, _)| above == name) {
            let below = files.iter().find(|(name, _)| name == below);
            checksum.part(below.expect("it is there").1.as_bytes());
        }
        patch.checksum = checksum.finish();
    }
    bundle
}

#[track_caller]
fn apply(database: &Database<'_>, bundle: &Bundle) -> Run {
    let run = database.run(&bundle.file(), STOP);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(
        database.sql("SELECT to_regclass('sqlstitch.patch_kept') IS NULL"),
        "t",
        "nothing is left down"
    );
    let ledger = database.ledger();
    let again = database.run(&bundle.file(), STOP);
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
    assert_eq!(database.ledger(), ledger);
    run
}

/// The differences of two dumps.
fn difference(before: &str, after: &str) -> String {
    let only = |some: &str, other: &str, sign: char| -> Vec<String> {
        some.lines()
            .filter(|line| !line.is_empty() && !other.lines().any(|known| known == *line))
            .map(|line| format!("{sign}{line}"))
            .collect()
    };
    let mut lines = only(before, after, '-');
    lines.extend(only(after, before, '+'));
    lines.join("\n")
}

const ROLES: &str = "DO $$ BEGIN
  PERFORM pg_advisory_lock(4711);
  IF to_regrole('rep_a') IS NULL THEN CREATE ROLE rep_a; CREATE ROLE rep_b; CREATE ROLE rep_c; END IF;
  PERFORM pg_advisory_unlock(4711);
END $$;";

fn roles(database: &Database<'_>) {
    // Roles are the server's, and other cases may make them at the same time.
    database.sql(ROLES);
}

fn chain(server: &Server) {
    for single in [Transaction::Patch, Transaction::Single] {
        let database = server.database();
        let with = |columns: &str| {
            let mut bundle = bundle(
                &[
                    ("t.sql", "CREATE TABLE t (a int, b text, c date);"),
                    (
                        "r_v1.sql",
                        &format!("CREATE OR REPLACE VIEW v1 AS SELECT {columns} FROM t;"),
                    ),
                    ("r_v2.sql", "CREATE OR REPLACE VIEW v2 AS SELECT a FROM v1;"),
                    (
                        "o_v3.sql",
                        "CREATE VIEW v3 AS SELECT a AS x FROM v2;\nCREATE VIEW v4 AS SELECT x, v1.a FROM v3, v1;\nGRANT SELECT ON v4 TO PUBLIC;\nCOMMENT ON VIEW v4 IS 'four';",
                    ),
                ],
                &[("r_v2.sql", "r_v1.sql")],
            );
            bundle.plan.settings.transaction = single;
            bundle
        };
        apply(&database, &with("a, b, c"));
        let before = database.dump();
        apply(&database, &with("c, a"));
        assert_eq!(
            difference(&before, &database.dump()),
            "- SELECT t.a,\n-    t.b,\n-    t.c\n+ SELECT t.c,\n+    t.a"
        );
    }
}

const VIEW: &str = "CREATE OR REPLACE VIEW v WITH (security_barrier) AS SELECT a, b FROM t WHERE a > 0 WITH LOCAL CHECK OPTION;";

fn all_of_a_view(server: &Server) {
    let database = server.database();
    roles(&database);
    let with = |view: &str| {
        bundle(
            &[
                ("t.sql", "CREATE TABLE t (a int, b text);\nCREATE TABLE log (x text);\nCREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.a); RETURN NEW; END $$;\nCREATE SCHEMA other;"),
                ("r_v.sql", view),
                (
                    "o.sql",
                    "GRANT ALL ON t TO rep_c; GRANT CREATE, USAGE ON SCHEMA other TO rep_c; ALTER VIEW v OWNER TO rep_c;
GRANT SELECT, UPDATE ON v TO rep_a WITH GRANT OPTION;
SET ROLE rep_a; GRANT SELECT ON v TO rep_b WITH GRANT OPTION; SET ROLE rep_b; GRANT SELECT ON v TO PUBLIC; RESET ROLE;
GRANT INSERT (a), REFERENCES (b) ON v TO rep_b;
REVOKE DELETE ON v FROM rep_c;
COMMENT ON VIEW v IS 'it''s \\ a view'; COMMENT ON COLUMN v.a IS 'a of v';
ALTER VIEW v ALTER COLUMN a SET DEFAULT 7;
CREATE TRIGGER tr INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION tf();
COMMENT ON TRIGGER tr ON v IS 'the trigger';
CREATE RULE del AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE a = OLD.a;
CREATE VIEW other.\"W w\" WITH (security_barrier = true, check_option = cascaded) AS SELECT v.a, v.*::text AS r FROM v WHERE v.a > 1;
GRANT SELECT (a) ON other.\"W w\" TO rep_b; GRANT ALL ON other.\"W w\" TO rep_a;
COMMENT ON COLUMN other.\"W w\".a IS 'a of w';
CREATE TRIGGER tr INSTEAD OF INSERT ON other.\"W w\" FOR EACH ROW EXECUTE FUNCTION tf();
CREATE RULE del AS ON DELETE TO other.\"W w\" DO INSTEAD NOTHING;
CREATE MATERIALIZED VIEW other.m WITH (fillfactor = 70, toast.autovacuum_enabled = false) AS SELECT a, count(*) AS n FROM other.\"W w\" GROUP BY a;
CREATE MATERIALIZED VIEW other.empty AS SELECT a FROM v WITH NO DATA;
CREATE UNIQUE INDEX m_a ON other.m (a); CREATE INDEX m_n ON other.m ((n + 1) DESC) WHERE n > 0;
COMMENT ON INDEX other.m_n IS 'n'; COMMENT ON MATERIALIZED VIEW other.m IS 'm';
ALTER INDEX other.m_n ALTER COLUMN 1 SET STATISTICS 17;
ALTER MATERIALIZED VIEW other.m CLUSTER ON m_a;
ALTER MATERIALIZED VIEW other.m ALTER COLUMN n SET STATISTICS 50;
ALTER MATERIALIZED VIEW other.m ALTER COLUMN n SET (n_distinct = 5);
CREATE STATISTICS other.st ON a, n FROM other.m;
GRANT SELECT ON other.m TO rep_b;
CREATE FUNCTION of_v(v) RETURNS SETOF v LANGUAGE sql STABLE AS $$ SELECT * FROM v $$;
REVOKE ALL ON FUNCTION of_v FROM PUBLIC; GRANT EXECUTE ON FUNCTION of_v TO rep_b; COMMENT ON FUNCTION of_v IS 'f';
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO rep_b;
ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO rep_a;
INSERT INTO t VALUES (1, 'x'), (2, 'y'), (2, 'z');
REFRESH MATERIALIZED VIEW other.m;",
                ),
            ],
            &[],
        )
    };
    apply(&database, &with(VIEW));
    let before = database.dump();
    let details = "SELECT (SELECT string_agg(concat_ws(' ', relname, relowner::regrole, reloptions, relispopulated), ', ' ORDER BY relname) FROM pg_class WHERE relkind IN ('v', 'm', 'i') AND relnamespace IN ('public'::regnamespace, 'other'::regnamespace)),
        (SELECT string_agg(concat_ws(' ', attrelid::regclass, attname, attstattarget, attoptions), ', ' ORDER BY attrelid::regclass::text, attnum) FROM pg_attribute WHERE attrelid IN ('other.m'::regclass, 'other.m_n'::regclass) AND attnum > 0),
        (SELECT array_agg(indexrelid::regclass) FROM pg_index WHERE indisclustered)";
    let details_before = database.sql(details);
    // Columns in another order, and one more.
    let changed = VIEW.replace("a, b FROM", "b, a, 1 AS c FROM");
    for client in [Client::Any, Client::Native] {
        let mut bundle = with(&changed);
        bundle.plan.settings.client = client;
        apply(&database, &bundle);
        let after = database.dump();
        assert_eq!(
            difference(&before, &after),
            "- SELECT t.a,\n-    t.b\n+ SELECT t.b,\n+    t.a,\n+    1 AS c"
        );
        assert_eq!(database.sql(details), details_before);
        assert_eq!(
            database.sql("SELECT array_agg(a || ':' || n) FROM other.m"),
            "{2:2}"
        );
        // And back: the column that goes is not in anyone's way.
        apply(&database, &with(VIEW));
        assert_eq!(database.dump(), before);
    }
}

fn materialized_view(server: &Server) {
    let database = server.database();
    roles(&database);
    let with = |text: &str| {
        bundle(
            &[
                ("t.sql", "CREATE TABLE t (a int, b int);\nINSERT INTO t VALUES (1, 2);"),
                ("r_m.sql", text),
                (
                    "o.sql",
                    "CREATE UNIQUE INDEX other_a ON m (a); CREATE INDEX other_b ON m (b); GRANT SELECT ON m TO rep_a; COMMENT ON MATERIALIZED VIEW m IS 'm';
CREATE VIEW w AS SELECT a FROM m; GRANT SELECT ON w TO rep_b; CREATE MATERIALIZED VIEW mm AS SELECT a FROM w; CREATE INDEX mm_a ON mm (a);",
                ),
            ],
            &[],
        )
    };
    let text = "DROP MATERIALIZED VIEW IF EXISTS m;\nCREATE MATERIALIZED VIEW m AS SELECT a, b FROM t;\nCREATE INDEX own ON m (a, b);\nSELECT count(*) FROM m;";
    apply(&database, &with(text));
    let before = database.dump();
    apply(&database, &with(&format!("{text} SELECT 1;")));
    assert_eq!(database.dump(), before);
    assert_eq!(database.sql("SELECT a FROM mm"), "1");
    // An index goes with its column.
    let run = apply(
        &database,
        &with(&text.replace("a, b FROM", "a FROM").replace("(a, b)", "(a)")),
    );
    assert!(
        run.err
            .contains("index public.other_b has gone with its column"),
        "{}",
        run.err
    );
    assert_eq!(
        database.sql("SELECT string_agg(indexrelid::regclass::text, ' ' ORDER BY 1) FROM (SELECT indexrelid FROM pg_index WHERE indrelid = 'm'::regclass ORDER BY indexrelid::regclass::text) AS i"),
        "other_a own"
    );
}

fn functions(server: &Server) {
    let database = server.database();
    roles(&database);
    let with = |text: &str| {
        bundle(
            &[
                ("r_f.sql", text),
                (
                    "o.sql",
                    "CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS 'SELECT a';
CREATE VIEW v AS SELECT f(1) AS x; GRANT SELECT ON v TO rep_a; CREATE VIEW w AS SELECT x FROM v;
REVOKE ALL ON FUNCTION f(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION f(int) TO rep_b; COMMENT ON FUNCTION f(int) IS 'f';",
                ),
            ],
            &[],
        )
    };
    let old = "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT a';";
    apply(&database, &with(old));
    let dump = database.dump();
    for (text, kind) in [
        (
            "CREATE OR REPLACE FUNCTION f(a int) RETURNS bigint LANGUAGE sql AS 'SELECT a::bigint';",
            "bigint",
        ),
        (
            "CREATE OR REPLACE FUNCTION public.f(INTEGER, OUT b numeric) LANGUAGE sql AS 'SELECT 1.5';",
            "numeric",
        ),
        (
            "DROP FUNCTION IF EXISTS f(bigint);\nDROP FUNCTION f(int);\nCREATE FUNCTION f(b int) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;",
            "text",
        ),
        (old, "integer"),
    ] {
        apply(&database, &with(text));
        assert_eq!(database.sql("SELECT pg_typeof(x) FROM v"), kind);
        assert_eq!(database.sql("SELECT proacl, obj_description(oid) FROM pg_proc WHERE proname = 'f' AND pronargs = 1 AND proargtypes[0] = 23"), "{postgres=X/postgres,rep_b=X/postgres}|f");
        assert_eq!(
            database.sql("SELECT relacl FROM pg_class WHERE relname = 'v'"),
            "{postgres=arwdDxt/postgres,rep_a=r/postgres}"
        );
    }
    assert_eq!(database.dump(), dump);
}

fn parts(server: &Server) {
    let database = server.database();
    roles(&database);
    let function = "DROP FUNCTION IF EXISTS f();\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nDROP FUNCTION IF EXISTS tf();\nCREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';";
    let with = |text: &str| {
        bundle(
            &[
                ("r_f.sql", text),
                (
                    "o.sql",
                    "CREATE TABLE t (a int DEFAULT f()); CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF p DEFAULT;
CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF a ON t FOR EACH ROW WHEN (NEW.a > 0) EXECUTE FUNCTION tf('x'); COMMENT ON TRIGGER tr ON t IS 'tr';
CREATE TRIGGER off AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION tf(); ALTER TABLE t DISABLE TRIGGER off;
CREATE CONSTRAINT TRIGGER ct AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tf();
CREATE TRIGGER pt AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION tf();
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY pol ON t AS RESTRICTIVE FOR SELECT TO rep_a, rep_b USING (a = f()); COMMENT ON POLICY pol ON t IS 'pol';
CREATE POLICY ins ON t FOR INSERT WITH CHECK (a > f());
CREATE RULE ru AS ON UPDATE TO t WHERE NEW.a > f() DO INSTEAD NOTHING; ALTER TABLE t DISABLE RULE ru;
CREATE PROCEDURE pr(a int DEFAULT f()) LANGUAGE plpgsql AS 'BEGIN END';",
                ),
            ],
            &[],
        )
    };
    apply(&database, &with(function));
    let before = database.dump();
    apply(&database, &with(&format!("{function}\nSELECT 1;")));
    assert_eq!(difference(&before, &database.dump()), "");
}

fn anew(server: &Server) {
    for client in [Client::Any, Client::Native] {
        for single in [Transaction::Patch, Transaction::Single] {
            let database = server.database();
            roles(&database);
            let mut first = new_shape("a, b", "a, b", "b");
            let mut second = new_shape("a, c", "a, c", "c");
            for bundle in [&mut first, &mut second] {
                bundle.plan.settings.client = client;
                bundle.plan.settings.transaction = single;
            }
            apply(&database, &first);
            let before = database.dump();
            apply(&database, &second);
            let after = database.dump();
            let changed = difference(&before, &after);
            assert_eq!(
                changed,
                "-    t.b\n-    v1.b\n- SELECT max(v2.b) AS y,\n+    t.c\n+    v1.c\n+ SELECT max(v2.c) AS y,",
                "{changed}"
            );
        }
    }
}

/// Views of which the upper ones no longer fit when the lowest has changed: their own patches make
/// them again. What stands on those, from a patch that runs once, waits for them.
fn new_shape(v1: &str, v2: &str, v3: &str) -> Bundle {
    bundle(
        &[
            ("t.sql", "CREATE TABLE t (a int, b int, c int);"),
            (
                "r_v1.sql",
                &format!("CREATE OR REPLACE VIEW v1 AS SELECT {v1} FROM t;"),
            ),
            (
                "r_v2.sql",
                &format!("CREATE OR REPLACE VIEW v2 AS SELECT {v2} FROM v1;"),
            ),
            (
                "r_v3.sql",
                &format!("DROP MATERIALIZED VIEW IF EXISTS v3;\nCREATE MATERIALIZED VIEW v3 AS SELECT max({v3}) AS y, 1 AS z FROM v2;"),
            ),
            (
                "o.sql",
                "GRANT SELECT ON v2 TO rep_a; COMMENT ON COLUMN v2.a IS 'a'; CREATE INDEX v3_y ON v3 (y); GRANT SELECT ON v3 TO rep_b; COMMENT ON MATERIALIZED VIEW v3 IS '3';
CREATE VIEW v4 AS SELECT y FROM v3; GRANT SELECT ON v4 TO rep_a WITH GRANT OPTION; COMMENT ON VIEW v4 IS '4';",
            ),
        ],
        &[
            ("r_v2.sql", "r_v1.sql"),
            ("r_v3.sql", "r_v1.sql"),
            ("r_v3.sql", "r_v2.sql"),
        ],
    )
}

fn cut_off(server: &Server) {
    let whole = server.database();
    roles(&whole);
    apply(&whole, &new_shape("a, b", "a, b", "b"));
    apply(&whole, &new_shape("a, c", "a, c", "c"));
    // After the first of the changed patches, and after the second, something ends the run.
    for place in [2, 3] {
        let database = server.database();
        apply(&database, &new_shape("a, b", "a, b", "b"));
        let mut broken = new_shape("a, c", "a, c", "c");
        let stop = broken
            .add("stop.sql", "SELECT pg_terminate_backend(pg_backend_pid());")
            .clone();
        broken.plan.patches.pop();
        broken.plan.patches.insert(place, stop);
        let run = database.run(&broken.file(), STOP);
        assert_eq!(run.code, Some(2), "{}", run.err);
        let kept = database
            .sql("SELECT string_agg(label, ', ' ORDER BY position) FROM sqlstitch.patch_kept");
        assert_eq!(
            kept,
            [
                "view public.v2, materialized view public.v3, view public.v4",
                "materialized view public.v3, view public.v4"
            ][place - 2]
        );
        apply(&database, &new_shape("a, c", "a, c", "c"));
        assert_eq!(difference(&whole.dump(), &database.dump()), "");
        // The other way out: the change is taken back.
        let database = server.database();
        apply(&database, &new_shape("a, b", "a, b", "b"));
        let before = database.dump();
        assert_eq!(database.run(&broken.file(), STOP).code, Some(2));
        apply(&database, &new_shape("a, b", "a, b", "b"));
        assert_eq!(database.dump(), before);
    }
}

fn fails(server: &Server) {
    let with = |view: &str, rest: &str| {
        bundle(
            &[
                ("t.sql", "CREATE TABLE t (a int, b int, c int);"),
                ("r_v.sql", view),
                ("o.sql", rest),
            ],
            &[],
        )
    };
    let view = "CREATE OR REPLACE VIEW v AS SELECT a, b FROM t;";
    let other = "CREATE OR REPLACE VIEW v AS SELECT a FROM t;";
    for (rest, changed, expected) in [
        (
            "CREATE VIEW w AS SELECT b FROM v; CREATE VIEW x AS SELECT a FROM v; GRANT SELECT ON x TO PUBLIC;",
            other,
            "view public.w stands on what patch \"r_v\" (r_v.sql) replaces, and cannot be made again: column v.b does not exist",
        ),
        (
            "CREATE TABLE u (x v);",
            other,
            "view public.v cannot be replaced in place (cannot drop columns from view), and this cannot be taken down and put back: table public.u",
        ),
        (
            "CREATE VIEW w AS SELECT a FROM v; CREATE TABLE u (x w);",
            "DROP VIEW v;\nCREATE VIEW v AS SELECT a FROM t;",
            "view public.v cannot be dropped because other objects depend on it, and this cannot be taken down and put back: table public.u",
        ),
        (
            "CREATE RULE r AS ON DELETE TO v DO INSTEAD DELETE FROM t WHERE b = OLD.b;",
            other,
            "view public.v cannot be kept as it was: rule r on public.v: column old.b does not exist",
        ),
        (
            "CREATE VIEW w AS SELECT a FROM v;",
            "DROP VIEW v;",
            "view public.w stands on what patch \"r_v\" (r_v.sql) replaces, and cannot be made again: relation \"public.v\" does not exist",
        ),
        (
            "CREATE VIEW w AS SELECT a FROM v;",
            "CREATE OR REPLACE VIEW v AS SELECT a FROM t;\nSELECT 1 / 0;",
            "division by zero",
        ),
        (
            "CREATE MATERIALIZED VIEW w AS SELECT 1 / b AS q FROM v; INSERT INTO t VALUES (1, 1, 1);",
            "CREATE OR REPLACE VIEW v AS SELECT 0 AS b FROM t;",
            "division by zero",
        ),
    ] {
        let database = server.database();
        apply(&database, &with(view, rest));
        let (dump, ledger) = (database.dump(), database.ledger());
        for client in [Client::Any, Client::Native] {
            let mut bundle = with(changed, rest);
            bundle.plan.settings.client = client;
            let run = database.run(&bundle.file(), STOP);
            assert_eq!(run.code, Some(3), "{}", run.err);
            assert!(run.err.contains(expected), "{}", run.err);
            assert_eq!(
                (database.dump(), database.ledger()),
                (dump.clone(), ledger.clone())
            );
        }
    }
}

fn cascade(server: &Server) {
    let database = server.database();
    roles(&database);
    let with = |columns: &str| {
        bundle(
            &[
                ("t.sql", "CREATE TABLE t (a int, b int);"),
                (
                    "r_v.sql",
                    &format!(
                        "DROP VIEW IF EXISTS v CASCADE;\nCREATE VIEW v AS SELECT {columns} FROM t;\nCREATE VIEW v2 AS SELECT a FROM v;"
                    ),
                ),
                ("r_w.sql", "CREATE VIEW w AS SELECT a FROM v;"),
                (
                    "o.sql",
                    "GRANT SELECT ON v2 TO rep_a; GRANT SELECT ON w TO rep_b; CREATE VIEW x AS SELECT a FROM w; CREATE VIEW y AS SELECT b FROM v; COMMENT ON VIEW x IS 'x';",
                ),
            ],
            &[("r_w.sql", "r_v.sql")],
        )
    };
    apply(&database, &with("a, b"));
    let before = database.dump();
    let run = apply(&database, &with("b, a"));
    assert!(!run.err.contains("WARNING"), "{}", run.err);
    assert_eq!(
        difference(&before, &database.dump()),
        "- SELECT t.a,\n-    t.b\n+ SELECT t.b,\n+    t.a"
    );
    let run = apply(&database, &with("a"));
    assert!(
        run.err
            .contains("view public.y has gone with what it stood on, by CASCADE"),
        "{}",
        run.err
    );
    assert_eq!(database.sql("SELECT count(*) FROM x"), "0");
}

fn stepwise(server: &Server) {
    let database = server.database();
    roles(&database);
    let with = |columns: &str| {
        bundle(
            &[
                ("t.sql", "CREATE TABLE t (a int, b int);"),
                (
                    "r_m.sql",
                    &format!(
                        "-- transaction: off\nDROP MATERIALIZED VIEW IF EXISTS m;\nCREATE MATERIALIZED VIEW m AS SELECT {columns} FROM t;\nCREATE UNIQUE INDEX CONCURRENTLY m_a ON m (a);"
                    ),
                ),
                (
                    "o.sql",
                    "GRANT SELECT ON m TO rep_a; CREATE INDEX m_b ON m (b); CREATE VIEW x AS SELECT a FROM m; GRANT SELECT ON x TO rep_b;",
                ),
            ],
            &[],
        )
    };
    apply(&database, &with("a, b"));
    let before = database.dump();
    apply(&database, &with("b, a"));
    assert_eq!(
        difference(&before, &database.dump()),
        "- SELECT t.a,\n-    t.b\n+ SELECT t.b,\n+    t.a"
    );
}

fn other_role(server: &Server) {
    let database = server.database();
    roles(&database);
    let with = |columns: &str| {
        bundle(
            &[
                (
                    "t.sql",
                    "CREATE SCHEMA s AUTHORIZATION rep_c; SET ROLE rep_c; CREATE TABLE s.t (a int, b int);",
                ),
                (
                    "r_v.sql",
                    &format!(
                        "SET ROLE rep_c; SET search_path = s, pg_temp; CREATE OR REPLACE VIEW v AS SELECT {columns} FROM t;"
                    ),
                ),
                (
                    "o.sql",
                    "CREATE VIEW s.w AS SELECT a FROM s.v; ALTER VIEW s.w OWNER TO rep_c; GRANT SELECT ON s.w TO rep_a;",
                ),
            ],
            &[],
        )
    };
    apply(&database, &with("a, b"));
    let before = database.dump();
    apply(&database, &with("b, a"));
    assert_eq!(
        difference(&before, &database.dump()),
        "- SELECT t.a,\n-    t.b\n+ SELECT t.b,\n+    t.a"
    );
    assert_eq!(
        database.sql(
            "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 's'::regnamespace"
        ),
        "rep_c"
    );
}
