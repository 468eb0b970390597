#include "analysis/error/reference_error.hpp"

#include "analysis/machine/threads.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/libtorch_backprop.hpp"
#include "analysis/zeros/true_zeros.hpp"
#include "fixtures/error.hpp"
#include "fixtures/parallel.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0 {

namespace {

bool bitwise_equal(const LibtorchGradient& a, const LibtorchGradient& b) {
  return std::equal(
      a.parameters.begin(), a.parameters.end(), b.parameters.begin(), b.parameters.end(),
      [](const TensorValues& x, const TensorValues& y) { return x.values.same_bits(y.values); });
}

double distance(const LibtorchGradient& a, const LibtorchGradient& b) {
  double squared = 0;
  for (std::size_t i = 0; i < a.parameters.size(); ++i) {
    for_each_pair(a.parameters[i].values, b.parameters[i].values,
                  [&squared](double x, double y) { squared += (x - y) * (x - y); });
  }
  return std::sqrt(squared);
}

std::int64_t zeros(const LibtorchGradient& gradient) {
  std::int64_t sum = 0;
  for (const ReluZeros& relu : gradient.relus) {
    sum += std::ssize(relu.zeros);
  }
  return sum;
}

std::int64_t non_finite(const LibtorchGradient& gradient) {
  std::int64_t sum = 0;
  for (const ReluZeros& relu : gradient.relus) {
    sum += relu.non_finite;
  }
  return sum;
}

std::int64_t relu_inputs(const Network& network, const reference::Backprop& run) {
  std::int64_t sum = 0;
  for (const std::size_t relu : network.nodes_with(Kink::relu)) {
    sum += run.kink_input(relu).values.size();
  }
  return sum;
}

/// Whether a run that hit the kinks so often can give other gradients under choices that differ at some.
bool may_depend(const std::vector<NodeKink>& kinks, const std::vector<std::int64_t>& hits,
                const KinkSet& differing) {
  for (std::size_t i = 0; i < kinks.size(); ++i) {
    if (hits[i] > 0 && differing.contains(kinks[i].place.kink)) {
      return true;
    }
  }
  return false;
}

std::vector<std::int64_t> hits(const KinkCensus& census) {
  std::vector<std::int64_t> result;
  for (const KinkHits& kink : census.kinks) {
    result.push_back(kink.total);
  }
  return result;
}

/// The kinks at which some choice differs from the first.
KinkSet differing_kinks(const std::vector<KinkChoices>& choices) {
  KinkSet result;
  for (const KinkChoices& choice : choices) {
    result.merge(differing_kinks(choices.front(), choice));
  }
  return result;
}

/// The reference for each choice.
class Truths {
 public:
  Truths(const Network& network, const Weights& weights, const Batch& batch,
         const ReferenceErrorOptions& options, Precision finest)
      : network_{network}, weights_{weights}, batch_{batch}, options_{options} {
    certify(0, finest);
    const KinkSet differing = differing_kinks(options.choices);
    // An open kink may be met.
    std::vector<std::int64_t> hits = proven_.hits;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      hits[i] += std::ssize(proven_.open_kinks[i]);
    }
    depends_ = may_depend(network.kinks(), hits, differing);
  }

  [[nodiscard]] bool depends_on_choice() const { return depends_; }
  [[nodiscard]] const reference::Backprop& first() const { return proven_; }
  /// How many bits of each parameter's gradient are proven, for the choice at hand.
  [[nodiscard]] const std::vector<int>& proven_bits() const { return proven_bits_; }

  /// The gradient of choice `index`. Those of earlier choices may have been released.
  const reference::Backprop& of(std::size_t index, Precision finest) {
    if (depends_ && index != current_) {
      certify(index, finest);
    }
    return proven_;
  }

 private:
  void certify(std::size_t index, Precision finest) {
    reference::CertifyOptions options = options_.certify;
    options.likely_bits = likely_bits(network_, finest);
    options.backprop.kinks = options_.choices[index];
    // What one choice took, the others take too.
    options.backprop.bits = std::max(options.backprop.bits, current_bits_);
    proven_ =
        reference::certify(network_, weights_, batch_, options,
                           [finest](const reference::Backprop& run) { return missing_bits(run, finest); });
    current_bits_ = proven_.loss.bits();
    proven_bits_.clear();
    for (const reference::Tensor& gradient : proven_.parameters) {
      proven_bits_.push_back(reference::proven_bits(gradient));
    }
    current_ = index;
  }

  const Network& network_;
  const Weights& weights_;
  const Batch& batch_;
  const ReferenceErrorOptions& options_;
  reference::Backprop proven_;
  std::vector<int> proven_bits_;
  std::size_t current_ = 0;
  int current_bits_ = 0;
  bool depends_ = false;
};

void check(const ReferenceErrorOptions& options) {
  if (options.precisions.empty() || options.choices.empty()) {
    throw InputError("a comparison with the reference needs a precision and a choice at kinks");
  }
  for (const Precision precision : options.precisions) {
    if (!share_storage(precision, options.precisions.front())) {
      throw InputError(fmt::format("{} and {} do not compute with the same weights: compare them apart",
                                   name(options.precisions.front()), name(precision)));
    }
  }
}

/// What LibTorch gave at one precision.
struct LibtorchRuns {
  /// A gradient per choice; those known to equal an earlier one are left empty.
  std::vector<LibtorchGradient> gradients;

  /// The earlier choice that has the bits of the last one.
  [[nodiscard]] std::optional<std::size_t> same_as() const {
    const auto last = gradients.end() - 1;
    const auto same =
        std::find_if(gradients.begin(), last, [&](const auto& other) { return bitwise_equal(other, *last); });
    return same == last ? std::nullopt : std::optional(static_cast<std::size_t>(same - gradients.begin()));
  }
};

