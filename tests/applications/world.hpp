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
  bool late = false;        ///< it was called canceled before it was completed
  bool mute = false;        ///< none of its webhooks ever comes
  bool unreadable = false;  ///< asking after it is never answered
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
  Submission then;  ///< as committed with the call
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
  bool failed;
  RunReport report;  ///< the id alone when it failed
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
  int documents = 0;  ///< which version of them would be sent
  int answers = 0;
  int address = 0;
  std::set<std::string> wanted{};  ///< hashes that its person has approved
  bool told = false;               ///< its person, of something since the last approval
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
  static std::string hash_of(const Rows& rows);
  void change_content(std::uint32_t choice, Rows& rows);
  void trouble(std::uint32_t choice, std::size_t subject);
  bool is_blind(std::size_t subject) const;

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
  bool locked_out_ = false;     ///< Skyvern refuses our key, for ever
  std::set<std::size_t> lost_;  ///< subjects whose runs can never be searched for
  bool calm_ = false;
  std::uint32_t arg_ = 0;
};

}  // namespace jobraker::test
