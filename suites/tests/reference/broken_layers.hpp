#pragma once
#include "reference/operations/layer.hpp"

namespace relu0::reference {

/// @name Layers with one fault each, to show that the tests would find it.
/// @{

/// Every element of the backward pass is one ulp of the reference's precision away from zero.
std::unique_ptr<Layer> one_ulp_off(const Node& node, const LayerContext& context);
/// Every element of the forward pass is.
std::unique_ptr<Layer> output_one_ulp_off(const Node& node, const LayerContext& context);
/// Convolutions and poolings see their input one column further left than it is: padding on the wrong side.
std::unique_ptr<Layer> wrong_padding(const Node& node, const LayerContext& context);
std::unique_ptr<Layer> dropped_bias(const Node& node, const LayerContext& context);
/// Max-pools give the gradient to the last of equal maxima.
std::unique_ptr<Layer> last_maximum_wins(const Node& node, const LayerContext& context);
/// Batch-norms divide by the unbiased variance.
std::unique_ptr<Layer> unbiased_variance(const Node& node, const LayerContext& context);
/// What is said of distances together is 2^−12 of what is known.
std::unique_ptr<Layer> narrow_together(const Node& node, const LayerContext& context);
/// Kinks are decided by the midpoints, whatever the radii are.
std::unique_ptr<Layer> decided_by_midpoints(const Node& node, const LayerContext& context);
/// @}

}  // namespace relu0::reference
