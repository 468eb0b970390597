#pragma once
/// Chosen derivatives at kinks in one's own LibTorch code, for users of <relu0/torch.hpp>. All of it is
/// compiled by who includes it, with their LibTorch.
///
///   relu(x, s), leaky_relu(), clamp(), hardtanh(), relu6(), abs(), max_pool2d()   functions
///   nn::ReLU, nn::LeakyReLU, nn::Hardtanh, nn::ReLU6, nn::MaxPool2d               modules
///   ReluAtZeroGuard, KinkChoicesGuard      choices for all that this thread calls without its own
#include "analysis/autograd/activations.hpp"
#include "analysis/autograd/kink_choices_guard.hpp"
#include "analysis/autograd/max_pool.hpp"
#include "analysis/autograd/modules.hpp"
