#pragma once
/// Networks run in LibTorch, for users of <relu0/analysis.hpp>. No header needs LibTorch's.
///
///   draw_weights()         θ as PyTorch draws it from a seed
///   backprop()             one gradient at a precision, for a choice of ReLU'(0), with the zeros it met
///   Sweeper                whether the choice changes the gradient of any mini-batch of a data set
///   zero_origins()         exact zeros, and what they are in the real numbers
///   reference_error()      how far LibTorch's gradient is from the reference's
#include "analysis/error/reference_error.hpp"
#include "analysis/impact/sweep.hpp"
#include "analysis/statistics/statistics.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "analysis/zeros/zero_origins.hpp"
#include "fixtures/data/embedded/embedded_digits.hpp"
#include "fixtures/data/embedded/embedded_images.hpp"
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"
#include "fixtures/network/network_builder.hpp"
#include "fixtures/network/weights/weights_builder.hpp"
