#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/zeros/zero_counts.hpp"
#include "fixtures/data/dataset.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "reference/pass/certificate.hpp"

#include <cstdint>
#include <vector>

namespace relu0 {

struct KinkSurveyOptions {
  Precision precision = Precision::fp32;
  Device device = Device::cpu;
  KernelChoice kernel{};
  std::int64_t batch_size = 256;
  std::int64_t images = 1'024;  ///< of the data set, from its first on
  /// The reference explains the hits of a kink in so many samples that meet it, the first ones.
  std::int64_t explained_samples = 4;
  /// bits, threads, memory limit and cap of the reference.
  reference::CertifyOptions certify{};
};

/// What another choice at one kind of kink does to the gradient, all others being PyTorch's.
struct ChoiceEffect {
  std::int64_t impacted = 0;  ///< mini-batches with a bit of some parameter's gradient that differs
  /// ‖g_a − g_b‖₂ / ‖g_a‖₂ of each of them, where it is defined.
  std::vector<double> relative_l2;
};

/// Whether a gradient lies between the two one-sided ones, element by element as far as rounding allows. Of
/// one mini-batch its distance is
///     ‖(max(0, min(Lᵢ, Rᵢ) − gᵢ, gᵢ − max(Lᵢ, Rᵢ)))ᵢ‖₂ / ‖(max(|Lᵢ|, |Rᵢ|))ᵢ‖₂
/// over all elements i of all parameters; L, R and g are computed in the arithmetic that is measured. It lies
/// between them where that is at most 2 rounding_bound() for the pass's length (PassLength): what rounding
/// makes of L, R and g where sums do not cancel, which is evidence and no proof. A mini-batch of which the
/// zero gradient would pass is not judged.
struct BetweenSides {
  std::int64_t judged = 0;  ///< mini-batches in which the choice matters and the limit says something
  std::int64_t inside = 0;
  std::vector<double> distances;  ///< of those that were judged

  [[nodiscard]] std::int64_t outside() const { return judged - inside; }
};

/// What the mini-batches of one θ met at one kind of kink.
struct KinkFigures {
  Kink kink = Kink::relu;
  std::int64_t places = 0;           ///< inputs, or windows of max-pools, that could have met it
  std::int64_t hits = 0;             ///< those that did (KinkHits)
  std::int64_t reached = 0;          ///< hits that a gradient other than 0 reaches under PyTorch's choices
  std::int64_t minibatches_hit = 0;  ///< with a hit
  std::int64_t minibatches_reached = 0;  ///< with one that a gradient reaches
  ChoiceEffect sides;     ///< the right derivative (a tie's last maximum) against the left (first)
  ChoiceEffect middle;    ///< the mean of the two (the mean over a tie) against the left (first)
  BetweenSides between;   ///< the gradient under that mean
  BetweenSides assigned;  ///< 1 as the published code assigns it; nothing where that has no rule
  ZeroCounts origins;     ///< what the hits are that the reference explained
};

/// What one θ gave.
struct KinkSurveyOutcome {
  std::int64_t minibatches = 0;
  std::int64_t images = 0;
  std::vector<KinkFigures> kinks;  ///< one for each kind that the network has, in the order of Kink
  /// The control: the first mini-batch, run again, has the same hits and the same gradient bit for bit.
  bool deterministic = true;
  int most_bits = 0;  ///< that a run of the reference took; 0 where it had nothing to explain
};

/// Counts how often the mini-batches meet each kind of kink, what the choice there changes while the other
/// kinks are held at PyTorch's choice, and what the hits are in the real numbers. Which hits there are does
/// not depend on the choices; backward passes are run for mini-batches with hits only.
///
/// Structural and exact hits are kinks over the reals: θ lies in the bifurcation zone of Boustany (TMLR
/// 2024). Rounding ones are met in floating point only, in his compensation zone.
///
/// Throws InputError for a network without kinks, for one whose samples depend on one another (a batch-norm
/// over the mini-batch, a dropout), for a batch size or number of images below 1, more images than there are,
/// and what does not fit the network.
KinkSurveyOutcome kink_survey(const Network& network, const Weights& weights, const Dataset& dataset,
                              const KinkSurveyOptions& options);

}  // namespace relu0
