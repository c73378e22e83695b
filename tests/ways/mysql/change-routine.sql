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
--- contract
-- phase: contract
DROP FUNCTION tax;
