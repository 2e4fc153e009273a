#pragma once

#include <string>

namespace jobraker::config_detail {

/// The text without the passwords that an address (`scheme://user:password@host`, or in its query)
/// or a connection string of libpq's (`password='…'`) holds. Hides too much rather than too little:
/// of an address with an @ further back everything from the first colon on.
std::string without_passwords(std::string text);

}  // namespace jobraker::config_detail
