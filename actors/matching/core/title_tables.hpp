#pragma once

#include <string_view>

/// What `rubric_title.cpp` knows of job titles; words as `fold_words` writes them.
namespace jobraker::matching::tables {

/// Written apart or together, one word.
struct Joined {
  std::string_view apart;
  std::string_view together;
};
inline constexpr Joined joined_words[] = {
  {"full stack", "fullstack"},
  {"front end", "frontend"},
  {"back end", "backend"},
  {"machine learning", "ml"},
  {"artificial intelligence", "ai"},
  {"human resources", "hr"},
  {"user experience", "ux"},
  {"user interface", "ui"},
  {"quality assurance", "qa"},
  {"site reliability", "sre"},
  {"dev ops", "devops"},
  {"business intelligence", "bi"},
  {"registered nurse", "nurse"},
  {"staff nurse", "nurse"},
  {"health care", "healthcare"},
  {"software entwickler", "software engineer"},
  {"softwareentwickler", "software engineer"},
  {"softwareentwicklerin", "software engineer"},
  {"programmer", "software engineer"},
  {"krankenpfleger", "nurse"},
  {"krankenschwester", "nurse"},
  {"pflegefachkraft", "nurse"},
  {"infirmier", "nurse"},
  {"enfermera", "nurse"},
  {"enfermero", "nurse"},
  {"developpeur", "engineer"},
  {"desarrollador", "engineer"},
  {"ingenieur", "engineer"},
  {"ingeniero", "engineer"},
  {"entwickler", "engineer"},
  {"entwicklerin", "engineer"},
  {"developer", "engineer"},
  {"dev", "engineer"},
  {"swe", "software engineer"},
  {"buchhalter", "accountant"},
  {"buchhalterin", "accountant"},
  {"comptable", "accountant"},
  {"bookkeeper", "accountant"},
  {"lehrer", "teacher"},
  {"lehrerin", "teacher"},
  {"educator", "teacher"},
  {"verkaufer", "sales"},
  {"vertrieb", "sales"},
  {"vendeur", "sales"},
  {"elektriker", "electrician"},
  {"fahrer", "driver"},
  {"koch", "chef"},
  {"cook", "chef"},
  {"recruitment", "recruiter"},
  {"recruiting", "recruiter"},
  {"nursing", "nurse"},
  {"accounting", "accountant"},
  {"accounts", "accountant"},
  {"solicitor", "lawyer"},
  {"attorney", "lawyer"},
  {"analytics", "analyst"},
  {"mgr", "manager"},
  {"leiter", "manager"},
  {"designers", "designer"},
  {"design", "designer"},
};

/// Level, contract and formalities: judged elsewhere, or not at all.
inline constexpr std::string_view passed_over[] = {
  "senior",      "junior",     "sr",        "jr",         "lead",        "principal",  "staff",
  "intern",      "internship", "trainee",   "graduate",   "entry",       "mid",        "level",
  "experienced", "i",          "ii",        "iii",        "iv",          "v",          "m",
  "f",           "d",          "w",         "x",          "h",           "gn",         "all",
  "genders",     "the",        "of",        "and",        "for",         "in",         "at",
  "a",           "an",         "to",        "with",       "on",          "or",         "remote",
  "hybrid",      "onsite",     "site",      "full",       "part",        "time",       "fulltime",
  "parttime",    "permanent",  "contract",  "temporary",  "und",         "fur",        "de",
  "der",         "die",        "das",       "im",         "en",          "et",         "y",
  "la",          "le",         "praktikum", "praktikant", "werkstudent", "apprentice", "new",
  "job",         "role",       "position"};

/// Words that many trades share.
inline constexpr std::string_view common_words[] = {
  "engineer",     "manager",       "specialist",    "assistant",      "consultant", "analyst",
  "coordinator",  "officer",       "administrator", "associate",      "technician", "director",
  "head",         "advisor",       "adviser",       "representative", "operator",   "executive",
  "expert",       "worker",        "team",          "member",         "supervisor", "agent",
  "architect",    "partner",       "chief",         "clerk",          "planner",    "business",
  "professional", "international", "global"};

/// Words of one trade: two titles that share none of their words may still share this.
struct Trade {
  std::string_view name;
  std::string_view words;
};
inline constexpr Trade trades[] = {
  {"software",
   "software|backend|frontend|fullstack|web|mobile|ios|android|java|python|c++|c#|golang|go|rust|"
   "javascript|typescript|node|react|php|ruby|net|scala|kotlin|embedded|firmware|platform|"
   "application|applications|api|salesforce"},
  {"operations",
   "devops|sre|cloud|infrastructure|platform|systems|network|linux|kubernetes|aws|azure|security"},
  {"data",
   "data|ml|ai|bi|scientist|statistician|etl|warehouse analytics|nlp|deep|quantitative|machine"},
  {"testing", "qa|test|tester|testing|quality|sdet|automation"},
  {"design", "ux|ui|designer|graphic|visual|creative|illustrator|art"},
  {"product", "product|owner|scrum|agile|program|programme|project|delivery|pmo"},
  {"health",
   "nurse|rn|care|carer|caregiver|healthcare|clinical|medical|physician|doctor|therapist|"
   "physiotherapist|pharmacist|pharmacy|midwife|dental|dentist|hospital|patient|paramedic|ward"},
  {"finance",
   "accountant|finance|financial|audit|auditor|tax|controller|controlling|payroll|treasury|"
   "credit|banking|bank|investment|actuary|actuarial|ledger"},
  {"people", "hr|recruiter|talent|people|personnel|sourcer|compensation"},
  {"sales", "sales|account|retail|store|seller|presales|shop|cashier|merchandiser"},
  {"marketing",
   "marketing|seo|content|brand|copywriter|communications|media|social|pr|growth|editor|"
   "campaign|advertising"},
  {"teaching",
   "teacher|lecturer|tutor|teaching|professor|school|education|kindergarten|trainer|instructor"},
  {"building",
   "electrician|plumber|carpenter|construction|civil|structural|site|mason|bricklayer|welder|"
   "painter|roofer|hvac|surveyor|building|scaffolder"},
  {"transport",
   "driver|logistics|warehouse|delivery|courier|forklift|truck|hgv|shipping|supply|dispatcher|"
   "transport"},
  {"kitchen",
   "chef|kitchen|waiter|waitress|bartender|barista|restaurant|catering|baker|hotel|hospitality|"
   "housekeeping|sous"},
  {"service", "support|customer|service|helpdesk|desk|success|call"},
  {"legal", "lawyer|paralegal|counsel|legal|compliance|notary|litigation"},
  {"mechanics",
   "mechanic|mechanical|mechatronics|machinist|cnc|maintenance|production|manufacturing|"
   "industrial|fitter|automotive|process"},
  {"office",
   "secretary|receptionist|office|administrative|administration|clerical|typist|bookings"},
};

}  // namespace jobraker::matching::tables
