--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE VIEW person AS SELECT id, name, email FROM account;
--- bad
CREATE OR REPLACE VIEW person AS SELECT id, name FROM account;
--- old
SELECT count(*) FROM person WHERE email = 'a@example.org';
--- new
SELECT count(*) FROM person WHERE name = 'Ada';
--- contract
-- phase: contract
CREATE OR REPLACE VIEW person AS SELECT id, name FROM account;
