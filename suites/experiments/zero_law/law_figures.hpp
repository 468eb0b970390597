#pragma once
#include "reports/model/results.hpp"
#include "suites/experiments/zero_law/law_evidence.hpp"

#include <optional>
#include <string>
#include <vector>

/// The figures and tables of the experiment `zero-law`. Each shows what was selected, and none where that is
/// nothing.
namespace relu0::law_figures {

using law_evidence::LawEvidence;

/// Predicted against counted zeros under one kernel, a point for each layer.
void append_counts(const std::string& kernel, const std::vector<LawEvidence>& evidence, Results& results);

/// The rate of zeros by the bits of the significand, with its fitted line up to binary64's.
void append_rates_by_bits(const std::vector<LawEvidence>& evidence, const std::optional<LogLinearFit>& fit,
                          Results& results);

/// Counted and predicted zeros of each network, precision and kernel.
void append_network_table(const std::vector<LawEvidence>& evidence, Results& results);

/// The same of each layer under one kernel, its networks together.
void append_layer_table(const std::vector<LawEvidence>& evidence, Results& results);

}  // namespace relu0::law_figures
