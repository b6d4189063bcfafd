// Changes single members of a YAML file's text and leaves every other byte as it is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/yaml/yaml_tree.hpp"

namespace internal_events::core {

// A comment, from its #, and where it stands.
struct YamlComment {
  int line = 0;
  bool is_alone = false;  // nothing but blanks stands before it
  std::string text;
};

// A member of the file's mapping as text: whole lines, without the blank lines and comments that follow its value.
struct MemberLines {
  std::size_t begin = 0;
  std::size_t end = 0;
  int first_line = 0;
  std::string indent;    // before the key
  std::string line_end;  // "\n" or "\r\n"
};

// The member of a mapping; null where there is none.
const YamlNode *member_of(const YamlNode &mapping, std::string_view key);

// The lines of a member; none where it does not begin a line, as in {key: value}.
std::optional<MemberLines> lines_of_member(std::string_view text, const YamlNode &root, const YamlNode &member);

// The comments within some lines of a file.
std::vector<YamlComment> comments_in(std::string_view text, const MemberLines &lines);

// Where the value of a member begins, after its key, blanks and comments.
std::size_t value_of_member(std::string_view text, const MemberLines &lines);

}  // namespace internal_events::core
