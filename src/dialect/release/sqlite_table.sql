-- phase: expand
-- A NULL that is inserted through the view counts as not given. last_insert_rowid() does not tell of rows
-- inserted through it, and ON CONFLICT does not go through it.
ALTER TABLE {{old}} RENAME TO {{new_name}};
CREATE VIEW {{old}} AS SELECT * FROM {{new_name}};
CREATE TRIGGER {{trigger_insert}} INSTEAD OF INSERT ON {{old_name}} BEGIN
  INSERT INTO {{new_name}} ({{columns}}) VALUES ({{values}});
END;
CREATE TRIGGER {{trigger_update}} INSTEAD OF UPDATE ON {{old_name}} BEGIN
  UPDATE {{new_name}} SET {{assignments}} WHERE {{key}};
END;
CREATE TRIGGER {{trigger_delete}} INSTEAD OF DELETE ON {{old_name}} BEGIN
  DELETE FROM {{new_name}} WHERE {{key}};
END;

-- phase: contract
{{named}}DROP VIEW {{old}};
