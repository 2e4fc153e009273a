#pragma once

#include "messages/json.hpp"
#include "tools/ctl/page.hpp"

/// One function for each answer: what a person sees of it. An answer with members missing, or of
/// another type than the API's document says, is shown as far as it goes.
namespace jobraker::ctl {

/// Shows an answer.
using Screen = void (*)(json::View answer, Page& page);

// screens_actors.cpp
void show_actors(json::View answer, Page& page);
void show_tree(json::View answer, Page& page);
void show_actor(json::View answer, Page& page);
void show_dead(json::View answer, Page& page);
void show_done(json::View answer, Page& page);
void show_alarms(json::View answer, Page& page);

// screens_node.cpp
void show_overview(json::View answer, Page& page);
void show_health(json::View answer, Page& page);
void show_log_level(json::View answer, Page& page);
void show_config(json::View answer, Page& page);
void show_audit(json::View answer, Page& page);

// screens_traces.cpp
void show_traces(json::View answer, Page& page);
/// The spans of a trace as a waterfall: when each began, how long it waited (░) and ran (█).
void show_trace(json::View answer, Page& page);

// screens_work.cpp
void show_schedules(json::View answer, Page& page);
void show_schedule(json::View answer, Page& page);
void show_runs(json::View answer, Page& page);
void show_run(json::View answer, Page& page);
void show_batches(json::View answer, Page& page);
void show_applications(json::View answer, Page& page);

// screens_llm.cpp
void show_llm_metrics(json::View answer, Page& page);
void show_llm_calls(json::View answer, Page& page);
void show_budgets(json::View answer, Page& page);

// screens_events.cpp
void show_events(json::View answer, Page& page);
void show_dead_letters(json::View answer, Page& page);
void show_replayed(json::View answer, Page& page);

// screens_people.cpp
void show_user(json::View answer, Page& page);
void show_users(json::View answer, Page& page);
void show_reports(json::View answer, Page& page);
void show_report(json::View answer, Page& page);

/// The rows of a list of actors, for the list itself and for `top`.
Table actor_table(json::View rows, const Look& look, std::size_t from = 0,
                  std::size_t most = unlimited);

}  // namespace jobraker::ctl
