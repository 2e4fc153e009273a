#pragma once

#include "actors/jobs/core/raw_posting.hpp"
#include "actors/jobs/core/xml.hpp"

namespace jobraker {

/// One RSS item or Atom entry as a posting. Its id is guid or id, else the link without tracking
/// parameters, else made from title and link. Errc::invalid when it says nothing at all.
Result<RawPosting> feed_item(xml::Element item, const SourceInfo& source);

}  // namespace jobraker
