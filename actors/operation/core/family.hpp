#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

/// What `GET /metrics` says, made anew at each scrape from counters that are kept elsewhere, so
/// that nothing is counted twice. Names follow Prometheus' rules: base units, `_total` for what
/// only grows. Labels have few values: never an id, an address or a path as it was asked for.
namespace jobraker::operation {

using Families = std::vector<prometheus::MetricFamily>;
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// Counts by size. `counts[i]` are those up to `bounds[i]` and above the bound before; the last one
/// has no bound, so there is one more count than bounds.
struct Distribution {
  std::vector<double> bounds{};
  std::vector<std::uint64_t> counts{};
  double sum = 0;
};

/// Builds one family at the end of `families`.
class Family {
public:
  static Family counter(Families& families, std::string name, std::string help);
  static Family gauge(Families& families, std::string name, std::string help);
  static Family histogram(Families& families, std::string name, std::string help);

  Family& add(double value, const Labels& labels = {});
  Family& add(std::int64_t value, const Labels& labels = {}) {
    return add(static_cast<double>(value), labels);
  }
  Family& add(std::uint64_t value, const Labels& labels = {}) {
    return add(static_cast<double>(value), labels);
  }
  Family& add(bool value, const Labels& labels = {}) { return add(value ? 1.0 : 0.0, labels); }
  Family& add(const Distribution& distribution, const Labels& labels = {});

private:
  Family(Families& families, std::string name, std::string help, prometheus::MetricType type);
  prometheus::ClientMetric& metric(const Labels& labels);

  Families& families_;
  std::size_t index_;
};

/// Prometheus' text format 0.0.4. A family without a metric is announced all the same.
std::string to_text(const Families& families);

}  // namespace jobraker::operation
