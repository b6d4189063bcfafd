#include <algorithm>
#include <utility>

#include "pg/guard.hpp"
#include "pg/metric_query.hpp"
#include "pg/settings.hpp"

namespace internal_events::pg {
namespace {

// The moment that the running query's time frames are computed from.
struct Pin {
  bool is_set;
  TimestampTz moment;
};
Pin pin = {false, 0};

bool has_timer = false;
TimeoutId timer = USER_TIMEOUT;
volatile sig_atomic_t expired = 0;
TimestampTz deadline = DT_NOEND;

// Cancels the running query, as statement_timeout would; a signal handler.
void on_timeout() {
  expired = 1;
  InterruptPending = true;
  QueryCancelPending = true;
  SetLatch(MyLatch);
}

// Starts the clock of a query, which ends with that of the one around it at the latest.
void start_timer(int timeout) {
  if (!has_timer) {
    timer = RegisterTimeout(USER_TIMEOUT, on_timeout);
    has_timer = true;
  }
  expired = 0;
  deadline = std::min(deadline, TimestampTzPlusMilliseconds(GetCurrentTimestamp(), timeout));
  enable_timeout_at(timer, deadline);
}

// Stops it, and goes on with the clock around it; a cancel that came too late to stop anything must not hit what runs
// next.
void stop_timer(TimestampTz outer_deadline) {
  disable_timeout(timer, false);
  if (expired != 0) QueryCancelPending = false;
  deadline = outer_deadline;
  if (deadline != DT_NOEND) enable_timeout_at(timer, deadline);
}

// Whether somebody cancelled the statement, which an error of SQL with the same code is not.
bool is_cancel(const ErrorData &error) {
  return error.sqlerrcode == ERRCODE_QUERY_CANCELED && error.funcname != nullptr &&
         strcmp(error.funcname, "ProcessInterrupts") == 0;
}

// What would make the same SQL mean or print something else in another session, or cost more than a job should.
constexpr const char *sandbox_settings[][2] = {
    {"search_path", "pg_catalog, pg_temp"},
    {"timezone", "UTC"},
    {"datestyle", "ISO, YMD"},
    {"intervalstyle", "postgres"},
    {"extra_float_digits", "1"},
    {"bytea_output", "hex"},
    {"standard_conforming_strings", "on"},
    {"transform_null_equals", "off"},
    {"lc_messages", "C"},
    {"lc_monetary", "C"},
    {"lc_numeric", "C"},
    {"lc_time", "C"},
    {"jit", "off"},
    {"max_parallel_workers_per_gather", "0"},
};

// Gives the subtransaction these settings, and where asked for the rights of a reader; nothing in it may write.
void enter_sandbox(bool as_reader) {
  for (const auto &[name, value] : sandbox_settings) {
    // Most sessions have most of these values, and comparing is cheaper than setting.
    if (strcmp(GetConfigOption(name, false, false), value) == 0) continue;
    set_config_option(name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_LOCAL, true, 0, false);
  }
  XactReadOnly = true;
  if (!as_reader) return;
  Oid user = InvalidOid;
  int context = 0;
  GetUserIdAndSecContext(&user, &context);
  SetUserIdAndSecContext(get_role_oid("internal_events_reader", false),
                         context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
}

// Raises an error where a row has bytes that are no UTF-8, which a document could not hold.
void check_is_utf8(Jsonb *row) {
  if (GetDatabaseEncoding() == PG_UTF8) return;
  char *json = JsonbToCString(nullptr, &row->root, 0);
  pg_server_to_any(json, static_cast<int>(strlen(json)), PG_UTF8);
}

// Runs the query and copies its row, as an object, to where the caller can see it.
Jsonb *fetch_row(const MetricQuery &query, MemoryContext caller) {
  enter_sandbox(query.as_reader);
  SPI_connect();
  const char *sql = psprintf("SELECT pg_catalog.to_jsonb(q) FROM (\n%s\n) q", query.sql);
  if (SPI_execute(sql, true, 2) != SPI_OK_SELECT) elog(ERROR, "the query of a metric is not a SELECT");
  if (SPI_processed > 1) {
    ereport(ERROR, (errcode(ERRCODE_CARDINALITY_VIOLATION), errmsg("the query of a metric gives more than one row")));
  }
  Jsonb *row = nullptr;
  if (SPI_processed == 1) {
    bool is_null = false;
    const Datum value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &is_null);
    MemoryContextSwitchTo(caller);
    if (!is_null) row = reinterpret_cast<Jsonb *>(PG_DETOAST_DATUM_COPY(value));
    if (row != nullptr) check_is_utf8(row);
  }
  SPI_finish();
  return row;
}

// Seconds since a moment.
double seconds_since(TimestampTz begin) {
  return static_cast<double>(GetCurrentTimestamp() - begin) / USECS_PER_SEC;
}

}  // namespace

MetricResult run_metric_query(const MetricQuery &query) {
  MemoryContext caller = CurrentMemoryContext;
  ResourceOwner owner = CurrentResourceOwner;
  const TimestampTz begin = GetCurrentTimestamp();
  MetricResult result = {nullptr, "ok", nullptr, 0};
  // A metric that is a sum runs the queries of others.
  const Pin outer = std::exchange(pin, {query.has_moment, query.moment});
  const TimestampTz outer_deadline = deadline;
  call([&] {
    BeginInternalSubTransaction(nullptr);
    MemoryContextSwitchTo(caller);
    start_timer(query.timeout);
  });
  result.error = attempt([&] { result.row = fetch_row(query, caller); });
  pin = outer;
  call([&] {
    stop_timer(outer_deadline);
    RollbackAndReleaseCurrentSubTransaction();
    MemoryContextSwitchTo(caller);
    CurrentResourceOwner = owner;
  });
  result.elapsed = seconds_since(begin);
  if (result.error == nullptr) return result;
  const bool was_cancelled = is_cancel(*result.error);
  if (was_cancelled && expired == 0) throw PgError{result.error};
  result.status = was_cancelled ? "timeout" : "error";
  return result;
}

// moment(): what time frames are computed from; the midnight that begins internal_events.as_of, or now.
IE_FUNCTION(ie_moment) {
  if (pin.is_set) PG_RETURN_TIMESTAMPTZ(pin.moment);
  if (settings.as_of == nullptr || *settings.as_of == '\0') PG_RETURN_TIMESTAMPTZ(GetCurrentStatementStartTimestamp());
  const auto day = DatumGetDateADT(DirectFunctionCall1(date_in, CStringGetDatum(settings.as_of)));
  PG_RETURN_TIMESTAMPTZ(static_cast<TimestampTz>(day) * USECS_PER_DAY);
}

// run_metric_query(query, as_reader, timeout, moment): the row of a query, and how it went.
IE_FUNCTION(ie_run_metric_query) {
  const MetricQuery query = {
      .sql = call([&] { return text_to_cstring(PG_GETARG_TEXT_PP(0)); }),
      .as_reader = PG_GETARG_BOOL(1),
      .timeout = PG_GETARG_INT32(2),
      .has_moment = !PG_ARGISNULL(3),
      .moment = PG_ARGISNULL(3) ? 0 : PG_GETARG_TIMESTAMPTZ(3),
  };
  const MetricResult result = run_metric_query(query);
  return call([&] {
    Datum values[5] = {};
    bool nulls[5] = {result.row == nullptr, false, result.error == nullptr, result.error == nullptr, false};
    if (result.row != nullptr) values[0] = JsonbPGetDatum(result.row);
    values[1] = CStringGetTextDatum(result.status);
    if (result.error != nullptr) {
      values[2] = CStringGetTextDatum(unpack_sql_state(result.error->sqlerrcode));
      values[3] = CStringGetTextDatum(result.error->message);
    }
    values[4] = Float8GetDatum(result.elapsed);
    return result_row(fcinfo, values, nulls);
  });
}

// create_view_as_metrics(command): runs CREATE VIEW as internal_events_metrics. Making a view evaluates literals, which
// may call functions, so it must not happen with the rights of the extension's owner.
IE_FUNCTION(ie_create_view_as_metrics) {
  call([&] {
    Oid user = InvalidOid;
    int context = 0;
    GetUserIdAndSecContext(&user, &context);
    SetUserIdAndSecContext(get_role_oid("internal_events_metrics", false),
                           context | SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
    SPI_connect();
    if (SPI_execute(text_to_cstring(PG_GETARG_TEXT_PP(0)), false, 0) != SPI_OK_UTILITY) {
      elog(ERROR, "the command is not CREATE VIEW");
    }
    SPI_finish();
    SetUserIdAndSecContext(user, context);
  });
  PG_RETURN_VOID();
}

// check_select(query): raises an error unless the text is exactly one SELECT.
IE_FUNCTION(ie_check_select) {
  call([&] {
    List *statements = raw_parser(text_to_cstring(PG_GETARG_TEXT_PP(0)), RAW_PARSE_DEFAULT);
    const bool is_one = list_length(statements) == 1;
    Node *statement = is_one ? linitial_node(RawStmt, statements)->stmt : nullptr;
    if (statement == nullptr || !IsA(statement, SelectStmt) ||
        reinterpret_cast<SelectStmt *>(statement)->intoClause != nullptr) {
      ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("the SQL of a metric must be one SELECT"),
                      errhint("Write an expression or one SELECT, without INTO and without a semicolon.")));
    }
  });
  PG_RETURN_VOID();
}

// setting(name): a setting internal_events.<name>, where the caller may see it; null: empty.
IE_FUNCTION(ie_setting) {
  char *value = call([&] {
    const char *name = psprintf("internal_events.%s", text_to_cstring(PG_GETARG_TEXT_PP(0)));
    return GetConfigOptionByName(name, nullptr, false);
  });
  if (*value == '\0') PG_RETURN_NULL();
  return call([&] { return CStringGetTextDatum(value); });
}

// service_ping_is_sent(): whether an administrator said where to; the address itself is for superusers.
IE_FUNCTION(ie_service_ping_is_sent) {
  PG_RETURN_BOOL(settings.service_ping_url != nullptr && *settings.service_ping_url != '\0');
}

// forwarding_is_on(): likewise.
IE_FUNCTION(ie_forwarding_is_on) {
  PG_RETURN_BOOL(settings.snowplow_collector_url != nullptr && *settings.snowplow_collector_url != '\0');
}

}  // namespace internal_events::pg
