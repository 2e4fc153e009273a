#include "tools/sandbox/postings.hpp"

#include <algorithm>
#include <cstdio>

#include "embedded/sandbox_data.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

Time after_days(Time from, double days) {
  return from + std::chrono::microseconds{static_cast<std::int64_t>(days * 86400e6)};
}

std::vector<std::string> strings(json::View list) {
  std::vector<std::string> out;
  list.each_element([&](json::View item) { out.push_back(item.string_or("")); });
  return out;
}

}  // namespace

bool Posting::in(std::string_view source) const {
  return std::find(sources.begin(), sources.end(), source) != sources.end();
}

std::string Posting::plain() const {
  auto text = intro;
  for (const auto& [heading, items] : sections) {
    text += "\n\n" + heading + ":";
    for (const auto& item : items)
      text += "\n- " + item;
  }
  return text;
}

std::string Posting::html() const {
  auto text = "<p>" + escape_html(intro) + "</p>";
  for (const auto& [heading, items] : sections) {
    text += "<h3>" + escape_html(heading) + "</h3><ul>";
    for (const auto& item : items)
      text += "<li>" + escape_html(item) + "</li>";
    text += "</ul>";
  }
  return text;
}

std::uint64_t Posting::number(std::uint64_t low, std::uint64_t range) const {
  return low + hash(key) % range;
}

std::string Posting::uuid() const {
  auto a = hash(key, 1), b = hash(key, 2);
  char out[37];
  std::snprintf(out, sizeof out, "%08x-%04x-4%03x-%04x-%012llx", static_cast<unsigned>(a >> 32),
                static_cast<unsigned>(a >> 16 & 0xFFFF), static_cast<unsigned>(a & 0xFFF),
                static_cast<unsigned>(0x8000 | (b >> 48 & 0x3FFF)),
                static_cast<unsigned long long>(b & 0xFFFFFFFFFFFF));
  return out;
}

Result<Posting> read_posting(json::View value, Time now) {
  Posting out;
  for (auto [name, member] : {std::pair{"key", &out.key},
                              {"title", &out.title},
                              {"company", &out.company},
                              {"country", &out.country},
                              {"intro", &out.intro}}) {
    auto text = value[name].string();
    if (!text || text->empty())
      return fail(Errc::invalid, std::string{"a posting needs the string \""} + name + "\"");
    *member = *text;
  }
  out.place = value["place"].string_or("");
  out.lang = value["lang"].string_or("en");
  out.team = value["team"].string_or("");
  out.category = value["category"].string_or("unknown");
  out.category_label = value["category_label"].string_or("Unknown");
  out.level = value["level"].string_or("mid");
  out.workplace = value["workplace"].string_or("on_site");
  out.job_type = value["job_type"].string_or("full_time");
  out.board = value["board"].string_or("");
  out.area = strings(value["area"]);
  out.skills = strings(value["skills"]);
  out.sources = strings(value["sources"]);
  if (out.sources.empty())
    out.sources = {"adzuna"};
  value["sections"].each_element([&](json::View section) {
    out.sections.emplace_back(section.at(0).string_or(""), strings(section.at(1)));
  });
  if (auto pay = value["salary"]; pay.is_object())
    out.pay = Pay{pay["min"].number().value_or(0), pay["max"].number().value_or(0),
                  pay["currency"].string_or(""), pay["interval"].string_or("year"),
                  pay["predicted"].boolean().value_or(false)};
  out.latitude = value["lat"].number();
  out.longitude = value["lon"].number();
  out.posted_at = after_days(now, -value["age_days"].number().value_or(0));
  if (auto days = value["closes_in_days"].number())
    out.closes_at = after_days(now, *days);
  return out;
}

// Dates count from midnight, so that a sandbox started again the same day shows the same postings.
PostingStore::PostingStore(Time now) : start_(std::chrono::floor<std::chrono::days>(now)) {
  load();
}

void PostingStore::load() {
  postings_.clear();
  for (const auto& file : sandbox_data()) {
    if (file.name != "postings.jsonl")
      continue;
    for (auto line : split(file.content, '\n'))
      if (auto document = json::Document::parse(line))
        if (auto posting = read_posting(document->root(), start_))
          postings_.push_back(std::make_shared<Posting>(std::move(*posting)));
  }
  std::stable_sort(postings_.begin(), postings_.end(),
                   [](const auto& a, const auto& b) { return a->posted_at > b->posted_at; });
}

std::vector<PostingPtr> PostingStore::of(std::string_view source) const {
  std::lock_guard lock{mutex_};
  std::vector<PostingPtr> out;
  for (const auto& posting : postings_)
    if (posting->in(source))
      out.push_back(posting);
  return out;
}

std::vector<PostingPtr> PostingStore::all() const {
  std::lock_guard lock{mutex_};
  return postings_;
}

void PostingStore::put(Posting posting) {
  std::lock_guard lock{mutex_};
  std::erase_if(postings_, [&](const auto& p) { return p->key == posting.key; });
  auto added = std::make_shared<const Posting>(std::move(posting));
  auto at = std::find_if(postings_.begin(), postings_.end(),
                         [&](const auto& p) { return p->posted_at < added->posted_at; });
  postings_.insert(at, std::move(added));
  ++version_;
}

bool PostingStore::remove(std::string_view key) {
  std::lock_guard lock{mutex_};
  auto removed = std::erase_if(postings_, [&](const auto& p) { return p->key == key; });
  version_ += removed;
  return removed > 0;
}

void PostingStore::reset() {
  std::lock_guard lock{mutex_};
  load();
  ++version_;
}

std::uint64_t PostingStore::version() const {
  std::lock_guard lock{mutex_};
  return version_;
}

}  // namespace jobraker::sandbox
