#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "messages/json.hpp"

namespace jobraker::json {

/// A compiled JSON Schema (draft 4 with the words of draft 6 that mean the same): type, enum,
/// properties, required, additionalProperties, patternProperties, dependencies, min/maxProperties,
/// items, additionalItems, min/maxItems, uniqueItems, min/maxLength, pattern, minimum, maximum,
/// exclusive ones as booleans, multipleOf, allOf, anyOf, oneOf, not, and `$ref` into the same text.
/// Any other word that would decide something (`const`, `format`, `if`, …) is refused when the
/// schema is compiled, so that no rule is silently without effect. Immutable: any thread may use
/// it.
class Schema {
public:
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  /// Errc::malformed when `text` is not JSON; Errc::invalid with the JSON pointer of what is not
  /// understood: an unknown word, a remote `$ref`, a pattern that does not compile.
  static Result<Schema> compile(std::string_view text);

  /// What breaks the schema, with JSON pointers into `value`; empty when it is valid. The search
  /// stops at the first value that breaks a rule; of an object all missing members are named.
  std::vector<FieldProblem> problems(View value) const;

  /// Errc::invalid with the problems, or nothing.
  Done check(View value) const;

private:
  struct Impl;
  explicit Schema(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Compact JSON with the members of every object sorted by the bytes of their names: equal values
/// have equal texts, so it can be hashed. Of repeated names the first counts, as for
/// `View::operator[]`; a number that is whole is written without fraction.
std::string canonical(View value);

}  // namespace jobraker::json
