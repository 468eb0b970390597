#include "suites/data_sets.hpp"

#include "fixtures/cifar10.hpp"
#include "fixtures/mnist.hpp"

#include <algorithm>
#include <stdexcept>

namespace relu0 {

std::string_view name(DataName data) {
  switch (data) {
    case DataName::mnist:
      return "MNIST";
    case DataName::cifar10:
      return "CIFAR-10";
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
  }
  throw std::logic_error("a data set without a reader");
}

}  // namespace

DataSets::DataSets(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& wanted) {
  for (const DataName data : wanted) {
    sets_.emplace(data, read(data, folder));
  }
}

std::int64_t DataSets::largest() const {
  std::int64_t result = 0;
  for (const auto& [data, set] : sets_) {
    result = std::max(result, set.size());
  }
  return result;
}

}  // namespace relu0
