#include "suites/experiments/definitions.hpp"
#include "suites/experiments/zone_volume/level_study.hpp"

namespace relu0::experiment::width {

namespace {

LevelStudy study() {
  LevelStudy study;
  study.experiment = "width";
  study.factor = "neurons per layer";
  study.logarithmic = true;
  for (const std::int64_t width : {16, 64, 256, 512, 1024}) {
    study.levels.push_back({.x = static_cast<double>(width), .mlp = {.width = width}});
  }
  study.precisions = {Precision::fp16, Precision::fp32, Precision::fp64};
  study.published = &published_by_neurons();
  study.published_x = [](const PublishedCount& count) { return static_cast<double>(count.neurons); };
  return study;
}

void conclude(const Evidence& evidence, Results& results) {
  const LevelStudy width = study();
  const auto gathered = gather(width, evidence);
  const verdict_rules::Reach reach = width.reach(evidence);
  append_growth_findings(width, gathered[0], reach, true, results);
  append_growth_findings(width, gathered[1], reach, true, results);
  append_fp64_findings(width, gathered[2], reach, results);
  append_figure_and_table(width, gathered, reach, results);
}

constexpr Experiment definition{
    .id = "width", .measurements = [] { return as_measurements(study().sweeps()); }, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::width

const relu0::Experiment& relu0::width_experiment() { return experiment::width::definition; }
