#include "actors/workflows/kit_view.hpp"

#include <algorithm>

#include "messages/json.hpp"

namespace jobraker::workflows {
namespace {

void write_time(json::Writer& w, std::string_view name, const std::optional<Time>& time) {
  w.key(name);
  if (time)
    w.value(std::string_view{to_rfc3339(*time)});
  else
    w.null();
}

void write_step(json::Writer& w, const storage::WorkflowStep& step) {
  w.begin_object()
    .member("name", name_of(step.step))
    .member("status", name_of(step.state))
    .member("attempts", step.attempts)
    .member("model", std::string_view{step.model});
  w.key("input").raw(step.input.value_or("null"));
  w.key("output").raw(step.output.value_or("null"));
  w.key("error").raw(step.error.value_or("null"));
  write_time(w, "started_at", step.started_at);
  write_time(w, "finished_at", step.finished_at);
  w.end_object();
}

void write_document(json::Writer& w, const storage::ApplicationDocument& document) {
  auto base = "/api/v1/applications/" + to_string(document.application);
  auto file = base + "/kit/" + (document.kind == "resume" ? "resume" : "cover-letter");
  w.begin_object()
    .member("kind", std::string_view{document.kind})
    .member("version", document.version)
    .member("markdown", std::string_view{document.markdown});
  write_time(w, "updated_at", document.updated_at);
  w.member("edit", std::string_view{base + "/documents/" + document.kind});
  w.key("files").begin_object();
  for (const char* format : {"md", "docx", "pdf"})
    w.member(format, std::string_view{file + "." + format});
  w.end_object().end_object();
}

}  // namespace

Rendered kit_view(const storage::Workflow& workflow,
                  const std::vector<storage::ApplicationDocument>& documents) {
  auto latest = workflow.updated_at;
  json::Writer w;
  w.begin_object()
    .member("id", std::string_view{to_string(workflow.id)})
    .member("application_id", std::string_view{to_string(workflow.application)})
    .member("status", name_of(workflow.state))
    .member("run", workflow.run)
    .member("from_step", name_of(workflow.from_step));
  w.key("task_id");
  if (workflow.task)
    w.value(std::string_view{to_string(*workflow.task)});
  else
    w.null();
  write_time(w, "created_at", workflow.created_at);
  write_time(w, "updated_at", workflow.updated_at);
  w.key("steps").begin_array();
  for (const auto& step : workflow.steps)
    write_step(w, step);
  w.end_array();
  w.key("documents").begin_array();
  for (const auto& document : documents) {
    write_document(w, document);
    latest = std::max(latest, document.updated_at);
  }
  w.end_array().end_object();
  Rendered out;
  out.json = std::make_shared<const std::string>(w.text());
  out.version = latest.time_since_epoch().count();
  return out;
}

}  // namespace jobraker::workflows
