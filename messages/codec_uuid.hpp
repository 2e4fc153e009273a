#pragma once

#include "messages/codec.hpp"

/// JSON from and to a plain UUID, found by argument-dependent lookup from `messages/codec.hpp`: for
/// what has an identity and no type of id of its own.
namespace jobraker::json {

inline void write(Writer& writer, const Uuid& id) { writer.value(std::string_view{to_string(id)}); }

namespace detail {

inline void read(View view, Uuid& out, const FieldRules&, Problems& problems) {
  auto text = view.string();
  if (auto id = text ? parse_uuid(*text) : std::nullopt)
    out = *id;
  else
    problems.add("must be a UUID");
}

}  // namespace detail
}  // namespace jobraker::json
