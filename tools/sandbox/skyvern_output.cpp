// The output of a run, in the shape that its order asks for.
#include <algorithm>

#include "messages/json.hpp"
#include "tools/sandbox/skyvern_verdict.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

struct Filling {
  const RunVerdict& verdict;
  const RunScene& scene;
  std::string_view sentence;
};

bool mentions(std::string_view name, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return name.find(word) != std::string_view::npos;
  });
}

/// `"string"`, or the first of `["string","null"]` that is not null.
std::string type_of(json::View schema) {
  const auto type = schema["type"];
  std::string out = type.string_or("");
  type.each_element([&](json::View one) {
    if (out.empty() && one.string_or("") != "null")
      out = one.string_or("");
  });
  if (out.empty() && schema["properties"].is_object())
    out = "object";
  return out;
}

void write(json::Writer& out, const Filling& filling, const std::string& name, json::View schema);

/// Of the words allowed the one that says what happened, else the first.
void write_choice(json::Writer& out, const Filling& filling, json::View choices) {
  std::string chosen = choices.at(0).string_or("");
  bool found = false;
  choices.each_element([&](json::View choice) {
    const auto word = lower(choice.string_or(""));
    const bool negative = mentions(word, {"not", "un", "fail", "closed", "incomplete"});
    const bool says_yes = mentions(word, {"submitted", "success", "applied", "complete", "done"});
    if (!found && says_yes && negative != filling.verdict.submitted) {
      chosen = choice.string_or("");
      found = true;
    }
  });
  out.value(std::string_view{chosen});
}

void write_text(json::Writer& out, const Filling& filling, const std::string& name) {
  const bool sent = filling.verdict.submitted;
  if (mentions(name, {"confirm", "reference", "receipt", "applicationid", "application_id"})) {
    if (!sent)
      out.null();
    else
      out.value(std::string_view{"A-" + std::to_string(hash(filling.scene.run_id) % 1'000'000)});
  } else if (mentions(name, {"url", "link"})) {
    out.value(std::string_view{filling.scene.url});
  } else if (name.ends_with("_at") || mentions(name, {"date", "time"})) {
    if (sent)
      out.value(std::string_view{to_rfc3339(filling.scene.now)});
    else
      out.null();
  } else if (mentions(name, {"company", "employer"})) {
    out.value(std::string_view{filling.scene.form.company});
  } else if (mentions(name, {"title", "position"}) || name == "job") {
    out.value(std::string_view{filling.scene.form.job});
  } else if (mentions(name, {"status", "result", "outcome"})) {
    out.value(sent ? "submitted" : "filled_in");
  } else if (mentions(name, {"message", "summary", "text", "note", "detail", "description"})) {
    out.value(filling.sentence);
  } else {
    out.null();
  }
}

void write_list(json::Writer& out, const Filling& filling, const std::string& name,
                json::View schema) {
  const auto& verdict = filling.verdict;
  const bool wants_missing = mentions(name, {"missing", "unanswered", "required"});
  const bool wants_filled = mentions(name, {"filled", "answered", "fields"});
  out.begin_array();
  if (wants_missing || wants_filled)
    for (const auto& one : wants_missing ? verdict.missing : verdict.filled) {
      if (type_of(schema["items"]) == "object")
        out.begin_object().member("name", std::string_view{one}).end_object();
      else
        out.value(std::string_view{one});
    }
  out.end_array();
}

void write(json::Writer& out, const Filling& filling, const std::string& name, json::View schema) {
  const auto type = type_of(schema);
  if (schema["enum"].size() > 0)
    return write_choice(out, filling, schema["enum"]);
  if (type == "object") {
    out.begin_object();
    schema["properties"].each_member([&](std::string_view member, json::View inner) {
      out.key(member);
      write(out, filling, lower(member), inner);
    });
    out.end_object();
  } else if (type == "array") {
    write_list(out, filling, name, schema);
  } else if (type == "boolean") {
    out.value(mentions(name, {"submit", "success", "applied", "complete", "sent", "done"}) &&
              filling.verdict.submitted);
  } else if (type == "string") {
    write_text(out, filling, name);
  } else if (type == "integer" && name.find("steps") != std::string::npos) {
    out.value(filling.verdict.steps);
  } else {
    out.null();
  }
}

}  // namespace

std::string fill_run_output(std::string_view schema, const RunVerdict& verdict,
                            const RunScene& scene, std::string_view sentence) {
  auto document = json::Document::parse(schema);
  json::Writer out;
  if (!document || document->root().is_array())
    out.begin_array().end_array();
  else if (document->root().is_string())
    out.value(sentence);
  else
    write(out, {verdict, scene, sentence}, "", document->root());
  return out.text();
}

}  // namespace jobraker::sandbox
