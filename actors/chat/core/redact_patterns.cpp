#include "actors/chat/core/redact_patterns.hpp"

#include <algorithm>

#include "actors/profile/core/unicode.hpp"

namespace jobraker::chat::redact {
namespace {

constexpr std::string_view kinds[] = {name_kind,    email_kind, phone_kind,
                                      address_kind, link_kind,  text_kind};
constexpr std::size_t number_digits_max = 9;

bool digit(char c) { return c >= '0' && c <= '9'; }
/// Letters, digits and every byte of a character outside ASCII.
bool word(char c) {
  auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || digit(c) || ((u | 32U) >= 'a' && (u | 32U) <= 'z');
}
bool hex(char c) { return digit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool same_at(std::string_view text, std::size_t at, std::string_view small) {
  if (text.size() - at < small.size())
    return false;
  for (std::size_t i = 0; i < small.size(); ++i)
    if (lower(text[at + i]) != small[i])
      return false;
  return true;
}

bool in_address(char c) { return word(c) || std::string_view{"._%+-'"}.find(c) < 6; }

/// The length of a canonical UUID at `at`, or 0. Ids of ours are no numbers of anybody.
std::size_t uuid_at(std::string_view text, std::size_t at) {
  constexpr std::size_t length = 36;
  if (text.size() - at < length || (at > 0 && word(text[at - 1])))
    return 0;
  for (std::size_t i = 0; i < length; ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[at + i] != '-' : !hex(text[at + i]))
      return 0;
  }
  return at + length == text.size() || !word(text[at + length]) ? length : 0;
}

/// The bytes of a separator inside a telephone number at `at`, or 0.
std::size_t separator_at(std::string_view text, std::size_t at) {
  if (std::string_view{" -./()+"}.find(text[at]) != std::string_view::npos)
    return 1;
  if (static_cast<unsigned char>(text[at]) < 0x80)
    return 0;
  auto point = code_point(text, at);
  bool dash = point.code >= 0x2010 && point.code <= 0x2015;
  bool space =
    point.code == 0xA0 || (point.code >= 0x2000 && point.code <= 0x200A) || point.code == 0x202F;
  return dash || space || point.code == 0x2212 ? point.length : 0;
}

/// Digits with at most three separators between two of them.
struct Run {
  std::size_t begin = 0, end = 0;
  std::string digits{};
};

Run run_at(std::string_view text, std::size_t at) {
  Run run{at, at, {}};
  int separators = 0;
  for (auto i = at; i < text.size() && separators <= 3;) {
    if (digit(text[i])) {
      run.digits += text[i];
      run.end = ++i;
      separators = 0;
    } else if (auto length = separator_at(text, i)) {
      i += length;
      ++separators;
    } else {
      break;
    }
  }
  return run;
}

/// The groups of digits of a run.
std::vector<std::string_view> groups(std::string_view run) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < run.size();) {
    auto end = i;
    while (end < run.size() && digit(run[end]))
      ++end;
    if (end > i)
      out.push_back(run.substr(i, end - i));
    i = end + 1;
  }
  return out;
}

bool year(std::string_view group) {
  return group.size() == 4 && (group.starts_with("19") || group.starts_with("20"));
}

/// `120000`, `120.000` or `1 200 000`: at most seven digits, in groups of three.
bool amount(std::string_view text) {
  auto parts = groups(text);
  std::size_t digits = 0;
  for (auto part : parts)
    digits += part.size();
  if (parts.empty() || digits < 4 || digits > 7 || parts[0][0] == '0' ||
      text.find_first_not_of("0123456789. ") != std::string_view::npos)
    return false;
  return parts.size() == 1 ||
         (parts[0].size() <= 3 &&
          std::all_of(parts.begin() + 1, parts.end(), [](auto part) { return part.size() == 3; }));
}

