#include "messages/json.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

// Iterative parsing and a depth check of our own keep hostile nesting off the stack.
#define RAPIDJSON_HAS_STDSTRING 1
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace jobraker::json {
namespace {

using Node = rapidjson::Value;
using StringWriter =
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::UTF8<>,
                    rapidjson::CrtAllocator, rapidjson::kWriteDefaultFlags>;

constexpr int max_depth = 64;

/// Passes events on to a document and stops at the depth limit or at a NUL character.
struct Guard : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Guard> {
  explicit Guard(rapidjson::Document& target) : document(target) {}

  bool Default() { return true; }
  bool StartObject() { return ++depth <= max_depth && document.StartObject(); }
  bool StartArray() { return ++depth <= max_depth && document.StartArray(); }
  bool EndObject(rapidjson::SizeType n) {
    --depth;
    return document.EndObject(n);
  }
  bool EndArray(rapidjson::SizeType n) {
    --depth;
    return document.EndArray(n);
  }
  bool Key(const char* text, rapidjson::SizeType n, bool) {
    return clean(text, n) && document.Key(text, n, true);
  }
  bool String(const char* text, rapidjson::SizeType n, bool) {
    return clean(text, n) && document.String(text, n, true);
  }
  bool Null() { return document.Null(); }
  bool Bool(bool v) { return document.Bool(v); }
  bool Int(int v) { return document.Int(v); }
  bool Uint(unsigned v) { return document.Uint(v); }
  bool Int64(std::int64_t v) { return document.Int64(v); }
  bool Uint64(std::uint64_t v) { return document.Uint64(v); }
  bool Double(double v) { return document.Double(v); }

  bool clean(const char* text, rapidjson::SizeType n) {
    std::string_view whole{text, n};
    nul = nul || whole.find('\0') != std::string_view::npos;
    // The source is checked UTF-8, but RapidJSON lets `\udc00` pass when no high surrogate stands
    // before it.
    for (auto at = whole.find('\xED'); at != std::string_view::npos;
         at = whole.find('\xED', at + 1))
      surrogate = surrogate || (at + 1 < n && static_cast<unsigned char>(whole[at + 1]) >= 0xA0);
    return !nul && !surrogate;
  }

  rapidjson::Document& document;
  int depth = 0;
  bool nul = false;
  bool surrogate = false;
};

const Node* node_of(const void* p) { return static_cast<const Node*>(p); }

/// Bytes of the well-formed UTF-8 character at `i`, or 0 when there is none.
std::size_t character(std::string_view text, std::size_t i) {
  auto c = static_cast<unsigned char>(text[i]);
  std::size_t length = c < 0x80                ? 1
                       : c >= 0xC2 && c < 0xE0 ? 2
                       : c >= 0xE0 && c < 0xF0 ? 3
                       : c >= 0xF0 && c < 0xF5 ? 4
                                               : 0;
  bool good = length != 0 && i + length <= text.size();
  for (std::size_t k = 1; good && k < length; ++k)
    good = (static_cast<unsigned char>(text[i + k]) & 0xC0) == 0x80;
  if (good && length > 2) {
    auto second = static_cast<unsigned char>(text[i + 1]);
    good = !(c == 0xE0 && second < 0xA0) && !(c == 0xED && second > 0x9F) &&
           !(c == 0xF0 && second < 0x90) && !(c == 0xF4 && second > 0x8F);
  }
  return good ? length : 0;
}

/// How much of the beginning is well-formed UTF-8. Nearly all texts are nearly all ASCII: that goes
/// by eight bytes.
std::size_t well_formed_part(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    std::uint64_t eight = 0;
    if (text.size() - i >= sizeof eight) {
      std::memcpy(&eight, text.data() + i, sizeof eight);
      if ((eight & 0x8080808080808080) == 0) {
        i += sizeof eight;
        continue;
      }
    }
    auto length = character(text, i);
    if (length == 0)
      return i;
    i += length;
  }
  return i;
}

bool well_formed(std::string_view text) { return well_formed_part(text) == text.size(); }

/// `text` with every byte that is not part of well-formed UTF-8 replaced by U+FFFD.
std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    auto good = well_formed_part(text);
    out.append(text.substr(0, good));
    if (good == text.size())
      return out;
    out.append("\xEF\xBF\xBD");
    text.remove_prefix(good + 1);
  }
}

constexpr std::array<bool, 256> needs_escape = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 256; ++c)
    table[c] = c < 0x20 || c == '"' || c == '\\';
  return table;
}();

void append_escape(std::string& out, unsigned char c) {
  constexpr char digits[] = "0123456789ABCDEF";
  constexpr std::string_view named = "\"\"\\\\\bb\ff\nn\rr\tt";
  out += '\\';
  for (std::size_t i = 0; i < named.size(); i += 2)
    if (static_cast<unsigned char>(named[i]) == c) {
      out += named[i + 1];
      return;
    }
  out += "u00";
  out += digits[c >> 4];
  out += digits[c & 15];
}

/// `text` is UTF-8.
void append_well_formed(std::string& out, std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (!needs_escape[c])
      continue;
    out.append(text, begin, i - begin);
    append_escape(out, c);
    begin = i + 1;
  }
  out.append(text, begin);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  if (well_formed(text))
    append_well_formed(out, text);
  else
    append_well_formed(out, repaired(text));
}

bool View::is_null() const noexcept { return node_ && node_of(node_)->IsNull(); }
bool View::is_object() const noexcept { return node_ && node_of(node_)->IsObject(); }
bool View::is_array() const noexcept { return node_ && node_of(node_)->IsArray(); }
bool View::is_string() const noexcept { return node_ && node_of(node_)->IsString(); }
bool View::is_number() const noexcept { return node_ && node_of(node_)->IsNumber(); }
bool View::is_bool() const noexcept { return node_ && node_of(node_)->IsBool(); }

