#include "actors/jobs/core/dedupe.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "actors/jobs/core/text.hpp"
#include "actors/jobs/core/title.hpp"

namespace jobraker {
namespace {

bool tracking(std::string_view parameter) {
  auto name = text::lower(parameter.substr(0, parameter.find('=')));
  constexpr std::string_view exact[] = {
    "gclid",    "fbclid", "msclkid", "gh_src", "lever-source", "lever-origin", "ref",
    "referrer", "source", "src",     "trk",    "refid",        "mc_cid",       "mc_eid"};
  return name.starts_with("utm_") || name.starts_with("lever-source") ||
         std::find(std::begin(exact), std::end(exact), name) != std::end(exact);
}

std::uint64_t mixed(std::uint64_t h) {
  h ^= h >> 33;
  h *= 0xFF51AFD7ED558CCDULL;
  h ^= h >> 33;
  h *= 0xC4CEB9FE1A85EC53ULL;
  return h ^ (h >> 33);
}

/// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view word) {
  std::uint64_t h = 0xCBF29CE484222325ULL;
  for (char c : word)
    h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return h;
}

constexpr std::size_t shingle_words = 4;

/// Hashes of all runs of four words, sorted, distinct. An excerpt's last word may be cut in two.
std::vector<std::uint64_t> shingles(std::string_view s, bool excerpt) {
  auto key = text::key(s);
  std::vector<std::uint64_t> words;
  for (std::size_t at = 0; at < key.size();) {
    auto end = std::min(key.find(' ', at), key.size());
    words.push_back(hash_of(std::string_view{key}.substr(at, end - at)));
    at = end + 1;
  }
  if (excerpt && words.size() > 1)
    words.pop_back();
  std::vector<std::uint64_t> out;
  auto width = std::min(shingle_words, words.size());
  for (std::size_t i = 0; width > 0 && i + width <= words.size(); ++i) {
    std::uint64_t h = width;
    for (std::size_t k = 0; k < width; ++k)
      h = mixed(h ^ words[i + k]) + k;
    out.push_back(h);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool is_excerpt(std::string_view s) {
  return s.ends_with("…") || (s.ends_with("...") && s.size() < 1000);
}

std::string place_key(const Job& job) {
  auto city = text::key(job.city);
  if (city.empty() && job.workplace == Workplace::remote)
    city = "remote";
  return city + "|" + job.country;
}

/// Whether two places can be one: what both say must agree.
bool places_agree(const Job& a, const Job& b) {
  auto agree = [](const std::string& x, const std::string& y) {
    return x.empty() || y.empty() || x == y;
  };
  if (!agree(a.country, b.country))
    return false;
  if (!agree(text::key(a.city), text::key(b.city)))
    return false;
  if (a.city.empty() && b.city.empty() && !agree(text::key(a.region), text::key(b.region)))
    return false;
  bool different = a.workplace != Workplace::unknown && b.workplace != Workplace::unknown &&
                   a.workplace != b.workplace;
  return !different;
}

bool own_board(SourceKind kind) {
  return kind == SourceKind::greenhouse || kind == SourceKind::lever;
}

/// The board part of `board:id`.
std::string_view board_of(const Job& job) {
  return std::string_view{job.source_id}.substr(0, job.source_id.find(':'));
}

}  // namespace

std::string canonical_url(std::string_view raw) {
  auto url = text::trim(raw);
  url = url.substr(0, url.find('#'));
  if (auto scheme = url.find("://"); scheme != url.npos)
    url.remove_prefix(scheme + 3);
  auto query = url.find('?');
  auto path = url.substr(0, query);
  auto slash = std::min(path.find('/'), path.size());
  auto host = text::lower(path.substr(0, slash));
  if (host.starts_with("www."))
    host.erase(0, 4);
  for (std::string_view port : {":80", ":443"})
    if (host.ends_with(port))
      host.resize(host.size() - port.size());
  std::string out = host + std::string{path.substr(slash)};
  while (out.ends_with('/'))
    out.pop_back();
  if (query == url.npos)
    return out;
  char separator = '?';
  for (const auto& parameter : text::split(url.substr(query + 1), "&;"))
    if (!parameter.empty() && !tracking(parameter)) {
      out += separator + parameter;
      separator = '&';
    }
  return out;
}

std::string ats_key(std::string_view raw) {
  auto url = canonical_url(raw);
  auto query_at = url.find('?');
  auto parts = text::split(url.substr(0, query_at), "/");
  auto host = parts.front();
  std::erase(parts, "");
  auto parameter = [&](std::string_view name) -> std::string {
    if (query_at == url.npos)
      return {};
    for (const auto& p : text::split(std::string_view{url}.substr(query_at + 1), "&"))
      if (p.starts_with(name) && p.size() > name.size() && p[name.size()] == '=')
        return p.substr(name.size() + 1);
    return {};
  };
  auto numeric = [](const std::string& s) {
    return !s.empty() &&
           std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  auto key = [](std::string_view system, std::string_view board, std::string_view id) {
    return std::string{system} + "/" + text::lower(board) + "/" + text::lower(id);
  };
  // Employers' own pages show a Greenhouse job as ?gh_jid=…; its ids are unique over all boards.
  if (auto id = parameter("gh_jid"); numeric(id))
    return key("greenhouse", "", id);
  if (host.ends_with("greenhouse.io")) {
    for (std::size_t i = 1; i + 1 < parts.size(); ++i)
      if (parts[i] == "jobs" && numeric(parts[i + 1]))
        return key("greenhouse", "", parts[i + 1]);
    if (auto token = parameter("token"); numeric(token))
      return key("greenhouse", "", token);
  }
  if (host.ends_with("lever.co") && parts.size() >= 3 && host.starts_with("jobs."))
    return key("lever", parts[1], parts[2]);
  if (host == "jobs.ashbyhq.com" && parts.size() >= 3)
    return key("ashby", parts[1], parts[2]);
  if (host == "apply.workable.com" && parts.size() >= 4 && parts[2] == "j")
    return key("workable", parts[1], parts[3]);
  if ((host == "jobs.smartrecruiters.com" || host == "careers.smartrecruiters.com") &&
      parts.size() >= 3)
    return key("smartrecruiters", parts[1], parts[2].substr(0, parts[2].find('-')));
  if (host.ends_with(".recruitee.com") && parts.size() >= 3 && parts[1] == "o")
    return key("recruitee", host, parts[2]);
  if (host.ends_with(".personio.de") || host.ends_with(".personio.com"))
    if (parts.size() >= 3 && parts[1] == "job")
      return key("personio", host, parts[2]);
  if (host.ends_with(".myworkdayjobs.com") && parts.size() >= 3)
    return key("workday", host,
               parts.back().substr(
                 parts.back().rfind('_') == std::string::npos ? 0 : parts.back().rfind('_') + 1));
  return {};
}

std::string fingerprint(const Job& job) {
  return to_string(
    uuid_of(company_key(job.company) + "|" + title_key(job.title) + "|" + place_key(job)));
}

double similarity(std::string_view a, std::string_view b) {
  bool a_cut = is_excerpt(a), b_cut = is_excerpt(b);
  auto x = shingles(a, a_cut), y = shingles(b, b_cut);
  if (x.empty() || y.empty())
    return x.empty() && y.empty() ? 1 : 0;
  std::size_t shared = 0;
  for (std::size_t i = 0, k = 0; i < x.size() && k < y.size();) {
    if (x[i] == y[k])
      ++shared, ++i, ++k;
    else
      ++(x[i] < y[k] ? i : k);
  }
  auto all = x.size() + y.size() - shared;
  auto base = a_cut || b_cut ? std::min(x.size(), y.size()) : all;
  return static_cast<double>(shared) / static_cast<double>(base);
}

std::optional<DuplicateReason> same_posting(const Job& a, const Job& b) {
  if (a.source == b.source && a.source_id == b.source_id)
    return DuplicateReason::same_source_id;
  auto a_key = ats_key(a.source_url), b_key = ats_key(b.source_url);
  if (!a_key.empty() && a_key == b_key)
    return DuplicateReason::same_address;
  // Two ids on an employer's board are two openings, however alike; also seen through their
  // addresses.
  if (own_board(a.source) && a.source == b.source && board_of(a) == board_of(b))
    return std::nullopt;
  if (!a_key.empty() && !b_key.empty())
    return std::nullopt;
  auto company = company_key(a.company);
  if (company.empty() || company != company_key(b.company) ||
      title_key(a.title) != title_key(b.title) || !places_agree(a, b))
    return std::nullopt;
  if (a.seniority != Seniority::unknown && b.seniority != Seniority::unknown &&
      a.seniority != b.seniority &&
      std::abs(static_cast<int>(a.seniority) - static_cast<int>(b.seniority)) > 1)
    return std::nullopt;
  // Where one of them does not name the city, the texts have to make up for it.
  auto needed = place_key(a) == place_key(b) ? same_text_similarity : 0.85;
  if (similarity(a.description, b.description) < needed)
    return std::nullopt;
  return DuplicateReason::same_content;
}

const Job& survivor(const Job& a, const Job& b) {
  auto rank = [](const Job& job) {
    auto source = own_board(job.source)                ? 0
                  : job.source == SourceKind::feed     ? 1
                  : job.source == SourceKind::employer ? 3
                                                       : 2;
    auto born = job.posted_at.value_or(job.created_at);
    return std::tuple{job.status == JobStatus::active ? 0 : 1, source, born, job.id,
                      std::string_view{job.source_id}};
  };
  return rank(b) < rank(a) ? b : a;
}

}  // namespace jobraker
