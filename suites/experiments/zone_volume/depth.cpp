#include "suites/experiments/definitions.hpp"
#include "suites/experiments/zone_volume/level_study.hpp"

namespace relu0::experiment::depth {

namespace {

LevelStudy study() {
  LevelStudy study;
  study.experiment = "depth";
  study.factor = "hidden layers";
  for (const std::int64_t layers : {1, 2, 3, 5, 6}) {
    study.levels.push_back({.x = static_cast<double>(layers), .mlp = {.hidden_layers = layers}});
  }
  study.precisions = {Precision::fp16, Precision::fp32, Precision::fp64};
  study.published = &published_by_layers();
  study.published_x = [](const PublishedCount& count) { return static_cast<double>(count.hidden_layers); };
  return study;
}

void conclude(const Evidence& evidence, Results& results) {
  const LevelStudy depth = study();
  const auto gathered = gather(depth, evidence);
  const verdict_rules::Reach reach = depth.reach(evidence);
  append_growth_findings(depth, gathered[0], reach, true, results);
  append_growth_findings(depth, gathered[1], reach, true, results);
  append_fp64_findings(depth, gathered[2], reach, results);
  append_figure_and_table(depth, gathered, reach, results);
}

constexpr Experiment definition{
    .id = "depth", .measurements = [] { return as_measurements(study().sweeps()); }, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::depth

const relu0::Experiment& relu0::depth_experiment() { return experiment::depth::definition; }
