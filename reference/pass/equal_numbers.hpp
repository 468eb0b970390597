#pragma once
#include "fixtures/network/network.hpp"
#include "reference/pass/batch_view.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace relu0::reference {

/// Which elements of a network's activations are the same real number because they are computed alike from
/// equal numbers, whatever the weights are: a convolution over two patches of equal pixels, maxima over equal
/// windows, dead ReLUs, whose pre-activation is certainly negative, a feature's batch-norm of equal numbers.
/// Every element gets a label, and equal labels mean equal numbers. Different labels mean nothing: numbers
/// that are equal by coincidence have them, and so have the outputs of operations other than convolutions
/// without groups, batch-norms, ReLUs and max-pools.
class EqualNumbers {
 public:
  /// The sign of element `element` (batch-major) of the input of a ReLU's node: −1 or 1 where it is certain,
  /// else 0.
  using SignOf = std::function<int(std::size_t node, std::int64_t element)>;

  /// All that the arguments refer to outlives the object.
  EqualNumbers(const Network& network, const BatchView& batch, SignOf sign_of);

  /// The labels of a node's output, batch-major. Zeros that the search finds have the label `zero`.
  [[nodiscard]] const std::vector<std::int64_t>& labels(std::size_t node);

  static constexpr std::int64_t zero = 0;

 private:
  using Labels = std::vector<std::int64_t>;
  /// Labels by what they stand for.
  using Known = std::map<Labels, std::int64_t>;

  [[nodiscard]] std::int64_t label_of(Known& known, Labels what);
  [[nodiscard]] Labels of_images();
  [[nodiscard]] Labels of(const Convolution& convolution, std::size_t node, const Labels& input);
  [[nodiscard]] Labels of(const BatchNorm& norm, std::size_t node, const Labels& input);
  [[nodiscard]] Labels of(const Relu& relu, std::size_t node, const Labels& input);
  [[nodiscard]] Labels of(const MaxPool& pool, std::size_t node, const Labels& input);
  /// A label of its own for each element.
  [[nodiscard]] Labels all_different(std::size_t node);

  const Network& network_;
  BatchView batch_;
  SignOf sign_of_;
  std::vector<std::optional<Labels>> labels_;
  std::int64_t next_ = zero + 1;
};

}  // namespace relu0::reference
