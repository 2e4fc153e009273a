#pragma once

#include "actors/chat/tool_run.hpp"
#include "messages/json.hpp"

/// The functions that concern applications, interviews and slots: `run_tool`'s table names them.
namespace jobraker::chat {

task<Result<std::string>> application_status(Services& services, Context context,
                                             ToolRequest request, json::Document arguments);
task<Result<std::string>> list_applications(Services& services, Context context,
                                            ToolRequest request, json::Document arguments);
task<Result<std::string>> interview_slots(Services& services, Context context, ToolRequest request,
                                          json::Document arguments);
/// Takes a slot and makes the interview, once.
task<Result<std::string>> schedule_interview(Services& services, Context context,
                                             ToolRequest request, json::Document arguments);
/// Makes the application's draft, once; needs the consent `auto_apply`.
task<Result<std::string>> start_auto_apply(Services& services, Context context, ToolRequest request,
                                           json::Document arguments);

/// What an id in a call's arguments stands for, in words for the person who is asked: the posting's
/// title and company, the slot's company and time. Empty when there is none, or nothing is found.
task<std::string> call_details(Services& services, Context context, std::string name,
                               std::string arguments);

}  // namespace jobraker::chat
