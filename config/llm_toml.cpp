#include "config/llm_toml.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include <toml++/toml.h>

#include "config/nearest.hpp"

namespace jobraker::config_detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::sys_days;

constexpr std::int64_t tokens_max = 100'000'000;
constexpr std::int64_t per_minute_max = 1'000'000'000;
constexpr std::int64_t milliseconds_max = 86'400'000;
constexpr std::int64_t cache_seconds_max = 31 * 86'400;
/// 1,000 USD per million tokens: far above any price, far below what would overflow a sum.
constexpr std::int64_t nano_max = 1'000'000;

/// Takes the keys out of one table. The first problem stays; `done` adds the keys nobody asked for.
class Reader {
public:
  Reader(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  bool has(std::string_view key) { return look(key) != nullptr; }

  std::string text(std::string_view key) {
    auto* node = need(key);
    auto value = node ? node->value_exact<std::string>() : std::nullopt;
    if (node && !value)
      wrong(key, "must be a string");
    return value.value_or("");
  }

  std::string text_or(std::string_view key, std::string otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    auto* node = need(key);
    auto* list = node ? node->as_array() : nullptr;
    if (node && !list)
      wrong(key, "must be a list of strings");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      auto value = (*list)[i].value_exact<std::string>();
      if (!value || value->empty())
        wrong(key, "must be a list of strings, none empty");
      else
        out.push_back(*value);
    }
    return out;
  }

  std::int64_t number(std::string_view key, std::int64_t min, std::int64_t max) {
    auto* node = need(key);
    auto value = node ? node->value_exact<std::int64_t>() : std::nullopt;
    if (node && !value)
      wrong(key, "must be a whole number");
    else if (value && (*value < min || *value > max))
      wrong(key, "must lie between " + std::to_string(min) + " and " + std::to_string(max));
    return value.value_or(0);
  }

  double real(std::string_view key, double min, double max) {
    auto* node = need(key);
    auto value = node && node->is_number() ? node->value<double>() : std::nullopt;
    if (node && !value)
      wrong(key, "must be a number");
    else if (value && !(*value >= min && *value <= max))
      wrong(key, "is out of range");
    return value.value_or(0);
  }

  bool flag(std::string_view key) {
    auto* node = need(key);
    auto value = node ? node->value_exact<bool>() : std::nullopt;
    if (node && !value)
      wrong(key, "must be true or false");
    return value.value_or(false);
  }

  bool flag_or(std::string_view key, bool otherwise) { return has(key) ? flag(key) : otherwise; }

  sys_days day(std::string_view key) {
    auto* node = need(key);
    auto value = node ? node->value_exact<toml::date>() : std::nullopt;
    if (node && !value)
      wrong(key, "must be a date such as 2026-11-20");
    if (!value)
      return {};
    return sys_days{std::chrono::year{value->year} / value->month / value->day};
  }

  /// One of `names`, as its index.
  std::size_t one_of(std::string_view key, std::initializer_list<std::string_view> names) {
    auto value = text(key);
    auto found = std::find(names.begin(), names.end(), value);
    if (found != names.end())
      return static_cast<std::size_t>(found - names.begin());
    std::string list;
    for (auto name : names)
      list.append(list.empty() ? "" : ", ").append(name);
    wrong(key, "must be one of " + list);
    return 0;
  }

  /// USD per million tokens as nano-dollars per token: three decimals are all there is.
  std::int64_t price(std::string_view key);

  std::int64_t price_or(std::string_view key, std::int64_t otherwise) {
    return has(key) ? price(key) : otherwise;
  }

  const toml::node* node(std::string_view key) { return need(key); }
  const toml::node* node_or_null(std::string_view key) { return look(key); }

  void wrong(std::string_view key, std::string_view what) {
    if (!problem_)
      problem_.text = name_ + "." + std::string{key} + " " + std::string{what};
  }
  void take(ConfigProblem problem) {
    if (!problem_)
      problem_ = std::move(problem);
  }

