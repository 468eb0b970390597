#pragma once
#include "reports/model/finding.hpp"
#include "reports/model/results.hpp"
#include "reports/writers/html/dictionary.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <ctemplate/template.h>

namespace relu0 {

/// The figure that stands beside the answer; null where the results have none.
const Figure* headline_figure(const Results& results);

/// The ids of what a page refers to from several places, and the rules, each once.
class PageIndex {
 public:
  PageIndex(const Results& results, Anchors& anchors);

  /// @name By place in the results
  /// @{
  [[nodiscard]] const std::string& finding(std::size_t place) const { return findings_.at(place); }
  [[nodiscard]] const std::string& claim(std::size_t place) const { return claims_.at(place); }
  [[nodiscard]] const std::string& experiment(std::size_t place) const { return experiments_.at(place); }
  /// @}

  /// The id of the figure beside the answer; "" where there is none.
  [[nodiscard]] const std::string& headline_figure() const { return headline_figure_; }

  struct DecisionRule {
    std::string text;
    std::string anchor;
  };
  /// The different decision rules of the findings, in the order in which they first occur there; a report
  /// numbers them from 1.
  [[nodiscard]] const std::vector<DecisionRule>& rules() const { return rules_; }
  /// The place in rules() of a finding's. Throws std::out_of_range where it has none.
  [[nodiscard]] std::size_t rule_of(const Finding& finding) const;

 private:
  std::string headline_figure_;
  std::vector<std::string> findings_;
  std::vector<std::string> claims_;
  std::vector<std::string> experiments_;
  std::vector<DecisionRule> rules_;
};

/// Sets VERDICT, VERDICT_CLASS and SYMBOL.
void set_verdict(ctemplate::TemplateDictionary& dictionary, Verdict verdict);

}  // namespace relu0
