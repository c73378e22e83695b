--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
CREATE UNIQUE INDEX account_email ON account (email);
--- old
INSERT INTO account (email, name) VALUES ('a@example.org', 'Again');
SELECT count(*) FROM account WHERE name = 'Again';
DELETE FROM account WHERE name = 'Again';
--- new
INSERT INTO account (email, name) VALUES ('e@example.org', 'New');
SELECT count(*) FROM account WHERE name = 'New';
DELETE FROM account WHERE name = 'New';
--- migrate
DELETE FROM account WHERE id NOT IN (SELECT min(id) FROM account GROUP BY email);
--- contract
-- phase: contract
CREATE UNIQUE INDEX account_email ON account (email);
