#pragma once
#include "fixtures/network/batch.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "suites/tests/reference/oracle/ball.hpp"
#include "suites/tests/reference/oracle/contract.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace relu0::oracle {

/// A matrix per tensor: samples × elements for activations; the first dimension × the others for parameters.
struct Backprop {
  Ball loss;
  std::vector<Matrix> parameters;             ///< d loss / d parameter, as Network::parameters()
  Matrix input;                               ///< d loss / d input
  std::map<std::size_t, Matrix> kink_inputs;  ///< what reaches each node that has a kink at a point
  int kinks_met = 0;                          ///< inputs exactly at a kink, and windows with a tie
};

/// Backpropagation as a textbook has it (Goodfellow, Bengio, Courville, Deep Learning, 2016, sections 6.5
/// and 9.2; batch-norm: Ioffe and Szegedy, arXiv:1502.03167; local response normalisation: Krizhevsky,
/// Sutskever, Hinton, NeurIPS 2012), in loops over the definition's indices. It shares nothing with the
/// reference but the description of the network and its weights.
///
/// Throws std::logic_error where a ball does not tell which branch the implementation took (a ReLU's sign, a
/// pool's winner): the data suit no test.
Backprop backprop(const Network& network, const Weights& weights, const Batch& batch,
                  const KinkChoices& kinks, const Contract& contract);

}  // namespace relu0::oracle
