-- phase: expand
ALTER TABLE {{table}} ADD COLUMN {{new}} {{type}};
CREATE FUNCTION {{both}}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.{{new}} := coalesce(NEW.{{new}}, NEW.{{old}});
    NEW.{{old}} := NEW.{{new}};
  ELSIF NEW.{{new}} IS DISTINCT FROM OLD.{{new}} THEN
    NEW.{{old}} := NEW.{{new}};
  ELSE
    NEW.{{new}} := NEW.{{old}};
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {{trigger}} BEFORE INSERT OR UPDATE ON {{table}}
  FOR EACH ROW EXECUTE FUNCTION {{both}}();

-- phase: migrate
{{indexes}}UPDATE {{table}} SET {{new}} = {{old}} WHERE {{new}} IS DISTINCT FROM {{old}};

-- phase: contract
-- The old column takes the new name and keeps its default, NOT NULL, indexes and keys.
{{named}}DROP TRIGGER {{trigger}} ON {{table}};
DROP FUNCTION {{both}}();
ALTER TABLE {{table}} DROP COLUMN {{new}};
ALTER TABLE {{table}} RENAME COLUMN {{old}} TO {{new}};