  /// The first problem; an unknown key is one.
  ConfigProblem done() {
    for (auto&& [key, value] : table_) {
      std::string name{key.str()};
      if (problem_ || asked_.contains(name))
        continue;
      std::vector<std::string_view> known{asked_.begin(), asked_.end()};
      problem_.text = "unknown key " + name_ + "." + name;
      if (auto guess = nearest(name, known); !guess.empty())
        problem_.text.append("; did you mean ").append(guess).append("?");
    }
    return problem_;
  }

private:
  const toml::node* look(std::string_view key) {
    asked_.emplace(key);
    return table_.get(key);
  }
  const toml::node* need(std::string_view key) {
    auto* node = look(key);
    if (!node)
      wrong(key, "is missing");
    return node;
  }

  const toml::table& table_;
  std::string name_;
  std::set<std::string, std::less<>> asked_;
  ConfigProblem problem_;
};

std::int64_t Reader::price(std::string_view key) {
  auto value = text(key);
  auto point = value.find('.');
  auto whole = value.substr(0, point);
  auto fraction = point == std::string::npos ? std::string{} : value.substr(point + 1);
  auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 9 &&
           std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!digits(whole) || (point != std::string::npos && !digits(fraction))) {
    wrong(key, "must be USD per million tokens as a string such as \"0.075\"");
    return 0;
  }
  while (fraction.size() > 3 && fraction.back() == '0')
    fraction.pop_back();
  if (fraction.size() > 3) {
    wrong(key, "is not a whole number of nano-dollars per token: three decimals at most");
    return 0;
  }
  fraction.resize(3, '0');
  auto nano = std::stoll(whole) * 1000 + std::stoll(fraction);
  if (nano > nano_max)
    wrong(key, "is more than 1000 USD per million tokens");
  return nano;
}

TokenPrice read_tokens(Reader& in) {
  TokenPrice out;
  out.input = in.price("input");
  out.cached = in.price("cached");
  out.cache_write = in.price_or("cache_write", out.input);
  out.output = in.price("output");
  return out;
}

ConfigProblem read_price(const toml::table& table, const std::string& name, Price& out) {
  Reader in{table, name};
  out.from = in.day("from");
  out.tokens = read_tokens(in);
  if (auto* node = in.node_or_null("long")) {
    auto* inner = node->as_table();
    if (!inner)
      return {name + ".long must be a table"};
    Reader part{*inner, name + ".long"};
    out.long_above = part.number("above", 1, tokens_max);
    out.long_tokens = read_tokens(part);
    in.take(part.done());
  }
  return in.done();
}

void read_prices(Reader& in, const std::string& name, std::vector<Price>& out) {
  auto* node = in.node("prices");
  if (!node)
    return;
  auto* list = node->as_array();
  if (!list || list->empty())
    return in.wrong("prices", "must be a list of prices, one at least");
  for (auto& element : *list) {
    auto* table = element.as_table();
    if (!table)
      return in.wrong("prices", "must be a list of prices, one at least");
    in.take(read_price(*table, name + ".prices", out.emplace_back()));
  }
  auto later = [](const Price& a, const Price& b) { return a.from >= b.from; };
  if (std::adjacent_find(out.begin(), out.end(), later) != out.end())
    in.wrong("prices", "must be in order of their days, each day once");
}

