--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
ALTER TABLE account DROP COLUMN name;
--- old
INSERT INTO account (email, name) VALUES ('c@example.org', 'Cleo');
SELECT count(*) FROM account WHERE name = 'Cleo';
DELETE FROM account WHERE name = 'Cleo';
--- new
INSERT INTO account (email) VALUES ('d@example.org');
SELECT count(*) FROM account WHERE email = 'd@example.org';
DELETE FROM account WHERE email = 'd@example.org';
--- contract
-- phase: contract
ALTER TABLE account DROP COLUMN name;
