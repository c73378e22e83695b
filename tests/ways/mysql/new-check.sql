--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
ALTER TABLE account ADD CONSTRAINT account_at CHECK (email LIKE '%@%');
--- old
INSERT INTO account (email, name) VALUES ('nowhere', 'Cleo');
SELECT count(*) FROM account WHERE name = 'Cleo';
DELETE FROM account WHERE name = 'Cleo';
--- new
INSERT INTO account (email, name) VALUES ('e@example.org', 'New');
SELECT count(*) FROM account WHERE name = 'New';
DELETE FROM account WHERE name = 'New';
--- migrate
UPDATE account SET email = NULL WHERE email NOT LIKE '%@%';
--- contract
-- phase: contract
ALTER TABLE account ADD CONSTRAINT account_at CHECK (email LIKE '%@%');
