#include "storage/companies.hpp"

#include "storage/chunks.hpp"
#include "storage/user_company.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::start;

struct CompaniesTest : test::SampleTest {
  void SetUp() override {
    SampleTest::SetUp();
    if (!db)
      return;
    ada = person("ada@example.com");
    bob = person("bob@example.com");
  }
  Result<Company> save(UserId user, const std::string& name,
                       std::optional<std::string> profile = std::nullopt) {
    return run(save_company_of(*db, user, {name, std::nullopt, std::move(profile)}, start));
  }
  std::vector<std::string> named(const std::string& name) {
    std::vector<std::string> names;
    for (auto& company : must(run(companies_named(*db, name))))
      names.push_back(company.name);
    return names;
  }
  UserId ada{};
  UserId bob{};
};

TEST_F(CompaniesTest, TheFirstSaveMakesOneAndLaterOnesChangeIt) {
  auto made = must(run(
    save_company_of(*db, ada, {"Acme GmbH", "https://acme.example", "We make anvils."}, start)));
  EXPECT_EQ(made.name, "Acme GmbH");
  EXPECT_EQ(made.website, "https://acme.example");
  EXPECT_EQ(made.profile, "We make anvils.");
  EXPECT_EQ(made.owner, ada);
  EXPECT_EQ(must(run(company_of(*db, ada))), made.id);
  EXPECT_EQ(must(run(find_company(*db, made.id))), made);
  auto later = start + std::chrono::hours{1};
  auto changed = must(run(save_company_of(*db, ada, {"Acme AG", std::nullopt, {}}, later)));
  EXPECT_EQ(changed.id, made.id);
  EXPECT_EQ(changed.name, "Acme AG");
  EXPECT_EQ(changed.website, std::nullopt);
  EXPECT_EQ(changed.profile, "");
  EXPECT_EQ(changed.created_at, start);
  EXPECT_EQ(changed.updated_at, later);
}

TEST_F(CompaniesTest, NamesAreTakenOnce) {
  auto made = must(save(ada, "Acme GmbH"));
  EXPECT_EQ(error_of(save(bob, "ACME - gmbh")), Errc::conflict);
  EXPECT_EQ(must(run(company_of(*db, bob))), std::nullopt) << "nothing of it stays";
  auto other = must(save(bob, "Acme AG"));
  EXPECT_NE(other.id, made.id);
  EXPECT_EQ(error_of(save(bob, "Acme GmbH")), Errc::conflict);
  EXPECT_EQ(must(save(ada, "acme gmbh")).name, "acme gmbh");
  EXPECT_EQ(error_of(save(ada, "?!")), Errc::invalid);
  EXPECT_EQ(error_of(save(UserId::fresh(), "Nobody Inc")), Errc::not_found);
}

TEST_F(CompaniesTest, TwoFirstSavesAtOnceMakeOneCompany) {
  auto a = loop.spawn(save_company_of(*db, ada, {"One", {}, {}}, start));
  auto b = loop.spawn(save_company_of(*db, ada, {"Two", {}, {}}, start));
  loop.run_until([&] { return a->has_value() && b->has_value(); });
  EXPECT_EQ(must(**a).id, must(**b).id);
  EXPECT_EQ(sql("SELECT count(*) FROM companies").front().get<int>(0), 1);
}

TEST_F(CompaniesTest, AreFoundAsPeopleNameThem) {
  must(save(ada, "S.A.P. SE"));
  must(save(bob, "Sapient Corporation"));
  EXPECT_EQ(named("SAP"), std::vector<std::string>{"S.A.P. SE"}) << "a whole name before a part";
  EXPECT_EQ(named("sapient"), std::vector<std::string>{"Sapient Corporation"});
  EXPECT_EQ(named("sa"), (std::vector<std::string>{"S.A.P. SE", "Sapient Corporation"}));
  EXPECT_TRUE(named("").empty());
  EXPECT_TRUE(named("--").empty());
  EXPECT_TRUE(named("oracle").empty());
}

TEST_F(CompaniesTest, AnAdminSavesAnyOfThem) {
  auto made = must(save(ada, "Acme"));
  EXPECT_EQ(must(run(save_company(*db, made.id, {"Acme Inc", {}, "x"}, start))).profile, "x");
  EXPECT_EQ(error_of(run(save_company(*db, CompanyId::fresh(), {"A", {}, {}}, start))),
            Errc::not_found);
}

TEST_F(CompaniesTest, ThoseWithAProfileAreWalked) {
  auto silent = must(save(ada, "Silent"));
  auto loud = must(save(bob, "Loud", "We are loud."));
  auto page = must(run(companies_page(*db, std::nullopt, 10)));
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].id, loud.id);
  EXPECT_TRUE(must(run(companies_page(*db, loud.id, 10))).empty());
}

TEST_F(CompaniesTest, StayWhenTheirOwnerGoesAndTakeTheirPassagesAlong) {
  auto made = must(save(ada, "Acme", "We make anvils."));
  Chunk chunk;
  chunk.text = "We make anvils.";
  must(run(replace_chunks(*db, ChunkKind::company, made.id.uuid, {chunk}, "", "h")));
  sql("DELETE FROM users WHERE id = $1", {ada});
  EXPECT_EQ(must(run(find_company(*db, made.id))).owner, std::nullopt);
  sql("DELETE FROM companies WHERE id = $1", {made.id});
  EXPECT_EQ(sql("SELECT count(*) FROM chunks").front().get<int>(0), 0);
}

}  // namespace
}  // namespace jobraker
