--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
DELETE FROM account;
--- old
SELECT count(*) FROM account WHERE name = 'Ada';
--- new
SELECT count(*) <= 2 FROM account;
--- contract
-- phase: contract
DELETE FROM account;