View View::operator[](std::string_view key) const noexcept {
  if (!is_object())
    return {};
  for (auto& member : node_of(node_)->GetObject())
    if (std::string_view{member.name.GetString(), member.name.GetStringLength()} == key)
      return View{&member.value};
  return {};
}

std::size_t View::size() const noexcept {
  if (is_array())
    return node_of(node_)->Size();
  return is_object() ? node_of(node_)->MemberCount() : 0;
}

View View::at(std::size_t index) const noexcept {
  if (!is_array() || index >= node_of(node_)->Size())
    return {};
  return View{&(*node_of(node_))[static_cast<rapidjson::SizeType>(index)]};
}

std::optional<std::string_view> View::string() const noexcept {
  if (!is_string())
    return std::nullopt;
  return std::string_view{node_of(node_)->GetString(), node_of(node_)->GetStringLength()};
}

std::optional<double> View::number() const noexcept {
  if (!is_number())
    return std::nullopt;
  return node_of(node_)->GetDouble();
}

std::optional<std::int64_t> View::integer() const noexcept {
  if (!is_number())
    return std::nullopt;
  if (node_of(node_)->IsInt64())
    return node_of(node_)->GetInt64();
  double v = node_of(node_)->GetDouble();
  if (std::trunc(v) != v || v < -9007199254740992.0 || v > 9007199254740992.0)
    return std::nullopt;
  return static_cast<std::int64_t>(v);
}

std::optional<bool> View::boolean() const noexcept {
  if (!is_bool())
    return std::nullopt;
  return node_of(node_)->GetBool();
}

std::string View::string_or(std::string_view otherwise) const {
  return std::string{string().value_or(otherwise)};
}

void View::each_member(const std::function<void(std::string_view, View)>& visit) const {
  if (!is_object())
    return;
  for (auto& member : node_of(node_)->GetObject())
    visit({member.name.GetString(), member.name.GetStringLength()}, View{&member.value});
}

void View::each_element(const std::function<void(View)>& visit) const {
  if (!is_array())
    return;
  for (auto& element : node_of(node_)->GetArray())
    visit(View{&element});
}

std::string View::dump() const {
  if (!node_)
    return "null";
  rapidjson::StringBuffer buffer;
  StringWriter writer{buffer};
  node_of(node_)->Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

struct Document::Impl {
  rapidjson::Document document;
};

Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

View Document::root() const noexcept { return View{static_cast<const Node*>(&impl_->document)}; }

Result<Document> Document::parse(std::string_view text) {
  // RapidJSON would take a NUL for the end and not look at what follows.
  if (auto at = text.find('\0'); at != std::string_view::npos)
    return fail(Errc::malformed,
                "not valid JSON at byte " + std::to_string(at) + ": a NUL character");
  auto impl = std::make_unique<Impl>();
  rapidjson::MemoryStream stream{text.data(), text.size()};
  rapidjson::Reader reader;
  bool nul = false;
  bool surrogate = false;
  rapidjson::ParseResult outcome;
  auto generate = [&](rapidjson::Document& target) {
    Guard guard{target};
    // RapidJSON looks at encodings byte by byte; it need not where there is nothing to find.
    constexpr unsigned validating =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    outcome = well_formed(text) ? reader.Parse<rapidjson::kParseIterativeFlag>(stream, guard)
                                : reader.Parse<validating>(stream, guard);
    nul = guard.nul;
    surrogate = guard.surrogate;
    return !outcome.IsError();
  };
  impl->document.Populate(generate);
  if (outcome.IsError()) {
    std::string why = nul         ? "a string holds a NUL character"
                      : surrogate ? "half of a surrogate pair"
                      : outcome.Code() == rapidjson::kParseErrorTermination
                        ? "nested deeper than 64 levels"
                        : rapidjson::GetParseError_En(outcome.Code());
    return fail(Errc::malformed,
                "not valid JSON at byte " + std::to_string(outcome.Offset()) + ": " + why);
  }
  return Document{std::move(impl)};
}

struct Writer::Impl {
  rapidjson::StringBuffer buffer;
  StringWriter writer{buffer};
};

Writer::Writer() : impl_(std::make_unique<Impl>()) {}
Writer::~Writer() = default;

Writer& Writer::begin_object() {
  impl_->writer.StartObject();
  return *this;
}
Writer& Writer::end_object() {
  impl_->writer.EndObject();
  return *this;
}
Writer& Writer::begin_array() {
  impl_->writer.StartArray();
  return *this;
}
Writer& Writer::end_array() {
  impl_->writer.EndArray();
  return *this;
}
Writer& Writer::key(std::string_view name) {
  impl_->writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
  return *this;
}
Writer& Writer::null() {
  impl_->writer.Null();
  return *this;
}
Writer& Writer::value(bool flag) {
  impl_->writer.Bool(flag);
  return *this;
}
Writer& Writer::value(std::int64_t number) {
  impl_->writer.Int64(number);
  return *this;
}
Writer& Writer::value(double number) {
  if (std::isfinite(number))
    impl_->writer.Double(number);
  else
    impl_->writer.Null();
  return *this;
}
Writer& Writer::value(std::string_view text) {
  if (well_formed(text)) {
    impl_->writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  } else {
    auto good = repaired(text);
    impl_->writer.String(good.data(), static_cast<rapidjson::SizeType>(good.size()));
  }
  return *this;
}
Writer& Writer::raw(std::string_view text) {
  impl_->writer.RawValue(text.data(), text.size(), rapidjson::kObjectType);
  return *this;
}
std::string Writer::text() const { return {impl_->buffer.GetString(), impl_->buffer.GetSize()}; }

}  // namespace jobraker::json
