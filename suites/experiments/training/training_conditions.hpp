#pragma once
#include "suites/experiments/training/training_study.hpp"

/// The conditions that several experiments share, so that each training is made once.
namespace relu0::training_study {

/// @name MNIST, small enough for quick scale
/// An MLP of 3 × 256 on the first images. By SGD or Adam, in an arithmetic, with or without batch-norm.
/// @{
Condition digits(Precision precision, bool batch_norm = false);
Condition digits_by_adam(Precision precision);
/// Passes at 16 bits and θ in binary32, for Adam's ε is 0 in binary16.
Condition mixed_digits(const OptimizerOptions& optimizer);
/// With dropout of that probability; s = 0 only.
Condition digits_with_dropout(double probability);
/// @}

/// @name The paper's, left out at quick scale
/// @{
/// data: CIFAR-10, or SVHN, whose extra images these are trained on as the paper's volumes are measured on
/// them.
Condition objects(Architecture architecture, bool batch_norm, const OptimizerOptions& optimizer,
                  std::vector<double> levels, DataName data = datasets::cifar10);
/// The MLP of 3 × 2048 on MNIST.
Condition wide_digits(double dropout, std::vector<double> levels);
/// @}

/// CIFAR-10 in a network that a processor trains within a minute: LeNet-5 on 3 × 32 × 32. The published
/// networks take days there. Quick scale leaves it out; a run that sets the number of networks trains it.
Condition small_objects(Precision precision, bool batch_norm, const OptimizerOptions& optimizer);

}  // namespace relu0::training_study
