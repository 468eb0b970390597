#pragma once
#include "suites/experiments/training/training_study.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Trainings of the user's own: any network of the paper's families, any data set, arithmetic, optimizer and
/// schedule.
namespace relu0::training_study {

/// What `--train` says: "network=LeNet-5,data=CIFAR-10,precision=fp16,s=1,s=10". Fields, each once but for s:
/// - network: mlp-3x256 (hidden layers × neurons), mlp-2000-128, LeNet-5, VGG11, ResNet18 …, with -bn for
///   batch-norm=yes; it takes the data set's images and tells its classes apart. Required.
/// - data: mnist, cifar10, svhn or imagenet; by itself that of the paper's trainings of the family.
/// - precision (fp32); mixed=yes: θ in binary32 and a scaled loss, at 16 bits.
/// - batch-norm=yes; dropout=P, of MLPs; batch=N (128).
/// - optimizer: sgd (momentum=0.9, weight-decay=5e-4) or adam (weight-decay=0).
/// - learning-rate: by itself the one published of the network and optimizer for s = 0; where there is none,
///   0.01 by SGD and 0.001 by Adam.
/// - schedule: constant, cosine, or step:EPOCHS:FACTOR.
/// - s: a value at 0, again for each further one (1); 0 is trained with in any case.
/// Each training is made under both rules. Throws InputError, which names --train and the field, for values
/// that are none, that contradict each other, and for an s that the precision stores as another one or not at
/// all.
Condition parse_own_training(std::string_view text);

/// All of them. Throws InputError, besides, for two that differ in nothing but s.
std::vector<Condition> parse_own_trainings(const std::vector<std::string>& texts);

}  // namespace relu0::training_study
