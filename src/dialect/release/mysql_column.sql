-- phase: expand
ALTER TABLE {{table}} ADD COLUMN {{new}} {{type}} NULL;
CREATE TRIGGER {{trigger_insert}} BEFORE INSERT ON {{table}} FOR EACH ROW
  SET NEW.{{new}} = coalesce(NEW.{{new}}, NEW.{{old}}), NEW.{{old}} = NEW.{{new}};
CREATE TRIGGER {{trigger_update}} BEFORE UPDATE ON {{table}} FOR EACH ROW
  SET NEW.{{old}} = IF(NEW.{{new}} <=> OLD.{{new}}, NEW.{{old}}, NEW.{{new}}), NEW.{{new}} = NEW.{{old}};

-- phase: migrate
{{indexes}}UPDATE {{table}} SET {{new}} = {{old}} WHERE NOT {{new}} <=> {{old}};

-- phase: contract
-- The old column takes the new name and keeps its default, NOT NULL, indexes and keys.
{{named}}LOCK TABLES {{table}} WRITE;
ALTER TABLE {{table}} DROP COLUMN {{new}}, RENAME COLUMN {{old}} TO {{new}};
DROP TRIGGER {{trigger_insert}};
DROP TRIGGER {{trigger_update}};
UNLOCK TABLES;
