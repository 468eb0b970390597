#include "reports/model/text.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/xml_document.hpp"

#include <set>
#include <string>

#include <fmt/format.h>

namespace relu0 {

namespace {

using gate::Check;
using gate::CheckVerdict;

constexpr std::size_t most_test_cases = 20'000;

std::string details(const Check& check) {
  std::string result = check.message + "\n";
  for (const auto& [label, value] : gate::facts_of(check)) {
    result += fmt::format("{}: {}\n", label, value);
  }
  return result;
}

/// A name that no other test case has: readers drop the second of a name.
std::string unique_name(const Check& check, std::set<std::string>& taken) {
  const std::string wanted = printable(identity(check));
  std::string name = wanted;
  for (int number = 2; !taken.insert(name).second; ++number) {
    name = fmt::format("{} ({})", wanted, number);
  }
  return name;
}

void add_outcome(pugi::xml_node test_case, const char* kind, const Check& check) {
  pugi::xml_node outcome = test_case.append_child(kind);
  set(outcome, "message", check.message);
  set(outcome, "type", check.rule);
  outcome.text() = printable(details(check)).c_str();
}

void add_test_case(pugi::xml_node suite, const Check& check, const std::string& name) {
  pugi::xml_node test_case = suite.append_child("testcase");
  set(test_case, "classname", "relu0.gate." + check.rule);
  set(test_case, "name", name);
  switch (check.verdict) {
    case CheckVerdict::fail:
      add_outcome(test_case, "failure", check);
      break;
    case CheckVerdict::inconclusive:
      add_outcome(test_case, "error", check);
      break;
    case CheckVerdict::warn:
      test_case.append_child("system-out").text() = printable("warning: " + details(check)).c_str();
      break;
    case CheckVerdict::pass:
      break;
  }
}

}  // namespace

std::string gate_junit(const gate::Judgement& judgement) {
  pugi::xml_document document = new_xml_document();
  pugi::xml_node suites = document.append_child("testsuites");
  pugi::xml_node suite = suites.append_child("testsuite");
  pugi::xml_node properties = suite.append_child("properties");
  add_property(properties, "headline", judgement.headline);
  add_property(properties, "outcome", name(judgement.outcome));
  add_property(properties, "command", judgement.command);
  add_property(properties, "model", judgement.model.file);
  add_property(properties, "model.sha256", judgement.model.sha256);
  for (const auto& [fact, value] : judgement.environment) {
    add_property(properties, "environment." + fact, value);
  }
  std::set<std::string> taken;
  std::size_t left_out = 0;
  // What did not pass stands first, and is never left out.
  for (const Check& check : judgement.checks) {
    if (check.verdict == CheckVerdict::pass && taken.size() >= most_test_cases) {
      ++left_out;
      continue;
    }
    add_test_case(suite, check, unique_name(check, taken));
  }
  if (left_out > 0) {
    add_property(properties, "passed checks left out", std::to_string(left_out));
  }
  for (pugi::xml_node node : {suites, suite}) {
    set(node, "name", "relu0 gate");
    set(node, "tests", std::to_string(taken.size()));
    set(node, "failures", std::to_string(count(judgement.checks, CheckVerdict::fail)));
    set(node, "errors", std::to_string(count(judgement.checks, CheckVerdict::inconclusive)));
    set(node, "skipped", "0");
  }
  return xml_text(document);
}

}  // namespace relu0
