#pragma once
#include <filesystem>

/// @file
/// A small model and its mini-batches as files, made by LibTorch itself: what a gate proves itself on where
/// there is no Python.
///
/// f(x) = W₂ relu(W₁ x + b₁) + b₂, from 4 numbers by 3 hidden units to 2, for the loss "mse": 20 mini-batches
/// of 8 samples. Weights, samples and targets are multiples of 1/8, and so small that no number of a gradient
/// needs more than 24 bits: at fp32 and fp64 nothing is rounded, whatever computes it in whatever order. The
/// second hidden unit is 0 on one sample, the first of mini-batch 3, and no other unit ever is.
namespace relu0::gate {

inline constexpr int sample_batch_size = 8;
inline constexpr int sample_mini_batches = 20;
/// The mini-batch that meets the kink.
inline constexpr int sample_kink_mini_batch = 3;

enum class SampleModel {
  unimpacted,  ///< the outputs do not use the unit that is met on its kink
  impacted,    ///< they use it
  smooth,      ///< no ReLU
  zero,        ///< the outputs are multiplied by 0, and every gradient is 0
  endless,     ///< unimpacted, but never comes back from SampleBatches::endless
};

enum class SampleBatches {
  usual,
  without_zero,  ///< no unit is ever met on its kink
  with_nan,      ///< the first number of mini-batch 3 is NaN
  endless,       ///< SampleModel::endless does not come back from mini-batch 1
};

/// Each throws InputError where the file cannot be written.
void write_sample_model(SampleModel model, const std::filesystem::path& file);
/// A file of torch.save(): a dictionary with "x" and "target".
void write_sample_batches(SampleBatches batches, const std::filesystem::path& file);

}  // namespace relu0::gate
