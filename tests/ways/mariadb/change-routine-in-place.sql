--- code change-routine
--- base
CREATE FUNCTION tax(amount int) RETURNS int DETERMINISTIC RETURN amount DIV 5;
--- bad
DROP FUNCTION tax;
CREATE FUNCTION tax(amount int, country varchar(2)) RETURNS int DETERMINISTIC RETURN IF(country = 'nl', amount DIV 5, 0);
--- old
SELECT tax(5);
--- new
SELECT tax_of(5, 'nl');
--- expand
CREATE FUNCTION tax_of(amount int, country varchar(2)) RETURNS int DETERMINISTIC RETURN IF(country = 'nl', amount DIV 5, 0);
CREATE OR REPLACE FUNCTION tax(amount int) RETURNS int DETERMINISTIC RETURN tax_of(amount, 'nl');
--- contract
-- phase: contract
DROP FUNCTION tax;
