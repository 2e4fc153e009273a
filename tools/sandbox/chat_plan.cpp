#include "tools/sandbox/chat_plan.hpp"

#include <algorithm>
#include <functional>

#include "tools/sandbox/chat_orders.hpp"
#include "tools/sandbox/openai_schema.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

bool has_any(std::string_view low, std::initializer_list<std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](auto phrase) { return has_phrase(low, phrase); });
}

std::string plain_name(std::string_view name) {
  auto out = lower(name);
  std::erase_if(out, [](char c) { return c == '_' || c == '-'; });
  return out;
}

/// Words that begin a request of its own after "and".
bool begins_request(std::string_view low) {
  static constexpr std::string_view starts[] = {
    "find",  "search",   "show",    "list",    "tell",      "what",    "which",  "set",
    "apply", "schedule", "book",    "improve", "recommend", "suggest", "give",   "check",
    "get",   "how",      "only",    "i ",      "i'",        "please",  "update", "change",
    "look",  "also",     "then",    "review",  "are ",      "is ",     "do ",    "did",
    "can",   "could",    "open",    "start",   "my ",       "where",   "when",   "any ",
    "free",  "have",     "arrange", "describe"};
  return std::any_of(std::begin(starts), std::end(starts),
                     [&](auto start) { return low.starts_with(start); });
}

std::vector<std::string> clauses(std::string_view question) {
  std::vector<std::string> out;
  for (const auto& sentence : sentences(question)) {
    auto low = lower(sentence);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < low.size(); ++i)
      for (std::string_view joint : {" and ", "; ", ", then ", " then ", " und "})
        if (low.compare(i, joint.size(), joint) == 0 &&
            begins_request(trim(std::string_view{low}.substr(i + joint.size())))) {
          out.push_back(sentence.substr(begin, i - begin));
          begin = i + joint.size();
          break;
        }
    out.push_back(sentence.substr(begin));
  }
  return out;
}

/// "the first", "the second one", "it": which result is meant; 0 when none is.
std::size_t ordinal_in(std::string_view low) {
  static constexpr std::string_view names[] = {"first", "second", "third", "fourth", "fifth"};
  for (std::size_t i = 0; i < 5; ++i)
    if (has_phrase(low, names[i]))
      return i + 1;
  return has_any(low, {"it", "this one", "that one", "this job", "that job", "best one", "top one",
                       "best match"})
           ? 1
           : 0;
}

struct Intent {
  std::string_view tool;  ///< plain name
  bool (*asked)(std::string_view low);
};

constexpr std::string_view job_words[] = {
  "job",   "jobs",    "position",  "positions", "opening",  "openings", "role",
  "roles", "vacancy", "vacancies", "posting",   "postings", "stelle",   "stellen"};

bool about_jobs(std::string_view low) {
  return std::any_of(std::begin(job_words), std::end(job_words),
                     [&](auto word) { return has_phrase(low, word); });
}

bool asks_how(std::string_view low) {
  return low.starts_with("how do") || low.starts_with("how can") || low.starts_with("how should") ||
         has_any(low, {"should i", "tips", "advice"});
}

