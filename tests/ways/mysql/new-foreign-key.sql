--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
CREATE TABLE visit (account_id bigint, day int);
INSERT INTO visit VALUES (1, 1), (99, 1);
--- bad
DELETE FROM visit WHERE account_id NOT IN (SELECT id FROM account);
ALTER TABLE visit ADD CONSTRAINT visit_account FOREIGN KEY (account_id) REFERENCES account (id);
--- old
INSERT INTO visit VALUES (98, 2);
SELECT count(*) FROM visit WHERE account_id = 98;
DELETE FROM visit WHERE account_id = 98;
--- new
INSERT INTO visit VALUES (1, 3);
SELECT count(*) FROM visit WHERE day = 3;
DELETE FROM visit WHERE day = 3;
--- migrate
DELETE FROM visit WHERE account_id NOT IN (SELECT id FROM account);
--- contract
-- phase: contract
ALTER TABLE visit ADD CONSTRAINT visit_account FOREIGN KEY (account_id) REFERENCES account (id);
