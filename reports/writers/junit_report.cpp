#include "reports/model/text.hpp"
#include "reports/model/verdicts.hpp"
#include "reports/store/store.hpp"
#include "reports/writers/writers.hpp"
#include "reports/writers/xml_document.hpp"

#include <string>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace relu0 {
namespace {

void set_counts(pugi::xml_node node, const std::vector<Finding>& findings) {
  const std::size_t skipped = count(findings, Verdict::inconclusive) + count(findings, Verdict::not_run);
  set(node, "tests", std::to_string(findings.size()));
  set(node, "failures", std::to_string(count(findings, Verdict::not_reproduced)));
  set(node, "errors", "0");
  set(node, "skipped", std::to_string(skipped));
}

void add_properties(pugi::xml_node suite, const Store& store) {
  pugi::xml_node properties = suite.append_child("properties");
  const RunInfo run = store.run_info();
  add_property(properties, "command", run.command);
  add_property(properties, "scale", run.scale);
  add_property(properties, "seed", std::to_string(run.seed));
  for (const auto& [key, value] : store.environment()) {
    add_property(properties, "environment." + key, value);
  }
}

std::string details(const Finding& finding) {
  return fmt::format("Claim: {}\nPublished: {} ({})\nMeasured: {} {}\nAgreement: {}\nRule: {}\n",
                     finding.claim, finding.published, finding.source, finding.measured,
                     interval_text(finding.interval), finding.agreement, finding.decision_rule);
}

void add_test_case(pugi::xml_node suite, const Finding& finding) {
  pugi::xml_node test_case = suite.append_child("testcase");
  set(test_case, "classname", finding.experiment.empty() ? "relu0" : "relu0." + finding.experiment);
  set(test_case, "name",
      finding.setting.empty() ? finding.id : fmt::format("{} [{}]", finding.id, finding.setting));
  if (finding.verdict == Verdict::reproduced || finding.verdict == Verdict::measured) {
    test_case.append_child("system-out").text() = printable(finding.why + "\n" + details(finding)).c_str();
    return;
  }
  const bool failed = finding.verdict == Verdict::not_reproduced;
  pugi::xml_node outcome = test_case.append_child(failed ? "failure" : "skipped");
  set(outcome, "message", fmt::format("{}: {}", name(finding.verdict), finding.why));
  if (failed) {
    set(outcome, "type", name(finding.verdict));
  }
  outcome.text() = printable(details(finding)).c_str();
}

}  // namespace

std::string junit_report(const Store& store) {
  const std::vector<Finding> findings = headlines_first(store.results().findings);
  pugi::xml_document document = new_xml_document();
  pugi::xml_node suites = document.append_child("testsuites");
  set(suites, "name", "relu0");
  set_counts(suites, findings);
  pugi::xml_node suite = suites.append_child("testsuite");
  set(suite, "name", "relu0");
  set_counts(suite, findings);
  add_properties(suite, store);
  for (const Finding& finding : findings) {
    add_test_case(suite, finding);
  }
  return xml_text(document);
}

}  // namespace relu0
