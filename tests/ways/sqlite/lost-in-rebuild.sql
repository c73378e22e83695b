--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE UNIQUE INDEX account_email ON account (email);
--- bad
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT, other TEXT);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
--- old
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada') ON CONFLICT (email) DO UPDATE SET name = excluded.name;
SELECT count(*) FROM account WHERE email = 'a@example.org';
--- new
SELECT count(*) FROM account WHERE name = 'Ada';
--- expand
CREATE TABLE account_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT, other TEXT);
INSERT INTO account_new (id, email, name) SELECT id, email, name FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE UNIQUE INDEX account_email ON account (email);