/// One θ on one mini-batch, rounded to the storage format.
class Comparer {
 public:
  Comparer(const Network& network, const Weights& weights, const Batch& batch,
           const ReferenceErrorOptions& options, Precision storage, Precision finest)
      : network_{network},
        options_{options},
        finest_{finest},
        weights_{rounded_weights(weights, storage, options.kernel)},
        batch_{rounded_batch(batch, storage, options.kernel)},
        truths_(network, weights_, batch_, options, finest) {}

  ReferenceErrorOutcome compare() {
    const reference::Backprop& proven = truths_.first();
    ReferenceErrorOutcome outcome;
    outcome.bits = proven.loss.bits();
    // That of each parameter is at most the run's.
    outcome.proven_bits = outcome.bits;
    for (const int bits : truths_.proven_bits()) {
      outcome.proven_bits = std::min(outcome.proven_bits, bits);
    }
    outcome.relu_inputs = relu_inputs(network_, proven);
    outcome.true_zeros = true_zeros(network_, weights_, batch_, proven);
    outcome.precisions = first_choices();
    // Choice after choice, so that each truth is computed once and none is kept.
    for (std::size_t choice = 0; choice < options_.choices.size(); ++choice) {
      for (std::size_t i = 0; i < outcome.precisions.size(); ++i) {
        outcome.precisions[i].choices.push_back(error_of(choice, outcome.precisions[i], runs_[i]));
        for (const TensorError& tensor : outcome.precisions[i].choices.back().tensors) {
          outcome.capped = outcome.capped || tensor.undecided > 0;
        }
      }
    }
    return outcome;
  }

 private:
  [[nodiscard]] LibtorchGradient run(Precision precision, std::size_t choice) const {
    return libtorch_backprop(network_, weights_, batch_, precision, options_.choices[choice], options_.device,
                             {}, options_.kernel);
  }

  /// The first choice at each precision, run twice to see whether it gives the same bits again.
  std::vector<PrecisionError> first_choices() {
    const std::vector<Precision>& precisions = options_.precisions;
    std::vector<LibtorchGradient> again(precisions.size());
    runs_.resize(precisions.size());
    for (LibtorchRuns& runs : runs_) {
      runs.gradients.resize(1);
    }
    // A pass on the processor has the bits that it has alone, whatever runs beside it, if it computes with as
    // many threads.
    const int threads_of_pass = computing_threads();
    const int side_by_side = options_.device == Device::cpu ? options_.certify.backprop.product.threads : 1;
    for_each_index(2 * std::ssize(precisions), side_by_side, [&](std::int64_t i) {
      compute_with(threads_of_pass);
      const auto at = static_cast<std::size_t>(i / 2);
      (i % 2 == 0 ? runs_[at].gradients.front() : again[at]) = run(precisions[at], 0);
    });
    std::vector<PrecisionError> results(precisions.size());
    for (std::size_t i = 0; i < precisions.size(); ++i) {
      const LibtorchGradient& gradient = runs_[i].gradients.front();
      results[i].precision = precisions[i];
      results[i].emulated = gradient.emulated;
      results[i].deterministic = bitwise_equal(gradient, again[i]);
      results[i].zeros = zeros(gradient);
      results[i].non_finite = non_finite(gradient);
    }
    return results;
  }

  ChoiceError error_of(std::size_t choice, const PrecisionError& precision, LibtorchRuns& runs) {
    ChoiceError error;
    error.kinks = options_.choices[choice];
    // Without a hit of a kink at which they differ the gradient is the first choice's.
    const bool is_first =
        choice == 0 || !may_depend(network_.kinks(), hits(runs.gradients.front().census),
                                   differing_kinks(options_.choices.front(), options_.choices[choice]));
    if (choice > 0) {
      runs.gradients.push_back(is_first ? LibtorchGradient{} : run(precision.precision, choice));
    }
    const LibtorchGradient& gradient = is_first ? runs.gradients.front() : runs.gradients.back();
    if (choice > 0) {
      error.from_first_l2 = distance(gradient, runs.gradients.front());
      if (!truths_.depends_on_choice()) {
        error.same_as = is_first ? std::optional<std::size_t>(0) : runs.same_as();
      }
    }
    if (error.same_as) {
      runs.gradients.back() = {};
      return error;
    }
    const reference::Backprop& truth = truths_.of(choice, finest_);
    const std::vector<TensorValues>& tensors = gradient.parameters;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      error.tensors.push_back(tensor_error(tensors[i], truth.parameters[i], precision.precision,
                                           options_.certify.backprop.product.threads));
      error.tensors.back().proven_bits = truths_.proven_bits()[i];
    }
    return error;
  }

  const Network& network_;
  const ReferenceErrorOptions& options_;
  Precision finest_;
  Weights weights_;
  Batch batch_;
  Truths truths_;
  std::vector<LibtorchRuns> runs_;  ///< one per precision
};

}  // namespace

bool share_storage(Precision a, Precision b) {
  return a == b || (storage_bits(a) > 16 && storage_bits(b) > 16);
}

ReferenceErrorOutcome reference_error(const Network& network, const Weights& weights, const Batch& batch,
                                      const ReferenceErrorOptions& options) {
  check(options);
  const auto [coarsest, finest] =
      std::minmax_element(options.precisions.begin(), options.precisions.end(),
                          [](Precision a, Precision b) { return storage_bits(a) < storage_bits(b); });
  return Comparer(network, weights, batch, options, *coarsest, *finest).compare();
}

}  // namespace relu0
