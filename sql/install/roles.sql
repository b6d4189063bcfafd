-- Roles belong to the cluster: another database of it may have made them. A role of that name that somebody else
-- made for himself would be handed our privileges, so anything that can log in or do more than a plain role is refused.
DO $$
DECLARE
    name text;
    role pg_catalog.pg_roles;
BEGIN
    FOREACH name IN ARRAY ARRAY['internal_events_writer', 'internal_events_reader', 'internal_events_admin',
                               'internal_events_metrics'] LOOP
        SELECT * INTO role FROM pg_catalog.pg_roles WHERE rolname = name;
        IF NOT FOUND THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', name);
        ELSIF role.rolcanlogin OR role.rolsuper OR role.rolcreaterole OR role.rolcreatedb OR role.rolreplication
              OR role.rolbypassrls THEN
            RAISE EXCEPTION 'role "%" exists and has attributes that a NOLOGIN group role must not have', name
                USING ERRCODE = 'duplicate_object',
                      HINT = 'Drop or rename that role, then run CREATE EXTENSION again.';
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = 'internal_events_metrics'::regrole) THEN
        RAISE EXCEPTION 'role "internal_events_metrics" has members, who would own the views of metrics'
            USING ERRCODE = 'duplicate_object', HINT = 'Revoke it from them, then run CREATE EXTENSION again.';
    END IF;
END
$$;
GRANT internal_events_reader TO internal_events_metrics;
COMMENT ON ROLE internal_events_writer IS 'May track events, and reads nothing';
COMMENT ON ROLE internal_events_reader IS 'May read metrics and definitions';
COMMENT ON ROLE internal_events_admin IS 'May load definitions and run the rollup, maintenance, jobs and Service Pings';
COMMENT ON ROLE internal_events_metrics IS
    'Owns the views of metrics with SQL of a definition, which therefore read what internal_events_reader may; has no members';
