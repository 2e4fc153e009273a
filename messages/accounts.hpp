#pragma once

#include <chrono>
#include <string>

#include "messages/context.hpp"
#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/time.hpp"

namespace jobraker {

template <>
inline constexpr std::string_view enum_names<Role>[] = {"seeker", "employer", "admin"};

/// Asks for a new account. The role may be seeker or employer; admins are made on the server.
struct RegisterAccount {
  static constexpr auto type_name = "RegisterAccount";
  std::string email;
  std::string password;
  Role role = Role::seeker;

  static constexpr auto fields() {
    return std::tuple{
      field("email", &RegisterAccount::email, {.max_length = 254, .min_length = 3}),
      field("password", &RegisterAccount::password, {.max_length = 1024, .min_length = 10}),
      optional_field("role", &RegisterAccount::role)};
  }
};

/// Asks for tokens in exchange for a password. `address` is filled in by the server for throttling.
struct Login {
  static constexpr auto type_name = "Login";
  std::string email;
  std::string password;
  std::string address{};

  static constexpr auto fields() {
    return std::tuple{field("email", &Login::email, {.max_length = 254}),
                      field("password", &Login::password, {.max_length = 1024})};
  }
};

/// Exchanges a refresh token, once, for a new pair.
struct RefreshTokens {
  static constexpr auto type_name = "RefreshTokens";
  std::string refresh_token;

  static constexpr auto fields() {
    return std::tuple{field("refresh_token", &RefreshTokens::refresh_token, {.max_length = 200})};
  }
};

/// Ends a session: the refresh token and its whole family stop working.
struct Logout {
  static constexpr auto type_name = "Logout";
  std::string refresh_token;

  static constexpr auto fields() {
    return std::tuple{field("refresh_token", &Logout::refresh_token, {.max_length = 200})};
  }
};

/// What register, login and refresh answer.
struct Tokens {
  static constexpr auto type_name = "Tokens";
  std::string access_token;
  std::string refresh_token;
  std::string token_type = "Bearer";
  std::int64_t expires_in = 0;  ///< seconds the access token lives

  static constexpr auto fields() {
    return std::tuple{
      field("access_token", &Tokens::access_token), field("refresh_token", &Tokens::refresh_token),
      field("token_type", &Tokens::token_type), field("expires_in", &Tokens::expires_in)};
  }
};

/// Asks for one account.
struct GetAccount {
  static constexpr auto type_name = "GetAccount";
  UserId id{};

  static constexpr auto fields() { return std::tuple{field("id", &GetAccount::id)}; }
};

/// A person who can sign in. The password's hash never leaves `storage/`'s and `actors/accounts`'
/// hands.
struct Account {
  static constexpr auto type_name = "Account";
  UserId id{};
  std::string email;
  Role role = Role::seeker;
  Time created_at{};

  static constexpr auto fields() {
    return std::tuple{field("id", &Account::id), field("email", &Account::email),
                      field("role", &Account::role), field("created_at", &Account::created_at)};
  }
};

/// Nothing to say but "done".
struct Ok {
  static constexpr auto type_name = "Ok";
  static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace jobraker
