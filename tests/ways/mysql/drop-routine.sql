--- base
CREATE FUNCTION tax(amount int) RETURNS int DETERMINISTIC RETURN amount DIV 5;
--- bad
DROP FUNCTION tax;
--- old
SELECT tax(5);
--- new
SELECT 5 DIV 5;
--- contract
-- phase: contract
DROP FUNCTION tax;
