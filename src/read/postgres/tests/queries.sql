-- WITH queries, aliases and result names are no objects.
CREATE VIEW v AS WITH c AS (SELECT a AS x FROM t) SELECT c.x, y.b FROM c JOIN u AS y ON y.x = c.x ORDER BY b, x;
--| define view v @ "v"
--| define column v.x @ "v" implied
--| define column v.b @ "v" implied
--| use column t.a @ "a"
--| use relation t @ "t"
--| use column u.b @ "b"
--| use relation u @ "u"
--| use column u.x @ "x"

-- Columns through a star are those of the tables behind it.
SELECT s.a, b FROM (SELECT t.* FROM t) s;
--| use column t.a @ "a"
--| use column t.b @ "b"
--| use relation t @ "t"
--| read relation t @ "t"

-- An unqualified column may be any table's in sight, but not a subselect's that does not have it.
SELECT a FROM t, u, (SELECT 1 AS b) s WHERE b = a;
--| use column t.a @ "a" or of u
--| use relation t @ "t"
--| read relation t @ "t"
--| use relation u @ "u"
--| read relation u @ "u"

-- Inside, the inner tables come first.
SELECT o.id FROM orders o WHERE EXISTS (SELECT FROM items WHERE order_id = o.id AND price > 1);
--| use column orders.id @ "id"
--| use relation orders @ "orders"
--| read relation orders @ "orders"
--| use relation items @ "items"
--| read relation items @ "items"
--| use column items.order_id @ "order_id" or of orders
--| use column items.price @ "price" or of orders

-- A subselect in FROM does not see its neighbours, unless it is LATERAL.
SELECT * FROM t, (SELECT a FROM u WHERE b) x, LATERAL (SELECT c FROM w WHERE d) y;
--| use relation t @ "t"
--| read relation t @ "t"
--| use column u.a @ "a"
--| use relation u @ "u"
--| read relation u @ "u"
--| use column u.b @ "b"
--| use column w.c @ "c" or of t
--| use relation w @ "w"
--| read relation w @ "w"
--| use column w.d @ "d" or of t

-- WITH queries that change data, and one that sees itself.
WITH del AS (DELETE FROM a WHERE x = 1 RETURNING *), ins AS (INSERT INTO b SELECT y FROM del RETURNING z) SELECT z, y FROM ins, del;
--| use table a @ "a"
--| write table a @ "a"
--| read table a @ "a"
--| use column a.x @ "x"
--| use table b @ "b"
--| write table b @ "b"
--| use column a.y @ "y"
--| use column b.z @ "z"

WITH RECURSIVE tree (id, parent) AS (SELECT c.id, c.parent_id FROM cat c UNION ALL SELECT c.id, c.parent_id FROM cat c JOIN tree ON tree.id = c.parent_id) SELECT * FROM tree WHERE depth > 1;
--| use column cat.id @ "id"
--| use column cat.parent_id @ "parent_id"
--| use relation cat @ "cat"
--| read relation cat @ "cat"

-- USING names a column of both sides; aliases can rename columns.
SELECT k, x FROM a JOIN b USING (k) JOIN c AS d (x, y) ON d.y = a.z;
--| use column a.k @ "k" or of b, c
--| use relation a @ "a"
--| read relation a @ "a"
--| use relation b @ "b"
--| read relation b @ "b"
--| use column a.k @ "k"
--| use column b.k @ "k"
--| use relation c @ "c"
--| read relation c @ "c"
--| use column a.z @ "z"

-- (a JOIN b) AS j hides the names inside.
SELECT j.x, a.y FROM (a JOIN b ON a.i = b.i) AS j;
--| use column a.x @ "x" or of b
--| use relation a @ "a"
--| read relation a @ "a"
--| use relation b @ "b"
--| read relation b @ "b"
--| use column a.i @ "i"
--| use column b.i @ "i"

-- Functions in FROM have no columns that are objects.
SELECT f.x, x, g FROM f(1) AS f (x int, y s.t), LATERAL s.g(f.x) WITH ORDINALITY g;
--| use function f(1) @ "f"
--| run function f(1) @ "f"
--| use schema s @ "s"
--| use type s.t @ "s.t"
--| use function s.g(1) @ "s.g"
--| run function s.g(1) @ "s.g"

-- Rows as a whole; a column named like its table is a column.
SELECT o, count(o), (o).total, o.* FROM orders o;
--| use function count(1) @ "count"
--| run function count(1) @ "count"
--| use column orders.total @ "total"
--| use relation orders @ "orders"
--| read relation orders @ "orders"

SELECT age FROM age;
--| use column age.age @ "age"
--| use relation age @ "age"
--| read relation age @ "age"

