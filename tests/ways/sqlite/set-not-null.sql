--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT DEFAULT 'none');
CREATE INDEX account_name ON account (name);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('nowhere', NULL);
--- bad
UPDATE account SET name = '' WHERE name IS NULL;
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT DEFAULT 'none' NOT NULL);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE INDEX account_name ON account (name);
--- old
INSERT INTO account (email, name) VALUES ('c', NULL);
SELECT count(*) FROM account WHERE email = 'c';
DELETE FROM account WHERE email = 'c';
--- new
INSERT INTO account (email) VALUES ('d');
SELECT count(*) FROM account WHERE email = 'd' AND name = 'none';
DELETE FROM account WHERE email = 'd';
--- migrate
UPDATE account SET name = '' WHERE name IS NULL;
--- contract
-- phase: contract
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT DEFAULT 'none' NOT NULL);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE INDEX account_name ON account (name);
