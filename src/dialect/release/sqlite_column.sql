-- phase: expand
ALTER TABLE {{table}} ADD COLUMN {{new}} {{type}};
CREATE TRIGGER {{trigger_insert}} AFTER INSERT ON {{table_name}} BEGIN
  UPDATE {{table_name}} SET {{new}} = coalesce(NEW.{{new}}, NEW.{{old}}), {{old}} = coalesce(NEW.{{new}}, NEW.{{old}})
    WHERE rowid = NEW.rowid;
END;
CREATE TRIGGER {{trigger_new}} AFTER UPDATE OF {{new}} ON {{table_name}} WHEN NEW.{{new}} IS NOT OLD.{{new}} BEGIN
  UPDATE {{table_name}} SET {{old}} = NEW.{{new}} WHERE rowid = NEW.rowid AND {{old}} IS NOT NEW.{{new}};
END;
CREATE TRIGGER {{trigger_old}} AFTER UPDATE OF {{old}} ON {{table_name}}
  WHEN NEW.{{old}} IS NOT OLD.{{old}} AND NEW.{{new}} IS OLD.{{new}} BEGIN
  UPDATE {{table_name}} SET {{new}} = NEW.{{old}} WHERE rowid = NEW.rowid AND {{new}} IS NOT NEW.{{old}};
END;

-- phase: migrate
{{indexes}}UPDATE {{table}} SET {{new}} = {{old}} WHERE {{new}} IS NOT {{old}};

-- phase: contract
-- The old column takes the new name and keeps its default, NOT NULL, indexes and keys.
{{named}}DROP TRIGGER {{trigger_insert}};
DROP TRIGGER {{trigger_new}};
DROP TRIGGER {{trigger_old}};
ALTER TABLE {{table}} DROP COLUMN {{new}};
ALTER TABLE {{table}} RENAME COLUMN {{old}} TO {{new}};
