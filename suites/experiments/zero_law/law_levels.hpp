#pragma once
#include "fixtures/published/published.hpp"
#include "suites/experiments/zero_law/law_evidence.hpp"
#include "suites/verdicts/verdict_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the law says of the paper's claims by depth and by width: the zeros that a network is expected to
/// meet as it sees all training images once, and the share of networks that meet one.
namespace relu0::law_levels {

/// Training images of MNIST, which a published network saw once.
inline constexpr double images_of_epoch = 60'000;

struct Level {
  std::int64_t value = 0;        ///< hidden layers, or neurons a layer
  std::vector<double> expected;  ///< zeros in an epoch, by network
  Proportion published;          ///< networks in the bifurcation zone at 32 bits
  [[nodiscard]] double mean() const;
};

/// Those levels that were measured. value: which of the MLP's numbers varies; published: the figure whose
/// counts at 32 bits it stands beside.
std::vector<Level> levels(const std::vector<law_evidence::LawEvidence>& evidence, std::int64_t Mlp::*value,
                          const PublishedFigure& published, std::int64_t PublishedCount::*published_value);

/// Whether the expected zeros grow from each level to the next, network by network.
verdict_rules::Decision decide(const std::vector<Level>& levels);

/// "0.15, 0.58, 1.2": numbers of all levels.
std::string values_text(const std::vector<Level>& levels);
std::string zeros_text(const std::vector<Level>& levels);
std::string shares_text(const std::vector<Level>& levels);
std::string published_text(const std::vector<Level>& levels);

}  // namespace relu0::law_levels
