-- The border between C++ and PostgreSQL. pg_prove passes the library: --set library=...
BEGIN;
SELECT plan(44);

CREATE FUNCTION guard_live_objects() RETURNS bigint LANGUAGE c AS :'library';
CREATE FUNCTION guard_has_current_exception() RETURNS boolean LANGUAGE c AS :'library';
CREATE FUNCTION guard_throw(kind text) RETURNS void LANGUAGE c AS :'library';
CREATE FUNCTION guard_naive_clip() RETURNS bytea LANGUAGE c AS :'library';
CREATE FUNCTION guard_execute(query text) RETURNS void LANGUAGE c AS :'library';
CREATE FUNCTION guard_naive_execute(query text) RETURNS void LANGUAGE c AS :'library';
CREATE FUNCTION guard_naive_flatten(query text) RETURNS void LANGUAGE c AS :'library';
CREATE FUNCTION guard_naive_raise() RETURNS void LANGUAGE c AS :'library';
CREATE FUNCTION guard_connection(query text) RETURNS void LANGUAGE c AS :'library';
CREATE FUNCTION guard_result(n bigint) RETURNS bigint LANGUAGE c AS :'library';
CREATE FUNCTION guard_statement(n integer) RETURNS integer LANGUAGE c AS :'library';
CREATE FUNCTION guard_wait() RETURNS void LANGUAGE c AS :'library';
CREATE TEMP TABLE backend AS SELECT pg_backend_pid() AS pid;

-- Every part of the error that a statement raises; null where it raises none.
CREATE TYPE error AS (state text, message text, detail text, hint text, context text, table_name text, column_name text,
                      constraint_name text, datatype_name text, schema_name text);
CREATE FUNCTION error_of(statement text) RETURNS error LANGUAGE plpgsql AS $$
DECLARE
    e error;
BEGIN
    EXECUTE statement;
    RETURN NULL;
EXCEPTION WHEN OTHERS OR query_canceled THEN
    GET STACKED DIAGNOSTICS
        e.state = RETURNED_SQLSTATE, e.message = MESSAGE_TEXT, e.detail = PG_EXCEPTION_DETAIL, e.hint = PG_EXCEPTION_HINT,
        e.context = PG_EXCEPTION_CONTEXT, e.table_name = TABLE_NAME, e.column_name = COLUMN_NAME,
        e.constraint_name = CONSTRAINT_NAME, e.datatype_name = PG_DATATYPE_NAME, e.schema_name = SCHEMA_NAME;
    RETURN e;
