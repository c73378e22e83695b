--- base
CREATE TABLE account (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
ALTER TABLE account ADD COLUMN country TEXT NOT NULL;
--- old
INSERT INTO account (name) VALUES ('Cleo');
SELECT count(*) FROM account WHERE name = 'Cleo';
DELETE FROM account WHERE name = 'Cleo';
--- new
INSERT INTO account (name, country) VALUES ('Dora', 'nl');
SELECT count(*) FROM account WHERE country = 'nl' AND name = 'Dora';
DELETE FROM account WHERE name = 'Dora';
--- expand
ALTER TABLE account ADD COLUMN country TEXT NOT NULL DEFAULT 'be';
