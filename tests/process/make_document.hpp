#pragma once

#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "messages/result.hpp"
#include "messages/task.hpp"
#include "net/process/document_text.hpp"

namespace jobraker {

/// A zip file of these entries, deflated, in this order.
std::string make_zip(const std::vector<std::pair<std::string, std::string>>& entries);

/// A Word document with this body.
std::string make_docx(const std::string& body);

/// An OpenDocument text with this body.
std::string make_odt(const std::string& body);

/// A PDF of one page with this line of text.
std::string make_pdf(const std::string& line);

/// Runs a coroutine to its end on an io context of its own.
template <class T>
T wait(task<T> work) {
  IoContext context;
  auto result = asio::co_spawn(context, std::move(work), asio::use_future);
  context.run();
  return result.get();
}

/// `document_text` with the program of this build and short limits.
Result<std::string> text_of(DocumentType type, std::string bytes,
                            DocumentTextSettings settings = {});

}  // namespace jobraker
