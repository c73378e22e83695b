--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE VIEW person AS SELECT id, name, email FROM account;
--- bad
DROP VIEW person;
CREATE VIEW person AS SELECT id, name FROM account;
--- old
SELECT count(*) FROM person WHERE email = 'a@example.org';
--- new
SELECT count(*) FROM person WHERE name = 'Ada';
--- contract
-- phase: contract
DROP VIEW person;
CREATE VIEW person AS SELECT id, name FROM account;
