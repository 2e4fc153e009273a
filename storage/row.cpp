#include "storage/row.hpp"

#include <cstring>

#include <libpq-fe.h>

#include "storage/half.hpp"

namespace jobraker::storage {
namespace {

const PGresult* pg(const void* result) { return static_cast<const PGresult*>(result); }

int nibble(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

unsigned byte_at(const char* hex) {
  int high = nibble(hex[0]);
  int low = nibble(hex[1]);
  if (high < 0 || low < 0)
    detail::bad_column("bytea", std::string_view{hex, 2});
  return static_cast<unsigned>(high << 4 | low);
}

std::string_view hex_digits(std::string_view text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0)
    detail::bad_column("bytea", text);
  return text.substr(2);
}

}  // namespace

namespace detail {

void bad_column(std::string_view type, std::string_view text) {
  throw BadColumn("column holds no " + std::string{type} + ": " + std::string{text.substr(0, 40)});
}

bool parse_bool(std::string_view text) {
  if (text != "t" && text != "f")
    bad_column("boolean", text);
  return text == "t";
}

Time parse_timestamptz(std::string_view text) {
  // ISO style in UTC: `2026-11-20 19:02:00.5+00`. RFC 3339 wants the minutes of the offset, too.
  std::string full{text};
  if (!full.ends_with("+00"))
    bad_column("time in UTC", text);
  full.resize(full.size() - 3);
  full.push_back('Z');
  auto time = parse_rfc3339(full);
  if (!time)
    bad_column("time", text);
  return *time;
}

Uuid parse_uuid_column(std::string_view text) {
  auto uuid = parse_uuid(text);
  if (!uuid)
    bad_column("UUID", text);
  return *uuid;
}

Bytes parse_bytea(std::string_view text) {
  auto hex = hex_digits(text);
  Bytes bytes;
  bytes.data.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes.data.push_back(static_cast<char>(byte_at(hex.data() + i)));
  return bytes;
}

Embedding parse_embedding(std::string_view text) {
  auto hex = hex_digits(text);
  if (hex.size() < 8)
    bad_column("halfvec", text);
  std::size_t size = byte_at(hex.data()) << 8 | byte_at(hex.data() + 2);
  if (hex.size() != 8 + 4 * size)
    bad_column("halfvec", text);
  Embedding embedding(size);
  for (std::size_t i = 0; i < size; ++i) {
    auto* at = hex.data() + 8 + 4 * i;
    embedding[i] = from_half(static_cast<std::uint16_t>(byte_at(at) << 8 | byte_at(at + 2)));
  }
  return embedding;
}

std::vector<std::string> parse_array(std::string_view text) {
  std::vector<std::string> list;
  if (text.size() < 2 || text.front() != '{' || text.back() != '}')
    bad_column("array", text);
  auto rest = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < rest.size();) {
    std::string element;
    if (rest[i] == '"') {
      for (++i; i < rest.size() && rest[i] != '"'; ++i) {
        if (rest[i] == '\\')
          ++i;
        if (i < rest.size())
          element.push_back(rest[i]);
      }
      ++i;
    } else {
      while (i < rest.size() && rest[i] != ',')
        element.push_back(rest[i++]);
      if (element == "NULL")
        element.clear();
    }
    list.push_back(std::move(element));
    if (i < rest.size() && rest[i] != ',')
      bad_column("array", text);
    ++i;
  }
  return list;
}

}  // namespace detail

std::optional<std::string_view> Row::raw(std::size_t column) const {
  auto row = static_cast<int>(row_);
  auto at = static_cast<int>(column);
  if (!result_ || at >= PQnfields(pg(result_)) || row >= PQntuples(pg(result_)))
    detail::bad_column("column", std::to_string(column));
  if (PQgetisnull(pg(result_), row, at))
    return std::nullopt;
  return std::string_view{PQgetvalue(pg(result_), row, at),
                          static_cast<std::size_t>(PQgetlength(pg(result_), row, at))};
}

std::size_t Row::index(std::string_view column) const {
  int count = PQnfields(pg(result_));
  for (int i = 0; i < count; ++i)
    if (column == PQfname(pg(result_), i))
      return static_cast<std::size_t>(i);
  detail::bad_column("column named", column);
}

Rows::Rows(std::shared_ptr<const void> result)
    : result_(std::move(result)), size_(static_cast<std::size_t>(PQntuples(pg(result_.get())))) {}

std::size_t Rows::affected() const {
  if (!result_)
    return 0;
  // libpq takes a non-const result here for no reason.
  const char* text = PQcmdTuples(static_cast<PGresult*>(const_cast<void*>(result_.get())));
  return *text ? detail::parse<std::size_t>(std::string_view{text}) : 0;
}

std::string_view Rows::command() const {
  if (!result_)
    return {};
  std::string_view tag = PQcmdStatus(static_cast<PGresult*>(const_cast<void*>(result_.get())));
  return tag.substr(0, tag.find(' '));
}

}  // namespace jobraker::storage
