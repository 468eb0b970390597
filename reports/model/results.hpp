#pragma once
#include "reports/model/claim.hpp"
#include "reports/model/figure.hpp"
#include "reports/model/finding.hpp"
#include "reports/model/heat_map.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// One experiment's section of a report.
struct ExperimentSection {
  std::string id;  ///< "depth"
  std::string title;
  std::string summary;   ///< what was done, in a paragraph
  std::string answer{};  ///< what came out, in a paragraph, where the experiment answers a question in words
};

/// What a run concludes from its measurements, in the order in which it is shown.
struct Results {
  std::vector<Claim> claims;  ///< the paper's, in its order; a store of an earlier schema has none
  std::vector<ExperimentSection> experiments;
  std::vector<Finding> findings;
  std::vector<Figure> figures;
  std::vector<HeatMap> heat_maps;
  std::vector<Table> tables;
  std::vector<std::string>
      notes;  ///< what a reader must know first: emulated precisions, embedded data, small scale
  /// The kernel that the run's claims are judged on, of its environment; empty: not known. What was measured
  /// through others as well says so in its conditions. Store::results() sets it, and no store keeps it here.
  std::string kernel{};
};

}  // namespace relu0
