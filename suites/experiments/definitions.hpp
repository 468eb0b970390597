#pragma once
#include "suites/experiments/experiment.hpp"

namespace relu0 {

/// @name The experiments, one per file of this folder
/// @{
const Experiment& precision_experiment();
const Experiment& depth_experiment();
const Experiment& width_experiment();
const Experiment& batch_size_experiment();
const Experiment& sample_size_experiment();
const Experiment& magnitude_experiment();
const Experiment& conv_volume_experiment();
const Experiment& svhn_volume_experiment();
const Experiment& imagenet_volume_experiment();
const Experiment& divergence_experiment();
const Experiment& zero_counts_experiment();
const Experiment& reference_error_experiment();
const Experiment& zero_origin_experiment();
const Experiment& zone_shape_experiment();
const Experiment& kernels_experiment();
const Experiment& zero_law_experiment();
const Experiment& kinks_experiment();
const Experiment& sgd_sweep_experiment();
const Experiment& batch_norm_buffer_experiment();
const Experiment& adam_buffer_experiment();
const Experiment& dropout_yardstick_experiment();
const Experiment& imagenet_training_experiment();
const Experiment& chain_rule_survival_experiment();
/// @}

/// That of trainings of the user's own (RunSettings::trainings). It is none of experiments(): the paper has
/// no claim that it is about.
const Experiment& own_training_experiment();

}  // namespace relu0
