#include <algorithm>
#include <set>

#include "tools/sandbox/chat_facts.hpp"
#include "tools/sandbox/openai_schema.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

using json::View;
using json::Writer;

/// Lower case, letters and digits only: company_name and companyName are one.
std::string plain_name(std::string_view name) {
  std::string out;
  for (char c : lower(name))
    if (is_digit(c) || (c >= 'a' && c <= 'z'))
      out += c;
  return out;
}

bool in(std::string_view name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](auto part) { return name.find(part) != std::string_view::npos; });
}

bool is(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A text, number or flag that the facts give for a member.
struct Found {
  std::string text;
  std::optional<double> number;
  std::optional<bool> flag;
  std::vector<std::string> list;
  bool any() const { return !text.empty() || number || flag || !list.empty(); }
};

std::string when_text(std::string_view name, View schema, const WhenFound& when) {
  auto format = schema["format"].string_or("");
  if (format == "date" || (format.empty() && is(name, {"date", "day", "startdate", "from", "to"})))
    return when.date();
  if (format == "time" || (format.empty() && is(name, {"time", "starttime", "clock"})))
    return when.minute ? when.time() : std::string{};
  return when.date_time();
}

Found find_value(std::string_view name, View schema, const Facts& facts) {
  Found out;
  auto whole = [](std::optional<std::int64_t> value) {
    return value ? std::optional{static_cast<double>(*value)} : std::nullopt;
  };
  if (in(name, {"minscore", "scoremin"})) {
    out.number = whole(facts.score);
    return out;
  }
  if (in(name, {"perday"})) {
    out.number = whole(facts.per_day);
    return out;
  }
  if (in(name, {"within", "maxage"})) {
    out.number = whole(facts.within_days);
    return out;
  }
  if (name == "days") {
    out.number = whole(facts.days);
    return out;
  }
  if (in(name, {"exclude"})) {
    out.list = facts.without_companies;
    return out;
  }
  bool pay = in(name, {"salary", "wage", "compensation", "minpay", "maxpay"}) || name == "pay";
  if (in(name, {"currency"}))
    out.text = facts.currency;
  else if (pay && facts.amount) {
    bool most = in(name, {"max"});
    if (most == facts.amount_is_most)
      out.number = facts.amount;
  } else if (in(name, {"company", "employer"}))
    out.text = facts.company;
  else if (in(name, {"jobid", "postingid", "vacancyid", "slotid"}) || is(name, {"id", "job"})) {
    // A schema that wants a UUID says so by a pattern.
    bool uuid = schema["pattern"].string_or("").find("{12}") != std::string::npos;
    out.text = uuid && facts.job_id.size() != 36 ? std::string{} : facts.job_id;
  } else if (in(name, {"applicationid"}))
    out.text = facts.job_id.size() == 36 ? facts.job_id : std::string{};
  else if (in(name, {"query", "keyword", "search", "term"}) || is(name, {"q", "what", "text"}))
    out.text = facts.query;
  else if (in(name, {"remote"}) || is(name, {"workfromhome"}))
    out.flag = facts.remote;
  else if (in(name, {"workplace", "arrangement", "workmode", "workmodel"})) {
    if (facts.remote)
      out.text = *facts.remote ? "remote" : "on_site";
  } else if (in(name, {"location", "city", "place", "town", "region", "area"}) || name == "where") {
    out.text = facts.place;
    if (out.text.empty() && facts.remote && *facts.remote && has_type(schema, "array"))
      out.text = "Remote";
  } else if (in(name, {"skill", "technolog"}))
    out.list = facts.skills;
  else if (in(name, {"title", "position", "role"}))
    out.text = facts.title;
  else if (in(name, {"start", "date", "when", "time", "schedul", "slot", "day"}) ||
           is(name, {"from", "at", "after", "since"})) {
    if (!in(name, {"zone", "duration", "minutes", "within", "days"}))
      out.text = when_text(name, schema, facts.when);
  } else if (is(name, {"limit", "count", "maxresults", "top", "n", "number"})) {
    if (facts.count)
      out.number = static_cast<double>(*facts.count);
  }
  return out;
}

bool write_enum(Writer& out, std::string_view key, View values, const Facts& facts,
                const Found& found) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    auto word = lower(values.at(i).string_or(""));
    auto spoken = word;
    std::replace(spoken.begin(), spoken.end(), '_', ' ');
    auto dashed = word;
    std::replace(dashed.begin(), dashed.end(), '_', '-');
    bool said = !word.empty() && (word == found.text || has_phrase(facts.low, spoken) ||
                                  has_phrase(facts.low, dashed));
    if (said) {
      out.key(key).raw(values.at(i).dump());
      return true;
    }
  }
  return false;
}

