#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/context.hpp"
#include "messages/time.hpp"

namespace jobraker {

/// Signs and checks access tokens: JWT (RFC 7519), HS256, claims sub, role, iat, exp, iss.
class AccessTokens {
public:
  AccessTokens(std::string secret, std::chrono::seconds life);

  /// A token for this person, good from `now` for the configured life.
  std::string issue(const Principal& who, Time now) const;

  /// Whose token this is. Errc::unauthenticated when signature, algorithm, issuer or time are
  /// wrong.
  Result<Principal> check(std::string_view token, Time now) const;

  std::chrono::seconds life() const noexcept { return life_; }

private:
  std::string secret_;
  std::chrono::seconds life_;
};

/// `check`, remembering tokens already checked, for one thread: a session sends the same one again
/// and again, and a signature costs as much as the rest of a small request. Bounded.
class TokenCache {
public:
  explicit TokenCache(const AccessTokens& tokens) : tokens_(tokens) {}
  Result<Principal> check(std::string_view token, Time now);

private:
  struct Slot {
    std::string token;
    Principal who;
    Time checked_at{};
  };
  const AccessTokens& tokens_;
  std::vector<Slot> slots_{std::vector<Slot>(4096)};
};

/// A new refresh token: 32 random bytes, base64url.
std::string new_refresh_token();

/// What is stored of a refresh token: SHA-256. The token itself has 256 bits of entropy, so a plain
/// hash is enough (OWASP, session management).
std::string refresh_token_hash(std::string_view token);

/// Cost of a password hash (Argon2id, RFC 9106).
struct PasswordCost {
  std::size_t memory_bytes = 64u << 20;
  unsigned long long passes = 2;
};

/// The hash of a password, with salt and parameters inside. Takes tens of milliseconds: work pool.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);

/// Whether the password is the one hashed. As slow as hashing.
bool verify_password(std::string_view hash, std::string_view password);

/// An address in the form it is compared in: trimmed, lower case. Errc::invalid when it is none
/// (one @, a dot in the domain, no blanks; RFC 5321 lengths).
Result<std::string> normalise_email(std::string_view email);

}  // namespace jobraker
