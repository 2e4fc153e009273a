#include "actors/accounts/tokens.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>

#include <jwt.h>
#include <sodium.h>

#include "messages/accounts.hpp"

namespace jobraker {
namespace {

constexpr const char* issuer = "jobraker";

struct FreeJwt {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;

std::int64_t seconds_of(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

tl::unexpected<Error> refused(const char* why) { return fail(Errc::unauthenticated, why); }

}  // namespace

AccessTokens::AccessTokens(std::string secret, std::chrono::seconds life)
    : secret_(std::move(secret)), life_(life) {}

std::string AccessTokens::issue(const Principal& who, Time now) const {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0)
    throw std::bad_alloc{};
  Jwt jwt{raw};
  jwt_add_grant(raw, "iss", issuer);
  jwt_add_grant(raw, "sub", to_string(who.user).c_str());
  jwt_add_grant(raw, "role", std::string{name_of(who.role)}.c_str());
  jwt_add_grant_int(raw, "iat", static_cast<long>(seconds_of(now)));
  jwt_add_grant_int(raw, "exp", static_cast<long>(seconds_of(now + life_)));
  jwt_set_alg(raw, JWT_ALG_HS256, reinterpret_cast<const unsigned char*>(secret_.data()),
              static_cast<int>(secret_.size()));
  std::unique_ptr<char, void (*)(void*)> text{jwt_encode_str(raw), [](void* p) { std::free(p); }};
  return text.get();
}

Result<Principal> AccessTokens::check(std::string_view token, Time now) const {
  if (token.size() > 4096)
    return refused("the access token is not valid");
  jwt_t* raw = nullptr;
  std::string copy{token};
  if (jwt_decode(&raw, copy.c_str(), reinterpret_cast<const unsigned char*>(secret_.data()),
                 static_cast<int>(secret_.size())) != 0)
    return refused("the access token is not valid");
  Jwt jwt{raw};
  // An unsigned token decodes, too, when a library is careless: only HS256 counts.
  if (jwt_get_alg(raw) != JWT_ALG_HS256)
    return refused("the access token is not valid");
  auto* iss = jwt_get_grant(raw, "iss");
  auto* sub = jwt_get_grant(raw, "sub");
  auto* role_name = jwt_get_grant(raw, "role");
  if (!iss || std::string_view{iss} != issuer || !sub || !role_name)
    return refused("the access token is not valid");
  if (jwt_get_grant_int(raw, "exp") <= seconds_of(now))
    return refused("the access token has expired");
  auto user = UserId::parse(sub);
  auto role = enum_from<Role>(role_name);
  if (!user || !role)
    return refused("the access token is not valid");
  return Principal{*user, *role};
}

Result<Principal> TokenCache::check(std::string_view token, Time now) {
  auto& slot = slots_[std::hash<std::string_view>{}(token) % slots_.size()];
  // Only for seconds, so that an expired token is noticed almost at once.
  if (slot.token == token && now - slot.checked_at < std::chrono::seconds{5} &&
      now >= slot.checked_at)
    return slot.who;
  auto who = tokens_.check(token, now);
  if (who)
    slot = Slot{std::string{token}, *who, now};
  return who;
}

std::string new_refresh_token() {
  unsigned char bytes[32];
  randombytes_buf(bytes, sizeof bytes);
  char text[sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
  sodium_bin2base64(text, sizeof text, bytes, sizeof bytes,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text;
}

std::string refresh_token_hash(std::string_view token) {
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                     reinterpret_cast<const unsigned char*>(token.data()), token.size());
  return digest;
}

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), cost.passes,
                            std::max<std::size_t>(cost.memory_bytes, crypto_pwhash_MEMLIMIT_MIN),
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Errc::unavailable, "not enough memory to hash a password; try again");
  return std::string{out};
}

bool verify_password(std::string_view hash, std::string_view password) {
  std::string text{hash};
  return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

Result<std::string> normalise_email(std::string_view email) {
  while (!email.empty() && std::isspace(static_cast<unsigned char>(email.front())))
    email.remove_prefix(1);
  while (!email.empty() && std::isspace(static_cast<unsigned char>(email.back())))
    email.remove_suffix(1);
  auto at = email.find('@');
  bool good = at != std::string_view::npos && at > 0 && at <= 64 && email.size() <= 254 &&
              email.find('@', at + 1) == std::string_view::npos;
  auto domain = good ? email.substr(at + 1) : std::string_view{};
  good = good && domain.find('.') != std::string_view::npos && domain.front() != '.' &&
         domain.back() != '.' && domain.find("..") == std::string_view::npos &&
         std::none_of(email.begin(), email.end(), [](unsigned char c) {
           return c <= ' ' || c == 0x7F || c == '<' || c == '>' || c == ',' || c == ';' || c == '"';
         });
  if (!good)
    return fail(Error{Errc::invalid,
                      "/email is not an e-mail address",
                      {{"/email", "is not an e-mail address"}},
                      {}});
  std::string out{email};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return c < 0x80 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c);
  });
  return out;
}

}  // namespace jobraker
