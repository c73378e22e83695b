CREATE TYPE s.e AS ENUM ('a', 'b');
--| use schema s @ "s"
--| define enum s.e @ "s.e"
--| define enum value s.e.a @ "'a'"
--| define enum value s.e.b @ "'b'"

ALTER TYPE s.e ADD VALUE IF NOT EXISTS 'c' BEFORE 'b';
--| use schema s @ "s"
--| alter type s.e @ "s.e"
--| define if-absent enum value s.e.c @ "'c'"
--| use enum value s.e.b @ "'b'"

ALTER TYPE e RENAME VALUE 'a' TO 'b';
--| alter type e @ "e"
--| rename to enum value e.b of enum value e.a @ "'a'"

CREATE TYPE c AS (a int, b s.e);
--| define type c @ "c"
--| define column c.a @ "a"
--| define column c.b @ "b"
--| use schema s @ "s"
--| use type s.e @ "s.e"

ALTER TYPE c ADD ATTRIBUTE a s.b CASCADE, DROP ATTRIBUTE d, ALTER ATTRIBUTE e TYPE int;
--| alter type c @ "c"
--| define column c.a @ "a"
--| use schema s @ "s"
--| use type s.b @ "s.b"
--| drop column c.d @ "d"
--| alter column c.e @ "e"
--| retype column c.e @ "e"

CREATE TYPE r AS RANGE (subtype = s.e, subtype_diff = s.f);
--| use shell type r @ "r" implied
--| define type r @ "r"
--| define type r_multirange @ "r" implied
--| use schema s @ "s"
--| use type s.e @ "s.e"
--| use function s.f(?) @ "s.f"

CREATE TYPE b (INPUT = b_in, OUTPUT = b_out, LIKE = s.x);
--| use shell type b @ "b" implied
--| define type b @ "b"
--| use function b_in(?) @ "b_in"
--| use function b_out(?) @ "b_out"
--| use schema s @ "s"
--| use type s.x @ "s.x"

CREATE DOMAIN d AS s.e DEFAULT 'a' CHECK (value > f(1)) NOT NULL;
--| define domain d @ "d"
--| use schema s @ "s"
--| use type s.e @ "s.e"
--| use enum value s.e.a @ "'a'"
--| define constraint d.d_check @ "CHECK (value > f(1))" implied
--| use function f(1) @ "f"

ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0), OWNER TO bob;
--| broken "ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0), OWNER TO bob"

ALTER DOMAIN d ADD CONSTRAINT c CHECK (value > 0);
--| alter domain d @ "d"
--| tighten domain d @ "d"
--| define constraint d.c @ "c"

CREATE SEQUENCE s.q OWNED BY s.t.c;
--| use schema s @ "s"
--| define sequence s.q @ "s.q"
--| use column s.t.c @ "c"

ALTER SEQUENCE q OWNER TO bob;
--| alter sequence q @ "q"
--| use role bob @ "bob"

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA ext;
--| define if-absent extension pgcrypto @ "pgcrypto"
--| use schema ext @ "ext"

ALTER EXTENSION e ADD FUNCTION f(int);
--| alter extension e @ "e"
--| use function f(int4) @ "f"

CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION bob;
--| define if-absent schema s @ "s"
--| use role bob @ "bob"

ALTER SCHEMA a RENAME TO b;
--| alter schema a @ "a"
--| rename to schema b of schema a @ "b"

CREATE ROLE a IN ROLE b ADMIN c;
--| define role a @ "a"
--| use role b @ "b"
--| use role c @ "c"

ALTER ROLE a SET search_path = x;
--| alter role a @ "a"

DROP ROLE IF EXISTS a, b;
--| drop if-exists role a @ "a"
--| drop if-exists role b @ "b"

REASSIGN OWNED BY a TO b;
--| use role a @ "a"
--| use role b @ "b"

GRANT SELECT (a), INSERT ON TABLE s.t, u TO bob, public WITH GRANT OPTION;
--| use column s.t.a @ "a"
--| use column u.a @ "a"
--| use schema s @ "s"
--| alter relation s.t @ "s.t"
--| alter relation u @ "u"
--| use role bob @ "bob"

GRANT a TO b;
--| use role a @ "a"
--| use role b @ "b"

REVOKE ALL ON FUNCTION f(int, s.x) FROM bob;
--| alter function f(int4, s.x) @ "f"
--| use schema s @ "s"
--| use type s.x @ "s.x"
--| use role bob @ "bob"

GRANT SELECT ON ALL TABLES IN SCHEMA a TO b;
--| use schema a @ "a"
--| covers each table of schema a @ "a"
--| use role b @ "b"

GRANT USAGE ON SCHEMA s TO b;
--| alter schema s @ "s"
--| use role b @ "b"

ALTER DEFAULT PRIVILEGES FOR ROLE a IN SCHEMA s GRANT SELECT ON TABLES TO b;
--| use role a @ "a"
--| use schema s @ "s"
--| covers each new table of schema s @ "s"
--| use role b @ "b"

COMMENT ON COLUMN s.t.c IS 'x';
--| use schema s @ "s"
--| alter column s.t.c @ "c"

COMMENT ON CONSTRAINT c ON t IS 'x';
--| alter constraint t.c @ "c"
--| use relation t @ "t"

COMMENT ON FUNCTION f(int, text[]) IS NULL;
--| alter function f(int4, text[]) @ "f"

