#include "actors/chat/core/redact.hpp"

#include <algorithm>

#include "actors/chat/core/redact_patterns.hpp"
#include "actors/profile/core/unicode.hpp"
#include "messages/json.hpp"

namespace jobraker::chat {
namespace {

using namespace redact;

/// Parts of names that are ordinary words: only with a capital they are taken for a name.
constexpr std::string_view ordinary[] = {
  "april", "art",  "august", "baker", "banks", "bill",   "black", "bond",   "brown", "chance",
  "chase", "cook", "dawn",   "dean",  "drew",  "faith",  "field", "fields", "frank", "grace",
  "grant", "gray", "green",  "guy",   "hall",  "hill",   "hope",  "hunter", "jack",  "joy",
  "june",  "king", "lane",   "law",   "long",  "mark",   "mason", "max",    "may",   "miles",
  "mills", "nick", "page",   "park",  "parks", "pat",    "price", "ray",    "reed",  "rich",
  "rob",   "rose", "sky",    "smart", "stone", "summer", "sun",   "van",    "wade",  "walker",
  "wall",  "ward", "west",   "white", "will",  "wise",   "wood",  "woods",  "young"};

/// What stands in names and says nothing.
constexpr std::string_view particles[] = {
  "al", "and", "bin", "da",   "das",  "de",  "del", "den", "der", "di",  "dos", "du",
  "el", "ibn", "la",  "le",   "ter",  "the", "und", "van", "von", "zu",  "dr",  "prof",
  "mr", "mrs", "ms",  "herr", "frau", "jr",  "sr",  "phd", "msc", "bsc", "mba"};

template <std::size_t N>
bool among(const std::string_view (&list)[N], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

bool in_word(std::int32_t code) { return code >= 0 && (is_letter(code) || is_digit(code)); }

/// Scripts that are written without spaces have no words to look for.
bool spaceless(std::int32_t code) { return code >= 0x2E80 && code < 0xAC00; }

std::size_t code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += code_point(text, at).length)
    ++count;
  return count;
}

std::int32_t code_before(std::string_view text, std::size_t at) {
  if (at == 0)
    return -1;
  auto begin = at - 1;
  while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
    --begin;
  return code_point(text, begin).code;
}

bool whole_word(std::string_view text, std::size_t begin, std::size_t end) {
  auto first = code_point(text, begin).code;
  if (spaceless(first))
    return true;
  return !(in_word(first) && in_word(code_before(text, begin))) &&
         !(end < text.size() && in_word(code_before(text, end)) &&
           in_word(code_point(text, end).code));
}

template <class Visit>
void each_piece(std::string_view text, std::string_view separators, const Visit& visit) {
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.size(), text.find_first_of(separators, at));
    if (auto piece = trim(text.substr(at, end - at)); !piece.empty())
      visit(piece);
    at = end + 1;
  }
}

/// Overlapping spans become one; of two kinds the one that says more stands for both.
std::vector<Span> merged(std::vector<Span> spans) {
  auto rank = [](std::string_view kind) {
    constexpr std::string_view order[] = {text_kind,    name_kind,  phone_kind,
                                          address_kind, email_kind, link_kind};
    return std::find(std::begin(order), std::end(order), kind) - std::begin(order);
  };
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<Span> out;
  for (const auto& span : spans) {
    if (out.empty() || span.begin >= out.back().end) {
      out.push_back(span);
      continue;
    }
    out.back().end = std::max(out.back().end, span.end);
    if (rank(span.kind) > rank(out.back().kind))
      out.back().kind = span.kind;
  }
  return out;
}

/// Writes a JSON value with another text for each of its strings.
template <class Change>
void write_changed(json::Writer& writer, json::View value, const Change& change) {
  if (value.is_object()) {
    writer.begin_object();
    value.each_member([&](std::string_view name, json::View member) {
      writer.key(name);
      write_changed(writer, member, change);
    });
    writer.end_object();
  } else if (value.is_array()) {
    writer.begin_array();
    value.each_element([&](json::View element) { write_changed(writer, element, change); });
    writer.end_array();
  } else if (auto text = value.string()) {
    writer.value(std::string_view{change(*text)});
  } else {
    writer.raw(value.dump());
  }
}

template <class Change>
std::string changed_json(std::string_view text, const Change& change) {
  auto document = json::Document::parse(text);
  if (!document)
    return change(text);
  json::Writer writer;
  write_changed(writer, document->root(), change);
  return writer.text();
}

std::string_view without_scheme(std::string_view link) {
  if (auto at = link.find("://"); at != std::string_view::npos)
    link.remove_prefix(at + 3);
  if (link.starts_with("www."))
    link.remove_prefix(4);
  while (link.ends_with('/'))
    link.remove_suffix(1);
  return link;
}

}  // namespace

KnownPerson known_person(const PersonalInfo& person, std::string_view account_email) {
  KnownPerson out;
  auto add = [](Strings& list, std::string_view value) {
    if (!trim(value).empty() && std::find(list.begin(), list.end(), value) == list.end())
      list.emplace_back(value);
  };
  add(out.names, person.full_name.value_or(""));
  add(out.emails, account_email);
  add(out.emails, person.email.value_or(""));
  add(out.phones, person.phone.value_or(""));
  add(out.addresses, person.location.value_or(""));
  return out;
}

