//! The form for any client: what each of its parts is there for.

use super::Case;
use super::support::planned::write;
use super::support::postgres::{self, Server};
use super::support::run::Run;
use sqlstitch::plan::Drift;
use sqlstitch::read::checksum::ALGORITHM;

pub(crate) const CASES: &[Case] = &[
    ("a second run changes nothing", second_run_changes_nothing),
    ("where all is applied a run only reads", only_reads),
    (
        "one message is all or nothing",
        one_message_is_all_or_nothing,
    ),
    (
        "psql -1 is all or nothing",
        one_transaction_is_all_or_nothing,
    ),
    ("a failing patch leaves no half and is named", failing_patch),
    (
        "psql without ON_ERROR_STOP does not go on",
        going_on_is_cut_off,
    ),
    ("a failing head applies nothing", failing_head),
    (
        "a head whose functions are refused is no success",
        refused_functions,
    ),
    (
        "operators and functions of the session's path are not called",
        planted_operators,
    ),
    ("drift stops before anything runs", drift),
    ("drift can be said or ignored", drift_said_or_ignored),
    (
        "a requirement outside the script is looked up first",
        external_requirement,
    ),
    ("an old name is honoured", formerly),
    ("a repeatable patch runs again when it changes", repeatable),
    ("settings and roles do not leak", no_leaks),
    ("a role without rights may end a patch", weak_role),
    (
        "deferred constraints belong to their patch",
        deferred_constraints,
    ),
    ("names and paths are only text", hostile_names),
    ("the ledger says who and what", ledger),
    ("the ledger may be elsewhere", own_ledger),
    ("missing rights are named", missing_rights),
    (
        "a client in another encoding stores the same",
        other_encoding,
    ),
    (
        "strings mean the same under any default",
        other_string_default,
    ),
];

fn ok(run: &Run) {
    assert_eq!(run.code, Some(0), "{}", run.err);
}

fn refused_functions(server: &Server) {
    let database = server.database();
    database.sql(
        "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no functions today'; END $$; \
         CREATE EVENT TRIGGER no ON ddl_command_start WHEN TAG IN ('CREATE FUNCTION') EXECUTE FUNCTION no()",
    );
    let script = postgres::bundle(&[("a.sql", "CREATE TABLE a (i int);")]).file();
    let run = database.run(&script, &[]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(run.err.contains("no functions today"), "{}", run.err);
    assert_eq!(database.sql("SELECT to_regclass('a') IS NULL"), "t");
}

/// Someone who may create in a schema of the path must not run code as whoever applies the script.
fn planted_operators(server: &Server) {
    let database = server.database();
    database.sql(&format!(
        "CREATE TABLE called (what text); \
         CREATE FUNCTION times(float8, int) RETURNS float8 LANGUAGE sql AS $$ INSERT INTO public.called VALUES ('*'); SELECT 1.0::float8 $$; \
         CREATE OPERATOR * (LEFTARG = float8, RIGHTARG = int, FUNCTION = times); \
         CREATE FUNCTION same(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$; \
         CREATE OPERATOR = (LEFTARG = text, RIGHTARG = text, FUNCTION = same); \
         CREATE FUNCTION other(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$; \
         CREATE OPERATOR <> (LEFTARG = text, RIGHTARG = text, FUNCTION = other); \
         ALTER DATABASE {} SET search_path = public, pg_catalog",
        database.name
    ));
    let script = postgres::bundle(&[
        ("a.sql", "CREATE TABLE a (i int);"),
        ("b.sql", "CREATE TABLE b (i int);"),
    ])
    .file();
    for _ in 0..2 {
        ok(&database.run(&script, STOP));
    }
    assert_eq!(database.sql("SELECT count(*) FROM called"), "0");
    assert_eq!(
        database.sql("SELECT count(*) FROM a, b UNION ALL SELECT count(*) FROM sqlstitch.patch"),
        "0\n2"
    );
}

const STOP: &[&str] = &["-v", "ON_ERROR_STOP=1"];

fn second_run_changes_nothing(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[
        (
            "a.sql",
            "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n",
        ),
        ("b.sql", "INSERT INTO t SELECT a + 1 FROM t;"),
        ("empty.sql", "-- nothing yet\n"),
    ])
    .file();
    let first = database.run(&script, &[]);
    ok(&first);
    assert!(first.err.contains("applied patch \"a\""), "{}", first.err);
    let (dump, ledger) = (database.dump(), database.ledger());
    let second = database.run(&script, &[]);
    ok(&second);
    assert_eq!(second.err, "");
    assert_eq!((database.dump(), database.ledger()), (dump, ledger));
    assert_eq!(
        database.sql("SELECT array_agg(a ORDER BY a) FROM t"),
        "{1,2}"
    );
    assert_eq!(database.applied(), "a b empty");
}

