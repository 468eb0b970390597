#include "suites/measurements/base/group_data.hpp"

namespace relu0 {

GroupData::GroupData(const DataSets& data, DataName name, std::int64_t images)
    : data_(&data), name_(name), images_(first_images(data.shared_images(name), images)) {}

std::shared_ptr<const BatchSource> GroupData::batches(const BatchOptions& options) const {
  return std::make_shared<BatchSource>(images_, options);
}

std::shared_ptr<const BatchSource> GroupData::training_batches(std::int64_t batch_size) const {
  return batches({.batch_size = batch_size, .transform = Unchanged{}, .order = Order::shuffled});
}

}  // namespace relu0
