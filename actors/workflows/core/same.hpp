#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Whether two spellings name the same thing: case, accents, punctuation, usual abbreviations and
/// legal forms do not count, words do.
namespace jobraker::workflows {

/// The words of a text for comparing: lower case, without accents.
std::vector<std::string> plain_words(std::string_view text);

/// "Sr. Software Engineer" and "Senior Software Engineer". What the profile adds in brackets may be
/// left out; what a claim adds may not.
bool same_title(std::string_view claimed, std::string_view known);

/// "Acme" and "ACME GmbH & Co. KG"; "IBM" and "International Business Machines (IBM)".
bool same_company(std::string_view claimed, std::string_view known);

/// "BSc Computer Science" and "Bachelor of Science in Computer Science (Honours)": the same level,
/// and no word that the known degree does not have. One that says that it was not finished must be
/// claimed so.
bool same_degree(std::string_view claimed, std::string_view known);

/// "University of Bristol" and "The University of Bristol, UK".
bool same_institution(std::string_view claimed, std::string_view known);

/// A company's words without legal forms at its end; all its words when nothing else would be left.
std::vector<std::string> company_words(std::string_view name);

}  // namespace jobraker::workflows
