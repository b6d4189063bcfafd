#include "core/yaml/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "core/text.hpp"

namespace internal_events::core {
namespace {

// Real definitions stay far below these limits; beyond them a few bytes of aliases could fill the memory.
constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr std::size_t most_expanded_bytes = 4 * most_bytes;
constexpr std::size_t most_nodes = 50'000;
constexpr std::size_t deepest_level = 40;

// A file that cannot be read any further; thrown through yaml-cpp, which takes no other answer.
struct Unreadable {
  Position position;
  std::string message;
};

Position position_of(const YAML::Mark &mark) {
  return mark.is_null() ? Position{} : Position{mark.line + 1, mark.column + 1};
}

// Tells text from values that may be a number, a boolean or null; refuses tags that name a type of some program.
YamlNode::Type scalar_type(const std::string &tag, Position position) {
  static const std::string core = "tag:yaml.org,2002:";
  if (tag.empty() || tag == "?") return YamlNode::Type::plain;
  if (tag == "!" || tag == core + "str") return YamlNode::Type::quoted;
  for (const char *name : {"int", "float", "bool", "null"}) {
    if (tag == core + name) return YamlNode::Type::plain;
  }
  throw Unreadable{position, "the tag " + in_quotes(tag) + " is not supported; leave it out"};
}

// Refuses tags on lists and mappings, but for those that say what is plain to see.
void check_collection_tag(const std::string &tag, Position position) {
  if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:map" || tag == "tag:yaml.org,2002:seq")
    return;
  throw Unreadable{position, "the tag " + in_quotes(tag) + " is not supported; leave it out"};
}

// Builds the tree from yaml-cpp's events, so that every limit holds while the file is read, not after.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Problems &problems) : problems_(problems) {}

  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark &mark) override {
    if (std::exchange(started_, true)) {
      throw Unreadable{position_of(mark), "a second document begins here; a file holds one definition"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark &mark, YAML::anchor_t anchor) override {
    if (awaits_key()) throw Unreadable{position_of(mark), "a key is empty; a key is a name"};
    add(YamlNode{YamlNode::Type::null, position_of(mark), {}, {}, {}}, anchor);
  }

  void OnAlias(const YAML::Mark &mark, YAML::anchor_t anchor) override {
    if (awaits_key()) throw Unreadable{position_of(mark), "a key is an alias; write the name out"};
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Unreadable{position_of(mark), "an alias stands inside of what it stands for"};
    YamlNode copy = found->second;
    spend(copy, position_of(mark));
    if (levels_.size() + height(copy) > deepest_level) refuse_depth(position_of(mark));
    copy.position = position_of(mark);
    add(std::move(copy), 0);
  }

  void OnScalar(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                const std::string &text) override {
    const Position position = position_of(mark);
    if (first_unreadable_byte(text)) {
      throw Unreadable{position, "an escape stands for a character that definitions may not hold"};
    }
    YamlNode node{scalar_type(tag, position), position, {}, text, {}};
    spend(node, position);
    if (awaits_key()) {
      if (text == "<<" && node.type == YamlNode::Type::plain) {
        throw Unreadable{position, "a merge key (<<) is not supported; write the keys out that it stands for"};
      }
      levels_.back().key = text;
      levels_.back().key_position = position;
    } else {
      add(std::move(node), anchor);
    }
  }

  void OnSequenceStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Type::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Type::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or mapping that has begun and not ended.
  struct Level {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::optional<std::string> key;  // read, its value is next
    Position key_position;
    std::map<std::string, int> key_lines;
  };

  bool awaits_key() const {
    return !levels_.empty() && levels_.back().node.type == YamlNode::Type::mapping && !levels_.back().key;
  }

  [[noreturn]] static void refuse_depth(Position position) {
    throw Unreadable{position,
                     "lists and mappings are nested more than " + std::to_string(deepest_level) + " levels deep"};
  }

  // The levels of a value.
  static std::size_t height(const YamlNode &node) {
    std::size_t highest = 0;
    for (const YamlNode &child : node.children) highest = std::max(highest, height(child));
    return highest + 1;
  }

  // Counts what a value adds to the memory in use.
  void spend(const YamlNode &node, Position position) {
    ++nodes_;
    bytes_ += node.text.size() + node.key.size();
    if (nodes_ > most_nodes || bytes_ > most_expanded_bytes) {
      throw Unreadable{position, "the file holds more than " + std::to_string(most_nodes) + " values or " +
                                     std::to_string(most_expanded_bytes >> 20) + " MiB, aliases written out"};
    }
    for (const YamlNode &child : node.children) spend(child, position);
  }

  void open(YamlNode::Type type, const YAML::Mark &mark, const std::string &tag, YAML::anchor_t anchor) {
    const Position position = position_of(mark);
    if (awaits_key()) throw Unreadable{position, "a key is a list or a mapping; a key is a name"};
    check_collection_tag(tag, position);
    if (levels_.size() >= deepest_level) refuse_depth(position);
    Level level;
    level.node.type = type;
    level.node.position = position;
    level.anchor = anchor;
    spend(level.node, position);
    levels_.push_back(std::move(level));
  }

  void close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    add(std::move(level.node), level.anchor);
  }

  // Puts a finished value where it belongs.
  void add(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      spend(node, node.position);
      anchors_[anchor] = node;
    }
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level &level = levels_.back();
    if (level.node.type == YamlNode::Type::mapping) {
      node.key = *std::exchange(level.key, std::nullopt);
      node.position = level.key_position;
      if (!is_new_key(level, node.key)) return;
    }
    level.node.children.push_back(std::move(node));
  }

