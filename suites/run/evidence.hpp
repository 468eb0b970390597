#pragma once
#include "analysis/impact/sweep.hpp"
#include "analysis/statistics/statistics.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/cell.hpp"
#include "suites/run/scale.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// The draws of one cell.
struct CellEvidence {
  Cell cell;
  std::vector<SweepOutcome> draws;

  [[nodiscard]] const RuleOutcome& under(Rule rule, std::size_t draw) const;
  /// Networks of which some mini-batch is impacted: the share of θ in the bifurcation zone.
  [[nodiscard]] Proportion in_zone(Rule rule) const;
  /// The same, looking at the first layer's weight gradient only, as the authors' notebooks did.
  [[nodiscard]] Proportion in_zone_by_first_layer(Rule rule) const;
  /// Whether every draw's control agreed bit for bit.
  [[nodiscard]] bool deterministic() const;
};

/// What has been measured in the cells of a run, read from its store.
class Evidence {
 public:
  Evidence(const Store& store, RunSettings settings, Scale scale)
      : store_(&store), settings_(std::move(settings)), scale_(scale) {}

  /// @name The draws of a cell
  /// Those that the scale asks for; further ones in the store are left out, so that the conclusions of a
  /// scale do not depend on what else the store holds. Each for cells of its kind of work.
  /// @{
  [[nodiscard]] CellEvidence of(const Cell& cell) const;
  [[nodiscard]] std::vector<ReferenceErrorOutcome> reference_errors(const Cell& cell) const;
  [[nodiscard]] std::vector<ZeroOriginsOutcome> zero_origins(const Cell& cell) const;
  [[nodiscard]] std::vector<DivergenceOutcome> divergences(const Cell& cell) const;
  [[nodiscard]] std::vector<ZeroTrainingOutcome> zero_trainings(const Cell& cell) const;
  [[nodiscard]] std::vector<ZoneShapeOutcome> zone_shapes(const Cell& cell) const;
  /// @}
  [[nodiscard]] const RunSettings& settings() const { return settings_; }

 private:
  template <typename Outcome>
  [[nodiscard]] std::vector<Outcome> draws(const Cell& cell,
                                           Outcome (*from_json)(const nlohmann::json&)) const;

  const Store* store_;
  RunSettings settings_;
  Scale scale_;
};

}  // namespace relu0
