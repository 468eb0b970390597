#pragma once
#include "analysis/gate/measured.hpp"
#include "reports/model/environment.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// @file
/// What a gate measured of a user's model, as plain data: an engine fills it, a policy judges it.
///
/// What was to be measured stands in the Plan, so that a measurement that got lost is found. measured.hpp
/// (analysis/gate) says how absences and differences are kept.
///
/// gate_fields.hpp (reports/codec) has the lists that are its JSON both ways.
namespace relu0::gate {

struct ModelFacts {
  std::string file{};
  std::string sha256{};
  std::string importer{};       ///< "TorchScript 1.13.0", "ONNX operator set 17"
  std::int64_t parameters = 0;  ///< numbers, not tensors
};

struct InputFacts {
  std::string file{};
  std::string sha256{};
  std::int64_t mini_batches = 0;  ///< that the gate was to run
  std::int64_t batch_size = 0;    ///< samples in a full mini-batch
  std::int64_t copies = 0;        ///< of the mini-batches, those that are copies of others
  /// The number of the mini-batch that alone was run, counted from 0 among all: a replay.
  std::optional<std::int64_t> replayed{};
};

/// What the gate set out to measure.
struct Plan {
  std::vector<Precision> precisions{};
  std::vector<ValuePair> pairs{};
  std::vector<LuckKind> luck{};
  bool errors = true;                       ///< whether gradients were to be held against those at fp64
  std::int64_t reference_mini_batches = 0;  ///< that were to be held against the reference
};

struct Measurements {
  ModelFacts model{};
  InputFacts inputs{};
  std::string loss{};             ///< "cross-entropy"
  std::string with_respect_to{};  ///< "parameters" or "inputs"
  std::string command{};          ///< the command line that measured this, quoted for a shell
  Environment environment{};
  Plan plan{};
  std::vector<TensorFacts> tensors{};
  std::vector<KinkSite> kinks{};
  std::vector<PrecisionResults> precisions{};
  std::vector<ReferenceGap> reference_gaps{};
  /// What the gate did not look at, and what a reader has to know, a sentence each.
  std::vector<std::string> not_seen{};
  /// Why the measurement ended before its time; absent where it came to its end.
  std::optional<std::string> aborted{};

  [[nodiscard]] const PrecisionResults* at(Precision precision) const;
};

}  // namespace relu0::gate
