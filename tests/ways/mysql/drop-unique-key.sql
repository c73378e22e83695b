--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE UNIQUE INDEX account_email ON account (email);
--- bad
DROP INDEX account_email ON account;
--- old
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada!') ON DUPLICATE KEY UPDATE name = 'Ada!';
SELECT count(*) FROM account WHERE email = 'a@example.org';
UPDATE account SET name = 'Ada' WHERE email = 'a@example.org';
--- new
INSERT INTO account (email, realm, name) VALUES ('a@example.org', '', 'Ada') ON DUPLICATE KEY UPDATE name = 'Ada!';
SELECT count(*) FROM account WHERE email = 'a@example.org' AND name = 'Ada!';
UPDATE account SET name = 'Ada' WHERE email = 'a@example.org';
--- expand
ALTER TABLE account ADD COLUMN realm varchar(20) NOT NULL DEFAULT '';
CREATE UNIQUE INDEX account_realm ON account (realm, email);
--- contract
-- phase: contract
DROP INDEX account_email ON account;
