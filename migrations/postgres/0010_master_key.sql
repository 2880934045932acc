-- Which master key this database is sealed with: a digest that only the holder of the key can make, and that leads to
-- nobody's key. At most one row, written by the first start.
CREATE TABLE master_key (
    id     bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    digest text   NOT NULL
);