END
$$;
-- Runs a statement that fails, many times.
CREATE FUNCTION fail_often(statement text, times integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    failures integer := 0;
BEGIN
    FOR i IN 1 .. times LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN division_by_zero THEN
            failures := failures + 1;
        END;
    END LOOP;
    RETURN failures;
END
$$;

-- An exception becomes an error.
SELECT is((error_of($$SELECT guard_throw('none')$$)).state, NULL, 'a function that throws nothing returns');
SELECT is(guard_result(41), 42::bigint, 'call() passes results on');
SELECT is(guard_statement(100), 100, 'a statement has as many parameters as it needs');
SELECT results_eq($$SELECT e.state, e.message, e.hint FROM error_of('SELECT guard_throw(''bad_alloc'')') e$$,
                  $$VALUES ('53200', 'out of memory', '')$$, 'std::bad_alloc is out_of_memory');
SELECT results_eq($$SELECT e.state, e.message, e.hint FROM error_of('SELECT guard_throw(''sql_error'')') e$$,
                  $$VALUES ('42704', 'what is wrong', 'what to do')$$, 'SqlError has the SQLSTATE and hint that it was given');
SELECT results_eq($$SELECT e.state, e.message, e.hint FROM error_of('SELECT guard_throw(''runtime_error'')') e$$,
                  $$VALUES ('XX000', 'what is wrong', '')$$, 'another std::exception is an internal_error with its text');
SELECT results_eq($$SELECT e.state, e.message, e.hint FROM error_of('SELECT guard_throw(''int'')') e$$,
                  $$VALUES ('XX000', 'unknown C++ exception', '')$$, 'whatever else is thrown is an internal_error');
SELECT is((error_of($$SELECT guard_throw('percent')$$)).message, '100 %s of %n', 'a message is text, never a format');
SELECT is(pg_backend_pid(), (SELECT pid FROM backend), 'the backend lives');
SELECT is(guard_live_objects(), 0::bigint, 'and nothing was left behind');

-- A message that is too long.
SELECT is((error_of($$SELECT guard_throw('long')$$)).message, 'x' || repeat('€', 340), 'a long message is cut between characters');
SELECT is(octet_length((error_of($$SELECT guard_throw('long')$$)).message), 1021, 'as late as possible');
SELECT is((error_of($$SELECT guard_throw('long')$$)).hint, 'x' || repeat('€', 170), 'a long hint too');
SELECT throws_ok('SELECT convert_from(guard_naive_clip(), ''UTF8'')', '22021', NULL, 'naive: cut at the length, it is no text any more');

-- A PostgreSQL error passes through C++ whole.
CREATE FUNCTION raise_everything() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the message' USING ERRCODE = 'P4711', DETAIL = 'the detail', HINT = 'the hint', TABLE = 'the table',
        COLUMN = 'the column', CONSTRAINT = 'the constraint', DATATYPE = 'the type', SCHEMA = 'the schema';
END
$$;
SELECT unnest(ARRAY[
    is(e.state, 'P4711', 'SQLSTATE'), is(e.message, 'the message', 'message'), is(e.detail, 'the detail', 'detail'),
    is(e.hint, 'the hint', 'hint'), is(e.table_name, 'the table', 'table'), is(e.column_name, 'the column', 'column'),
    is(e.constraint_name, 'the constraint', 'constraint'), is(e.datatype_name, 'the type', 'type'),
    is(e.schema_name, 'the schema', 'schema'),
    ok(e.context LIKE E'PL/pgSQL function raise_everything() line 3 at RAISE\nSQL statement "SELECT raise_everything()"\n%', 'context')])
  FROM error_of($$SELECT guard_execute('SELECT raise_everything()')$$) e;
SELECT results_eq($$SELECT e.state, e.detail, e.hint FROM error_of('SELECT guard_naive_flatten(''SELECT raise_everything()'')') e$$,
                  $$VALUES ('XX000', '', '')$$, 'naive: an error that was turned into text has lost all but that');
SELECT is((error_of($$SELECT guard_execute('SELECT guard_execute(''SELECT guard_throw(''''sql_error'''')'')')$$)).hint, 'what to do',
          'C++ in PostgreSQL in C++ in PostgreSQL in C++');
SELECT is(guard_live_objects(), 0::bigint, 'no object of these is left');

-- Destructors.
SELECT is(fail_often($$SELECT guard_execute('SELECT 1/0')$$, 1000), 1000, 'a thousand errors');
SELECT is(guard_live_objects(), 0::bigint, 'that pass through call() leave no object behind');
SELECT is(fail_often($$SELECT guard_naive_execute('SELECT 1/0')$$, 1000), 1000, 'naive: a thousand errors');
SELECT is(guard_live_objects(), 1000::bigint, 'naive: leave a thousand objects behind');

-- Unwinding may free what was the current memory context when the error came.
SELECT is(fail_often($$SELECT guard_connection('SELECT 1/0')$$, 20000), 20000, 'errors survive destructors that end their SPI connection');
SELECT is((error_of($$SELECT guard_connection('SELECT raise_everything()')$$)).detail, 'the detail', 'whole');
SELECT lives_ok($$SELECT guard_connection('SELECT 1')$$, 'without an error such a function returns');
SELECT is((SELECT sum(c.total_bytes) < 64e6 FROM pg_backend_memory_contexts c), true, 'what errors leave in memory has a bound');

-- Cancelling.
SET LOCAL statement_timeout = '50ms';
SELECT is((error_of('SELECT guard_wait()')).state, '57014', 'statement_timeout passes through C++');
RESET statement_timeout;
SELECT is((error_of('SELECT pg_cancel_backend(pg_backend_pid()), guard_wait()')).state, '57014', 'and so does a cancel');
SELECT is(guard_live_objects(), 1000::bigint, 'both destroy what is alive');

-- The handler is left before the error is raised.
SELECT is((error_of($$SELECT guard_throw('runtime_error')$$)).state, 'XX000', 'after an exception');
SELECT is(guard_has_current_exception(), false, 'no exception is current in the next statement');
SELECT is((error_of($$SELECT guard_execute('SELECT 1/0')$$)).state, '22012', 'after a PostgreSQL error');
SELECT is(guard_has_current_exception(), false, 'neither');
SELECT is((error_of('SELECT guard_naive_raise()')).state, 'XX000', 'naive: after an error that is raised inside of the handler');
SELECT is(guard_has_current_exception(), true, 'naive: its exception is current for ever');

SELECT * FROM finish();
ROLLBACK;
