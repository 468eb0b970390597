#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/torch/engine_fault.hpp"
#include "fixtures/data/dataset.hpp"
#include "fixtures/data/streams/batch_source.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace relu0 {

/// How a mini-batch is found to be impacted or not. Both give the same answer for every mini-batch.
enum class Protocol {
  fast,  ///< a forward pass without an exact zero is the proof; only the others get backward passes, one per
         ///< s
  two_network,  ///< the paper's: two networks that differ in s only, forward, backward, all gradients
                ///< compared
};

/// When a sweep over the data ends.
enum class Extent {
  until_impacted,  ///< after the mini-batch that settles every question asked (early exit)
  all,             ///< after the last image
};

struct SweepOptions {
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
  EngineFault fault = EngineFault::none;
  Protocol protocol = Protocol::fast;
  Extent extent = Extent::until_impacted;
  std::int64_t batch_size = 256;
  double s_a = 0;  ///< the two values of s compared
  double s_b = 1;
  std::vector<Rule> rules{Rule::chain_rule, Rule::published_code};
  /// @name The two choices compared at kinks other than ReLU's; their `relu` is not read
  /// @{
  KinkChoices kinks_a{};
  KinkChoices kinks_b{};
  /// @}
  /// Also measure ‖g_a − g_b‖₂ / ‖g_a‖₂ on each impacted mini-batch.
  bool magnitude = false;
  /// Also keep the answer for each mini-batch, and compare the first layer on every one of them.
  bool per_minibatch = false;
  /// Also run the control on every mini-batch, and keep what it found (SweepOutcome::controls).
  bool every_control = false;

  /// @name The two choices compared at all kinks under a rule
  /// @{
  [[nodiscard]] KinkChoices choices_a(Rule rule) const;
  [[nodiscard]] KinkChoices choices_b(Rule rule) const;
  /// @}
  /// ReLU's, and the others at which the two choices differ.
  [[nodiscard]] KinkSet compared_kinks() const;
};

/// One mini-batch under one rule.
struct MinibatchAnswer {
  bool impacted = false;              ///< some bit of some parameter's gradient differs
  bool first_layer_impacted = false;  ///< some bit of the first layer's weight gradient differs
  bool operator==(const MinibatchAnswer&) const = default;
};

/// What a sweep found under one rule. Indices count from 0; absent: no such mini-batch was met.
struct RuleOutcome {
  Rule rule = Rule::chain_rule;
  std::int64_t impacted = 0;  ///< impacted mini-batches met; not all of them where the sweep may end before
  std::optional<std::int64_t> first_impacted;  ///< the first of them
  std::optional<std::int64_t> first_layer;     ///< the first one whose first layer's weight gradient differs
  /// Index in the data set of the first image through which the difference enters (fast protocol only).
  std::optional<std::int64_t> first_image;
  std::vector<double> relative_l2;           ///< of each impacted mini-batch, where asked for and defined
  std::vector<MinibatchAnswer> minibatches;  ///< where asked for
};

/// What the controls of a sweep found, where each mini-batch had one: two runs with the same s.
struct Controls {
  std::int64_t differing = 0;                     ///< mini-batches where some bit of some gradient differed
  std::int64_t first_layer_differing = 0;         ///< those where the first layer's weight gradient did
  std::optional<std::int64_t> first_differing;    ///< index of the first of each; absent: there was none
  std::optional<std::int64_t> first_first_layer;  ///< @copydoc first_differing
};

/// What a sweep of one θ over the data found.
struct SweepOutcome {
  std::int64_t minibatches = 0;  ///< how many were run
  std::int64_t minibatches_with_zeros = 0;
  std::int64_t images = 0;  ///< how many images they held
  /// Hits of each kink that is compared (SweepOptions::compared_kinks()), in the order of Network::kinks():
  /// exact zeros met by each ReLU where s alone is (fast protocol only).
  std::vector<std::int64_t> zeros;
  std::int64_t samples_with_zeros = 0;  ///< images with at least one (fast protocol only)
  /// @name The stages of an impact (fast protocol only)
  /// The first mini-batch with an exact zero; the first one with a zero whose incoming gradient is not 0 in
  /// backprop_s with s = s_b under the first rule; and how many mini-batches have one.
  /// @{
  std::optional<std::int64_t> first_with_zeros;
  std::optional<std::int64_t> first_reached;
  std::int64_t minibatches_reached = 0;
  /// @}
  /// The control: forward and backward passes with the same s, run twice, agreed bit for bit on the first
  /// mini-batch and on the first impacted one. A difference is an effect of s only where this is true.
  bool deterministic = true;
  std::optional<Controls> controls;  ///< where SweepOptions::every_control asked for them
  std::vector<RuleOutcome> rules;
};

/// A data set's images in the storage format of a precision (or the kernel's bits), where the sweep can read
/// them without conversion; shared by any number of sweeps and threads. Memory: images × pixels × 4 bytes (8
/// at fp64).
class SweepData {
 public:
  /// The first `images` images. Throws InputError when the data set has fewer.
  SweepData(const Dataset& dataset, std::int64_t images, Precision precision, Device device,
            const KernelChoice& kernel = {});
  ~SweepData();
  SweepData(SweepData&&) noexcept;
  SweepData& operator=(SweepData&&) noexcept;

  struct Implementation;
  [[nodiscard]] const Implementation& implementation() const { return *implementation_; }

 private:
  std::unique_ptr<Implementation> implementation_;
};

/// Mini-batches that are made while the sweep runs: transformed, shuffled, read from files; epoch after
/// epoch.
struct SweepStream {
  std::shared_ptr<const BatchSource> source;
  std::int64_t minibatches = 0;  ///< a sweep ends after so many at the latest; at least 1
};

/// Sweeps θ after θ of one network over one data set. Not thread-safe: one per thread; results depend on
/// neither the number of threads nor on what was swept before.
class Sweeper {
 public:
  /// Throws InputError for a batch size below 1 or data of another shape, precision, device
  /// or number of bits.
  Sweeper(const Network& network, const SweepData& data, SweepOptions options);
  /// Throws InputError for a batch size other than the source's, images of another shape, and no
  /// mini-batches.
  Sweeper(const Network& network, SweepStream stream, SweepOptions options);
  ~Sweeper();
  Sweeper(Sweeper&&) noexcept;
  Sweeper& operator=(Sweeper&&) noexcept;

  /// stream_seed: of the stream's mini-batches (BatchKey::seed); prepared data have none. Throws what making
  /// a mini-batch of the stream throws.
  SweepOutcome sweep(const Weights& weights, std::uint64_t stream_seed = 0);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace relu0
