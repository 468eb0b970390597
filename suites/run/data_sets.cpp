#include "suites/run/data_sets.hpp"

#include "fixtures/data/cifar10.hpp"
#include "fixtures/data/image_folder.hpp"
#include "fixtures/data/mnist.hpp"
#include "fixtures/data/svhn.hpp"

#include <algorithm>
#include <stdexcept>

namespace relu0 {

std::string_view name(DataName data) {
  switch (data) {
    case DataName::mnist:
      return "MNIST";
    case DataName::cifar10:
      return "CIFAR-10";
    case DataName::svhn:
      return "SVHN";
    case DataName::imagenet:
      return "ImageNet";
  }
  throw std::logic_error("a data set without a name");
}

namespace {

Dataset read(DataName data, const std::optional<std::filesystem::path>& folder) {
  switch (data) {
    case DataName::mnist:
      return mnist_or_embedded(folder, Split::train);
    case DataName::cifar10:
      return cifar10_or_embedded(folder, Split::train);
    case DataName::svhn:
      return svhn_or_embedded(folder, Split::extra);
    case DataName::imagenet:
      break;
  }
  throw std::logic_error("a data set without a reader");
}

std::shared_ptr<const ImageSource> open_imagenet(const std::optional<std::filesystem::path>& folder,
                                                 int threads) {
  const bool only_validation =
      folder && !has_imagenet(*folder, Split::train) && has_imagenet(*folder, Split::test);
  return imagenet_or_embedded(folder, only_validation ? Split::test : Split::train, ImageCheck::pixels,
                              threads);
}

}  // namespace

DataSets::DataSets(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& wanted,
                   int threads) {
  for (const DataName data : wanted) {
    Opened& opened = opened_[data];
    if (data == DataName::imagenet) {
      opened.images = open_imagenet(folder, threads);
    } else {
      opened.in_memory = std::make_shared<const Dataset>(read(data, folder));
      opened.images = image_source(opened.in_memory);
    }
  }
}

const Dataset& DataSets::of(DataName data) const {
  const Opened& opened = opened_.at(data);
  if (opened.in_memory == nullptr) {
    throw std::logic_error("a data set that is not held in memory");
  }
  return *opened.in_memory;
}

std::set<DataName> DataSets::names() const {
  std::set<DataName> result;
  for (const auto& [data, opened] : opened_) {
    result.insert(data);
  }
  return result;
}

std::int64_t DataSets::largest() const {
  std::int64_t result = 0;
  for (const auto& [data, opened] : opened_) {
    result = std::max(result, opened.images->size());
  }
  return result;
}

}  // namespace relu0