PersonalData::PersonalData(const KnownPerson& known) {
  for (const auto& name : known.names)
    know_name(name);
  for (const auto& email : known.emails)
    know(email, email_kind, Match::anywhere);
  for (const auto& phone : known.phones)
    if (auto digits = telling_digits(phone); !digits.empty()) {
      phones_.push_back(digits);
      placeholder(phone_kind, phone);
    }
  for (const auto& address : known.addresses)
    know_address(address);
  for (const auto& link : known.links)
    know(without_scheme(trim(link)), link_kind, Match::word);
}

void PersonalData::know(std::string_view value, std::string_view kind, Match match) {
  auto exact = trim(value);
  auto folded = std::string{trim(fold(exact).text)};
  if (folded.size() < 2)
    return;
  placeholder(kind, exact);
  known_.push_back({std::move(folded), std::string{exact}, kind, match});
}

void PersonalData::know_name(std::string_view name) {
  Strings parts;
  each_piece(name, " ,.-\t\n", [&](std::string_view piece) { parts.emplace_back(piece); });
  if (parts.size() > 1)
    know(name, name_kind, Match::word);
  for (const auto& part : parts) {
    auto folded = fold(part).text;
    if (among(particles, folded))
      continue;
    if (among(ordinary, folded))
      know(part, name_kind, Match::capital);
    else if (code_points(part) < 3)
      know(part, name_kind, spaceless(code_point(part, 0).code) ? Match::word : Match::exact);
    else
      know(part, name_kind, Match::word);
  }
}

void PersonalData::know_address(std::string_view address) {
  auto has_digit = [](std::string_view text) {
    return text.find_first_of("0123456789") != std::string_view::npos;
  };
  if (!has_digit(address))
    return;  // a town alone may stay
  know(address, address_kind, Match::word);
  each_piece(address, ",\n;", [&](std::string_view piece) {
    if (has_digit(piece) && piece.size() > 3)
      know(piece, address_kind, Match::word);
  });
}

const std::string& PersonalData::placeholder(std::string_view kind, std::string_view value) {
  auto [found, fresh] = placeholders_.try_emplace(std::string{value});
  if (fresh) {
    auto number = ++counts_[std::string{kind}];
    found->second = "[" + std::string{kind} + "_" + std::to_string(number) + "]";
    values_.emplace(found->second, value);
  }
  return found->second;
}

std::string PersonalData::hide(std::string_view text) {
  std::vector<Span> spans;
  find_placeholders(text, spans);
  find_emails(text, spans);
  find_links(text, spans);
  find_phones(text, phones_, spans);
  if (!known_.empty()) {
    auto folded = fold(text);
    for (const auto& known : known_) {
      for (auto at = folded.text.find(known.folded); at != std::string::npos;
           at = folded.text.find(known.folded, at + 1)) {
        auto begin = folded.begin[at], end = folded.end[at + known.folded.size() - 1];
        auto found = text.substr(begin, end - begin);
        bool counts = known.match == Match::anywhere || whole_word(text, begin, end);
        if (known.match == Match::exact)
          counts = counts && found == known.exact;
        if (known.match == Match::capital)
          counts = counts && !is_lower(code_point(text, begin).code);
        if (counts)
          spans.push_back({begin, end, known.kind});
      }
    }
  }
  std::string out;
  std::size_t at = 0;
  for (const auto& span : merged(std::move(spans))) {
    out.append(text.substr(at, span.begin - at));
    out.append(placeholder(span.kind, text.substr(span.begin, span.end - span.begin)));
    at = span.end;
  }
  out.append(text.substr(at));
  return out;
}

std::string PersonalData::hide_json(std::string_view text) {
  return changed_json(text, [this](std::string_view part) { return hide(part); });
}

std::string PersonalData::reveal(std::string_view text) const {
  std::string out;
  std::size_t at = 0;
  for (auto next = text.find('['); next != std::string_view::npos;
       next = text.find('[', next + 1)) {
    auto length = placeholder_at(text, next);
    const auto* value = length ? value_of(text.substr(next, length)) : nullptr;
    if (!value)
      continue;
    out.append(text.substr(at, next - at)).append(*value);
    at = next + length;
  }
  out.append(text.substr(at));
  return out;
}

std::string PersonalData::reveal_json(std::string_view text) const {
  return changed_json(text, [this](std::string_view part) { return reveal(part); });
}

const std::string* PersonalData::value_of(std::string_view placeholder) const {
  auto found = values_.find(std::string{placeholder});
  return found == values_.end() ? nullptr : &found->second;
}

std::string RevealStream::feed(std::string_view delta) {
  held_ += delta;
  // A placeholder has one bracket that opens it, so only the last one can still be waiting.
  auto open = held_.rfind('[');
  if (open == std::string::npos || !begins_placeholder(std::string_view{held_}.substr(open)))
    return flush();
  auto out = data_->reveal(std::string_view{held_}.substr(0, open));
  held_.erase(0, open);
  return out;
}

std::string RevealStream::flush() {
  auto out = data_->reveal(held_);
  held_.clear();
  return out;
}

}  // namespace jobraker::chat
