#include "messages/tasks.hpp"

#include "messages/json.hpp"

namespace jobraker {

std::string error_json(const Error& error) {
  json::Writer writer;
  writer.begin_object()
    .member("code", to_string(error.code))
    .member("detail", std::string_view{error.detail})
    .end_object();
  return writer.text();
}

}  // namespace jobraker