ConfigProblem read_model(const toml::table& table, ModelInfo& out,
                         std::vector<std::string>& snapshots) {
  Reader in{table, out.name};
  out.provider = static_cast<ModelProvider>(in.one_of("provider", {"openai", "anthropic"}));
  out.kind = static_cast<ModelKind>(in.one_of("kind", {"chat", "embedding", "moderation"}));
  if (in.has("snapshots"))
    snapshots = in.texts("snapshots");
  bool chat = out.kind == ModelKind::chat;
  out.context_tokens = in.number("context_tokens", 1, tokens_max);
  out.output_tokens_max = in.number("output_tokens_max", chat ? 1 : 0, chat ? tokens_max : 0);
  out.image_tokens_max = in.number("image_tokens_max", 0, tokens_max);
  out.overhead_tokens = in.number("overhead_tokens", 0, tokens_max);
  out.completion_tokens = in.flag_or("completion_tokens", false);
  out.temperature = in.flag_or("temperature", true);
  out.legacy_functions = in.flag_or("legacy_functions", false);
  out.continuous_usage = in.flag_or("continuous_usage", false);
  out.reasoning_effort = in.text_or("reasoning_effort", "");
  out.requests_per_minute = in.number("requests_per_minute", 0, per_minute_max);
  out.tokens_per_minute = in.number("tokens_per_minute", 0, per_minute_max);
  if (in.has("shutdown"))
    out.shutdown = in.day("shutdown");
  read_prices(in, out.name, out.prices);
  return in.done();
}

ConfigProblem read_operation(const toml::table& table, Operation& out) {
  Reader in{table, out.name};
  out.model = in.text("model");
  out.fallbacks = in.texts("fallbacks");
  out.economy = in.text("economy");
  out.max_tokens = in.number("max_tokens", 0, tokens_max);
  if (in.has("temperature"))
    out.temperature = in.real("temperature", 0, 1);  // Anthropic's range; OpenAI's goes to 2
  out.schema = in.text("schema");
  out.prompt = in.text("prompt");
  out.prompt_version = in.text("prompt_version");
  out.priority = static_cast<Priority>(in.one_of("priority", {"interactive", "batch", "night"}));
  out.timeout = milliseconds{in.number("timeout_ms", 1, milliseconds_max)};
  out.deadline = milliseconds{in.number("deadline_ms", 1, milliseconds_max)};
  out.cacheable = in.flag("cacheable");
  if (out.cacheable)
    out.cache_for = seconds{in.number("cache_seconds", 1, cache_seconds_max)};
  else if (in.has("cache_seconds"))
    in.wrong("cache_seconds", "says nothing when cacheable is false");
  out.vision = in.flag("vision");
  if (out.model.empty())
    in.wrong("model", "must not be empty");
  if (out.prompt_version.empty())
    in.wrong("prompt_version", "must not be empty");
  if (out.deadline < out.timeout)
    in.wrong("deadline_ms", "must be at least timeout_ms");
  return in.done();
}

/// Calls `read(name, table)` for each table of a document; stops at the first problem.
template <class Read>
ConfigProblem each_table(std::string_view text, std::string_view file, Read read) {
  try {
    auto document = toml::parse(text);
    for (auto&& [key, node] : document) {
      std::string name{key.str()};
      auto* table = node.as_table();
      if (!table)
        return {std::string{file} + ": " + name + " must be a table"};
      if (auto problem = read(name, *table))
        return {std::string{file} + ": " + problem.text};
    }
    return {};
  } catch (const toml::parse_error& error) {
    std::ostringstream out;
    out << file << " is not valid TOML at line " << error.source().begin.line << ": "
        << error.description();
    return {out.str()};
  }
}

}  // namespace

ConfigProblem read_operations(std::string_view text,
                              std::map<std::string, Operation, std::less<>>& out) {
  return each_table(text, "operations", [&](const std::string& name, const toml::table& table) {
    auto& operation = out[name];
    operation.name = name;
    return read_operation(table, operation);
  });
}

ConfigProblem read_models(std::string_view text,
                          std::map<std::string, ModelInfo, std::less<>>& out) {
  std::set<std::string> seen;
  return each_table(text, "models", [&](const std::string& name, const toml::table& table) {
    ModelInfo model;
    model.name = name;
    std::vector<std::string> names;
    if (auto problem = read_model(table, model, names))
      return problem;
    names.push_back(name);
    for (const auto& each : names) {
      if (!seen.insert(each).second)
        return ConfigProblem{each + " is there twice"};
      model.name = each;
      out.insert_or_assign(each, model);
    }
    return ConfigProblem{};
  });
}

}  // namespace jobraker::config_detail
