#include "suites/experiments/training/own/own_network.hpp"

#include "fixtures/error.hpp"
#include "fixtures/letter_case.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::training_study {

namespace {

/// Whether a network's name is meant: neither case nor hyphens count ("lenet5", "ResNet-18").
bool is_called(std::string_view text, std::string_view name) {
  const auto letters = [](std::string_view of) {
    std::string result = lower_case(of);
    std::erase(result, '-');
    return result;
  };
  return letters(text) == letters(name);
}

/// Channels × height × width of the data set's images, as networks are shown them, and its classes.
struct Images {
  Shape shape;
  std::int64_t classes;
};

Images images_of(DataName data) {
  if (data == DataName(datasets::mnist)) {
    return {{1, 28, 28}, 10};
  }
  if (data == DataName(datasets::imagenet)) {
    return {{3, 224, 224}, 1000};
  }
  return {{3, 32, 32}, 10};
}

/// "3x256" as {3, 256} with 'x' for the separator; absent for anything but whole numbers above 0.
std::optional<std::vector<std::int64_t>> whole_numbers(std::string_view text, char separator) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (true) {
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    if (error != std::errc{} || number < 1) {
      return std::nullopt;
    }
    numbers.push_back(number);
    if (rest == end) {
      return numbers;
    }
    if (*rest != separator) {
      return std::nullopt;
    }
    at = rest + 1;
  }
}

constexpr std::string_view mlp_prefix = "mlp-";

std::optional<NetworkChoice> mlp(const OwnNetwork& wanted, const Images& images) {
  if (!same_but_for_case(wanted.name.substr(0, mlp_prefix.size()), mlp_prefix)) {
    return std::nullopt;
  }
  const auto alike = [&](std::int64_t layers, std::int64_t width) {
    return Mlp{.input = images.shape,
               .hidden_layers = layers,
               .width = width,
               .classes = images.classes,
               .batch_norm = wanted.batch_norm,
               .dropout = wanted.dropout};
  };
  const std::string sizes = lower_case(wanted.name.substr(mlp_prefix.size()));
  if (const auto numbers = whole_numbers(sizes, 'x'); numbers && numbers->size() == 2) {
    return alike(numbers->front(), numbers->back());
  }
  const auto widths = whole_numbers(sizes, '-');
  if (!widths) {
    return std::nullopt;
  }
  if (std::adjacent_find(widths->begin(), widths->end(), std::not_equal_to<>()) == widths->end()) {
    return alike(std::ssize(*widths), widths->front());
  }
  if (wanted.batch_norm || wanted.dropout != 0) {
    throw InputError(
        fmt::format("network={}: one whose layers differ in width has neither batch-norms nor "
                    "dropouts; take one such as mlp-3x256",
                    wanted.name));
  }
  return MlpOfWidths{.input = images.shape, .widths = *widths, .classes = images.classes};
}

/// Shapes and classes that are the architecture's own are left to it, so that the network has its usual name.
std::optional<NetworkChoice> convolutional(const OwnNetwork& wanted, const Images& images) {
  const auto* const found = std::find_if(architectures.begin(), architectures.end(), [&](Architecture of) {
    return is_called(wanted.name, name(ConvolutionalNetwork{.architecture = of}));
  });
  if (found == architectures.end()) {
    return std::nullopt;
  }
  if (wanted.dropout != 0) {
    throw InputError(
        fmt::format("network={}: dropout: MLPs have it, convolutional networks here do not", wanted.name));
  }
  ConvolutionalNetwork network{.architecture = *found, .batch_norm = wanted.batch_norm};
  if (input_shape(network) != images.shape) {
    network.input = images.shape;
  }
  if (class_count(network) != images.classes) {
    network.classes = images.classes;
  }
  return network;
}

/// Those of the paper's trainings: MLPs on MNIST, ResNet50 on ImageNet, others on CIFAR-10.
DataName usual_data(std::string_view network) {
  if (same_but_for_case(network.substr(0, mlp_prefix.size()), mlp_prefix)) {
    return datasets::mnist;
  }
  return is_called(network, name(ConvolutionalNetwork{.architecture = Architecture::resnet50}))
             ? datasets::imagenet
             : datasets::cifar10;
}

}  // namespace

NetworkOnData network_on_data(const OwnNetwork& wanted) {
  constexpr std::string_view with_batch_norm = "-bn";
  if (lower_case(wanted.name).ends_with(with_batch_norm)) {
    OwnNetwork named = wanted;
    named.name.remove_suffix(with_batch_norm.size());
    named.batch_norm = true;
    return network_on_data(named);
  }
  const DataName data = wanted.data.value_or(usual_data(wanted.name));
  const Images images = images_of(data);
  for (const auto family : {mlp, convolutional}) {
    if (const auto network = family(wanted, images)) {
      try {
        (void)build(*network);
      } catch (const InputError& error) {
        throw InputError(
            fmt::format("network={}: it cannot be built for the images of {}, {}; take other sizes or "
                        "another data set ({})",
                        wanted.name, name(data), fmt::join(images.shape, "×"), error.what()));
      }
      return {*network, data};
    }
  }
  std::vector<std::string> known;
  std::transform(architectures.begin(), architectures.end(), std::back_inserter(known),
                 [](Architecture of) { return name(ConvolutionalNetwork{.architecture = of}); });
  throw InputError(
      fmt::format("network={}: there is no such network; give mlp-LAYERSxNEURONS, mlp-NEURONS-NEURONS… or "
                  "one of {}",
                  wanted.name, fmt::join(known, ", ")));
}

}  // namespace relu0::training_study
