#pragma once
#include "fixtures/published/published.hpp"
#include "reports/model/results.hpp"
#include "suites/experiments/sweep_evidence.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/verdicts/reach.hpp"

#include <functional>
#include <string>
#include <vector>

namespace relu0 {

/// One value of the factor that a study varies.
struct Level {
  double x;
  Mlp mlp;
  std::int64_t batch_size = 256;
};

/// A study of how the share of networks in the bifurcation zone depends on one factor: depth, width, batch
/// size.
struct LevelStudy {
  std::string experiment;
  std::string factor;  ///< "hidden layers": column, axis and claims name it so
  bool logarithmic = false;
  std::vector<Level> levels;
  std::vector<Precision> precisions;
  const PublishedFigure* published = nullptr;
  /// The factor's value in a published count.
  std::function<double(const PublishedCount&)> published_x;

  /// How far a run looked beside the published figure.
  [[nodiscard]] verdict_rules::Reach reach(const Evidence& evidence) const;

  [[nodiscard]] std::vector<Sweep> sweeps() const;
};

/// The measurements of a study at one precision.
struct LevelEvidence {
  Precision precision;
  std::vector<SweepEvidence> levels;

  /// blocks[draw][level]: whether the draw is impacted at the level, for the draws that all levels have. This
  /// is what the trend test takes.
  [[nodiscard]] std::vector<std::vector<bool>> blocks(Rule rule) const;
  [[nodiscard]] Basis basis() const;
};

/// The decision of a rule that compares all levels: `decision`, or where some levels have networks and others
/// none, which a run that its results steer leaves behind, what replaces it: which levels lack them.
verdict_rules::Decision of_all_levels(const LevelStudy& study, const LevelEvidence& evidence,
                                      verdict_rules::Decision decision);

std::vector<LevelEvidence> gather(const LevelStudy& study, const Evidence& evidence);

/// The study's figure (chain rule, ours beside the published) and table.
void append_figure_and_table(const LevelStudy& study, const std::vector<LevelEvidence>& evidence,
                             const verdict_rules::Reach& reach, Results& results);

/// "1: 54/1000, 2: 258/1000, …"; empty when nothing was published at that precision.
std::string published_counts(const LevelStudy& study, Precision precision);
/// The same for our counts.
std::string measured_counts(const LevelStudy& study, const LevelEvidence& evidence, Rule rule);

/// Fisher's test at each level against the published counts: how many levels differ; or why they are not
/// compared.
std::string level_agreement(const LevelStudy& study, const LevelEvidence& evidence,
                            const verdict_rules::Reach& reach, Rule rule);

/// The claim "grows with the factor", under both rules. Among fewer images than published, growth is kept: it
/// is a direction, and all levels saw the same images.
void append_growth_findings(const LevelStudy& study, const LevelEvidence& evidence,
                            const verdict_rules::Reach& reach, bool headline, Results& results);

/// The claim "at 64 bits for no θ", over all levels.
void append_fp64_findings(const LevelStudy& study, const LevelEvidence& evidence,
                          const verdict_rules::Reach& reach, Results& results);

}  // namespace relu0