fn only_reads(server: &Server) {
    let plain = "CREATE TABLE t (a int);";
    let outside = "CREATE TABLE u (a int);\nCOPY u FROM stdin;\n1\n\\.\nVACUUM u;";
    for text in [plain, outside] {
        let database = server.database();
        let script = postgres::bundle(&[
            ("a.sql", text),
            ("b.sql", "CREATE VIEW v AS SELECT 1 AS a;"),
        ])
        .file();
        ok(&database.run(&script, &[]));
        // Schemas and tables for temporary objects are rows too.
        let catalog = "SELECT (SELECT array_agg((oid, xmin)::text ORDER BY oid) FROM pg_namespace), \
                       (SELECT array_agg((oid, xmin)::text ORDER BY oid) FROM pg_class WHERE relkind <> 't'), \
                       (SELECT array_agg((oid, xmin)::text ORDER BY oid) FROM pg_proc WHERE oid > 16383)";
        let before = database.sql(catalog);
        // Other sessions, so that the run would need a temporary schema that is not there yet.
        let mut waiting: Vec<_> = (0..3)
            .map(|_| {
                let mut client = database.psql();
                client
                    .args(["-c", "SELECT pg_sleep(2)"])
                    .stdout(std::process::Stdio::null());
                client.spawn().expect("psql starts")
            })
            .collect();
        let run = Run::of(
            database
                .psql()
                .env("PGOPTIONS", "-c default_transaction_read_only=on")
                .args(STOP)
                .arg("-f")
                .arg(&script),
        );
        ok(&run);
        assert_eq!(run.err, "");
        assert_eq!(database.sql(catalog), before);
        for client in &mut waiting {
            client.wait().expect("psql ends");
        }
    }
}

const THIRD_FAILS: &[(&str, &str)] = &[
    ("a.sql", "CREATE TABLE t (a int);"),
    ("b.sql", "INSERT INTO t VALUES (1);"),
    (
        "dir/c.sql",
        "INSERT INTO t VALUES (2);\n\n-- why\nINSERT INTO t\nVALUES (1 / 0);\n",
    ),
    ("d.sql", "INSERT INTO t VALUES (4);"),
];

fn one_message_is_all_or_nothing(server: &Server) {
    let database = server.database();
    let fails = postgres::bundle(THIRD_FAILS).emit().script;
    let fails = fails.expect("a script").to_string();
    let run = Run::of(database.psql().args(["-c", &fails]));
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert_eq!(
        database.sql("SELECT to_regclass('sqlstitch.patch') IS NULL"),
        "t"
    );
    let works = postgres::bundle(&THIRD_FAILS[..2])
        .emit()
        .script
        .expect("a script")
        .to_string();
    for _ in 0..2 {
        ok(&Run::of(database.psql().args(["-c", &works])));
        assert_eq!(database.applied(), "a b");
        assert_eq!(database.sql("SELECT count(*) FROM t"), "1");
    }
}

fn one_transaction_is_all_or_nothing(server: &Server) {
    let database = server.database();
    let fails = postgres::bundle(THIRD_FAILS).file();
    let run = database.run(&fails, &["-1", "-v", "ON_ERROR_STOP=1"]);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert_eq!(
        database.sql("SELECT to_regclass('sqlstitch.patch') IS NULL"),
        "t"
    );
    let works = postgres::bundle(&THIRD_FAILS[..2]).file();
    for _ in 0..2 {
        ok(&database.run(&works, &["-1", "-v", "ON_ERROR_STOP=1"]));
        assert_eq!(database.applied(), "a b");
    }
}

fn failing_patch(server: &Server) {
    let database = server.database();
    let run = database.run(&postgres::bundle(THIRD_FAILS).file(), STOP);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(run.err.contains("/* dir/c.sql:4 */"), "{}", run.err);
    assert_eq!(database.applied(), "a b");
    assert_eq!(database.sql("SELECT array_agg(a) FROM t"), "{1}");
    // Mended, it completes.
    let mut files = THIRD_FAILS.to_vec();
    files[2].1 = "INSERT INTO t VALUES (2), (3);";
    ok(&database.run(&postgres::bundle(&files).file(), STOP));
    assert_eq!(
        database.sql("SELECT array_agg(a ORDER BY a) FROM t"),
        "{1,2,3,4}"
    );
}

