--- base
CREATE TABLE account (id bigint AUTO_INCREMENT PRIMARY KEY, name varchar(40));
INSERT INTO account (name) VALUES ('Ada');
--- bad
RENAME TABLE account TO customer;
--- old
SELECT count(*) FROM account WHERE name = 'Ada';
--- new
SELECT count(*) FROM customer WHERE name = 'Ada';
--- expand
CREATE TABLE customer LIKE account;
CREATE VIEW customer_view AS SELECT * FROM customer;
DROP TABLE customer;
RENAME TABLE account TO customer, customer_view TO account;
--- contract
-- phase: contract
DROP VIEW account;
