#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/data/image_source.hpp"
#include "fixtures/data/streams/batch_source.hpp"
#include "suites/run/data_sets.hpp"

#include <any>
#include <cstdint>
#include <memory>
#include <mutex>

namespace relu0 {

/// The images that a group of measurements is made on, and what they prepare from them once for all. A group
/// is of one kind, on one data set, at one precision, with one choice of a kernel and of libraries. May be
/// used by several threads at once.
class GroupData {
 public:
  /// The first `images` images of a data set that was opened. `data` outlives the object.
  GroupData(const DataSets& data, DataName name, std::int64_t images);

  /// The images that the run uses.
  [[nodiscard]] const std::shared_ptr<const ImageSource>& images() const { return images_; }
  /// All images of a data set that is held in memory. Throws std::logic_error for others.
  [[nodiscard]] const Dataset& dataset() const { return data_->of(name_); }
  /// Mini-batches of the images that the run uses.
  [[nodiscard]] std::shared_ptr<const BatchSource> batches(const BatchOptions& options) const;
  /// The mini-batches that trainings go through: shuffled, epoch after epoch.
  [[nodiscard]] std::shared_ptr<const BatchSource> training_batches(std::int64_t batch_size) const;

  /// The first `images` test images of the data set, whose test images were opened.
  [[nodiscard]] std::shared_ptr<const ImageSource> test_images(std::int64_t images) const {
    return first_images(data_->test_images(name_), images);
  }

  /// What `prepare` returns, called by the first measurement of the group that asks: always for the same
  /// type. What it throws reaches the caller, and the next one tries again.
  template <typename Prepared, typename Prepare>
  [[nodiscard]] const Prepared& prepared_once(Prepare prepare) const {
    const std::lock_guard lock(mutex_);
    if (!prepared_.has_value()) {
      prepared_ = std::shared_ptr<const Prepared>(std::make_shared<const Prepared>(prepare()));
    }
    return *std::any_cast<const std::shared_ptr<const Prepared>&>(prepared_);
  }

 private:
  const DataSets* data_;
  DataName name_;
  std::shared_ptr<const ImageSource> images_;
  mutable std::mutex mutex_;
  mutable std::any prepared_;
};

}  // namespace relu0