/// One amount, or two with a dash between that are of about the same size.
bool amounts(std::string_view run) {
  std::string plain;
  for (std::size_t i = 0; i < run.size();) {
    auto length = std::max<std::size_t>(1, separator_at(run, i));
    auto code = code_point(run, i).code;
    plain += length == 1 ? run[i] : is_space(code) ? ' ' : '-';
    i += length;
  }
  auto dash = plain.find('-');
  if (dash == std::string::npos)
    return amount(plain);
  auto left = trim(std::string_view{plain}.substr(0, dash));
  auto right = trim(std::string_view{plain}.substr(dash + 1));
  auto count = [](std::string_view t) { return std::count_if(t.begin(), t.end(), digit); };
  return amount(left) && amount(right) && std::abs(count(left) - count(right)) <= 1;
}

/// Whether digits and their separators are a telephone number rather than years, dates or amounts.
bool is_phone(std::string_view run, std::size_t digits) {
  if (digits < 7 || digits > 15)
    return false;
  if (run.front() == '+' || run.front() == '(' || run.starts_with("00"))
    return true;
  auto parts = groups(run);
  if (std::any_of(parts.begin(), parts.end(), year))
    return false;
  return run.front() == '0' || (digits >= 9 && parts.size() > 1);
}

/// Where in a run a telephone number begins that reaches to its end (`2015 030 1234567`: at 030);
/// `run.end` for none.
std::size_t phone_begin(std::string_view text, const Run& run) {
  if (amounts(text.substr(run.begin, run.end - run.begin)))
    return run.end;
  for (auto at = run.begin; at < run.end; ++at) {
    auto rest = text.substr(at, run.end - at);
    bool opens = rest[0] == '+' || rest[0] == '(';
    bool zero = rest[0] == '0' && !rest.starts_with("000") && at > 0 && !digit(text[at - 1]);
    auto digits = static_cast<std::size_t>(std::count_if(rest.begin(), rest.end(), digit));
    if ((at == run.begin || opens || zero) && is_phone(rest, digits))
      return at;
  }
  return run.end;
}

}  // namespace

std::size_t placeholder_at(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '[')
    return 0;
  for (auto kind : kinds) {
    auto i = at + 1 + kind.size();
    if (text.substr(at + 1, kind.size()) != kind || i >= text.size() || text[i] != '_')
      continue;
    auto first = ++i;
    while (i < text.size() && digit(text[i]))
      ++i;
    if (i == first || i - first > number_digits_max || text[first] == '0' || i >= text.size() ||
        text[i] != ']')
      return 0;
    return i + 1 - at;
  }
  return 0;
}

bool begins_placeholder(std::string_view tail) {
  if (tail.empty() || tail[0] != '[')
    return false;
  tail.remove_prefix(1);
  for (auto kind : kinds) {
    if (kind.starts_with(tail))
      return true;
    if (!tail.starts_with(kind) || tail[kind.size()] != '_')
      continue;
    auto number = tail.substr(kind.size() + 1);
    return number.size() <= number_digits_max && !number.starts_with('0') &&
           std::all_of(number.begin(), number.end(), digit);
  }
  return false;
}

void find_placeholders(std::string_view text, std::vector<Span>& out) {
  for (auto at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1))
    if (auto length = placeholder_at(text, at))
      out.push_back({at, at + length, text_kind});
}

void find_emails(std::string_view text, std::vector<Span>& out) {
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    auto begin = at;
    while (begin > 0 && in_address(text[begin - 1]))
      --begin;
    auto end = at + 1;
    while (end < text.size() && in_address(text[end]))
      ++end;
    while (end > at + 1 && !word(text[end - 1]))
      --end;
    if (begin < at && text.substr(at + 1, end - at - 1).find('.') != std::string_view::npos)
      out.push_back({begin, end, email_kind});
  }
}

