// Text between PostgreSQL, in the database's encoding, and the core, in UTF-8.
#pragma once

#include <string>

#include "pg/postgres.hpp"

namespace internal_events::pg {

// A text of the server, whatever the database's encoding.
std::string to_utf8(const char *text, int size);

// A text argument.
std::string utf8_argument(FunctionCallInfo fcinfo, int number);

// A jsonb argument or array element, as JSON text.
std::string utf8_of_jsonb(Datum value);

// A text from elsewhere as the database can store it: what its encoding lacks, or what is no text, becomes "?".
std::string storable(std::string text);

// UTF-8 as a text datum; a character that the database's encoding lacks is an error.
Datum text_datum(const std::string &utf8);

}  // namespace internal_events::pg
