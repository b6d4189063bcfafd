// Every difference between the supported server versions (14 to 18), and nothing else.
#pragma once

#include "pg/postgres.hpp"

extern "C" {
#include "executor/executor.h"
}

namespace internal_events::pg {

// 17 (c1ec02be1d79): an index may keep pins from one insert to the next, and must be told of the last one.
inline void end_index_inserts([[maybe_unused]] Relation index, [[maybe_unused]] IndexInfo *info) {
#if PG_VERSION_NUM >= 170000
  index_insert_cleanup(index, info);
#endif
}

// 16 (19d8e2308bc5): a flag for inserts that concern summarizing indexes only.
inline void insert_all_index_entries(ResultRelInfo *relation, TupleTableSlot *slot, EState *estate) {
#if PG_VERSION_NUM >= 160000
  ExecInsertIndexTuples(relation, slot, estate, false, false, nullptr, NIL, false);
#else
  ExecInsertIndexTuples(relation, slot, estate, false, false, nullptr, NIL);
#endif
}

// 16 (bcc704b52490): DecodeDateTime reports more than a code. Returns 0 where the text is a timestamp.
inline int decode_date_time(char **field, int *types, int fields, int *kind, struct pg_tm *tm, fsec_t *fsec, int *tz) {
#if PG_VERSION_NUM >= 160000
  DateTimeErrorExtra extra;
  return DecodeDateTime(field, types, fields, kind, tm, fsec, tz, &extra);
#else
  return DecodeDateTime(field, types, fields, kind, tm, fsec, tz);
#endif
}

// 15 (9e98583898c3): before it each set-returning function prepared its tuplestore itself.
inline void begin_result_set(FunctionCallInfo fcinfo) {
#if PG_VERSION_NUM >= 150000
  InitMaterializedSRF(fcinfo, 0);
#else
  auto *results = reinterpret_cast<ReturnSetInfo *>(fcinfo->resultinfo);
  if (results == nullptr || !IsA(results, ReturnSetInfo) || (results->allowedModes & SFRM_Materialize) == 0) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("set-valued function called where no set fits")));
  }
  MemoryContext caller = MemoryContextSwitchTo(results->econtext->ecxt_per_query_memory);
  TupleDesc shape = nullptr;
  if (get_call_result_type(fcinfo, nullptr, &shape) != TYPEFUNC_COMPOSITE)
    elog(ERROR, "return type must be a row type");
  results->returnMode = SFRM_Materialize;
  results->setResult = tuplestore_begin_heap(true, false, work_mem);
  results->setDesc = shape;
  MemoryContextSwitchTo(caller);
#endif
}

// 15 (88103567cb8f): before it a prefix could be kept clear of typing errors, not reserved.
inline void reserve_setting_prefix(const char *prefix) {
#if PG_VERSION_NUM >= 150000
  MarkGUCPrefixReserved(prefix);
#else
  EmitWarningsOnPlaceholders(prefix);
#endif
}

}  // namespace internal_events::pg
