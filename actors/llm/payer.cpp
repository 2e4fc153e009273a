#include "actors/llm/payer.hpp"

#include <array>

#include <sodium.h>

#include "storage/databases.hpp"
#include "storage/user_company.hpp"

namespace jobraker::llm {

task<Payer> payer_of(Services& services, std::optional<UserId> user) {
  Payer payer;
  if (!user || !*user)
    co_return payer;
  payer.user = user;
  auto& memory = services.gateway->companies;
  if (auto known = memory.find(*user)) {
    payer.company = known->company;
  } else if (auto company = co_await storage::company_of(services.databases.here(), *user)) {
    payer.company = *company;
    memory.keep(*user, *company);
  }
  payer.tenant =
    payer.company ? "company:" + to_string(*payer.company) : "user:" + to_string(*user);
  co_return payer;
}

std::string safety_id(const Config& config, const Payer& payer) {
  auto text = config.llm.safety_salt + payer.tenant;
  std::array<unsigned char, 32> hash{};
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size(), nullptr, 0);
  std::string hex(65, '\0');
  sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
  hex.resize(64);
  return hex;
}

std::optional<CompanyMemory::Entry> CompanyMemory::find(const UserId& user) {
  std::lock_guard guard{mutex_};
  auto found = entries_.find(user);
  if (found == entries_.end() || found->second.until <= Context::Clock::now())
    return std::nullopt;
  return found->second;
}

void CompanyMemory::keep(const UserId& user, std::optional<CompanyId> company) {
  std::lock_guard guard{mutex_};
  if (entries_.size() > 100'000)
    entries_.clear();
  entries_[user] = {company, Context::Clock::now() + std::chrono::minutes{1}};
}

task<Done> know_payer(Services& services, UserId user) {
  co_await payer_of(services, user);
  co_return Done{};
}

}  // namespace jobraker::llm
