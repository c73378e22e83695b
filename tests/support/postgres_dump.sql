-- What pg_dump would tell, for servers that are newer than the machine's pg_dump: every object of every
-- schema but the ledger's, and every row. For psql: the last statement makes the ones that read the rows.
SELECT 'schema', n.nspname, n.nspacl, obj_description(n.oid, 'pg_namespace')
  FROM pg_namespace AS n WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sqlstitch') ORDER BY 2;
CREATE TEMPORARY VIEW dumped AS
  SELECT c.*, n.nspname, c.oid::regclass::text AS title FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sqlstitch');
SELECT 'relation', d.title, d.relkind, d.relpersistence, d.relacl, d.reloptions, d.relrowsecurity, d.relreplident, obj_description(d.oid, 'pg_class'),
    CASE WHEN d.relkind IN ('v', 'm') THEN pg_get_viewdef(d.oid) END, pg_get_partkeydef(d.oid), pg_get_expr(d.relpartbound, d.oid)
  FROM dumped AS d ORDER BY 2;
SELECT 'column', d.title, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attstattarget, a.attstorage, a.attacl,
    pg_get_expr(f.adbin, f.adrelid), col_description(d.oid, a.attnum)
  FROM dumped AS d JOIN pg_attribute AS a ON a.attrelid = d.oid LEFT JOIN pg_attrdef AS f ON f.adrelid = d.oid AND f.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY d.title, a.attnum;
SELECT 'parent', d.title, i.inhparent::regclass, i.inhseqno FROM dumped AS d JOIN pg_inherits AS i ON i.inhrelid = d.oid ORDER BY 2, 4;
SELECT 'index', pg_get_indexdef(d.oid), i.indisvalid, i.indisclustered FROM dumped AS d JOIN pg_index AS i ON i.indexrelid = d.oid ORDER BY 2;
SELECT 'constraint', conrelid::regclass, contypid::regtype, conname, pg_get_constraintdef(c.oid), obj_description(c.oid, 'pg_constraint')
  FROM pg_constraint AS c JOIN pg_namespace AS n ON n.oid = c.connamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sqlstitch') ORDER BY c.conrelid::regclass::text, c.contypid::regtype::text, 4;
SELECT 'routine', p.oid::regprocedure, p.proacl, obj_description(p.oid, 'pg_proc'), CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END
  FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sqlstitch') ORDER BY p.oid::regprocedure::text;
SELECT 'trigger', d.title, pg_get_triggerdef(t.oid), t.tgenabled FROM dumped AS d JOIN pg_trigger AS t ON t.tgrelid = d.oid WHERE NOT t.tgisinternal ORDER BY 2, 3;
SELECT 'rule', d.title, pg_get_ruledef(r.oid) FROM dumped AS d JOIN pg_rewrite AS r ON r.ev_class = d.oid WHERE r.rulename <> '_RETURN' ORDER BY 2, 3;
SELECT 'policy', schemaname, tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies ORDER BY 2, 3, 4;
SELECT 'type', t.oid::regtype, t.typtype, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault, t.typacl,
    (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum AS e WHERE e.enumtypid = t.oid), obj_description(t.oid, 'pg_type')
  FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'sqlstitch') ORDER BY t.oid::regtype::text;
SELECT 'sequence', schemaname, sequencename, data_type, start_value, increment_by, min_value, max_value, cycle, cache_size, last_value
  FROM pg_sequences WHERE schemaname <> 'sqlstitch' ORDER BY 2, 3;
SELECT 'extension', extname, extnamespace::regnamespace FROM pg_extension ORDER BY 2;
SELECT 'event trigger', evtname, evtevent, evtfoid::regproc, evtenabled, evttags FROM pg_event_trigger ORDER BY 2;
SELECT 'publication', pubname, puballtables FROM pg_publication ORDER BY 2;
SELECT 'subscription', subname, subenabled FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 2;
SELECT 'default rights', defaclrole::regrole, defaclnamespace, defaclobjtype, defaclacl FROM pg_default_acl ORDER BY 3, 4;
SELECT 'cast', castsource::regtype, casttarget::regtype, castcontext FROM pg_cast WHERE oid > 16383 ORDER BY 2, 3;
SELECT 'operator', o.oid::regoperator, o.oprcode FROM pg_operator AS o WHERE o.oid > 16383 ORDER BY o.oid::regoperator::text;
SELECT 'large object', oid, lomowner::regrole, lomacl, lo_get(oid) FROM pg_largeobject_metadata ORDER BY oid;
SELECT format('SELECT ''row'', %L, t FROM ONLY %s AS t ORDER BY t::text', title, title) FROM dumped WHERE relkind IN ('r', 'm') ORDER BY title \gexec
