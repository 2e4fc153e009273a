#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/sandbox/call.hpp"
#include "tools/sandbox/openai_request.hpp"

namespace jobraker::sandbox {

/// The product's own table of functions: what the sandbox's model will really be offered.
inline std::string product_tools() { return file("config/tools.json"); }

/// Functions as a request would offer them: a JSON list of name and parameters.
struct OfferedTools {
  explicit OfferedTools(const std::string& list)
      : document(std::make_shared<json::Document>(std::move(*json::Document::parse(list)))) {
    document->root().each_element([&](json::View tool) {
      tools.push_back(
        {tool["name"].string_or(""), tool["description"].string_or(""), tool["parameters"]});
    });
  }
  std::shared_ptr<json::Document> document;
  std::vector<ChatTool> tools;
};

}  // namespace jobraker::sandbox
