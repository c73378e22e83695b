EXECUTE IMMEDIATE 'UNLOCK TABLES';
      EXECUTE IMMEDIATE @sqlstitch_back;
      IF NOT DATABASE() <=> @sqlstitch_database THEN
        EXECUTE IMMEDIATE CONCAT('USE `', REPLACE(@sqlstitch_database, '`', '``'), '`');
      END IF;
      IF NOT CURRENT_ROLE() <=> @sqlstitch_was_role THEN
        EXECUTE IMMEDIATE CONCAT('SET ROLE ', COALESCE(CONCAT('`', REPLACE(@sqlstitch_was_role, '`', '``'), '`'), 'NONE'));
      END IF;
      -- Only where they differ: it takes a right of its own.
      {{rights_back}}
