--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
ALTER TABLE account ADD COLUMN country varchar(2) NOT NULL;
--- old
INSERT INTO account (name) VALUES ('Cleo');
SELECT count(*) FROM account WHERE name = 'Cleo';
DELETE FROM account WHERE name = 'Cleo';
--- new
INSERT INTO account (name, country) VALUES ('Dora', 'nl');
SELECT count(*) FROM account WHERE country = 'nl' AND name = 'Dora';
DELETE FROM account WHERE name = 'Dora';
--- expand
ALTER TABLE account ADD COLUMN country varchar(2);
--- migrate
UPDATE account SET country = 'be' WHERE country IS NULL;
--- contract
-- phase: contract
ALTER TABLE account MODIFY country varchar(2) NOT NULL;
