#include "reports/writers/html/page_index.hpp"

#include "reports/model/verdicts.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>

#include <ctemplate/template.h>

namespace relu0 {

const Figure* headline_figure(const Results& results) {
  const auto found = std::find_if(results.figures.begin(), results.figures.end(),
                                  [](const Figure& figure) { return figure.headline; });
  return found == results.figures.end() ? nullptr : &*found;
}

PageIndex::PageIndex(const Results& results, Anchors& anchors) {
  if (const Figure* figure = relu0::headline_figure(results)) {
    headline_figure_ = anchors.make("figure", figure->id);
  }
  for (const Claim& claim : results.claims) {
    claims_.push_back(anchors.make("claim", claim.id));
  }
  for (const ExperimentSection& section : results.experiments) {
    experiments_.push_back(anchors.make("experiment", section.id));
  }
  for (const Finding& finding : results.findings) {
    findings_.push_back(anchors.make("finding", finding.id + " " + finding.setting));
    const auto same = [&finding](const DecisionRule& rule) { return rule.text == finding.decision_rule; };
    if (!finding.decision_rule.empty() && std::none_of(rules_.begin(), rules_.end(), same)) {
      rules_.push_back(
          {.text = finding.decision_rule, .anchor = anchors.make("rule", std::to_string(rules_.size() + 1))});
    }
  }
}

std::size_t PageIndex::rule_of(const Finding& finding) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].text == finding.decision_rule) {
      return i;
    }
  }
  throw std::out_of_range("the finding '" + finding.id + "' has no rule");
}

void set_verdict(ctemplate::TemplateDictionary& dictionary, Verdict verdict) {
  std::string css_class(name(verdict));
  std::replace(css_class.begin(), css_class.end(), ' ', '-');
  set(dictionary, "VERDICT", name(verdict));
  set(dictionary, "VERDICT_CLASS", css_class);
  set(dictionary, "SYMBOL", symbol(verdict));
}

}  // namespace relu0
