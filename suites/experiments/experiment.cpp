#include "suites/experiments/experiment.hpp"

#include "fixtures/error.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/texts/texts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

std::string Experiment::title() const { return Texts(id)("title"); }

std::string Experiment::summary() const { return Texts(id)("summary"); }

const std::vector<Experiment>& experiments() {
  static const std::vector<Experiment> all{precision_experiment(),
                                           depth_experiment(),
                                           width_experiment(),
                                           batch_size_experiment(),
                                           sample_size_experiment(),
                                           magnitude_experiment(),
                                           conv_volume_experiment(),
                                           svhn_volume_experiment(),
                                           imagenet_volume_experiment(),
                                           divergence_experiment(),
                                           zero_counts_experiment(),
                                           reference_error_experiment(),
                                           zero_origin_experiment(),
                                           zone_shape_experiment(),
                                           kernels_experiment(),
                                           zero_law_experiment(),
                                           kinks_experiment(),
                                           sgd_sweep_experiment(),
                                           batch_norm_buffer_experiment(),
                                           adam_buffer_experiment(),
                                           dropout_yardstick_experiment(),
                                           imagenet_training_experiment(),
                                           chain_rule_survival_experiment()};
  return all;
}

const Experiment& find_experiment(std::string_view id) {
  if (id == own_training_experiment().id) {
    throw InputError(
        fmt::format("the experiment '{}' is what --train asks for, without a name: relu0 run --train "
                    "network=mlp-3x256,s=1",
                    id));
  }
  std::vector<std::string_view> known;
  for (const Experiment& experiment : experiments()) {
    if (experiment.id == id) {
      return experiment;
    }
    known.push_back(experiment.id);
  }
  throw InputError(fmt::format("unknown experiment '{}'; there are {} (relu0 list describes them)", id,
                               fmt::join(known, ", ")));
}

}  // namespace relu0
