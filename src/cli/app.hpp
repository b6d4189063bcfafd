// CLI11's class App for headers that only pass it on, as all of CLI11 takes seconds to compile.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): a library's name
class App;
}
