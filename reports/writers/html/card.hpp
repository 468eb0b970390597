#pragma once
#include "reports/model/results.hpp"
#include "reports/writers/html/dictionary.hpp"
#include "reports/writers/html/page_index.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// What stands together in a report: a claim of the paper with its findings and the experiment that serves
/// it, or an experiment that serves none. Everything by its place in the results.
struct Card {
  std::string anchor;
  std::string title;
  std::optional<std::size_t> claim{};
  /// The experiment whose figures and tables are shown here.
  std::optional<std::size_t> experiment{};
  /// The experiment that serves the claim, but is shown in an earlier card, and the place of that card.
  std::optional<std::size_t> shown_in{};
  std::vector<std::size_t> findings{};
  std::vector<std::size_t> figures{};
  std::vector<std::size_t> heat_maps{};
  std::vector<std::size_t> tables{};
};

/// Every claim, experiment, finding, figure, heat map and table of the results, each in one card, but for
/// the headline figure. The cards of the claims come first.
std::vector<Card> cards(const Results& results, const PageIndex& index, Anchors& anchors);

}  // namespace relu0
