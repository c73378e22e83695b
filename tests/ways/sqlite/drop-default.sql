--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT NOT NULL DEFAULT 'none');
CREATE INDEX account_name ON account (name);
--- bad
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT NOT NULL);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE INDEX account_name ON account (name);
--- old
INSERT INTO account (email) VALUES ('c');
SELECT count(*) FROM account WHERE email = 'c';
DELETE FROM account WHERE email = 'c';
--- new
INSERT INTO account (email, name) VALUES ('d', 'Dora');
SELECT count(*) FROM account WHERE name = 'Dora';
DELETE FROM account WHERE name = 'Dora';
--- contract
-- phase: contract
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT NOT NULL);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE INDEX account_name ON account (name);