bool write_number(Writer& out, std::string_view key, View schema, double value) {
  if (auto low = schema["minimum"].number())
    value = std::max(value, *low);
  if (auto high = schema["maximum"].number())
    value = std::min(value, *high);
  if (has_type(schema, "integer"))
    out.key(key).value(static_cast<std::int64_t>(value));
  else
    out.key(key).value(value);
  return true;
}

bool write_members(Writer& out, View root, View schema, std::string_view parent, const Facts& facts,
                   int depth);

bool write_member(Writer& out, std::string_view key, View root, View raw, std::string_view parent,
                  const Facts& facts, int depth) {
  auto schema = resolve(root, raw);
  for (auto form : {"anyOf", "oneOf"})
    for (std::size_t i = 0; i < schema[form].size(); ++i)
      if (!has_type(schema[form].at(i), "null"))
        return write_member(out, key, root, schema[form].at(i), parent, facts, depth);
  auto name = plain_name(key);
  auto found = find_value(name, schema, facts);
  if (!found.any() && !parent.empty())
    found = find_value(std::string{parent} + name, schema, facts);
  if (auto values = schema["enum"]; values.size() > 0)
    return write_enum(out, key, values, facts, found);
  if (has_type(schema, "object") && depth < 5) {
    Writer inner;
    inner.begin_object();
    bool any = write_members(inner, root, schema, name, facts, depth + 1);
    inner.end_object();
    if (any)
      out.key(key).raw(inner.text());
    return any;
  }
  if (has_type(schema, "array")) {
    auto items = resolve(root, schema["items"]);
    if (items["enum"].size() > 0) {
      Writer one;
      one.begin_object();
      if (!write_enum(one, "v", items["enum"], facts, found))
        return false;
      one.end_object();
      out.key(key).begin_array().raw(json::Document::parse(one.text())->root()["v"].dump());
      out.end_array();
      return true;
    }
    if (!found.text.empty() && found.list.empty())
      found.list = {found.text};
    if (found.list.empty() || !has_type(items, "string"))
      return false;
    out.key(key).begin_array();
    for (const auto& item : found.list)
      out.value(std::string_view{item});
    out.end_array();
    return true;
  }
  if (has_type(schema, "boolean") && found.flag) {
    out.key(key).value(*found.flag);
    return true;
  }
  if ((has_type(schema, "integer") || has_type(schema, "number")) && found.number)
    return write_number(out, key, schema, *found.number);
  if (has_type(schema, "string") || !schema["type"]) {
    auto text = !found.text.empty()         ? found.text
                : found.flag && *found.flag ? std::string{"remote"}
                : found.number              ? std::to_string(static_cast<long>(*found.number))
                : !found.list.empty()       ? found.list.front()
                                            : std::string{};
    if (text.empty())
      return false;
    out.key(key).value(std::string_view{text});
    return true;
  }
  if (has_type(schema, "integer") && !found.text.empty() &&
      std::all_of(found.text.begin(), found.text.end(), is_digit) && found.text.size() < 16) {
    out.key(key).raw(found.text);
    return true;
  }
  return false;
}

bool write_members(Writer& out, View root, View schema, std::string_view parent, const Facts& facts,
                   int depth) {
  std::set<std::string> required;
  schema["required"].each_element([&](View name) { required.insert(name.string_or("")); });
  bool any = false;
  schema["properties"].each_member([&](std::string_view key, View property) {
    if (write_member(out, key, root, property, parent, facts, depth)) {
      any = true;
      return;
    }
    if (!required.contains(std::string{key}))
      return;
    auto inner = resolve(root, property);
    out.key(key);
    // A required text nobody named is best answered with what was asked.
    if (has_type(inner, "null") || inner["anyOf"])
      write_minimal(out, root, inner);
    else if (has_type(inner, "string") && !inner["enum"] && !inner["format"] && !inner["pattern"])
      out.value(std::string_view{facts.query});
    else
      write_minimal(out, root, inner);
  });
  return any;
}

}  // namespace

std::string fill_arguments(json::View parameters, const Facts& facts) {
  Writer out;
  out.begin_object();
  write_members(out, parameters, parameters, "", facts, 0);
  out.end_object();
  return out.text();
}

}  // namespace jobraker::sandbox
