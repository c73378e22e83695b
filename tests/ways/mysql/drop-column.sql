--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
ALTER TABLE account DROP COLUMN name;
--- old
INSERT INTO account (email, name) VALUES ('c@example.org', 'Cleo');
SELECT count(*) FROM account WHERE name = 'Cleo';
DELETE FROM account WHERE name = 'Cleo';
--- new
INSERT INTO account (email) VALUES ('d@example.org');
SELECT count(*) FROM account WHERE email = 'd@example.org';
DELETE FROM account WHERE email = 'd@example.org';
--- expand
ALTER TABLE account MODIFY name varchar(40);
--- contract
-- phase: contract
ALTER TABLE account DROP COLUMN name;
