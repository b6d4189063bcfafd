CREATE TABLE internal_events.value_schemas (
    path text PRIMARY KEY,
    schema jsonb NOT NULL
);
COMMENT ON TABLE internal_events.value_schemas IS 'JSON Schemas of metrics whose values are objects';
COMMENT ON COLUMN internal_events.value_schemas.path IS
    'What value_json_schema refers to; a path fits where one of both ends with the other';
COMMENT ON COLUMN internal_events.value_schemas.schema IS 'The schema';
GRANT SELECT ON internal_events.value_schemas TO internal_events_admin;
SELECT pg_extension_config_dump('internal_events.value_schemas', '');
