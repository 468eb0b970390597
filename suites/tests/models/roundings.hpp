#pragma once
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"

namespace relu0::test {

/// γ_n = n u / (1 − n u) with u = 2^−24: what n roundings to binary32 may do to a term of a sum, whatever the
/// order of the sum (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1).
double gamma(double n);

/// The roundings between an operation's inputs and an element of its output, in any order of its sums.
/// `input`: the shape of a sample of its first input. Throws std::invalid_argument for Softmax, LogSoftmax
/// and LocalResponseNorm, whose errors are no such count.
double roundings(const Operation& operation, const Shape& input);

/// The operation with what bounds its values left out: a clamp, and a LeakyRelu that nowhere enlarges, become
/// the identity.
Operation unbounded(const Operation& operation);

/// The weights' magnitudes, with running means negative: a batch-norm makes (|x| + |mean|) scale + |bias| of
/// |x|.
Weights magnitudes(const Network& network, Weights weights);

}  // namespace relu0::test
