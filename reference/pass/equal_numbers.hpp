#pragma once
#include "fixtures/network/batch.hpp"
#include "fixtures/network/network.hpp"
#include "reference/pass/certificate.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace relu0::reference {

/// Which elements of a network's activations are the same real number because they are computed alike from
/// equal numbers, whatever the weights are: a convolution over two patches of equal pixels, maxima over equal
/// windows, dead ReLUs, whose pre-activation is certainly negative (sign_is_certain()). Every element gets a
/// label, and equal labels mean equal numbers. Different labels mean nothing: numbers that are equal by
/// coincidence have them, and so have the outputs of operations other than convolutions without groups, ReLUs
/// and max-pools.
class EqualNumbers {
 public:
  /// All arguments outlive the object. certified: of the network and the batch.
  EqualNumbers(const Network& network, const Batch& batch, const Certified& certified);

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
  [[nodiscard]] Labels of(const Relu& relu, std::size_t node, const Labels& input);
  [[nodiscard]] Labels of(const MaxPool& pool, std::size_t node, const Labels& input);
  /// A label of its own for each element.
  [[nodiscard]] Labels all_different(std::size_t node);

  const Network& network_;
  const Batch& batch_;
  const Certified& certified_;
  std::vector<std::optional<Labels>> labels_;
  std::int64_t next_ = zero + 1;
};

}  // namespace relu0::reference
