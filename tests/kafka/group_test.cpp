#include <array>
#include <cstdio>
#include <stdexcept>

#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/kafka/helpers.hpp"
#include "tests/support/kafka.hpp"

extern char** environ;

namespace jobraker::net::kafka {
namespace {

using ::testing::Contains;
using ::testing::SizeIs;

// A member in a process of its own, which can be killed: kafka_member BROKERS GROUP TOPIC FINISH
// finishes so many records and prints the value of each it is handed.
class Member {
public:
  Member(const std::string& brokers, const std::string& group, const std::string& topic,
         int finish) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0)
      throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
    posix_spawn_file_actions_addclose(&actions, pipe[0]);
    auto count = std::to_string(finish);
    std::array<char*, 6> argv{const_cast<char*>(JOBRAKER_KAFKA_MEMBER),
                              const_cast<char*>(brokers.c_str()),
                              const_cast<char*>(group.c_str()),
                              const_cast<char*>(topic.c_str()),
                              count.data(),
                              nullptr};
    if (::posix_spawn(&pid_, JOBRAKER_KAFKA_MEMBER, &actions, nullptr, argv.data(), environ) != 0)
      throw std::runtime_error("cannot start " JOBRAKER_KAFKA_MEMBER);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    output_ = ::fdopen(pipe[0], "r");
  }
  ~Member() {
    kill();
    std::fclose(output_);
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  void read_until(const std::string& value) {
    std::array<char, 100> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), output_) != nullptr)
      if (line.data() == value + "\n")
        return;
    throw std::runtime_error("the member ended before " + value);
  }
  void kill() {
    if (pid_ == 0)
      return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

private:
  pid_t pid_ = 0;
  std::FILE* output_ = nullptr;
};

class KafkaGroup : public ::testing::Test {
protected:
  Settings settings = settings_for(test::kafka_brokers());
  std::string group = test::unique_word();
};

TEST_F(KafkaGroup, ThatDiesLeavesWhatItHasNotFinishedToAnother) {
  const auto topic = make_topic(settings, 1);
  write_numbers(settings, topic, 20);
  Member member{settings.brokers, group, topic, 5};
  member.read_until("19");
  member.kill();
  Reader next{settings, group_of(group, topic)};
  ASSERT_TRUE(
    next.records->wait([](const auto& all) { return !all.empty() && all.back().value == "19"; }));
  const auto values = next.values();
  // What the dead one had finished may have been committed or not.
  ASSERT_GE(values.size(), 15U);
  EXPECT_LE(values.size(), 20U);
  EXPECT_EQ(values, numbers(20 - static_cast<int>(values.size()), 20));
}

TEST_F(KafkaGroup, TakesPartInItsGroupWhileNothingFinishes) {
  const auto topic = make_topic(settings, 4);
  write_numbers(settings, topic, 500);
  auto narrow = group_of(group, topic);
  narrow.handed_max = 5;
  Reader first{settings, narrow, [](const auto&) { return false; }};
  ASSERT_TRUE(first.records->wait_for(5));
  Reader second{settings, group_of(group, topic)};
  ASSERT_TRUE(first.revoked->wait_for(1));
  EXPECT_LE(first.consumer->unfinished(), 5U);
  // What is now finished again makes room.
  std::size_t finished = 0;
  ASSERT_TRUE(eventually([&] {
    const auto all = first.records->all();
    for (; finished < all.size(); ++finished)
      first.done(all[finished]);
    auto both = all;
    for (const auto& record : second.records->all())
      both.push_back(record);
    std::size_t found = 0;
    for (const auto& [key, of_key] : numbers_by_key(both))
      found += of_key.size();
    return found == 500;
  }));
}

TEST_F(KafkaGroup, SharesItsPartitionsWithANewMember) {
  const auto topic = make_topic(settings, 4);
  Reader first{settings, group_of(group, topic)};
  write_numbers(settings, topic, 50);
  ASSERT_TRUE(first.records->wait_for(50));
  Reader second{settings, group_of(group, topic)};
  ASSERT_TRUE(first.revoked->wait_for(2));
  // The new member reads what now comes in its partitions, the old one the rest.
  Writer writer{settings};
  ASSERT_TRUE(eventually([&, i = 0]() mutable {
    writer.produce({topic, std::to_string(i), "again" + std::to_string(i), {}}, 1);
    ++i;
    return second.records->size() > 10;
  }));
  const auto taken = first.revoked->all();
  for (const auto& record : second.records->all())
    EXPECT_THAT(taken, Contains(record.from));
  ASSERT_TRUE(writer.producer->flush(patience));
}

TEST_F(KafkaGroup, HandsOverAgainWhatWasUnfinishedWhenAPartitionWent) {
  const auto topic = make_topic(settings, 2);
  write_numbers(settings, topic, 100);
  Reader first{settings, group_of(group, topic),
               [](const Received& record) { return record.offset < 3; }};
  ASSERT_TRUE(first.records->wait_for(100));
  Reader second{settings, group_of(group, topic)};
  ASSERT_TRUE(first.revoked->wait_for(1));
  const auto gone = first.revoked->all().front();
  std::size_t unfinished = 0;
  for (const auto& record : first.records->all())
    if (record.from == gone && record.offset >= 3)
      ++unfinished;
  ASSERT_TRUE(second.records->wait_for(unfinished));
  const auto again = second.records->all();
  EXPECT_THAT(again, SizeIs(unfinished));
  EXPECT_EQ(again.front().from, gone);
  EXPECT_EQ(again.front().offset, 3);
}

TEST_F(KafkaGroup, RaisesTheEpochWhenAPartitionComesBack) {
  const auto topic = make_topic(settings, 2);
  write_numbers(settings, topic, 100);
  Reader first{settings, group_of(group, topic), [](const auto&) { return false; }};
  ASSERT_TRUE(first.records->wait_for(100));
  {
    Reader second{settings, group_of(group, topic), [](const auto&) { return false; }};
    ASSERT_TRUE(first.revoked->wait_for(1));
  }
  const auto gone = first.revoked->all().front();
  const auto of_gone = [&](const std::vector<Received>& all) {
    std::vector<std::uint64_t> epochs;
    for (const auto& record : all)
      if (record.from == gone && record.offset == 0)
        epochs.push_back(record.epoch);
    return epochs;
  };
  ASSERT_TRUE(first.records->wait([&](const auto& all) { return of_gone(all).size() == 2; }));
  const auto epochs = of_gone(first.records->all());
  EXPECT_LT(epochs[0], epochs[1]);
}

TEST_F(KafkaGroup, MayBeClosedBeforeItHasPartitionsAndWithoutAny) {
  const auto topic = make_topic(settings, 1);
  for (int i = 0; i < 5; ++i)
    Reader{settings, group_of(group, topic)};
  Reader first{settings, group_of(group, topic)};
  Reader second{settings, group_of(group, topic)};
  write_numbers(settings, topic, 1);
  ASSERT_TRUE(eventually([&] { return first.records->size() + second.records->size() == 1; }));
}

}  // namespace
}  // namespace jobraker::net::kafka
