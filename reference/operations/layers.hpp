#pragma once
#include "reference/operations/layer.hpp"

#include <memory>

namespace relu0::reference {

/// @name One overload per operation; each family of them has a file of its own.
/// @{
std::unique_ptr<Layer> make(const Linear& linear, const LayerContext& context);
std::unique_ptr<Layer> make(const Convolution& convolution, const LayerContext& context);
std::unique_ptr<Layer> make(const BatchNorm& norm, const LayerContext& context);
std::unique_ptr<Layer> make(const Relu& relu, const LayerContext& context);
std::unique_ptr<Layer> make(const MaxPool& pool, const LayerContext& context);
std::unique_ptr<Layer> make(const AveragePool& pool, const LayerContext& context);
std::unique_ptr<Layer> make(const AdaptiveAveragePool& pool, const LayerContext& context);
std::unique_ptr<Layer> make(const Add& add, const LayerContext& context);
std::unique_ptr<Layer> make(const Flatten& flatten, const LayerContext& context);
std::unique_ptr<Layer> make(const SoftmaxCrossEntropy& loss, const LayerContext& context);
/// @}

}  // namespace relu0::reference
