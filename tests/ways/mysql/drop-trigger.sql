--- code drop-object
--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE TABLE renaming (account bigint, name varchar(40));
CREATE TRIGGER account_renamed AFTER UPDATE ON account FOR EACH ROW INSERT INTO renaming SELECT NEW.id, OLD.name WHERE NOT NEW.name <=> OLD.name;
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
