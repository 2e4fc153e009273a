#include "messages/context.hpp"

#include <algorithm>

#include <sodium.h>

namespace jobraker {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

template <std::size_t N>
bool read_hex(std::string_view text, std::array<std::uint8_t, N>& out) {
  bool any = false;
  for (std::size_t i = 0; i < N; ++i) {
    int high = nibble(text[2 * i]);
    int low = nibble(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
    any = any || out[i] != 0;
  }
  return any;
}

template <std::size_t N>
void write_hex(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  for (auto byte : bytes) {
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
}

}  // namespace

Trace Trace::fresh() {
  Trace trace;
  randombytes_buf(trace.trace_id.data(), trace.trace_id.size());
  randombytes_buf(trace.parent_id.data(), trace.parent_id.size());
  return trace;
}

std::optional<Trace> Trace::parse(std::string_view text) {
  // version "-" 32 hex "-" 16 hex "-" flags; a higher version may append more after another dash.
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return std::nullopt;
  std::array<std::uint8_t, 1> version{};
  read_hex(text.substr(0, 2), version);
  if (nibble(text[0]) < 0 || nibble(text[1]) < 0 || version[0] == 0xFF)
    return std::nullopt;
  if (version[0] == 0 ? text.size() != 55 : text.size() > 55 && text[55] != '-')
    return std::nullopt;
  Trace trace;
  if (!read_hex(text.substr(3, 32), trace.trace_id) ||
      !read_hex(text.substr(36, 16), trace.parent_id))
    return std::nullopt;
  int high = nibble(text[53]);
  int low = nibble(text[54]);
  if (high < 0 || low < 0)
    return std::nullopt;
  trace.sampled = (low & 1) != 0;
  return trace;
}

Trace Trace::child() const {
  Trace next = *this;
  randombytes_buf(next.parent_id.data(), next.parent_id.size());
  return next;
}

std::string Trace::id() const {
  std::string out;
  out.reserve(32);
  write_hex(out, trace_id);
  return out;
}

std::string Trace::header() const {
  std::string out = "00-";
  out.reserve(55);
  write_hex(out, trace_id);
  out.push_back('-');
  write_hex(out, parent_id);
  out.append(sampled ? "-01" : "-00");
  return out;
}

std::chrono::milliseconds Context::left(std::chrono::milliseconds cap) const noexcept {
  auto now = Clock::now();
  if (now >= deadline)
    return std::chrono::milliseconds{0};
  if (deadline - now >= cap)
    return cap;
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
}

Context Context::system(std::chrono::milliseconds budget) {
  Context context;
  context.trace = Trace::fresh();
  context.principal = Principal{UserId{}, Role::admin};
  context.deadline = Clock::now() + budget;
  return context;
}

Done may_access(const Principal& who, UserId owner) {
  if (who.role == Role::admin || (owner && who.user == owner))
    return {};
  return fail(Errc::forbidden, "this belongs to another user");
}

}  // namespace jobraker
