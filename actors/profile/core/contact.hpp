#pragma once

#include <string_view>

namespace jobraker {

/// The form of an address as people write it: local part of at most 64 bytes, a domain with a dot
/// (RFC 5321 §4.1.2 without quoted local parts and address literals).
bool is_email(std::string_view text);

/// Seven to fifteen digits (ITU-T E.164) with the signs that people put between them.
bool is_phone(std::string_view text);

/// Three capital letters (the form of ISO 4217, not its list).
bool is_currency(std::string_view text);

/// The currency that a sign or code inside `text` names, for a salary: true when it may be `code`.
bool names_currency(std::string_view text, std::string_view code);

}  // namespace jobraker
