#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/json_schema.hpp"
#include "messages/model.hpp"
#include "messages/profile.hpp"
#include "messages/result.hpp"

/// The functions a model may call, as data: pure.
namespace jobraker::chat {

/// A call whose name is known and whose arguments keep to their schema.
struct CheckedCall {
  std::string arguments{};  ///< canonical JSON, so that equal calls have equal texts
  bool confirm = false;     ///< the user must say yes first
};

/// The table of `config/tools.json`: `[{"name","description","confirm","parameters"}]`.
class ToolTable {
public:
  /// Errc::malformed or Errc::invalid with the JSON pointer of what is wrong: unknown members, a
  /// name that is twice or is not `[A-Za-z0-9_-]{1,64}`, a schema that does not compile, an object
  /// in it that takes unknown members (so an invented `user_id` is always refused).
  static Result<ToolTable> parse(std::string_view text);

  /// What the model is told, in the table's order.
  const std::vector<ToolSpec>& specs() const noexcept { return specs_; }
  bool knows(std::string_view name) const noexcept;
  /// Whether the user is asked first; true for a function that is not there.
  bool confirms(std::string_view name) const noexcept;

  /// The arguments in canonical form. Errc::not_found for an unknown function, Errc::malformed when
  /// they are not JSON, Errc::invalid with pointers when they break the schema. Empty text counts
  /// as
  /// `{}`; a member that is null where null is not allowed and that is not required counts as
  /// absent (models write that).
  Result<std::string> check_arguments(std::string_view name, std::string_view arguments) const;
  /// The same for a whole call.
  Result<CheckedCall> check(const ToolCall& call) const;

private:
  struct Tool {
    bool confirm = false;
    json::Schema schema;
    Strings optional{};  ///< members that may be left out
  };
  const Tool* find(std::string_view name) const noexcept;
  std::vector<ToolSpec> specs_;
  std::vector<Tool> tools_;
};

/// What a person is asked before the call runs, in plain words: names every value that would be
/// used. `arguments` has passed `check_arguments`; `details` is a sentence with what an id in them
/// means (`Acme GmbH, 5 May, 10:00.`).
std::string confirmation_text(std::string_view name, std::string_view arguments,
                              std::string_view details = {});

/// An error as the model reads it in a tool's result: `{"error":code,"detail":…,"fields":[…]}`.
std::string error_result(const Error& error);

}  // namespace jobraker::chat
