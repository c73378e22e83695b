-- Parameters and results name types; a body in SQL is checked when the function is made.
CREATE FUNCTION s.f(a int DEFAULT 1, VARIADIC b s.t[] DEFAULT NULL) RETURNS TABLE (x int, y s.z) LANGUAGE sql AS $$ SELECT x, t.y, a FROM t JOIN u ON u.q = t.q AND r = b; INSERT INTO l (m) VALUES (f.a) $$;
--| use schema s @ "s"
--| define function s.f(int4, s.t[]; 0 to None) @ "s.f"
--| use type s.t @ "s.t"
--| use type s.z @ "s.z"
--| use column t.x @ "x" or of u in body
--| use column t.y @ "y" in body
--| use relation t @ "t" in body
--| read relation t @ "t" in body
--| use relation u @ "u" in body
--| read relation u @ "u" in body
--| use column u.q @ "q" in body
--| use column t.q @ "q" in body
--| use column t.r @ "r" or of u in body
--| use table l @ "l" in body
--| write table l @ "l" in body
--| use column l.m @ "m" in body
--| write column l.m @ "m" in body

-- Normal spellings of types.
CREATE FUNCTION f(INTEGER, character varying(10), timestamp(3) with time zone, pg_catalog.text, double precision, OUT o int, INOUT b bigint[][]) RETURNS record LANGUAGE c AS 'x', 'y';
--| define function f(int4, varchar, timestamptz, text, float8, int8[]) @ "f"

-- Standard bodies.
CREATE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT x FROM t WHERE t.y = a; SELECT g(a); END;
--| define function f(int4) @ "f"
--| use column t.x @ "x" in body
--| use relation t @ "t" in body
--| read relation t @ "t" in body
--| use column t.y @ "y" in body
--| use function g(1) @ "g" in body
--| run function g(1) @ "g" in body

CREATE FUNCTION f(a int) RETURNS int RETURN a + (SELECT max(v) FROM w);
--| define function f(int4) @ "f"
--| use function max(1) @ "max" in body
--| run function max(1) @ "max" in body
--| use column w.v @ "v" in body
--| use relation w @ "w" in body
--| read relation w @ "w" in body

-- A search_path of its own is the statement's affair: the body's names stay as they are written.
CREATE FUNCTION f() RETURNS void LANGUAGE sql SET search_path = shop, pg_temp AS 'INSERT INTO orders (id) SELECT nextval(''s'') FROM helper()';
--| define function f() @ "f"
--| use table orders @ "orders" in body
--| write table orders @ "orders" in body
--| use column orders.id @ "id" in body
--| write column orders.id @ "id" in body
--| use function nextval(1) @ "nextval" in body
--| run function nextval(1) @ "nextval" in body
--| use sequence s @ "s" in body
--| use function helper(0) @ "helper" in body
--| run function helper(0) @ "helper" in body

-- PL/pgSQL looks up late, except the types of its variables.
CREATE FUNCTION f(p int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE v t.c%TYPE; r t%ROWTYPE; z s.typ := g(1); c CURSOR (k int) FOR SELECT a FROM cur WHERE b = k; BEGIN RETURN v; END $$;
--| define function f(int4) @ "f"
--| use column t.c @ "c" in body
--| use relation t @ "t" in body
--| use schema s @ "s" in body
--| use type s.typ @ "s.typ" in body
--| use function g(1) @ "g" late in body
--| run function g(1) @ "g" late in body
--| use column cur.a @ "a" late in body
--| use relation cur @ "cur" late in body
--| read relation cur @ "cur" late in body
--| use column cur.b @ "b" late in body

-- INTO takes variables.
CREATE FUNCTION f(p int) RETURNS int LANGUAGE plpgsql AS $$ DECLARE v int; BEGIN SELECT a, b INTO STRICT v, p FROM t WHERE c = p; INSERT INTO u (x) VALUES (v) RETURNING y INTO v; RETURN v; END $$;
--| define function f(int4) @ "f"
--| use column t.a @ "a" late in body
--| use column t.b @ "b" late in body
--| use relation t @ "t" late in body
--| read relation t @ "t" late in body
--| use column t.c @ "c" late in body
--| use table u @ "u" late in body
--| write table u @ "u" late in body
--| use column u.x @ "x" late in body
--| write column u.x @ "x" late in body
--| use column u.y @ "y" late in body

-- Variables, records and labels are no columns.
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ <<outer>> DECLARE n int; BEGIN FOR r IN SELECT id, k FROM t LOOP UPDATE u SET a = r.id, b = n WHERE c = new.c AND d = outer.n AND found; END LOOP; FOR i IN 1..n LOOP PERFORM g(i); END LOOP; n := (SELECT max(e) FROM w); IF n > 0 THEN RETURN QUERY SELECT q FROM x; END IF; RETURN new; END $$;
--| define function f() @ "f"
--| use column t.id @ "id" late in body
--| use column t.k @ "k" late in body
--| use relation t @ "t" late in body
--| read relation t @ "t" late in body
--| use table u @ "u" late in body
--| write table u @ "u" late in body
--| read table u @ "u" late in body
--| use column u.a @ "a" late in body
--| write column u.a @ "a" late in body
--| use column u.b @ "b" late in body
--| write column u.b @ "b" late in body
--| use column u.c @ "c" late in body
--| use column u.d @ "d" late in body
--| use function g(1) @ "g" late in body
--| run function g(1) @ "g" late in body
--| use function max(1) @ "max" late in body
--| run function max(1) @ "max" late in body
--| use column w.e @ "e" late in body
--| use relation w @ "w" late in body
--| read relation w @ "w" late in body
--| use column x.q @ "q" late in body
--| use relation x @ "x" late in body
--| read relation x @ "x" late in body

-- What is executed is read as far as it is known.
DO $$ DECLARE sql text := 'DROP TABLE a'; t text; BEGIN EXECUTE sql; IF true THEN t := 'DROP TABLE b'; ELSE t := 'DROP TABLE ' || quote_ident('C'); END IF; EXECUTE t; EXECUTE format('ALTER TABLE %I ADD %s int', 'Foo', 'col'); EXECUTE 'CREATE TABLE part_' || t || ' PARTITION OF p DEFAULT'; EXECUTE t || sql; FOR r IN EXECUTE 'SELECT * FROM q' LOOP NULL; END LOOP; END $$;
--| drop table a @ "a"
--| drop table b @ "b"
--| use function quote_ident(1) @ "quote_ident"
--| run function quote_ident(1) @ "quote_ident"
--| drop table C @ "'C'"
--| use function format(3) @ "format"
--| run function format(3) @ "format"
--| alter table Foo @ "'Foo'"
--| define column Foo.col @ "col"
--| use relation p @ "p"
--| use relation q @ "q"
--| read relation q @ "q"
--| dynamic "'CREATE TABLE part_' || t || ' PARTITION OF p DEFAULT'"
--| dynamic "t || sql"

-- DO runs now, and forgives what it catches or asks for.
DO $$ BEGIN CREATE TABLE x (); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
--| define if-absent table x @ "x"

DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'm') THEN CREATE TYPE m AS ENUM ('a'); END IF; PERFORM f(1); END $$;
--| define if-absent enum m @ "m"
--| define if-absent enum value m.a @ "'a'"
--| use function f(1) @ "f"
--| run function f(1) @ "f"