COMMENT ON MATERIALIZED VIEW s.m IS 'x';
--| use schema s @ "s"
--| alter materialized view s.m @ "s.m"

CREATE OPERATOR s.=== (FUNCTION = s.eq, LEFTARG = s.a, RIGHTARG = int, COMMUTATOR = ===);
--| use schema s @ "s"
--| define operator s.===(s.a, int4) @ "s.==="
--| use function s.eq(s.a, int4) @ "s.eq"
--| use type s.a @ "s.a"

DROP OPERATOR IF EXISTS s.=== (int, NONE);
--| use schema s @ "s"
--| drop if-exists operator s.===(int4, none) @ "s.==="

CREATE OPERATOR CLASS s.oc DEFAULT FOR TYPE s.t USING btree FAMILY fam AS OPERATOR 1 <, OPERATOR 2 s.<=# (s.t, int), FUNCTION 1 s.cmp(s.t, s.t), STORAGE int;
--| use schema s @ "s"
--| define operator class s.oc (btree) @ "s.oc"
--| use type s.t @ "s.t"
--| use operator class fam (btree, family) @ "fam"
--| use operator <(s.t, s.t) @ "<"
--| use operator s.<=#(s.t, int4) @ "s.<=#"
--| use function s.cmp(s.t, s.t) @ "s.cmp"

-- Without FAMILY one of the same name comes along.
CREATE OPERATOR CLASS oc FOR TYPE t USING method AS STORAGE u;
--| define operator class oc (method) @ "oc"
--| define if-absent operator class oc (method, family) @ "oc" implied
--| use type t @ "t"
--| use access method method @ "method"
--| use type u @ "u"

CREATE OPERATOR FAMILY f USING gist;
--| define operator class f (gist, family) @ "f"
--| use access method gist @ "gist" late

-- A base type follows its shell and the functions that were made with that.
CREATE FUNCTION b_in(cstring) RETURNS b LANGUAGE c AS 'x';
--| define function b_in(cstring) @ "b_in"
--| use shell type b @ "b" implied
--| use type b @ "b" late

CREATE CAST (s.a AS text) WITH FUNCTION s.f(s.a) AS IMPLICIT;
--| define cast s.a AS text @ "(s.a AS text)"
--| use schema s @ "s"
--| use type s.a @ "s.a"
--| use function s.f(s.a) @ "s.f"

CREATE COLLATION s.c FROM "de_DE";
--| use schema s @ "s"
--| define collation s.c @ "s.c"

CREATE CONVERSION c FOR 'UTF8' TO 'LATIN1' FROM f;
--| define conversion c @ "c"
--| use function f(?) @ "f"

CREATE TRUSTED LANGUAGE l HANDLER h VALIDATOR v;
--| define language l @ "l"
--| use function h(?) @ "h"
--| use function v(?) @ "v"

CREATE TEXT SEARCH CONFIGURATION s.c (COPY = pg_catalog.english);
--| use schema s @ "s"
--| define text search configuration s.c @ "s.c"

ALTER TEXT SEARCH CONFIGURATION c ALTER MAPPING FOR a, b WITH d, s.e;
--| alter text search configuration c @ "c"
--| use text search dictionary d @ "d"
--| use schema s @ "s"
--| use text search dictionary s.e @ "s.e"

CREATE SERVER srv FOREIGN DATA WRAPPER w;
--| define foreign server srv @ "srv"
--| use foreign data wrapper w @ "w"

CREATE USER MAPPING FOR bob SERVER srv;
--| use role bob @ "bob"
--| use foreign server srv @ "srv"

IMPORT FOREIGN SCHEMA x LIMIT TO (a, b) FROM SERVER s INTO y;
--| define table y.a @ "a"
--| define table y.b @ "b"
--| use foreign server s @ "s"
--| use schema y @ "y"

CREATE PUBLICATION p FOR TABLE a (x, y) WHERE (z > 1), TABLES IN SCHEMA s;
--| define publication p @ "p"
--| use table a @ "a"
--| use column a.x @ "x"
--| use column a.y @ "y"
--| use column a.z @ "z"
--| use schema s @ "s"

ALTER PUBLICATION p ADD TABLE t;
--| alter publication p @ "p"
--| use table t @ "t"

CREATE TABLESPACE ts OWNER bob LOCATION '/x';
--| define tablespace ts @ "ts"
--| use role bob @ "bob"

DROP SCHEMA IF EXISTS a, b CASCADE;
--| drop if-exists cascade schema a @ "a"
--| drop if-exists cascade schema b @ "b"

DROP MATERIALIZED VIEW s.m;
--| use schema s @ "s"
--| drop materialized view s.m @ "s.m"

DROP CAST IF EXISTS (int AS s.b);
--| drop if-exists cast int4 AS s.b @ "(int AS s.b)"
--| use schema s @ "s"
--| use type s.b @ "s.b"

DROP POLICY p ON s.t;
--| drop policy s.t.p @ "p"
--| use schema s @ "s"

SET search_path = s;

-- The functions of a base type need but the shell of it.
CREATE TYPE s.b;
--| use schema s @ "s"
--| define shell type s.b @ "s.b"

CREATE FUNCTION b_in(cstring, oid) RETURNS s.b LANGUAGE c AS 'b';
--| define function b_in(cstring, oid) @ "b_in"
--| use schema s @ "s"
--| use shell type s.b @ "s.b" implied
--| use type s.b @ "s.b" late