-- Aggregates, windows, grouping.
SELECT count(*) FILTER (WHERE a), array_agg(b ORDER BY c), sum(d) OVER w FROM t WINDOW w AS (PARTITION BY e ORDER BY f) ORDER BY 1, g;
--| use function count(0) @ "count"
--| run function count(0) @ "count"
--| use column t.a @ "a"
--| use function array_agg(1) @ "array_agg"
--| run function array_agg(1) @ "array_agg"
--| use column t.b @ "b"
--| use column t.c @ "c"
--| use function sum(1) @ "sum"
--| run function sum(1) @ "sum"
--| use column t.d @ "d"
--| use relation t @ "t"
--| read relation t @ "t"
--| use column t.e @ "e"
--| use column t.f @ "f"
--| use column t.g @ "g"

-- A name of the result in ORDER BY and GROUP BY is no column; in an expression it is.
SELECT a AS x, b FROM t GROUP BY x, b ORDER BY x, b, x + 1;
--| use column t.a @ "a"
--| use column t.b @ "b"
--| use relation t @ "t"
--| read relation t @ "t"
--| use column t.x @ "x"

-- Literals that name objects.
SELECT 's.t'::regclass, 'f(int)'::regprocedure, 'x'::s.mood, s.mood 'y', nextval('q'), nextval('late'::text), pg_get_serial_sequence('t', 'c');
--| use schema s @ "s"
--| use relation s.t @ "s.t"
--| use function f(?) @ "f"
--| use enum value s.mood.x @ "'x'"
--| use type s.mood @ "s.mood"
--| use enum value s.mood.y @ "'y'"
--| use function nextval(1) @ "nextval"
--| run function nextval(1) @ "nextval"
--| use sequence q @ "q"
--| use sequence late @ "late" late
--| use function pg_get_serial_sequence(2) @ "pg_get_serial_sequence"
--| run function pg_get_serial_sequence(2) @ "pg_get_serial_sequence"
--| use relation t @ "t"
--| use column t.c @ "'c'"

-- Words of the language are no functions and no columns.
SELECT coalesce(a, b), current_date, greatest(c), current_user FROM t;
--| use column t.a @ "a"
--| use column t.b @ "b"
--| use column t.c @ "c"
--| use relation t @ "t"
--| read relation t @ "t"

-- The engine's own tables and types are left out.
SELECT c.relname, t.a::int FROM pg_class c, information_schema.tables i, t;
--| use column t.a @ "a"
--| use relation t @ "t"
--| read relation t @ "t"

-- Operators of one's own.
SELECT a === b, c OPERATOR(s.+) d, e @> f FROM t;
--| use column t.a @ "a"
--| use operator === @ "==="
--| use column t.b @ "b"
--| use column t.c @ "c"
--| use schema s @ "s"
--| use operator s.+ @ "s.+"
--| use column t.d @ "d"
--| use column t.e @ "e"
--| use column t.f @ "f"
--| use relation t @ "t"
--| read relation t @ "t"

TABLE s.t;
--| use schema s @ "s"
--| use relation s.t @ "s.t"
--| read relation s.t @ "s.t"

VALUES (1, (SELECT a FROM t));
--| use column t.a @ "a"
--| use relation t @ "t"
--| read relation t @ "t"

SELECT a INTO TEMP x FROM t FOR UPDATE OF t;
--| use column t.a @ "a"
--| define temporary table x @ "x"
--| write table x @ "x"
--| define temporary column x.a @ "x" implied
--| use relation t @ "t"
--| read relation t @ "t"

-- Views do not read; materialized views do when they are made.
CREATE OR REPLACE VIEW v (a, b) AS SELECT x, y FROM t WHERE z = 'ok'::s.mood;
--| define replace view v @ "v"
--| define replace column v.a @ "a"
--| define replace column v.b @ "b"
--| use column t.x @ "x"
--| use column t.y @ "y"
--| use relation t @ "t"
--| use column t.z @ "z"
--| use enum value s.mood.ok @ "'ok'"
--| use schema s @ "s"
--| use type s.mood @ "s.mood"

CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t;
--| define materialized view m @ "m"
--| define column m.n @ "m" implied
--| use function count(0) @ "count"
--| run function count(0) @ "count"
--| use relation t @ "t"
--| read relation t @ "t"

CREATE MATERIALIZED VIEW m AS SELECT n FROM t WITH NO DATA;
--| define materialized view m @ "m"
--| define column m.n @ "m" implied
--| use column t.n @ "n"
--| use relation t @ "t"

REFRESH MATERIALIZED VIEW CONCURRENTLY m;
--| use materialized view m @ "m"
--| read materialized view m @ "m"
--| use unique key m (primary key) @ "m"
--| write materialized view m @ "m"

-- The result of set operations has the names of the first.
SELECT a FROM t UNION SELECT b FROM u ORDER BY a, c;
--| use column t.a @ "a"
--| use relation t @ "t"
--| read relation t @ "t"
--| use column u.b @ "b"
--| use relation u @ "u"
--| read relation u @ "u"

-- DML writes, and needs the key of ON CONFLICT.
INSERT INTO t (a) SELECT b FROM u ON CONFLICT (a) DO UPDATE SET a = excluded.a, c = t.d RETURNING e;
--| use table t @ "t"
--| write table t @ "t"
--| use column t.a @ "a"
--| write column t.a @ "a"
--| use column u.b @ "b"
--| use relation u @ "u"
--| read relation u @ "u"
--| use unique key t (a) @ "(a)"
--| use column t.c @ "c"
--| write column t.c @ "c"
--| use column t.d @ "d"
--| use column t.e @ "e"