-- A statement that the grammar refuses is broken, the rest is not.
DO $$ BEGIN INSERT INTO t (a) VALUES (1); SELECT FROM WHERE; DELETE FROM u; END $$;
--| use table t @ "t"
--| write table t @ "t"
--| use column t.a @ "a"
--| write column t.a @ "a"
--| use table u @ "u"
--| write table u @ "u"
--| read table u @ "u"
--| broken "SELECT FROM WHERE;"

-- DECLARE may be said again.
DO $$ DECLARE a int; DECLARE b s.t; BEGIN END $$;
--| use schema s @ "s"
--| use type s.t @ "s.t"

CREATE PROCEDURE p(IN a int, OUT b int, c int DEFAULT 2) LANGUAGE plpgsql AS $$ BEGIN CALL q(a, b); COMMIT; END $$;
--| define procedure p(int4, int4; 1 to Some(3)) @ "p"
--| use procedure q(2) @ "q" late in body
--| run procedure q(2) @ "q" late in body

CALL p(1, (SELECT a FROM t));
--| use procedure p(2) @ "p"
--| run procedure p(2) @ "p"
--| use column t.a @ "a"
--| use relation t @ "t"
--| read relation t @ "t"

SELECT f(1, b => 2), s.g(VARIADIC ARRAY[1]);
--| use function f(2) @ "f"
--| run function f(2) @ "f"
--| use schema s @ "s"
--| use function s.g(?) @ "s.g"
--| run function s.g(?) @ "s.g"

-- Triggers run their function on write.
CREATE TRIGGER g BEFORE UPDATE OF a ON s.t FOR EACH ROW WHEN (new.b) EXECUTE FUNCTION f('x');
--| define trigger s.t.g @ "g"
--| use column s.t.a @ "a"
--| use schema s @ "s"
--| use relation s.t @ "s.t"
--| use column s.t.b @ "b"
--| use function f() @ "f"
--| runs on write to s.t: function f() @ "f"

ALTER TRIGGER a ON s.b RENAME TO c;
--| alter trigger s.b.a @ "a"
--| use schema s @ "s"
--| use relation s.b @ "s.b"
--| rename to trigger s.b.c of trigger s.b.a @ "c"

DROP TRIGGER IF EXISTS x ON s.y;
--| drop if-exists trigger s.y.x @ "x"
--| use schema s @ "s"

CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();
--| define event trigger e @ "e"
--| use function f() @ "f"

CREATE AGGREGATE s.agg (int) (sfunc = s.f, stype = s.st, finalfunc = g);
--| use schema s @ "s"
--| define function s.agg(int4) @ "s.agg"
--| use function s.f(?) @ "s.f"
--| use type s.st @ "s.st"
--| use function g(?) @ "g"

DROP FUNCTION IF EXISTS a(int, OUT text), b CASCADE;
--| drop if-exists cascade function a(int4) @ "a"
--| drop if-exists cascade function b(?) @ "b"

ALTER FUNCTION f(s.t) RENAME TO g;
--| alter function f(s.t) @ "f"
--| use schema s @ "s"
--| use type s.t @ "s.t"
--| rename to function g(s.t) of function f(s.t) @ "g"

ALTER PROCEDURE p SET SCHEMA s;
--| alter procedure p(?) @ "p"
--| use schema s @ "s"
--| rename to procedure s.p(?) of procedure p(?) @ "s"
