#include "messages/json_pattern.hpp"

#include <charconv>

namespace jobraker::json {
namespace {

constexpr unsigned repeat_max = 1000;
constexpr int depth_max = 20;

class Reader {
public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool whole() {
    take('^');
    if (rest_.ends_with('$') && !rest_.ends_with("\\$"))
      rest_.remove_suffix(1);
    return alternatives(0) && rest_.empty();
  }

private:
  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }
  bool take(char c) {
    if (!at(c))
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool alternatives(int depth) {
    do {
      if (!sequence(depth))
        return false;
    } while (take('|'));
    return true;
  }

  bool sequence(int depth) {
    bool any = false;
    while (!rest_.empty() && !at('|') && !at(')')) {
      if (!atom(depth) || !quantifier())
        return false;
      any = true;
    }
    return any;
  }

  bool atom(int depth) {
    if (take('('))
      return depth < depth_max && !at('?') && alternatives(depth + 1) && take(')');
    if (take('['))
      return character_class();
    if (take('\\'))
      return escaped();
    if (std::string_view{"*+?{}]^$"}.find(rest_.front()) != std::string_view::npos)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// After a backslash: a sign of the language itself, or a line end, tab or the like.
  bool escaped() {
    if (rest_.empty() ||
        std::string_view{"^$|()?*+.[]{}\\fnrtv"}.find(rest_.front()) == std::string_view::npos)
      return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool character_class() {
    take('^');
    for (bool any = false; !rest_.empty(); any = true) {
      if (take(']'))
        return any;
      if (take('\\')) {
        if (!escaped())
          return false;
      } else if (at('[')) {
        return false;  // `[[:alpha:]]` would be read as something else
      } else {
        rest_.remove_prefix(1);
      }
    }
    return false;
  }

  bool number(unsigned& out) {
    auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (error != std::errc{})
      return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return out <= repeat_max;
  }

  bool quantifier() {
    bool one = take('*') || take('+') || take('?');
    if (!one && take('{')) {
      unsigned least = 0, most = 0;
      if (!number(least))
        return false;
      most = least;
      if (take(',') && !at('}') && !number(most))
        return false;
      if (!take('}') || most < least || (most == 0 && least == 0))
        return false;
      one = true;
    }
    // A second one (`a+?`, `a++`) would not mean what it says elsewhere.
    return !one || rest_.empty() ||
           std::string_view{"*+?{"}.find(rest_.front()) == std::string_view::npos;
  }

  std::string_view rest_;
};

}  // namespace

bool understood_pattern(std::string_view pattern) {
  return pattern.find('\0') == std::string_view::npos && Reader{pattern}.whole();
}

}  // namespace jobraker::json
