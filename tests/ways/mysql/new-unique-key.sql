--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80), name varchar(40) NOT NULL);
INSERT INTO account (email, name) VALUES ('a@example.org', 'Ada'), ('b@example.org', 'Bob');
--- bad
CREATE UNIQUE INDEX account_email ON account (email);
--- old
INSERT INTO account (email, name) VALUES ('a@example.org', 'Again');
SELECT count(*) FROM account WHERE name = 'Again';
DELETE FROM account WHERE name = 'Again';
--- new
INSERT INTO account (email, name) VALUES ('e@example.org', 'New');
SELECT count(*) FROM account WHERE name = 'New';
DELETE FROM account WHERE name = 'New';
--- migrate
DELETE a FROM account AS a JOIN account AS b ON a.email = b.email AND a.id > b.id;
--- contract
-- phase: contract
CREATE UNIQUE INDEX account_email ON account (email);