void find_links(std::string_view text, std::vector<Span>& out) {
  constexpr std::string_view hosts[] = {"linkedin.com/in/",
                                        "linkedin.com/pub/",
                                        "xing.com/profile/",
                                        "xing.com/profiles/",
                                        "github.com/",
                                        "gitlab.com/",
                                        "bitbucket.org/",
                                        "stackoverflow.com/users/",
                                        "facebook.com/",
                                        "instagram.com/",
                                        "twitter.com/",
                                        "behance.net/",
                                        "dribbble.com/",
                                        "orcid.org/",
                                        "medium.com/@",
                                        "about.me/",
                                        "t.me/",
                                        "kaggle.com/",
                                        "huggingface.co/"};
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto host = std::find_if(std::begin(hosts), std::end(hosts),
                             [&](auto name) { return same_at(text, at, name); });
    if (host == std::end(hosts) || (at > 0 && (word(text[at - 1]) || text[at - 1] == '-')))
      continue;
    auto end = std::min(text.size(), text.find_first_of(" \t\r\n,;)>]}\"'<|`", at));
    while (end > at && (text[end - 1] == '.' || text[end - 1] == '!' || text[end - 1] == '?'))
      --end;
    if (end <= at + host->size())
      continue;
    auto begin = at;
    while (begin > 0 && (word(text[begin - 1]) ||
                         std::string_view{".:/-"}.find(text[begin - 1]) != std::string_view::npos))
      --begin;
    // Only a scheme and sub-domains may stand before it: `https://de.`.
    auto before = text.substr(begin, at - begin);
    auto scheme = before.find("://");
    if (scheme == std::string_view::npos && before.find_first_of(":/") != std::string_view::npos)
      begin = at;
    out.push_back({begin, end, link_kind});
    at = end - 1;
  }
}

void find_phones(std::string_view text, const std::vector<std::string>& known,
                 std::vector<Span>& out) {
  for (std::size_t at = 0; at < text.size();) {
    if (auto length = uuid_at(text, at)) {
      at += length;
      continue;
    }
    auto next = at + 1 < text.size() ? text[at + 1] : ' ';
    bool opens = (text[at] == '+' || text[at] == '(') && (digit(next) || next == '+');
    if (!digit(text[at]) && !opens) {
      ++at;
      continue;
    }
    auto run = run_at(text, at);
    bool own = std::any_of(known.begin(), known.end(), [&](const auto& digits) {
      return run.digits.find(digits) != std::string::npos;
    });
    bool alone =
      (at == 0 || !word(text[at - 1])) && (run.end == text.size() || !word(text[run.end]));
    auto begin = own ? run.begin : alone ? phone_begin(text, run) : run.end;
    if (begin < run.end)
      out.push_back({begin, run.end, phone_kind});
    at = std::max(run.end, at + 1);
  }
}

std::string telling_digits(std::string_view phone) {
  std::string out;
  for (char c : phone) {
    if (word(c) && !digit(c) && !out.empty())
      break;  // an extension: `x12`
    if (digit(c))
      out += c;
  }
  if (out.size() < 6)
    return {};
  return out.size() > 9 ? out.substr(out.size() - 9) : out;
}

Folded fold(std::string_view text) {
  Folded out;
  out.text.reserve(text.size());
  auto add = [&](std::string_view bytes, std::size_t from, std::size_t to) {
    for (char c : bytes) {
      out.text += c;
      out.begin.push_back(from);
      out.end.push_back(to);
    }
  };
  for (std::size_t at = 0; at < text.size();) {
    auto point = code_point(text, at);
    auto to = at + point.length;
    if (point.code == ',' || (point.code >= 0 && is_space(point.code))) {
      if (!out.text.empty() && out.text.back() == ' ')
        out.end.back() = to;
      else
        add(" ", at, to);
    } else if (point.code < 0x80) {
      char c = lower(text[at]);
      add({&c, 1}, at, to);
    } else if (auto base = base_letters(text.substr(at, point.length)); !base.empty()) {
      add(base, at, to);
    } else if (!out.end.empty()) {
      out.end.back() = to;  // an accent belongs to the letter before
    }
    at = to;
  }
  return out;
}

}  // namespace jobraker::chat::redact