const Intent intents[] = {
  {"startautoapply",
   [](std::string_view low) {
     return !asks_how(low) && (has_any(low, {"apply to", "apply for", "auto-apply", "auto apply",
                                             "apply automatically", "apply on my behalf",
                                             "submit an application", "send an application"}));
   }},
  {"getinterviewslots",
   [](std::string_view low) {
     return has_any(low, {"slot", "slots", "free times", "free time", "available times"}) ||
            (has_any(low, {"available", "availability"}) && has_phrase(low, "interview"));
   }},
  {"scheduleinterview",
   [](std::string_view low) {
     return has_any(low, {"schedule", "book", "arrange", "set up", "reschedule"}) &&
            has_any(low, {"interview", "interviews"});
   }},
  {"getapplicationstatus",
   [](std::string_view low) {
     return has_any(low, {"application", "applied", "apply", "heard back"}) &&
            has_any(low, {"status", "heard back", "state", "progress", "how is", "how's",
                          "where is", "what happened", "any news", "application at",
                          "application with", "application to"}) &&
            !has_any(low, {"applications"});
   }},
  {"listapplications",
   [](std::string_view low) {
     return has_any(low, {"my applications", "all applications", "list applications",
                          "have i applied", "did i apply", "i applied", "applications"}) &&
            !asks_how(low);
   }},
  {"getresumefeedback",
   [](std::string_view low) {
     return has_any(low, {"resume", "résumé", "cv", "lebenslauf"}) &&
            has_any(low, {"improve", "feedback", "review", "check", "rate", "better", "critique",
                          "wrong", "think of"});
   }},
  {"getskillgaps",
   [](std::string_view low) {
     return has_any(low, {"skill gap", "skill gaps", "missing skills", "skills should i learn"}) ||
            (has_any(low, {"skill", "skills"}) &&
             has_any(low, {"missing", "lack", "lacking", "gap", "gaps", "learn", "need"}));
   }},
  {"updatepreferences",
   [](std::string_view low) {
     return has_any(low,
                    {"set my", "change my", "update my", "i only want", "only show me", "i prefer",
                     "i want to work", "i no longer want", "i don't want", "my minimum salary"}) &&
            !has_any(low, {"résumé", "resume", "cv", "password"});
   }},
  {"recommendjobs",
   [](std::string_view low) {
     return has_any(low, {"recommend", "recommendation", "recommendations", "suggest",
                          "jobs for me", "suit me", "fit me", "match me", "suits me"}) &&
            (about_jobs(low) || has_any(low, {"recommendations", "recommendation"}));
   }},
  {"getjobdetails",
   [](std::string_view low) {
     return (ordinal_in(low) > 0 || !job_id_in(low).empty()) &&
            has_any(low, {"detail", "details", "tell me", "show", "describe", "about", "open"});
   }},
  {"searchjobs",
   [](std::string_view low) {
     return !asks_how(low) && about_jobs(low) &&
            has_any(low, {"find", "search", "look for", "looking for", "show me", "any",
                          "are there", "get me", "list", "which", "what", "need", "want", "suche"});
   }},
};

const ChatTool* offered(const std::vector<ChatTool>& tools, std::string_view plain) {
  for (const auto& tool : tools)
    if (plain_name(tool.name) == plain ||
        (plain == "searchjobs" && plain_name(tool.name) == "findjobs"))
      return &tool;
  return nullptr;
}

bool needs_company(const ChatTool& tool, const Facts& facts) {
  bool required = false;
  tool.parameters["required"].each_element([&](json::View name) {
    required = required || lower(name.string_or("")).find("compan") != std::string::npos;
  });
  return required && facts.company.empty();
}

/// Whether a function must be told the id of a job or a slot.
bool needs_id(const ChatTool& tool) {
  bool required = false;
  tool.parameters["required"].each_element([&](json::View name) {
    auto plain = plain_name(name.string_or(""));
    required = required || plain == "jobid" || plain == "slotid" || plain == "id";
  });
  return required;
}

/// The start of the first item whose text begins with that time, as an id; else the first id.
std::string slot_at(std::string_view results, std::string_view time) {
  auto document = json::Document::parse(trim(results));
  std::string found;
  std::function<void(json::View)> look = [&](json::View value) {
    if (!found.empty())
      return;
    if (value.is_object()) {
      bool fits = false;
      value.each_member([&](std::string_view, json::View inner) {
        fits = fits || (!time.empty() && inner.string_or("").starts_with(time));
      });
      if (auto ids = ids_in(value.dump()); fits && !ids.empty()) {
        found = ids.front();
        return;
      }
    }
    value.each_member([&](std::string_view, json::View inner) { look(inner); });
    value.each_element(look);
  };
  if (document)
    look(document->root());
  return found;
}

}  // namespace

