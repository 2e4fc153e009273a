#include "actors/operation/core/family.hpp"

#include <sstream>

#include <prometheus/text_serializer.h>

namespace jobraker::operation {

using prometheus::ClientMetric;
using prometheus::MetricType;

Family::Family(Families& families, std::string name, std::string help, MetricType type)
    : families_(families), index_(families.size()) {
  families.push_back({std::move(name), std::move(help), type, {}});
}

Family Family::counter(Families& families, std::string name, std::string help) {
  return {families, std::move(name), std::move(help), MetricType::Counter};
}

Family Family::gauge(Families& families, std::string name, std::string help) {
  return {families, std::move(name), std::move(help), MetricType::Gauge};
}

Family Family::histogram(Families& families, std::string name, std::string help) {
  return {families, std::move(name), std::move(help), MetricType::Histogram};
}

ClientMetric& Family::metric(const Labels& labels) {
  auto& made = families_[index_].metric.emplace_back();
  for (const auto& [name, value] : labels)
    made.label.push_back({std::string{name}, std::string{value}});
  return made;
}

Family& Family::add(double value, const Labels& labels) {
  auto& made = metric(labels);
  if (families_[index_].type == MetricType::Counter)
    made.counter.value = value;
  else
    made.gauge.value = value;
  return *this;
}

Family& Family::add(const Distribution& distribution, const Labels& labels) {
  auto& made = metric(labels).histogram;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < distribution.counts.size(); ++i) {
    below += distribution.counts[i];
    if (i < distribution.bounds.size())
      made.bucket.push_back({below, distribution.bounds[i]});
  }
  made.sample_count = below;
  made.sample_sum = distribution.sum;
  return *this;
}

std::string to_text(const Families& families) {
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, families);
  return std::move(out).str();
}

}  // namespace jobraker::operation
