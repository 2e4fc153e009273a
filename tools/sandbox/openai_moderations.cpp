#include <array>

#include "messages/json.hpp"
#include "tools/sandbox/openai_data.hpp"
#include "tools/sandbox/openai_error.hpp"
#include "tools/sandbox/text.hpp"

namespace jobraker::sandbox {

namespace {

struct Category {
  std::string_view name;
  std::string_view words;  ///< separated by bars; any of them flags
  bool images;             ///< has image scores
  bool omni_only;
};

constexpr Category categories[] = {
  {"harassment",
   "idiot|idiots|moron|stupid bitch|shut up|loser|piece of shit|asshole|dumbass|worthless", false,
   false},
  {"harassment/threatening",
   "i will hurt you|i will kill you|i'll kill you|you will regret|watch your back|i will find you",
   false, false},
  {"hate", "subhuman|vermin people|inferior race|go back to your country|ethnic cleansing", false,
   false},
  {"hate/threatening", "exterminate them|kill all of them|burn their homes", false, false},
  {"illicit",
   "buy cocaine|make meth|how to shoplift|launder money|counterfeit money|fake passport|steal a "
   "car|hack into",
   false, true},
  {"illicit/violent", "build a bomb|make a bomb|pipe bomb|buy a gun illegally|make explosives",
   false, true},
  {"self-harm", "kill myself|hurt myself|cut myself|suicide|end my life|self-harm", true, false},
  {"self-harm/intent",
   "i want to kill myself|i want to die|i am going to kill myself|i will end my life", true, false},
  {"self-harm/instructions", "how to kill myself|best way to die|painless suicide", true, false},
  {"sexual", "porn|explicit sex|nude photos|blowjob|masturbate", true, false},
  {"sexual/minors", "sex with a minor|child porn|underage sex", false, false},
  {"violence",
   "kill you|kill him|kill her|kill them|murder|stab|shoot them|beat you up|strangle|massacre|kill "
   "all of them|build a bomb|pipe bomb",
   true, false},
  {"violence/graphic", "gore|dismember|decapitate|blood everywhere|disembowel", true, false},
};

/// A score that is high when a word is there and low, but never zero, when not.
double score_of(const std::string& low, std::string_view list) {
  int found = 0;
  for (auto word : split(list, '|'))
    found += has_phrase(low, word) ? 1 : 0;
  if (found > 0)
    return std::min(0.99, 0.82 + 0.06 * found);
  return 0.00001 + static_cast<double>(hash(low) % 1000) * 1e-7;
}

/// `[[flag]]` orders harassment, `[[flag:violence]]` that category.
bool is_ordered(const std::string& low, std::string_view category) {
  return low.find("[[flag:" + std::string{category} + "]]") != std::string::npos ||
         (category == "harassment" && low.find("[[flag]]") != std::string::npos);
}

void write_result(json::Writer& out, std::string_view text, bool image, bool omni, bool flag) {
  auto low = lower(squeeze(text));
  std::array<double, std::size(categories)> scores{};
  bool flagged = false;
  for (std::size_t i = 0; i < std::size(categories); ++i) {
    scores[i] = categories[i].omni_only && !omni ? 0 : score_of(low, categories[i].words);
    if (is_ordered(low, categories[i].name) || (flag && categories[i].name == "harassment"))
      scores[i] = 0.99;
    flagged = flagged || scores[i] >= 0.5;
  }
  out.begin_object().member("flagged", flagged).key("categories").begin_object();
  for (std::size_t i = 0; i < std::size(categories); ++i)
    if (omni || !categories[i].omni_only)
      out.member(categories[i].name, scores[i] >= 0.5);
  out.end_object().key("category_scores").begin_object();
  for (std::size_t i = 0; i < std::size(categories); ++i)
    if (omni || !categories[i].omni_only)
      out.member(categories[i].name, scores[i]);
  out.end_object();
  if (omni) {
    out.key("category_applied_input_types").begin_object();
    for (const auto& category : categories) {
      out.key(category.name).begin_array();
      if (!text.empty() || !image)
        out.value("text");
      if (image && category.images)
        out.value("image");
      out.end_array();
    }
    out.end_object();
  }
  out.end_object();
}

}  // namespace

Answer moderations(std::string_view body, bool flag) {
  auto failed = [](OpenAiError error) { return Answer{to_response(error), "moderations"}; };
  auto document = json::Document::parse(body);
  if (!document)
    return failed(
      {400, "We could not parse the JSON body of your request. (" + document.error().detail + ")"});
  auto root = document->root();
  auto model = root["model"].string_or("omni-moderation-latest");
  bool omni = model.starts_with("omni-moderation");
  if (!omni && !model.starts_with("text-moderation"))
    return failed({404, "The model `" + model + "` does not exist or you do not have access to it.",
                   "", "model_not_found"});
  auto input = root["input"];
  if (!input.is_string() && !(input.is_array() && input.size() > 0))
    return failed(
      {400, "Missing required parameter: 'input'.", "input", "missing_required_parameter"});
  json::Writer out;
  out.begin_object().member("id", std::string_view{"modr-" + std::to_string(hash(body))});
  out.member("model", std::string_view{model == "omni-moderation-latest"
                                         ? std::string{"omni-moderation-2024-09-26"}
                                         : model});
  out.key("results").begin_array();
  if (auto text = input.string()) {
    write_result(out, *text, false, omni, flag);
  } else if (input.at(0).is_object()) {
    // Parts of one message give one result together.
    std::string parts;
    bool image = false;
    input.each_element([&](json::View part) {
      parts += part["text"].string_or("") + " ";
      image = image || part["type"].string_or("") == "image_url";
    });
    write_result(out, trim(parts), image, omni, flag);
  } else {
    input.each_element(
      [&](json::View item) { write_result(out, item.string_or(""), false, omni, flag); });
  }
  out.end_array().end_object();
  return {net::Response::json(200, out.text()), "moderations", model};
}

}  // namespace jobraker::sandbox
