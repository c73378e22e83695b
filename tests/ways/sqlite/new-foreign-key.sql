--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE TABLE visit (account_id INTEGER, day INTEGER);
INSERT INTO visit VALUES (1, 1), (99, 1);
--- bad
DELETE FROM visit WHERE account_id NOT IN (SELECT id FROM account);
CREATE TABLE visit_new (account_id INTEGER REFERENCES account (id), day INTEGER);
INSERT INTO visit_new (account_id, day) SELECT account_id, day FROM visit;
DROP TABLE visit;
ALTER TABLE visit_new RENAME TO visit;
--- old
PRAGMA foreign_keys = ON;
INSERT INTO visit VALUES (98, 2);
SELECT count(*) FROM visit WHERE account_id = 98;
DELETE FROM visit WHERE account_id = 98;
--- new
PRAGMA foreign_keys = ON;
INSERT INTO visit VALUES (1, 3);
SELECT count(*) FROM visit WHERE day = 3;
DELETE FROM visit WHERE day = 3;
--- migrate
DELETE FROM visit WHERE account_id NOT IN (SELECT id FROM account);
--- contract
-- phase: contract
CREATE TABLE visit_new (account_id INTEGER REFERENCES account (id), day INTEGER);
INSERT INTO visit_new (account_id, day) SELECT account_id, day FROM visit;
DROP TABLE visit;
ALTER TABLE visit_new RENAME TO visit;
