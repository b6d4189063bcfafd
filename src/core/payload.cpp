#include "core/payload.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "core/json.hpp"
#include "core/text.hpp"

namespace internal_events::core {
namespace {

using Keys = std::vector<std::string>;

// A value with the keys that lead to it.
struct Leaf {
  Keys keys;
  PayloadValue given;
};

// Splits a key path at its dots.
Keys keys_of(const std::string &key_path) {
  Keys keys(1);
  for (const char c : key_path) {
    if (c == '.') {
      keys.emplace_back();
    } else {
      keys.back() += c;
    }
  }
  return keys;
}

// The values in the order of the document.
std::vector<Leaf> sorted_leaves(std::vector<PayloadValue> values) {
  std::vector<Leaf> leaves;
  leaves.reserve(values.size());
  for (PayloadValue &given : values) {
    Keys keys = keys_of(given.key_path);
    leaves.push_back({std::move(keys), std::move(given)});
  }
  std::sort(leaves.begin(), leaves.end(), [](const Leaf &left, const Leaf &right) { return left.keys < right.keys; });
  return leaves;
}

// How many keys two paths have in common from the top.
std::size_t shared_keys(const Keys &left, const Keys &right) {
  const auto differ = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<std::size_t>(differ.first - left.begin());
}

// Throws if the later of two neighbours in the document cannot be there beside the earlier one.
void check_place(const Leaf &earlier, const Leaf &later, std::size_t shared) {
  if (shared < earlier.keys.size()) return;
  const std::string place = in_quotes(earlier.given.key_path);
  if (later.keys.size() == shared) {
    throw std::invalid_argument("two values have the key path " + place + ": " + in_quotes(earlier.given.value) +
                                " and " + in_quotes(later.given.value));
  }
  throw std::invalid_argument(place + " would have to be a value and an object at once, because " +
                              in_quotes(later.given.key_path) + " lies below it");
}

// The text of a JSON document while it is being made.
class Nesting {
 public:
  // Writes a value, within as many of the objects that are open as it shares with the one before.
  void add(const Leaf &leaf, std::size_t shared) {
    close_down_to(shared);
    while (true) {
      text_ += (is_first_ ? "\n" : ",\n") + indent(depth_ + 1) + quoted(leaf.keys[depth_]) + ": ";
      is_first_ = false;
      if (depth_ + 1 == leaf.keys.size()) break;
      text_ += '{';
      ++depth_;
      is_first_ = true;
    }
    text_ += leaf.given.value;
  }

  // Closes what is open.
  std::string finished() && {
    close_down_to(0);
    text_ += is_first_ ? "}" : "\n}";
    return std::move(text_);
  }

 private:
  // Closes objects until only so many are open within the outermost one.
  void close_down_to(std::size_t depth) {
    for (; depth_ > depth; --depth_) text_ += "\n" + indent(depth_) + "}";
  }

  static std::string indent(std::size_t depth) { return std::string(2 * depth, ' '); }

  static std::string quoted(const std::string &key) { return json_text(nlohmann::json(key)); }

  std::string text_ = "{";
  std::size_t depth_ = 0;
  bool is_first_ = true;
};

}  // namespace

std::string nest(std::vector<PayloadValue> values) {
  const std::vector<Leaf> leaves = sorted_leaves(std::move(values));
  Nesting document;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    const std::size_t shared = i == 0 ? 0 : shared_keys(leaves[i - 1].keys, leaves[i].keys);
    // In this order, what lies below a value comes right after it.
    if (i > 0) check_place(leaves[i - 1], leaves[i], shared);
    document.add(leaves[i], shared);
  }
  return std::move(document).finished();
}

}  // namespace internal_events::core
