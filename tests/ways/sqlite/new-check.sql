--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT DEFAULT 'none');
CREATE INDEX account_name ON account (name);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('nowhere', NULL);
--- bad
UPDATE account SET email = NULL WHERE email NOT LIKE '%@%';
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT CHECK (email LIKE '%@%'), name TEXT DEFAULT 'none');
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE INDEX account_name ON account (name);
--- old
INSERT INTO account (email, name) VALUES ('c', 'Cleo');
SELECT count(*) FROM account WHERE name = 'Cleo';
DELETE FROM account WHERE name = 'Cleo';
--- new
INSERT INTO account (email, name) VALUES ('d@example.org', 'Dora');
SELECT count(*) FROM account WHERE name = 'Dora';
DELETE FROM account WHERE name = 'Dora';
--- migrate
UPDATE account SET email = NULL WHERE email NOT LIKE '%@%';
--- contract
-- phase: contract
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT CHECK (email LIKE '%@%'), name TEXT DEFAULT 'none');
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE INDEX account_name ON account (name);
