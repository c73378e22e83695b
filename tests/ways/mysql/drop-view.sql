--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE VIEW person AS SELECT id, name FROM account;
--- bad
DROP VIEW person;
--- old
SELECT count(*) FROM person WHERE name = 'Ada';
--- new
SELECT count(*) FROM account WHERE name = 'Ada';
--- contract
-- phase: contract
DROP VIEW person;
