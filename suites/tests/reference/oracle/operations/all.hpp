#pragma once
#include "fixtures/network/operation.hpp"
#include "suites/tests/reference/oracle/pass.hpp"

namespace relu0::oracle {

/// An operation's pass over the node in hand: forward() returns its output, backward() hands d loss / d input
/// and d loss / d parameter to the pass. One file per family.

/// @name layers.cpp
/// @{
Matrix forward(const Linear& linear, const Pass& pass);
void backward(const Linear& linear, Pass& pass);
Matrix forward(const Convolution& convolution, const Pass& pass);
void backward(const Convolution& convolution, Pass& pass);
Matrix forward(const Dropout& dropout, const Pass& pass);
void backward(const Dropout& dropout, Pass& pass);
/// @}

/// @name broadcast.cpp
/// @{
Matrix forward(const Scale& scale, const Pass& pass);
void backward(const Scale& scale, Pass& pass);
Matrix forward(const Shift& shift, const Pass& pass);
void backward(const Shift& shift, Pass& pass);
/// @}

/// @name normalisations.cpp
/// @{
Matrix forward(const BatchNorm& norm, const Pass& pass);
void backward(const BatchNorm& norm, Pass& pass);
Matrix forward(const LocalResponseNorm& norm, const Pass& pass);
void backward(const LocalResponseNorm& norm, Pass& pass);
/// @}

/// @name activations.cpp
/// @{
Matrix forward(const Relu& relu, const Pass& pass);
void backward(const Relu& relu, Pass& pass);
Matrix forward(const LeakyRelu& leaky, const Pass& pass);
void backward(const LeakyRelu& leaky, Pass& pass);
Matrix forward(const Clamp& clamp, const Pass& pass);
void backward(const Clamp& clamp, Pass& pass);
Matrix forward(const Absolute& absolute, const Pass& pass);
void backward(const Absolute& absolute, Pass& pass);
/// @}

/// @name softmax.cpp
/// @{
Matrix forward(const Softmax& softmax, const Pass& pass);
void backward(const Softmax& softmax, Pass& pass);
Matrix forward(const LogSoftmax& log_softmax, const Pass& pass);
void backward(const LogSoftmax& log_softmax, Pass& pass);
Matrix forward(const SoftmaxCrossEntropy& loss, const Pass& pass);
void backward(const SoftmaxCrossEntropy& loss, Pass& pass);
/// @}

/// @name pooling.cpp
/// @{
Matrix forward(const MaxPool& pool, const Pass& pass);
void backward(const MaxPool& pool, Pass& pass);
Matrix forward(const AveragePool& pool, const Pass& pass);
void backward(const AveragePool& pool, Pass& pass);
Matrix forward(const AdaptiveAveragePool& pool, const Pass& pass);
void backward(const AdaptiveAveragePool& pool, Pass& pass);
/// @}

/// @name structure.cpp
/// @{
Matrix forward(const Add& add, const Pass& pass);
void backward(const Add& add, Pass& pass);
Matrix forward(const Multiply& multiply, const Pass& pass);
void backward(const Multiply& multiply, Pass& pass);
Matrix forward(const Concatenate& concatenate, const Pass& pass);
void backward(const Concatenate& concatenate, Pass& pass);
Matrix forward(const Narrow& narrow, const Pass& pass);
void backward(const Narrow& narrow, Pass& pass);
Matrix forward(const Flatten& flatten, const Pass& pass);
void backward(const Flatten& flatten, Pass& pass);
Matrix forward(const Reshape& reshape, const Pass& pass);
void backward(const Reshape& reshape, Pass& pass);
Matrix forward(const Transpose& transpose, const Pass& pass);
void backward(const Transpose& transpose, Pass& pass);
/// @}

/// @name losses.cpp
/// @{
Matrix forward(const NegativeLogLikelihood& loss, const Pass& pass);
void backward(const NegativeLogLikelihood& loss, Pass& pass);
Matrix forward(const MeanSquaredError& loss, const Pass& pass);
void backward(const MeanSquaredError& loss, Pass& pass);
/// A total over `count` terms as their mean, with a layer's rounding.
Matrix mean_loss(const Ball& total, Index count, const Pass& pass);
/// @}

}  // namespace relu0::oracle
