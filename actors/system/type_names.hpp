#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <typeinfo>

#include <caf/typed_actor.hpp>

namespace jobraker {

/// The readable name of a message's mangled type, without the namespace `jobraker`.
std::string message_type_name(std::string_view mangled);

/// Bytes of a message of this mangled type, without what it points to; 0 when no actor that was
/// spawned takes it.
std::size_t message_size(std::string_view mangled);

namespace detail {

void note_message_size(const char* mangled, std::size_t bytes);

template <class Signature>
struct NotesSize;
template <class... Ins, class Out>
struct NotesSize<caf::typed_mpi<caf::detail::type_list<Ins...>, Out>> {
  static void note() { (note_message_size(typeid(Ins).name(), sizeof(Ins)), ...); }
};

}  // namespace detail

/// Remembers how big the messages of an interface are; once an interface.
template <class Handle>
struct MessageSizes {
  static void note() {}
};
template <class... Signatures>
struct MessageSizes<caf::typed_actor<Signatures...>> {
  static void note() {
    [[maybe_unused]] static const bool noted = (detail::NotesSize<Signatures>::note(), ..., true);
  }
};

}  // namespace jobraker
