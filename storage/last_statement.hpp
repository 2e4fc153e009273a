#pragma once

#include <string_view>

namespace jobraker::storage {

/// The text of a transaction's last statement may begin with this: COMMIT then goes out with it,
/// one round trip for both, and its answer comes when the transaction is committed. An error
/// means that nothing is committed, or, as at COMMIT, that it is not known. After it the body must
/// only return. Within a savepoint, and outside of transactions, it is a statement like any other.
inline constexpr std::string_view last_statement = "/* last */";

constexpr bool is_last(std::string_view sql) { return sql.starts_with(last_statement); }

}  // namespace jobraker::storage