std::vector<PlannedCall> plan_calls(std::string_view question, const std::vector<ChatTool>& tools,
                                    std::chrono::sys_days today) {
  std::vector<PlannedCall> out;
  auto add = [&](PlannedCall call) {
    bool there = std::any_of(out.begin(), out.end(), [&](const auto& one) {
      return one.tool == call.tool && one.arguments == call.arguments;
    });
    if (!there)
      out.push_back(std::move(call));
  };
  for (const auto& clause : clauses(question)) {
    auto low = lower(clause);
    auto facts = find_facts(clause, today);
    const ChatTool* chosen = nullptr;
    std::string_view plain;
    for (const auto& intent : intents) {
      const auto* tool = offered(tools, intent.tool);
      if (tool == nullptr || !intent.asked(low))
        continue;
      plain = intent.tool;
      chosen = tool;
      if (plain == "getapplicationstatus" && needs_company(*tool, facts)) {
        chosen = offered(tools, "listapplications");
        plain = "listapplications";
      }
      break;
    }
    if (chosen == nullptr) {
      // Not a job assistant's function: by the words of what is offered.
      for (const auto* tool : tools_for(tools, clause))
        if (std::none_of(std::begin(intents), std::end(intents),
                         [&](const auto& one) { return one.tool == plain_name(tool->name); }))
          add({tool->name, arguments_from(tool->parameters, clause), 0, clause, {}});
      continue;
    }
    PlannedCall call{chosen->name, {}, 0, clause, {}};
    if (needs_id(*chosen) && facts.job_id.empty()) {
      call.ordinal = ordinal_in(low);
      const auto* slots = offered(tools, "getinterviewslots");
      if (plain == "scheduleinterview" && slots != nullptr) {
        // An offered time is taken by its id: which there are must be asked first.
        add({slots->name, fill_arguments(slots->parameters, facts), 0, clause, {}});
        call.ordinal = std::max<std::size_t>(1, call.ordinal);
        call.wanted_time = facts.when.day && facts.when.minute
                             ? facts.when.date_time().substr(0, 16)
                             : facts.when.date();
      }
      if (call.ordinal == 0)
        continue;  // which one, nobody said
    }
    call.arguments = fill_arguments(chosen->parameters, facts);
    if (call.arguments == "{}" && chosen->parameters["minProperties"].integer().value_or(0) > 0)
      continue;
    add(std::move(call));
  }
  return out;
}

std::vector<PlannedCall> next_calls(const Reading& reading, const std::vector<ChatTool>& tools,
                                    std::chrono::sys_days today) {
  auto question =
    reading.user_is_bound ? without_orders(reading.question, tools) : reading.question;
  auto plan = plan_calls(question, tools, today);
  if (question.find("[[loop]]") != std::string::npos && !tools.empty())
    return {plan.empty() ? PlannedCall{tools.front().name, "{}", 0, {}, {}} : plan.front()};
  std::vector<std::string> called;
  for (const auto& result : reading.results)
    called.push_back(result.name);
  std::vector<PlannedCall> out;
  bool pending = false;  // an earlier call of this plan has no result yet
  for (auto& call : plan) {
    if (auto done = std::find(called.begin(), called.end(), call.tool); done != called.end()) {
      called.erase(done);
      continue;
    }
    if (call.ordinal > 0) {
      if (pending)
        continue;
      std::vector<std::string> ids;
      std::string slot;
      const auto& from = reading.results.empty() ? reading.earlier : reading.results;
      for (auto it = from.rbegin(); it != from.rend() && ids.empty(); ++it) {
        ids = ids_in(it->text);
        slot = slot_at(it->text, call.wanted_time);
      }
      // A time that nobody offers is not replaced by another.
      if (ids.size() < call.ordinal || (!call.wanted_time.empty() && slot.empty()))
        continue;
      auto tool = std::find_if(tools.begin(), tools.end(),
                               [&](const auto& one) { return one.name == call.tool; });
      auto facts = find_facts(call.clause, today);
      facts.job_id = slot.empty() ? ids[call.ordinal - 1] : slot;
      call.arguments = fill_arguments(tool->parameters, facts);
    } else {
      pending = true;
    }
    out.push_back(std::move(call));
  }
  return out;
}

}  // namespace jobraker::sandbox
