#include "pg/event_log.hpp"

#include "core/sketches/hash.hpp"
#include "core/uuid.hpp"
#include "pg/compat.hpp"
#include "pg/log_columns.hpp"
#include "pg/log_partition.hpp"

namespace internal_events::pg {
namespace {

// What is kept of the partition from one event to the next; it lives in a memory context of its own.
struct Kept {
  Oid table;
  unsigned generation;
  TupleTableSlot *slot;
  Oid own_index;    // the one BRIN index that the extension makes, where there is no other
  Relation opened;  // compared, never followed: the relation cache may have let it go
  IndexInfo *info;
  MemoryContext context;
};

Kept kept = {};

// Where the last index entry was made. A BRIN entry covers its whole block: what one subtransaction adds to the block
// beside its first row, with the same transaction id, is in there already.
struct LastEntry {
  Oid table;
  unsigned generation;
  BlockNumber block;
  SubTransactionId subtransaction;
  FullTransactionId transaction;
};

LastEntry last_entry = {};

// Ten bytes of strong randomness, drawn from the system in larger portions because the call costs more than the insert.
std::array<std::uint8_t, 10> random_bytes() {
  static std::uint8_t portion[4000];
  static std::size_t used = sizeof portion;
  std::array<std::uint8_t, 10> bytes;
  if (used + bytes.size() > sizeof portion) {
    if (!pg_strong_random(portion, sizeof portion)) {
      ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random values")));
    }
    used = 0;
  }
  memcpy(bytes.data(), portion + used, bytes.size());
  memset(portion + used, 0, bytes.size());
  used += bytes.size();
  return bytes;
}

// Makes the event's id: the one that every later consumer recognises it by.
pg_uuid_t make_id(TimestampTz tracked_at) {
  constexpr std::int64_t epoch_difference =
      static_cast<std::int64_t>(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY;
  const core::Uuid uuid = core::uuid_v7(tracked_at + epoch_difference, random_bytes());
  pg_uuid_t id;
  static_assert(sizeof id.data == sizeof uuid);
  memcpy(id.data, uuid.data(), sizeof id.data);
  return id;
}

// Writes the row into the slot, column by column, in whatever order the partition has them.
void fill(TupleTableSlot *slot, const LogPartition &partition, LogRow &row) {
  ExecClearTuple(slot);
  const auto columns = static_cast<std::size_t>(slot->tts_tupleDescriptor->natts);
  memset(slot->tts_isnull, true, columns);
  memset(slot->tts_values, 0, columns * sizeof(Datum));
  for (std::size_t i = 0; i < log_column_count; ++i) {
    const AttrNumber attribute = partition.attributes[i];
    const Nullable<Datum> value = log_columns[i].value(row);
    if (attribute == InvalidAttrNumber || !value.present) continue;
    slot->tts_values[attribute - 1] = value.value;
    slot->tts_isnull[attribute - 1] = false;
  }
  ExecStoreVirtualTuple(slot);
}

// Whether an index is of the kind that the extension makes: a BRIN on the transaction id and nothing else, in use.
bool is_own_index(Oid oid, AttrNumber xid) {
  Relation index = index_open(oid, RowExclusiveLock);
  const FormData_pg_index *form = index->rd_index;
  const bool own = index->rd_rel->relam == BRIN_AM_OID && form->indisready && form->indnatts == 1 &&
                   form->indkey.values[0] == xid && RelationGetIndexPredicate(index) == NIL;
  index_close(index, RowExclusiveLock);
  return own;
}

// Looks at the partition, once for as long as neither it nor its indexes change.
void examine(Relation table, const LogPartition &partition) {
  if (kept.table == RelationGetRelid(table) && kept.generation == log_partition_generation()) return;
  if (kept.context == nullptr) {
    kept.context = AllocSetContextCreate(CacheMemoryContext, "internal_events partition", ALLOCSET_SMALL_SIZES);
  }
  kept.table = InvalidOid;
  kept.info = nullptr;
  MemoryContextReset(kept.context);
  const unsigned generation = log_partition_generation();
  List *indexes = RelationGetIndexList(table);
  const AttrNumber xid = partition.attributes[log_column("xid")];
  const bool own = list_length(indexes) == 1 && is_own_index(linitial_oid(indexes), xid);
  kept.own_index = own ? linitial_oid(indexes) : InvalidOid;
  list_free(indexes);
  MemoryContext caller = MemoryContextSwitchTo(kept.context);
  kept.slot = MakeSingleTupleTableSlot(CreateTupleDescCopy(RelationGetDescr(table)), table_slot_callbacks(table));
  MemoryContextSwitchTo(caller);
  kept.generation = generation;
  kept.table = RelationGetRelid(table);
}

// The description of the own index; access methods keep a state of their own in it for as long as it lives.
IndexInfo *own_index_info(Relation index) {
  // Opening the index may have brought the news that it has changed.
  const bool current = kept.generation == log_partition_generation();
  if (kept.info != nullptr && kept.opened == index && current) return kept.info;
  MemoryContext caller = MemoryContextSwitchTo(kept.context);
  kept.info = BuildIndexInfo(index);
  kept.info->ii_Context = kept.context;
  MemoryContextSwitchTo(caller);
  kept.opened = index;
  return kept.info;
}

// Whether the row needs no entry of its own; notes it as the last one.
bool is_covered(Relation table, TupleTableSlot *slot) {
  const LastEntry entry = {RelationGetRelid(table), log_partition_generation(),
                           ItemPointerGetBlockNumber(&slot->tts_tid), GetCurrentSubTransactionId(),
                           GetTopFullTransactionIdIfAny()};
  const bool covered = entry.table == last_entry.table && entry.generation == last_entry.generation &&
                       entry.block == last_entry.block && entry.subtransaction == last_entry.subtransaction &&
                       FullTransactionIdEquals(entry.transaction, last_entry.transaction);
  last_entry = entry;
  return covered;
}

// Enters the row into the one index that the extension makes.
void insert_own_index_entry(Relation table, TupleTableSlot *slot) {
  Relation index = index_open(kept.own_index, RowExclusiveLock);
  IndexInfo *info = own_index_info(index);
  Datum values[INDEX_MAX_KEYS];
  bool nulls[INDEX_MAX_KEYS];
  FormIndexDatum(info, slot, nullptr, values, nulls);
  index_insert(index, values, nulls, &slot->tts_tid, table, UNIQUE_CHECK_NO, false, info);
  end_index_inserts(index, info);
  index_close(index, RowExclusiveLock);
}

// Enters the row into whatever indexes an administrator has made, expressions and predicates included.
void insert_index_entries(Relation table, TupleTableSlot *slot) {
  EState *estate = CreateExecutorState();
  ResultRelInfo *result = makeNode(ResultRelInfo);
  InitResultRelInfo(result, table, 1, nullptr, 0);
  ExecOpenIndices(result, false);
  GetPerTupleExprContext(estate)->ecxt_scantuple = slot;
  insert_all_index_entries(result, slot, estate);
  ExecCloseIndices(result);
  pfree(result);
  FreeExecutorState(estate);
}

}  // namespace

void append_to_log(const LoggedEvent &event) {
  LogPartition partition;
  Relation table = open_log_partition(event.tracked_at, partition);
  examine(table, partition);
  TupleTableSlot *slot = kept.slot;
  LogRow row = {event, GetTopFullTransactionId(), make_id(event.tracked_at)};
  fill(slot, partition, row);
  table_tuple_insert(table, slot, GetCurrentCommandId(true), 0, nullptr);
  if (!OidIsValid(kept.own_index)) {
    insert_index_entries(table, slot);
  } else if (!is_covered(table, slot)) {
    insert_own_index_entry(table, slot);
  }
  ExecClearTuple(slot);
  // The lock stays until the transaction ends: nobody may drop a partition that holds an uncommitted row.
  table_close(table, NoLock);
}

std::int32_t local_cluster_id() {
  static const auto id =
      static_cast<std::int32_t>(core::redis_hash(static_cast<std::int64_t>(GetSystemIdentifier())) & 0x7fffffffU);
  return id;
}

}  // namespace internal_events::pg
