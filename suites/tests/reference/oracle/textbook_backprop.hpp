#pragma once
#include "fixtures/network/batch.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "suites/tests/reference/oracle/ball.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace relu0::oracle {

/// What the judged implementation may round, as its contract states it (product.hpp, layer.hpp). Every ball
/// below holds the exact value of the textbook's formula and whatever an implementation within this contract
/// computes.
struct Contract {
  int bits;  ///< p: results are rounded to so many bits
  /// Whether products truncate their operands, by K 2^−(p + 8) max|x| max|y| in all.
  bool truncates = true;
};

/// A matrix per tensor: samples × elements for activations; the first dimension × the others for parameters.
struct Backprop {
  Ball loss;
  std::vector<Matrix> parameters;             ///< d loss / d parameter, as Network::parameters()
  Matrix input;                               ///< d loss / d input
  std::map<std::size_t, Matrix> kink_inputs;  ///< what reaches each node that has a kink at a point
  int kinks_met = 0;                          ///< inputs exactly at a kink, and windows with a tie
};

/// Backpropagation as a textbook has it (Goodfellow, Bengio, Courville, Deep Learning, 2016, sections 6.5
/// and 9.2; batch-norm: Ioffe and Szegedy, arXiv:1502.03167), in loops over the definition's indices. It
/// shares nothing with the reference but the description of the network and its weights.
///
/// Throws std::logic_error where a ball does not tell which branch the implementation took (a ReLU's sign, a
/// pool's winner): the data suit no test.
Backprop backprop(const Network& network, const Weights& weights, const Batch& batch,
                  const KinkChoices& kinks, const Contract& contract);

/// What products of two matrices may be off by: for each element K 2^−(p + 8) max|x| max|y| + 2^−p |sum|,
/// with the maxima over all elements, which are at least those over the rows that the contract names. 0 where
/// no operand or sum has more than 40 bits around the binary point: nothing is truncated then, and nothing
/// rounded.
void allow_product_roundings(Matrix& sums, Eigen::Index inner, const Matrix& x, const Matrix& y,
                             const Contract& contract);

}  // namespace relu0::oracle
