#include "core/http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <stdexcept>

namespace internal_events::core {
namespace {

// zlib makes a gzip member instead of its own format where 16 is added to the size of the window.
constexpr int gzip_window = MAX_WBITS + 16;
constexpr int default_memory = 8;

// zlib's state while it compresses.
class Deflate {
 public:
  Deflate() {
    const int code =
        deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, default_memory, Z_DEFAULT_STRATEGY);
    if (code == Z_MEM_ERROR) throw std::bad_alloc();
    if (code != Z_OK) throw std::runtime_error("zlib does not start; check its installation");
  }
  ~Deflate() { deflateEnd(&stream_); }
  Deflate(const Deflate &) = delete;
  Deflate &operator=(const Deflate &) = delete;

  z_stream &stream() { return stream_; }

 private:
  z_stream stream_{};
};

// zlib counts in unsigned int; what is longer goes through it in pieces.
uInt piece(std::size_t length) {
  return static_cast<uInt>(std::min<std::size_t>(length, std::numeric_limits<uInt>::max()));
}

}  // namespace

std::string gzip(std::string_view text) {
  Deflate deflating;
  z_stream &stream = deflating.stream();
  std::string compressed(deflateBound(&stream, text.size()), '\0');
  std::size_t read = 0;
  std::size_t written = 0;
  for (int code = Z_OK; code != Z_STREAM_END;) {
    const uInt in = piece(text.size() - read);
    const uInt out = piece(compressed.size() - written);
    // zlib only reads from there, but its type for it is not const.
    stream.next_in = const_cast<Bytef *>(reinterpret_cast<const Bytef *>(text.data() + read));
    stream.avail_in = in;
    stream.next_out = reinterpret_cast<Bytef *>(compressed.data() + written);
    stream.avail_out = out;
    code = deflate(&stream, read + in == text.size() ? Z_FINISH : Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END)
      throw std::runtime_error("zlib does not compress; check its installation");
    read += in - stream.avail_in;
    written += out - stream.avail_out;
  }
  compressed.resize(written);
  return compressed;
}

}  // namespace internal_events::core
