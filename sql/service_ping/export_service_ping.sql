-- Not SECURITY DEFINER: writing the server's files needs the caller's own right to it.
CREATE FUNCTION internal_events.export_service_ping(path text, id bigint DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ping record;
BEGIN
    SELECT p.id, p.payload::text AS payload INTO ping
      FROM internal_events.service_pings p
     WHERE p.payload IS NOT NULL AND (p.id = export_service_ping.id OR export_service_ping.id IS NULL)
     ORDER BY p.id DESC
     LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no Service Ping to export'
            USING ERRCODE = 'undefined_object', HINT = 'CALL internal_events.build_service_ping() builds one.';
    END IF;
    PERFORM internal_events.write_file(path, ping.payload);
    RETURN ping.id;
END
$$;
COMMENT ON FUNCTION internal_events.export_service_ping(text, bigint) IS
    'Writes a Service Ping, by default the newest, to a new file of the server (pg_write_server_files), byte for byte as it '
    'would be sent; returns its id';
GRANT EXECUTE ON FUNCTION internal_events.export_service_ping(text, bigint) TO internal_events_admin;
