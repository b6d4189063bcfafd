#include "core/sketches/hll_format.hpp"
#include "pg/guard.hpp"

namespace internal_events::pg {
namespace {

// The elements of one group. hll_add_agg() takes 128 kB a group from the start; this grows with what it holds, to
// 16 kB, so thousands of groups fit into a hash aggregate and nothing has to be sorted.
struct Sketch {
  uint32 count;     // distinct elements, while they are kept as themselves
  uint32 capacity;  // slots, a power of two
  bool has_zero;    // an empty slot holds zero, so that element is kept here
  uint64 *slots;    // a hash table of elements; null once there are registers
  uint8 *registers;
};

constexpr uint32 first_capacity = 8;

// The slot of an element, or the empty one where it belongs.
uint64 *find_slot(uint64 *slots, uint32 capacity, uint64 element) {
  auto position = static_cast<uint32>(element >> 32) & (capacity - 1);
  while (slots[position] != 0 && slots[position] != element) position = (position + 1) & (capacity - 1);
  return &slots[position];
}

void grow(Sketch *sketch, MemoryContext context) {
  const uint32 capacity = sketch->capacity * 2;
  auto *slots = static_cast<uint64 *>(MemoryContextAllocZero(context, capacity * sizeof(uint64)));
  for (uint32 i = 0; i < sketch->capacity; ++i) {
    if (sketch->slots[i] != 0) *find_slot(slots, capacity, sketch->slots[i]) = sketch->slots[i];
  }
  pfree(sketch->slots);
  sketch->slots = slots;
  sketch->capacity = capacity;
}

std::span<uint8, core::hll_register_count> registers_of(Sketch *sketch) {
  return std::span<uint8, core::hll_register_count>(sketch->registers, core::hll_register_count);
}

void change_to_registers(Sketch *sketch, MemoryContext context) {
  sketch->registers = static_cast<uint8 *>(MemoryContextAllocZero(context, core::hll_register_count));
  for (uint32 i = 0; i < sketch->capacity; ++i) {
    if (sketch->slots[i] != 0) core::hll_add(registers_of(sketch), sketch->slots[i]);
  }
  pfree(sketch->slots);
  sketch->slots = nullptr;
}

void add(Sketch *sketch, uint64 element, MemoryContext context) {
  if (sketch->registers != nullptr) {
    core::hll_add(registers_of(sketch), element);
    return;
  }
  uint64 *slot = element == 0 ? nullptr : find_slot(sketch->slots, sketch->capacity, element);
  if (slot == nullptr ? sketch->has_zero : *slot == element) return;
  if (sketch->count == core::hll_explicit_limit) {
    change_to_registers(sketch, context);
    core::hll_add(registers_of(sketch), element);
    return;
  }
  if (slot == nullptr) {
    sketch->has_zero = true;
  } else {
    *slot = element;
  }
  if (++sketch->count * 4 > sketch->capacity * 3) grow(sketch, context);
}

MemoryContext aggregate_context(FunctionCallInfo fcinfo) {
  MemoryContext context = nullptr;
  if (AggCheckCallContext(fcinfo, &context) == 0) elog(ERROR, "sketch_of called outside an aggregate");
  return context;
}

// Collects a sketch's elements behind one another; returns how many they are.
std::size_t list_elements(const Sketch *sketch, uint64 *elements) {
  std::size_t count = 0;
  if (sketch->has_zero) elements[count++] = 0;
  for (uint32 i = 0; i < sketch->capacity; ++i) {
    if (sketch->slots[i] != 0) elements[count++] = sketch->slots[i];
  }
  return count;
}

}  // namespace

// The transition of sketch_of(): adds an element to the group's sketch.
IE_FUNCTION(ie_sketch_of_transition) {
  MemoryContext context = aggregate_context(fcinfo);
  auto *sketch = PG_ARGISNULL(0) ? nullptr : reinterpret_cast<Sketch *>(PG_GETARG_POINTER(0));
  if (PG_ARGISNULL(1)) {
    if (sketch == nullptr) PG_RETURN_NULL();
    PG_RETURN_POINTER(sketch);
  }
  if (sketch == nullptr) {
    sketch = static_cast<Sketch *>(MemoryContextAllocZero(context, sizeof(Sketch)));
    sketch->capacity = first_capacity;
    sketch->slots = static_cast<uint64 *>(MemoryContextAllocZero(context, first_capacity * sizeof(uint64)));
  }
  add(sketch, static_cast<uint64>(PG_GETARG_INT64(1)), context);
  PG_RETURN_POINTER(sketch);
}

// The end of sketch_of(): the sketch as a value of type hll.
IE_FUNCTION(ie_sketch_of_final) {
  aggregate_context(fcinfo);
  if (PG_ARGISNULL(0)) PG_RETURN_NULL();
  auto *sketch = reinterpret_cast<Sketch *>(PG_GETARG_POINTER(0));
  auto *value = static_cast<bytea *>(palloc(VARHDRSZ + core::hll_largest_encoding));
  const std::span<uint8> out(reinterpret_cast<uint8 *>(VARDATA(value)), core::hll_largest_encoding);
  std::size_t length = 0;
  if (sketch->registers != nullptr) {
    length = core::hll_encode_registers(registers_of(sketch), out);
  } else {
    auto *elements = static_cast<uint64 *>(palloc((sketch->count + 1) * sizeof(uint64)));
    length = core::hll_encode_explicit({elements, list_elements(sketch, elements)}, out);
  }
  SET_VARSIZE(value, VARHDRSZ + length);
  PG_RETURN_BYTEA_P(value);
}

}  // namespace internal_events::pg
