--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
TRUNCATE TABLE account;
--- old
SELECT count(*) FROM account WHERE name = 'Ada';
--- new
SELECT count(*) <= 2 FROM account;
--- contract
-- phase: contract
TRUNCATE TABLE account;
