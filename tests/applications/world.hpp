#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "actors/applications/core/lifecycle.hpp"
#include "storage/effect_machine.hpp"

/// Two nodes, their rows, Skyvern and the network between them, as a schedule of numbers drives
/// them. The nodes run the real lifecycle over the real effect machine; a transaction happens whole
/// or not at all, and everything else may be late, lost, repeated or cut off by a crash.
namespace jobraker::test {

namespace app = jobraker::applications;

/// A run at Skyvern, and what really happened on the employer's page.
struct ModelRun {
  std::size_t subject = 0;  ///< which application
  RunReport report{};       ///< as Skyvern would tell it
  bool submitted = false;   ///< the form was sent: must happen once at most
  bool cancel_asked = false;
  bool late = false;  ///< it was called canceled before it was completed
  bool over() const;
  /// Certainly nothing was sent, and nothing will be.
  bool harmless() const;
};

/// What one node has in memory: gone when it crashes.
struct Origin {
  int node = 0;
  int life = 0;
};

// What is on its way.
struct DoCall {
  Origin from;
  std::size_t subject;
  std::int64_t attempt;
  app::Call call;
};
struct CreateRequest {
  Origin from;
  std::size_t subject;
  std::int64_t attempt;
  std::string title;
};
struct CreateReply {
  Origin from;
  std::size_t subject;
  std::int64_t attempt;
  enum class Kind { run, refused, refused_for_now, nothing } kind;
  RunReport report;
};
struct LookUpReply {
  Origin from;
  std::size_t subject;
  std::int64_t attempt;
  bool failed;
  std::optional<RunReport> report;
};
struct RunNews {
  Origin from;
  std::size_t subject;
  RunReport report;
};
struct Webhook {
  RunReport report;
};
struct ProcessWebhook {
  Origin from;
  std::string key;
  std::int64_t fence;
};
using Parcel =
  std::variant<DoCall, CreateRequest, CreateReply, LookUpReply, RunNews, Webhook, ProcessWebhook>;

/// The rows of one application.
struct Rows {
  app::Standing standing{};
  storage::EffectStanding effect{};
  int content = 0;                 ///< version of documents and answers
  bool by_hand = false;            ///< its person has set the status
  std::set<std::string> titles{};  ///< of create requests that were sent
  std::set<std::string> runs{};    ///< ids of all its runs that were heard of
};

struct StoredWebhook {
  storage::EffectStanding effect{};
  RunReport report{};
};

class World {
public:
  /// `told`: whether Skyvern's webhooks carry the run's title.
  World(std::size_t applications, bool told);

  /// One step of a schedule.
  void step(std::uint32_t number);

  /// No more faults: everything arrives, every run ends, a day and more goes by. Then nothing may
  /// be lost.
  void settle();

  // What schedules have reached, so that a test can tell that it tests something.
  static std::map<std::string, std::uint64_t>& seen();

private:
  using Change = std::function<Result<app::Step>(const app::Standing&)>;

  Origin at(int node) const { return {node, lives_[node]}; }
  bool alive(const Origin& from) const { return lives_[from.node] == from.life; }
  bool transact(int node, std::size_t subject, const Change& change);
  void apply(Rows& rows, const app::Step& step);
  void check(const Rows& before, const Rows& after) const;

  void wake(int node, std::size_t subject);
  void sweep(int node);
  void person(std::uint32_t choice, std::size_t subject);
  void by_hand(std::uint32_t choice, Rows& rows);
  std::string hash_of(const Rows& rows) const { return std::to_string(rows.content); }

  void deliver(std::size_t parcel);
  void lose(std::size_t parcel);
  Parcel take(std::size_t parcel);
  void arrive(const DoCall& m);
  void arrive(const CreateRequest& m);
  void arrive(const CreateReply& m);
  void arrive(const LookUpReply& m);
  void arrive(const RunNews& m);
  void arrive(const Webhook& m);
  void arrive(const ProcessWebhook& m);

  void work_on(ModelRun& run, std::uint32_t choice);
  void finish(ModelRun& run, std::uint32_t choice);
  void tell(const ModelRun& run);
  void check_end() const;
  ModelRun* run_titled(const std::string& title);

  std::vector<Rows> rows_;
  std::map<std::string, StoredWebhook> intake_;
  std::deque<ModelRun> runs_;
  std::vector<Parcel> bag_;
  std::set<std::string> unheard_;  ///< runs of which a webhook was lost
  std::vector<RunReport> told_;    ///< every webhook there was: anybody may send it again
  int lives_[2] = {0, 0};
  Time now_{};
  app::Schedule schedule_{};
  bool titles_told_;
  bool calm_ = false;
  std::uint32_t arg_ = 0;
};

}  // namespace jobraker::test