fn going_on_is_cut_off(server: &Server) {
    for files in [THIRD_FAILS, &THIRD_FAILS[..3]] {
        let database = server.database();
        let run = database.run(&postgres::bundle(files).file(), &[]);
        assert_eq!(run.code, Some(2), "{}", run.err);
        assert!(run.err.contains("division by zero"), "{}", run.err);
        assert_eq!(database.applied(), "a b");
        assert_eq!(database.sql("SELECT array_agg(a) FROM t"), "{1}");
    }
}

fn failing_head(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&THIRD_FAILS[..2]).file();
    for (arguments, code) in [(STOP, 3), (&[][..], 2)] {
        let run = Run::of(
            database
                .psql()
                .env("PGOPTIONS", "-c default_transaction_isolation=serializable")
                .args(arguments)
                .arg("-f")
                .arg(&script),
        );
        assert_eq!(run.code, Some(code), "{}", run.err);
        assert!(run.err.contains("needs READ COMMITTED"), "{}", run.err);
        assert_eq!(database.sql("SELECT to_regclass('t') IS NULL"), "t");
    }
}

fn drift(server: &Server) {
    let database = server.database();
    let files = [
        ("a.sql", "CREATE TABLE t (a int);"),
        ("b.sql", "INSERT INTO t VALUES (1);"),
        ("c.sql", "INSERT INTO t VALUES (2);"),
    ];
    ok(&database.run(&postgres::bundle(&files).file(), STOP));
    let mut edited = postgres::bundle(&[("new.sql", "CREATE TABLE u ();")]);
    edited.add(files[0].0, files[0].1);
    edited.add("b.sql", "INSERT INTO t VALUES (10);");
    edited.add("c.sql", "INSERT INTO t VALUES (20);");
    let ledger = database.ledger();
    for (arguments, code) in [
        (STOP, 3),
        (&["-1", "-v", "ON_ERROR_STOP=1"][..], 3),
        (&[][..], 2),
    ] {
        let run = database.run(&edited.file(), arguments);
        assert_eq!(run.code, Some(code), "{}", run.err);
        assert!(
            run.err
                .contains("patch \"b\" (b.sql) was changed after it was applied"),
            "{}",
            run.err
        );
        assert!(
            run.err.contains("\npatch \"c\" (c.sql) was changed"),
            "{}",
            run.err
        );
        assert_eq!(database.ledger(), ledger);
        assert_eq!(database.sql("SELECT to_regclass('u') IS NULL"), "t");
    }
    // The way out that the message tells.
    let run = database.run(&edited.file(), STOP);
    let hint = run
        .err
        .split("accept it: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    database.sql(hint.expect("a hint"));
    let run = database.run(&edited.file(), STOP);
    assert!(
        run.err.contains("patch \"c\" (c.sql) was changed"),
        "{}",
        run.err
    );
    let hint = run
        .err
        .split("accept it: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    database.sql(hint.expect("a hint"));
    ok(&database.run(&edited.file(), STOP));
    assert_eq!(database.applied(), "a b c new");
    assert_eq!(database.sql("SELECT array_agg(a) FROM t"), "{1,2}");
}

fn drift_said_or_ignored(server: &Server) {
    for (drift, said) in [(Drift::Warn, true), (Drift::Ignore, false)] {
        let database = server.database();
        ok(&database.run(
            &postgres::bundle(&[("a.sql", "CREATE TABLE t (a int);")]).file(),
            STOP,
        ));
        let mut edited = postgres::bundle(&[
            ("a.sql", "CREATE TABLE t (a int, b int);"),
            ("b.sql", "CREATE TABLE u ();"),
        ]);
        edited.plan.settings.drift = drift;
        let run = database.run(&edited.file(), STOP);
        ok(&run);
        assert_eq!(
            run.err
                .contains("WARNING:  patch \"a\" (a.sql) was changed"),
            said,
            "{}",
            run.err
        );
        assert_eq!(database.applied(), "a b");
    }
}

fn external_requirement(server: &Server) {
    let database = server.database();
    let mut bundle = postgres::bundle(&[("first.sql", "CREATE TABLE t ();")]);
    bundle.add("b.sql", "CREATE TABLE u ();").external = vec!["a".into(), "z".into()];
    let run = database.run(&bundle.file(), STOP);
    assert_eq!(run.code, Some(3));
    assert!(
        run.err
            .contains("patch \"b\" (b.sql) requires patch \"a\", which is not applied"),
        "{}",
        run.err
    );
    assert!(run.err.contains("requires patch \"z\""), "{}", run.err);
    assert_eq!(database.sql("SELECT to_regclass('t') IS NULL"), "t");
    ok(&database.run(
        &postgres::bundle(&[("a.sql", ""), ("z.sql", "")]).file(),
        STOP,
    ));
    ok(&database.run(&bundle.file(), STOP));
    assert_eq!(database.applied(), "a z first b");
    // What is applied is not asked for again.
    database.sql("DELETE FROM sqlstitch.patch WHERE name = 'a'");
    ok(&database.run(&bundle.file(), STOP));
}

fn formerly(server: &Server) {
    let database = server.database();
    ok(&database.run(
        &postgres::bundle(&[("old.sql", "CREATE TABLE t ();")]).file(),
        STOP,
    ));
    let mut bundle = postgres::bundle(&[]);
    bundle.add("new.sql", "CREATE TABLE t ();").formerly = vec!["older".into(), "old".into()];
    for _ in 0..2 {
        ok(&database.run(&bundle.file(), STOP));
        assert_eq!(database.applied(), "new");
    }
}

fn repeatable(server: &Server) {
    let database = server.database();
    let script = |view: &str| {
        let mut bundle = postgres::bundle(&[("log.sql", "CREATE TABLE log (at serial);")]);
        let text = format!(
            "CREATE OR REPLACE VIEW v AS SELECT {view} AS a;\nINSERT INTO log DEFAULT VALUES;"
        );
        bundle.add("v.sql", &text).repeatable = true;
        bundle.add("last.sql", "CREATE TABLE last ();");
        bundle.file()
    };
    for (view, runs) in [("1", "1"), ("1", "1"), ("2", "2"), ("2", "2"), ("1", "3")] {
        ok(&database.run(&script(view), STOP));
        assert_eq!(database.sql("SELECT a FROM v"), view);
        assert_eq!(database.sql("SELECT count(*) FROM log"), runs);
    }
    assert_eq!(
        database.sql("SELECT ordinal, name, kind FROM sqlstitch.patch ORDER BY 1"),
        "1|log|once\n2|v|repeatable\n3|last|once"
    );
    // What stands after a repeatable that fails is not tried.
    let run = database.run(&script("1 / 0"), &[]);
    assert_eq!(run.code, Some(0), "a view does not compute: {}", run.err);
    let run = database.run(&script("nothing"), &[]);
    assert_eq!(run.code, Some(2), "{}", run.err);
}

fn no_leaks(server: &Server) {
    for arguments in [STOP, &["-1", "-v", "ON_ERROR_STOP=1"]] {
        let database = server.database();
        let script = postgres::bundle(&[
            (
                "a.sql",
                "CREATE SCHEMA s; CREATE ROLE leak_a; GRANT USAGE, CREATE ON SCHEMA public, s TO leak_a; \
                 SET search_path = s, pg_temp; SET LOCAL lock_timeout = '3s'; SET statement_timeout = '50s'; \
                 SET client_min_messages = error; SET check_function_bodies = off; SET DateStyle = 'German'; \
                 SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET row_security = off; SET ROLE leak_a; \
                 CREATE TABLE made ();",
            ),
            ("b.sql", "SET SESSION AUTHORIZATION leak_a; SELECT set_config('search_path', '', false);"),
            ("c.sql", "RESET ALL; SELECT pg_catalog.set_config('search_path', 's', true); SET enable_seqscan = off; \
                 SET SESSION \"Random_Page_Cost\" TO 9; SELECT set_config('PLPGSQL.extra_warnings', 'all', false);"),
            (
                "d.sql",
                "CREATE TABLE seen AS SELECT current_user::text AS who, session_user::text AS session, current_setting('search_path') AS path, \
                 current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement, \
                 current_setting('client_min_messages') AS messages, current_setting('check_function_bodies') AS bodies, \
                 current_setting('DateStyle') AS dates, current_setting('default_transaction_read_only') AS read_only, current_setting('row_security') AS security, \
                 current_setting('enable_seqscan') AS scans, current_setting('random_page_cost') AS pages, current_setting('plpgsql.extra_warnings') AS warnings",
            ),
        ])
        .file();
        ok(&database.run(&script, arguments));
        assert_eq!(
            database.sql("SELECT * FROM public.seen"),
            "postgres|postgres|\"$user\", public|0|0|notice|on|ISO, MDY|off|on|on|4|none"
        );
        assert_eq!(
            database.sql("SELECT tableowner FROM pg_tables WHERE schemaname = 's'"),
            "leak_a"
        );
        assert_eq!(
            database.sql("SELECT DISTINCT applied_by FROM sqlstitch.patch"),
            "postgres"
        );
        database.sql("DROP OWNED BY leak_a; DROP ROLE leak_a");
    }
}

fn weak_role(server: &Server) {
    let database = server.database();
    let name = &database.name;
    database.sql(&format!(
        "CREATE ROLE weak; REVOKE TEMP ON DATABASE {name} FROM PUBLIC; \
         ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
    ));
    let script =
        postgres::bundle(&[("a.sql", "SET ROLE weak;"), ("b.sql", "CREATE TABLE t ();")]).file();
    ok(&database.run(&script, STOP));
    assert_eq!(database.applied(), "a b");
    database.sql("DROP OWNED BY weak; DROP ROLE weak");
}

fn deferred_constraints(server: &Server) {
    let files = [
        (
            "a.sql",
            "CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t DEFERRABLE INITIALLY DEFERRED, \
             now int REFERENCES t DEFERRABLE);\nINSERT INTO t VALUES (1, 1);",
        ),
        (
            "b.sql",
            "INSERT INTO t VALUES (2, 3); INSERT INTO t VALUES (3, 2);",
        ),
        ("c.sql", "ALTER TABLE t ADD COLUMN c int;"),
        ("d.sql", "INSERT INTO t VALUES (4, 99);"),
    ];
    for arguments in [STOP, &["-1", "-v", "ON_ERROR_STOP=1"]] {
        let database = server.database();
        ok(&database.run(&postgres::bundle(&files[..3]).file(), arguments));
        let run = database.run(&postgres::bundle(&files).file(), arguments);
        assert_eq!(run.code, Some(3), "{}", run.err);
        assert!(
            run.err
                .contains("violates foreign key constraint \"t_up_fkey\""),
            "{}",
            run.err
        );
        assert_eq!(database.applied(), "a b c");
    }
}

fn hostile_names(server: &Server) {
    let database = server.database();
    let mut bundle = postgres::bundle(&[]);
    for (number, path) in [
        "it's \"quoted\".sql",
        "a */ DROP TABLE t0; --.sql",
        "b\nDROP TABLE t0; --.sql",
        "c $patch$ $sqlstitch$ $sql$ \\ :x %.sql",
        "größe/東京.sql",
        "percent % %s %I.sql",
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!("CREATE TABLE t{number} ();\nSELECT 1;");
        bundle.add(path, &text).external = Vec::new();
    }
    bundle.plan.settings.revision = Some("v1 $sqlstitch$ 'x' \\ \n; DROP TABLE t0;".into());
    for _ in 0..2 {
        let run = database.run(&bundle.file(), STOP);
        ok(&run);
        assert_eq!(database.sql("SELECT count(*) FROM sqlstitch.patch"), "6");
    }
    assert_eq!(
        database.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"),
        "6"
    );
    assert_eq!(
        database.sql("SELECT name FROM sqlstitch.patch WHERE ordinal = 4"),
        "c $patch$ $sqlstitch$ $sql$ \\ :x %"
    );
    // A failing one is named, on one line.
    bundle.add("x */ ' $1\n.sql", "SELECT 1;\nSELECT nothing;");
    let run = database.run(&bundle.file(), STOP);
    assert_eq!(run.code, Some(3));
    assert!(
        run.err.contains("/* x * / ' $1\\n.sql:2 */ SELECT nothing"),
        "{}",
        run.err
    );
}

fn ledger(server: &Server) {
    let database = server.database();
    let mut bundle = postgres::bundle(&[("a.sql", "CREATE TABLE t (); SELECT pg_sleep(0.02);")]);
    bundle.plan.settings.revision = Some("abc123".into());
    ok(&database.run(&bundle.file(), STOP));
    let checksum = bundle.plan.patches[0].checksum;
    assert_eq!(
        database.sql(
            "SELECT name, checksum, algorithm, ordinal, kind, state, statements, applied_at > now() - interval '1 minute', \
             applied_by, duration_ms >= 20, version, length(bundle), revision FROM sqlstitch.patch"
        ),
        format!("a|{checksum}|{ALGORITHM}|1|once|applied|2|t|postgres|t|{}|64|abc123", env!("CARGO_PKG_VERSION"))
    );
}

fn own_ledger(server: &Server) {
    let database = server.database();
    let mut bundle = postgres::bundle(&[("a.sql", "CREATE TABLE t ();")]);
    bundle.plan.settings.ledger.schema = "public".into();
    bundle.plan.settings.ledger.table = "Applied \"patches\"".into();
    for _ in 0..2 {
        ok(&database.run(&bundle.file(), STOP));
    }
    assert_eq!(
        database.sql("SELECT name FROM \"Applied \"\"patches\"\"\""),
        "a"
    );
}

fn missing_rights(server: &Server) {
    let database = server.database();
    let name = &database.name;
    database.sql(&format!(
        "CREATE ROLE plain LOGIN; REVOKE TEMP ON DATABASE {name} FROM PUBLIC; GRANT CREATE ON SCHEMA public TO plain"
    ));
    let script = postgres::bundle(&[("a.sql", "CREATE TABLE t ();")]).file();
    let run_as_plain = |arguments: &[&str]| {
        Run::of(
            database
                .psql()
                .args(arguments)
                .args(["-U", "plain", "-f"])
                .arg(&script),
        )
    };
    let run = run_as_plain(&[]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(
        run.err.contains("needs the TEMPORARY privilege"),
        "{}",
        run.err
    );
    assert!(
        run.err
            .contains(&format!("GRANT TEMPORARY ON DATABASE {name} TO plain;")),
        "{}",
        run.err
    );
    database.sql(&format!("GRANT TEMP ON DATABASE {name} TO plain"));
    ok(&database.run(&postgres::bundle(&[("z.sql", "")]).file(), STOP));
    database
        .sql("GRANT USAGE ON SCHEMA sqlstitch TO plain; GRANT SELECT ON sqlstitch.patch TO plain");
    let run = run_as_plain(STOP);
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(
        run.err.contains("plain needs INSERT, UPDATE on the ledger"),
        "{}",
        run.err
    );
    assert_eq!(database.sql("SELECT to_regclass('t') IS NULL"), "t");
    database.sql("GRANT INSERT, UPDATE ON sqlstitch.patch TO plain");
    ok(&run_as_plain(STOP));
    database
        .sql("REVOKE ALL ON DATABASE template1 FROM plain; DROP OWNED BY plain; DROP ROLE plain");
}

fn other_encoding(server: &Server) {
    let database = server.database();
    let script = postgres::bundle(&[(
        "größe.sql",
        "CREATE TABLE \"größe\" AS SELECT '東京'::text AS ort;",
    )])
    .file();
    let run = Run::of(
        database
            .psql()
            .env("PGCLIENTENCODING", "LATIN1")
            .args(STOP)
            .arg("-f")
            .arg(&script),
    );
    ok(&run);
    // In one message it cannot be set in time.
    let other = server.database();
    let text = std::fs::read_to_string(&script).expect("the script");
    let run = Run::of(
        other
            .psql()
            .env("PGCLIENTENCODING", "LATIN1")
            .args(["-c", &text]),
    );
    assert_eq!(run.code, Some(1));
    assert!(
        run.err
            .contains("the client has sent it as another encoding"),
        "{}",
        run.err
    );
    ok(&Run::of(
        other
            .psql()
            .env("PGCLIENTENCODING", "UTF8")
            .args(["-c", &text]),
    ));
    assert_eq!(other.applied(), "größe");
    assert_eq!(database.sql("SELECT length(ort) FROM \"größe\""), "2");
    assert_eq!(database.applied(), "größe");
}

fn other_string_default(server: &Server) {
    let database = server.database();
    let name = &database.name;
    database.sql(&format!(
        "ALTER DATABASE {name} SET standard_conforming_strings = off"
    ));
    let bundle = postgres::bundle(&[("a\\b.sql", "CREATE TABLE t AS SELECT 'a\\b'::text AS v;")]);
    let script = bundle.emit().script.expect("a script").to_string();
    ok(&database.run(&write(&script), STOP));
    ok(&Run::of(database.psql().args(["-c", &script])));
    assert_eq!(database.sql("SELECT v FROM t"), "a\\b");
    assert_eq!(database.applied(), "a\\b");
}
