#include "storage/application_documents.hpp"
#include "storage/applications.hpp"
#include "tests/storage/samples.hpp"

namespace jobraker {
namespace {

using namespace storage;
using test::error_of;
using test::must;
using test::start;

struct ApplicationDocumentsTest : test::SampleTest {
  ApplicationId application() {
    NewApplication wanted;
    wanted.user = person();
    wanted.company = "Acme";
    wanted.job_title = "Engineer";
    return must(run(create_application(*db, wanted, start))).id;
  }
  Result<ApplicationDocument> save(ApplicationId id, std::string kind, std::string text,
                                   std::int64_t version = 0) {
    return run(save_application_document(*db, {id, std::move(kind), std::move(text), version, {}},
                                         start + std::chrono::hours{1}));
  }
};

TEST_F(ApplicationDocumentsTest, AreKeptOncePerKindAndCountTheirVersions) {
  auto id = application();
  EXPECT_TRUE(must(run(application_documents(*db, id))).empty());
  EXPECT_EQ(must(save(id, "resume", "# One")).version, 1);
  EXPECT_EQ(must(save(id, "cover_letter", "Dear")).version, 1);
  auto second = must(save(id, "resume", "# Two"));
  EXPECT_EQ(second.version, 2);
  EXPECT_EQ(second.updated_at, start + std::chrono::hours{1});
  auto all = must(run(application_documents(*db, id)));
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].kind, "cover_letter");
  EXPECT_EQ(all[1].markdown, "# Two");
  EXPECT_EQ(all[1].application, id);
}

TEST_F(ApplicationDocumentsTest, TheSameTextAgainIsNoNewVersion) {
  auto id = application();
  must(save(id, "resume", "# One"));
  EXPECT_EQ(must(save(id, "resume", "# One")).version, 1);
}

TEST_F(ApplicationDocumentsTest, AChangeBasedOnAnotherVersionIsRefused) {
  auto id = application();
  EXPECT_EQ(error_of(save(id, "resume", "# One", 1)), Errc::precondition_failed);
  must(save(id, "resume", "# One"));
  EXPECT_EQ(must(save(id, "resume", "# Two", 1)).version, 2);
  EXPECT_EQ(error_of(save(id, "resume", "# Three", 1)), Errc::precondition_failed);
  EXPECT_EQ(must(run(application_documents(*db, id))).front().markdown, "# Two");
}

TEST_F(ApplicationDocumentsTest, NeedAKnownKindAndAnApplication) {
  EXPECT_EQ(error_of(save(application(), "photo", "x")), Errc::invalid);
  EXPECT_EQ(error_of(save(ApplicationId::fresh(), "resume", "x")), Errc::invalid);
}

}  // namespace
}  // namespace jobraker
