-- postgis_version() -> value
-- Answers only where the database is there and has PostGIS.
SELECT postgis_lib_version()