  // Reports a key that a mapping has already; the first one stays, so that reading goes on.
  bool is_new_key(Level &level, const std::string &key) {
    const auto [place, is_new] = level.key_lines.emplace(key, level.key_position.line);
    if (!is_new) {
      problems_.push_back({Severity::error, level.key_position, path_to(key),
                           "is here a second time, after line " + std::to_string(place->second) + "; keep one"});
    }
    return is_new;
  }

  // The dotted key of a member of the innermost mapping.
  std::string path_to(const std::string &key) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < levels_.size(); ++i) {
      const Level &level = levels_[i];
      if (level.node.type == YamlNode::Type::sequence) {
        path += "[" + std::to_string(level.node.children.size()) + "]";
      } else {
        path += (path.empty() ? "" : ".") + *level.key;
      }
    }
    return path + (path.empty() ? "" : ".") + key;
  }

  Problems &problems_;
  YamlNode root_;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  bool started_ = false;
};

// The place of a byte of a text.
Position position_at(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;
  return {static_cast<int>(lines) + 1, static_cast<int>(byte - line_begin) + 1};
}

// Refuses what yaml-cpp would take for something else: other encodings, and the byte 4, its sign for the end.
void check_bytes(std::string_view yaml) {
  if (yaml.size() > most_bytes) {
    throw Unreadable{{},
                     "the file has " + std::to_string(yaml.size()) + " bytes; at most " + std::to_string(most_bytes) +
                         " are allowed"};
  }
  if (const auto at = first_unreadable_byte(yaml)) {
    throw Unreadable{position_at(yaml, *at), "holds a byte that is not UTF-8 text, or a control character"};
  }
}

// Ends a file with a comment, since yaml-cpp overlooks a missing quote where the file ends between two lines.
std::string with_visible_end(std::string_view yaml) {
  std::string text(yaml);
  if (text.empty()) return text;
  if (text.back() == '\n' || text.back() == '\r') return text + '#';
  return text.back() == ' ' || text.back() == '\t' ? text + "\n#" : text;
}

// Reads the only document of a file.
YamlNode read_document(std::string_view yaml, Problems &problems) {
  check_bytes(yaml);
  std::istringstream stream(with_visible_end(yaml));
  YAML::Parser parser(stream);
  TreeBuilder builder(problems);
  while (parser.HandleNextDocument(builder)) {
  }
  YamlNode root = builder.take_root();
  if (root.type == YamlNode::Type::mapping) return root;
  const std::string found = root.type == YamlNode::Type::null       ? "is empty"
                            : root.type == YamlNode::Type::sequence ? "holds a list"
                                                                    : "holds a single value";
  throw Unreadable{{}, found + "; a definition is a mapping, such as key_path: counts.issues"};
}

}  // namespace

std::optional<YamlNode> read_yaml(std::string_view yaml, Problems &problems) {
  try {
    return read_document(yaml, problems);
  } catch (const Unreadable &error) {
    problems.push_back({Severity::error, error.position, "", error.message});
  } catch (const YAML::Exception &error) {
    problems.push_back({Severity::error, position_of(error.mark), "", "is not YAML: " + error.msg});
  }
  return std::nullopt;
}

}  // namespace internal_events::core
