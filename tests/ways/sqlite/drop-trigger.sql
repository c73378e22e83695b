--- code drop-object
--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE TABLE renaming (account INTEGER, name TEXT);
CREATE TRIGGER account_renamed AFTER UPDATE OF name ON account BEGIN
  INSERT INTO renaming VALUES (NEW.id, OLD.name);
END;
--- bad
DROP TRIGGER account_renamed;
--- old
DELETE FROM renaming;
UPDATE account SET name = 'Ada!' WHERE name = 'Ada';
SELECT count(*) FROM renaming WHERE name = 'Ada';
UPDATE account SET name = 'Ada' WHERE name = 'Ada!';
--- new
INSERT INTO renaming SELECT id, 'Bob' FROM account WHERE name = 'Bob';
SELECT count(*) > 0 FROM renaming WHERE name = 'Bob';
--- contract
-- phase: contract
DROP TRIGGER account_renamed;
