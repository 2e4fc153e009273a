#pragma once

#include <array>
#include <string_view>

/// Words that open a line of a résumé, or a sentence of a letter, and name nobody. Internal to
/// names.cpp.
namespace jobraker::workflows {

/// Verbs in their base form; -s, -ed, -d, -ing are understood, a doubled or dropped letter too.
inline constexpr std::array<std::string_view, 216> opening_verbs{
  "accelerate",  "accept",     "achieve",     "acquire",     "act",      "adapt",     "add",
  "address",     "adjust",     "administer",  "adopt",       "advance",  "advise",    "aid",
  "align",       "allocate",   "analyse",     "analyze",     "answer",   "apply",     "appoint",
  "arrange",     "assemble",   "assess",      "assign",      "assist",   "assure",    "attain",
  "attend",      "audit",      "author",      "automate",    "balance",  "benchmark", "boost",
  "brief",       "broaden",    "budget",      "calculate",   "capture",  "care",      "carry",
  "chair",       "champion",   "change",      "check",       "clarify",  "clean",     "clear",
  "close",       "coach",      "code",        "collaborate", "collect",  "combine",   "communicate",
  "compile",     "complete",   "compose",     "conceive",    "conduct",  "configure", "connect",
  "consolidate", "construct",  "consult",     "contribute",  "control",  "convert",   "convince",
  "cook",        "coordinate", "correct",     "counsel",     "cover",    "craft",     "create",
  "cultivate",   "customise",  "customize",   "debug",       "decide",   "decrease",  "define",
  "delegate",    "deliver",    "demonstrate", "deploy",      "design",   "detect",    "determine",
  "develop",     "devise",     "diagnose",    "direct",      "discover", "dispatch",  "display",
  "document",    "double",     "draft",       "edit",        "educate",  "eliminate", "enable",
  "encourage",   "enforce",    "engage",      "engineer",    "enhance",  "ensure",    "establish",
  "estimate",    "evaluate",   "examine",     "execute",     "expand",   "expedite",  "explain",
  "explore",     "extend",     "extract",     "facilitate",  "finalise", "finalize",  "fix",
  "forecast",    "form",       "formulate",   "foster",      "generate", "guide",     "handle",
  "head",        "help",       "hire",        "host",        "identify", "implement", "improve",
  "increase",    "influence",  "inform",      "initiate",    "inspect",  "install",   "instruct",
  "integrate",   "interview",  "introduce",   "investigate", "join",     "launch",    "learn",
  "look",        "maintain",   "manage",      "map",         "market",   "maximise",  "maximize",
  "measure",     "mentor",     "merge",       "migrate",     "minimise", "minimize",  "model",
  "moderate",    "modernise",  "modernize",   "monitor",     "move",     "negotiate", "offer",
  "operate",     "optimise",   "optimize",    "order",       "organise", "organize",  "own",
  "perform",     "pioneer",    "plan",        "port",        "prepare",  "present",   "process",
  "produce",     "program",    "promote",     "propose",     "provide",  "publish",   "reduce",
  "refactor",    "refine",     "release",     "replace",     "report",   "research",  "resolve",
  "review",      "revise",     "scale",       "schedule",    "serve",    "ship",      "simplify",
  "solve",       "streamline", "support",     "test",        "train",    "write"};

/// Other forms, and words that are no verbs.
inline constexpr std::array<std::string_view, 327> opening_words{
  // Irregular and special verb forms.
  "began", "bought", "brought", "built", "building", "chose", "cut", "cutting", "did", "drove",
  "driving", "fought", "found", "gave", "got", "grew", "growing", "held", "holding", "kept",
  "keeping", "knew", "led", "leading", "lead", "made", "making", "met", "oversaw", "overseeing",
  "put", "ran", "running", "rebuilt", "rewrote", "rose", "saw", "seek", "seeking", "sold",
  "selling", "sent", "set", "setting", "shipped", "sought", "spent", "spoke", "spoken", "stood",
  "taught", "teaching", "took", "taking", "taken", "told", "trained", "understood", "used", "use",
  "using", "want", "won", "work", "worked", "working", "wrote", "written", "writing", "proven",
  "known", "keen", "am", "is", "are", "was", "were", "have", "has", "had", "can", "could", "would",
  "will", "do", "does", "look", "looking", "enjoy", "enjoys", "bring", "brings", "bringing",
  // Small words.
  "a", "an", "the", "this", "that", "these", "those", "there", "here", "it", "its", "i", "my", "me",
  "we", "our", "you", "your", "they", "their", "he", "she", "his", "her", "who", "which", "what",
  "when", "where", "while", "with", "without", "within", "for", "from", "in", "into", "on", "onto",
  "of", "off", "at", "as", "by", "to", "through", "throughout", "during", "after", "before",
  "since", "until", "across", "among", "between", "over", "under", "about", "against", "along",
  "around", "both", "each", "every", "all", "any", "some", "many", "most", "more", "much", "other",
  "another", "such", "only", "also", "and", "or", "but", "not", "no", "nor", "so", "if", "then",
  "than", "thus", "because", "although", "though", "however", "beyond", "besides", "alongside",
  "together", "additionally", "furthermore", "moreover", "currently", "previously", "recently",
  "now", "today", "always", "often", "yet", "still", "even",
  // What a summary begins with.
  "experienced", "experience", "expert", "expertise", "skilled", "seasoned", "accomplished",
  "dedicated", "motivated", "passionate", "reliable", "responsible", "results", "strong", "solid",
  "deep", "broad", "hands", "versatile", "certified", "qualified", "fluent", "native",
  "comfortable", "familiar", "proficient", "specialist", "professional", "engineer", "developer",
  "software", "backend", "frontend", "fullstack", "full", "data", "systems", "system", "key",
  // Ordinary nouns and adjectives that lines begin with.
  "faster", "better", "early", "late", "first", "second", "third", "next", "last", "further",
  "open", "small", "global", "local", "cross", "end", "long", "short", "real", "team", "teams",
  "user", "users", "customer", "customers", "client", "clients", "product", "products", "project",
  "projects", "code", "performance", "security", "quality", "process", "processes", "result",
  "outcome", "impact", "scope", "context", "tools", "stack", "technologies", "achievements",
  "highlights", "responsibilities", "languages", "skills", "technical", "practical", "good",
  "careful", "curious", "detail", "patient", "production", "internal", "external", "technology",
  "knowledge", "background", "track", "career", "years", "nurse", "teacher", "manager", "analyst",
  "designer", "consultant", "accountant", "technician", "assistant", "driver", "chef", "welder",
  "core", "daily", "weekly", "monthly", "main", "new", "high", "low", "large"};

/// Salutations, closings and what belongs to them.
inline constexpr std::array<std::string_view, 44> letter_words{
  "dear",    "hello",       "hi",           "sir",       "madam",      "team",         "hiring",
  "manager", "recruiting",  "recruitment",  "recruiter", "committee",  "kind",         "best",
  "warm",    "regards",     "yours",        "sincerely", "faithfully", "respectfully", "thank",
  "thanks",  "application", "re",           "subject",   "mr",         "mrs",          "ms",
  "sehr",    "geehrte",     "geehrter",     "geehrtes",  "damen",      "herren",       "herr",
  "frau",    "mit",         "freundlichen", "grussen",   "liebe",      "lieber",       "guten",
  "madame",  "monsieur"};

}  // namespace jobraker::workflows
