#include "core/sketches/redis_hll.hpp"

#include <algorithm>

#include "pg/guard.hpp"

namespace internal_events::pg {
namespace {

// Registers as a value of type hll.
Datum sketch_of(std::span<const uint8, core::hll_register_count> registers, bool is_empty) {
  auto *value = static_cast<bytea *>(palloc(VARHDRSZ + core::hll_largest_encoding));
  const std::span<uint8> out(reinterpret_cast<uint8 *>(VARDATA(value)), core::hll_largest_encoding);
  const std::size_t length = is_empty ? core::hll_encode_explicit({}, out) : core::hll_encode_registers(registers, out);
  SET_VARSIZE(value, VARHDRSZ + length);
  return PointerGetDatum(value);
}

}  // namespace

// read_redis_hll(bytea): the sketch that bytes of Redis are, or what is wrong with them.
IE_FUNCTION(ie_read_redis_hll) {
  bytea *argument = PG_GETARG_BYTEA_PP(0);
  const std::span<const uint8> bytes(reinterpret_cast<const uint8 *>(VARDATA_ANY(argument)),
                                     VARSIZE_ANY_EXHDR(argument));
  auto *memory = static_cast<uint8 *>(palloc(core::hll_register_count));
  const std::span<uint8, core::hll_register_count> registers(memory, core::hll_register_count);
  Datum values[2] = {};
  bool nulls[2] = {true, true};
  if (const auto fault = core::read_redis_hll(bytes, registers)) {
    values[1] = PointerGetDatum(cstring_to_text_with_len(fault->data(), static_cast<int>(fault->size())));
    nulls[1] = false;
  } else {
    const bool is_empty = std::all_of(registers.begin(), registers.end(), [](uint8 rank) { return rank == 0; });
    values[0] = sketch_of(registers, is_empty);
    nulls[0] = false;
  }
  return result_row(fcinfo, values, nulls);
}

}  // namespace internal_events::pg
