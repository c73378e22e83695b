--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE UNIQUE INDEX account_email ON account (email);
--- bad
DROP INDEX account_email;
--- old
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada') ON CONFLICT (email) DO UPDATE SET name = excluded.name;
SELECT count(*) FROM account WHERE email = 'a@example.org';
--- new
INSERT INTO account (email, realm, name) VALUES ('a@example.org', '', 'Ada') ON CONFLICT (email, realm) DO UPDATE SET name = excluded.name;
SELECT count(*) FROM account WHERE email = 'a@example.org';
--- expand
ALTER TABLE account ADD COLUMN realm TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX account_realm ON account (realm, email);
--- contract
-- phase: contract
DROP INDEX account_email;
