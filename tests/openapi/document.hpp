#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "messages/json.hpp"

/// Reading the API's document in tests.
namespace jobraker::test {

/// The served document, parsed.
const json::Document& document();

/// What `view` refers to when it is `{"$ref"}`, else itself; empty when that leads nowhere.
json::View resolved(json::View view);

/// The name of the component that `view` refers to; empty when it is none.
std::string component_of(json::View view);

/// The strings of a list.
std::set<std::string> strings(json::View list);

/// One operation of the document.
struct Operation {
  std::string method;  ///< GET, …
  std::string path;
  json::View view;

  std::string id() const { return view["operationId"].string_or(""); }
  /// Its parameters, references resolved.
  std::vector<json::View> parameters() const;
};

/// Every operation, in the document's order.
std::vector<Operation> operations();

/// Calls `visit` with every value below `view` and its JSON pointer.
void each_value(json::View view, const std::string& pointer,
                const std::function<void(const std::string&, json::View)>& visit);

}  // namespace jobraker::test