INSERT INTO t AS x VALUES (1) ON CONFLICT ON CONSTRAINT k DO NOTHING;
--| use table t @ "t"
--| write table t @ "t"
--| use constraint t.k @ "k"

INSERT INTO t (a) VALUES (1) ON CONFLICT (lower(a)) WHERE b DO NOTHING;
--| use table t @ "t"
--| write table t @ "t"
--| use column t.a @ "a"
--| write column t.a @ "a"
--| use unique key t (lower(a)) where b @ "(lower(a)) WHERE b"
--| use function lower(1) @ "lower"
--| run function lower(1) @ "lower"
--| use column t.b @ "b"

UPDATE ONLY t AS q SET a = b, (c, d) = (SELECT e, f FROM u WHERE u.g = q.g) FROM v WHERE v.x = q.x RETURNING h;
--| use table t @ "t"
--| write table t @ "t"
--| read table t @ "t"
--| use column t.a @ "a"
--| write column t.a @ "a"
--| use column t.b @ "b" or of v
--| use column t.c @ "c"
--| write column t.c @ "c"
--| use column t.d @ "d"
--| write column t.d @ "d"
--| use column u.e @ "e" or of t, v
--| use column u.f @ "f" or of t, v
--| use relation u @ "u"
--| read relation u @ "u"
--| use column u.g @ "g"
--| use column t.g @ "g"
--| use relation v @ "v"
--| read relation v @ "v"
--| use column v.x @ "x"
--| use column t.x @ "x"
--| use column t.h @ "h" or of v

DELETE FROM ONLY t USING u WHERE t.a = u.b AND c = 1;
--| use table t @ "t"
--| write table t @ "t"
--| read table t @ "t"
--| use relation u @ "u"
--| read relation u @ "u"
--| use column t.a @ "a"
--| use column u.b @ "b"
--| use column t.c @ "c" or of u

MERGE INTO t USING (SELECT 1 AS i) s ON t.i = s.i WHEN MATCHED AND t.z THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (i, j) VALUES (s.i, 2);
--| use table t @ "t"
--| write table t @ "t"
--| read table t @ "t"
--| use column t.i @ "i"
--| use column t.z @ "z"
--| use column t.a @ "a"
--| write column t.a @ "a"
--| write column t.i @ "i"
--| use column t.j @ "j"
--| write column t.j @ "j"

COPY s.t (a, b) FROM stdin;
--| use schema s @ "s"
--| use table s.t @ "s.t"
--| write table s.t @ "s.t"
--| use column s.t.a @ "a"
--| write column s.t.a @ "a"
--| use column s.t.b @ "b"
--| write column s.t.b @ "b"

COPY (SELECT a FROM t) TO stdout;
--| use column t.a @ "a"
--| use relation t @ "t"
--| read relation t @ "t"

COPY t (a) TO stdout;
--| use relation t @ "t"
--| read relation t @ "t"
--| use column t.a @ "a"

EXPLAIN UPDATE t SET a = 1;
--| use table t @ "t"
--| use column t.a @ "a"

EXPLAIN (ANALYZE) UPDATE t SET a = 1;
--| use table t @ "t"
--| write table t @ "t"
--| read table t @ "t"
--| use column t.a @ "a"
--| write column t.a @ "a"

PREPARE p (s.mood) AS INSERT INTO t VALUES ($1);
--| use schema s @ "s"
--| use type s.mood @ "s.mood"
--| use table t @ "t"

DECLARE c CURSOR FOR SELECT a FROM t;
--| use column t.a @ "a"
--| use relation t @ "t"
--| read relation t @ "t"

-- Policies and rules see the row.
CREATE POLICY p ON s.t FOR SELECT TO bob, public USING (owner = current_user AND EXISTS (SELECT FROM m WHERE m.id = t.mid)) WITH CHECK (f(a));
--| define policy s.t.p @ "p"
--| use schema s @ "s"
--| use table s.t @ "s.t"
--| use role bob @ "bob"
--| use column s.t.owner @ "owner"
--| use relation m @ "m"
--| use column m.id @ "id"
--| use column s.t.mid @ "mid"
--| use function f(1) @ "f"
--| use column s.t.a @ "a"

ALTER POLICY p ON t RENAME TO q;
--| use table t @ "t"
--| rename to policy t.q of policy t.p @ "q"

CREATE RULE r AS ON INSERT TO v WHERE new.a > 1 DO INSTEAD (INSERT INTO t (x) VALUES (new.a); DELETE FROM u WHERE z = old.b);
--| define rule v.r @ "r"
--| use relation v @ "v"
--| use column v.a @ "a"
--| use table t @ "t"
--| use column t.x @ "x"
--| use table u @ "u"
--| use column u.z @ "z" or of v
--| use column v.b @ "b"
