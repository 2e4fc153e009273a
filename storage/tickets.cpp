#include "storage/tickets.hpp"

#include <sodium.h>

namespace jobraker::storage {
namespace {

constexpr std::string_view create_ticket_sql = R"sql(
  INSERT INTO ws_tickets (hash, user_id, role, expires_at) VALUES ($1, $2, $3, $4)
)sql";

// Of two that come at once only one finds the row: the other waits for its lock and then sees
// nothing.
constexpr std::string_view redeem_ticket_sql = R"sql(
  DELETE FROM ws_tickets WHERE hash = $1 RETURNING user_id, role, expires_at > $2
)sql";

constexpr std::string_view delete_expired_sql = R"sql(
  DELETE FROM ws_tickets WHERE expires_at < $1
)sql";

std::string new_ticket() {
  unsigned char bytes[32];
  randombytes_buf(bytes, sizeof bytes);
  char text[2 * sizeof bytes + 1];
  return sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
}

Bytes hash_of(std::string_view ticket) {
  Bytes digest{std::string(crypto_hash_sha256_BYTES, '\0')};
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data.data()),
                     reinterpret_cast<const unsigned char*>(ticket.data()), ticket.size());
  return digest;
}

}  // namespace

task<Result<Ticket>> create_ticket(Session& session, Principal who, Time now) {
  Ticket ticket{new_ticket(), ticket_life.count()};
  auto rows = co_await session.query(
    create_ticket_sql, {hash_of(ticket.ticket), who.user, who.role, now + ticket_life});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return ticket;
}

task<Result<Principal>> redeem_ticket(Session& session, std::string ticket, Time now) {
  auto rows = co_await session.query(redeem_ticket_sql, {hash_of(ticket), now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  Principal who;
  bool fresh = false;
  if (!rows->empty())
    rows->front().read(who.user, who.role, fresh);
  if (!fresh)
    co_return fail(Errc::unauthenticated, "this ticket is not valid (any more)");
  co_return who;
}

task<Result<std::size_t>> delete_expired_tickets(Session& session, Time now) {
  auto rows = co_await session.query(delete_expired_sql, {now});
  if (!rows)
    co_return fail(std::move(rows.error()));
  co_return rows->affected();
}

}  // namespace jobraker::storage
