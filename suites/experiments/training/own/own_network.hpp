#pragma once
#include "suites/measurements/base/network_choice.hpp"
#include "suites/run/data_sets.hpp"

#include <optional>
#include <string_view>

namespace relu0::training_study {

/// What a network is made with, besides its family and sizes.
struct OwnNetwork {
  std::string_view name;  ///< "mlp-3x256", "mlp-2000-128", "LeNet-5", "VGG11-bn"; case does not count
  bool batch_norm = false;
  double dropout = 0;              ///< probability
  std::optional<DataName> data{};  ///< absent: that of the paper's trainings of the family
};

struct NetworkOnData {
  NetworkChoice network;
  DataName data;
};

/// The network for the images and classes of its data set. Throws InputError for a name that is none, listing
/// those that there are, and for what the family has not.
NetworkOnData network_on_data(const OwnNetwork& wanted);

}  // namespace relu0::training_study
