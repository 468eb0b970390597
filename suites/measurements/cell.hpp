#pragma once
#include "analysis/error/reference_error.hpp"
#include "analysis/impact/sweep.hpp"
#include "analysis/training/divergence.hpp"
#include "analysis/training/zero_training.hpp"
#include "analysis/zeros/zero_origins.hpp"
#include "analysis/zone/zone_shape.hpp"
#include "fixtures/network/precision.hpp"
#include "suites/measurements/network_choice.hpp"
#include "suites/run/data_sets.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace relu0 {

/// What is the same for every cell of a run.
struct RunSettings {
  std::uint64_t seed = 1;  ///< b: draw i is initialised from seed b + i
  std::map<DataName, DataFacts> data;
  std::optional<std::int64_t> images{};  ///< of each data set only the first so many
  double s_a = 0;                        ///< the two values of ReLU'(0) compared
  double s_b = 1;
  Device device = Device::cpu;
  Protocol protocol = Protocol::fast;
  std::int64_t stream_minibatches = 100;  ///< after which a stream of small images ends without an impact
  /// Multiply-adds of forward and backward passes after which a training that counts zeros ends, in its first
  /// epoch; absent: when its epochs are over.
  std::optional<double> zero_training_multiply_adds{};
  int reference_bits = 128;      ///< of the reference's first run
  int max_reference_bits = 512;  ///< that its bits may be raised to

  /// Images used of a data set.
  [[nodiscard]] std::int64_t images_of(DataName data) const;
};

/// @name What is measured in a cell
/// @{

/// The data are swept for mini-batches whose gradient depends on s.
struct SweepWork {
  Extent extent = Extent::until_impacted;
  bool magnitude = false;
};

/// Mini-batches as a training meets them, shuffled and put through the data set's training_transform, epoch
/// after epoch, until one is impacted under both rules or so many have been met.
struct StreamWork {
  /// Of RunSettings::stream_minibatches: large images take their share of a run's time with fewer.
  std::int64_t one_minibatch_of = 1;
};

/// The gradient on the first mini-batch is held against the reference, at all precisions that share the
/// storage of the cell's (precisions_stored_as()), for both values of s and both rules.
struct ReferenceErrorWork {};

/// Exact zeros are looked for among so many images, and the reference is asked what they are.
struct ZeroOriginsWork {
  std::int64_t images = 60'000;
};

/// Trainings that differ in s only, and one a second time, on shuffled mini-batches.
struct DivergenceWork {
  std::int64_t iterations = 100;
};

/// Exact zeros are counted while a network is trained on shuffled mini-batches with s = RunSettings::s_a.
struct ZeroTrainingWork {
  std::int64_t epochs = 100;
};

/// A training until its first hidden layer meets an exact zero, and the pre-activation around it, over a
/// plane of the neuron's parameters.
struct ZoneShapeWork {
  std::int64_t iterations = 938;  ///< at most: two epochs of MNIST in mini-batches of 128
};

using Work = std::variant<SweepWork, ReferenceErrorWork, ZeroOriginsWork, StreamWork, DivergenceWork,
                          ZeroTrainingWork, ZoneShapeWork>;
/// @}

/// One setting in which networks are drawn and measured.
struct Cell {
  NetworkChoice network;
  Precision precision = Precision::fp32;
  std::int64_t batch_size = 256;
  DataName data = datasets::mnist;
  Work work;
};

/// The canonical text that identifies a cell's measurements in a store: a JSON object of all that they depend
/// on besides the draw and the environment.
std::string key(const Cell& cell, const RunSettings& settings);

/// "mlp-3x256, fp32, batch 256": for progress lines and error messages.
std::string describe(const Cell& cell);

/// Relative cost of measuring one draw, roughly in multiply-adds of LibTorch at 32 bits.
double cost(const Cell& cell, const RunSettings& settings);

/// fp16; bf16; or tf32, fp32 and fp64 for any of these.
std::vector<Precision> precisions_stored_as(Precision storage);

/// Images of the mini-batch that a cell of ReferenceErrorWork holds against the reference: its first ones,
/// where the run uses fewer than a mini-batch.
std::int64_t images_compared(const Cell& cell, const RunSettings& settings);

/// @name The options of what measures a cell
/// The cell's work is that of the function's name.
/// @{
/// Of SweepWork and StreamWork.
SweepOptions sweep_options(const Cell& cell, const RunSettings& settings);
BatchOptions stream_options(const Cell& cell);
/// How many mini-batches a stream has at most; at least 1.
std::int64_t stream_minibatches(const Cell& cell, const RunSettings& settings);
/// threads: of the reference.
ReferenceErrorOptions reference_error_options(const Cell& cell, const RunSettings& settings, int threads);
ZeroOriginsOptions zero_origins_options(const Cell& cell, const RunSettings& settings);
DivergenceOptions divergence_options(const Cell& cell, const RunSettings& settings);
ZeroTrainingOptions zero_training_options(const Cell& cell, const RunSettings& settings);
ZoneShapeOptions zone_shape_options(const Cell& cell, const RunSettings& settings);
/// Of DivergenceWork, ZeroTrainingWork and ZoneShapeWork.
BatchOptions training_batches(const Cell& cell);
/// @}

}  // namespace relu0
