#pragma once
#include "fixtures/data/dataset.hpp"
#include "fixtures/data/image_source.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace relu0 {

/// The data that experiments measure on: training images, of SVHN the extra ones, and of ImageNet those of
/// validation where no others are at hand.
enum class DataName { mnist, cifar10, svhn, imagenet };

/// "MNIST", "CIFAR-10", "SVHN" or "ImageNet".
std::string_view name(DataName data);

/// The data sets of a run, each opened once: from `folder`, or the embedded one that stands in for it.
/// ImageNet's images stay where they are until they are asked for; the others are held in memory.
class DataSets {
 public:
  /// threads: that check image files side by side. Throws what the readers throw.
  DataSets(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& wanted, int threads);

  /// @name Of a data set that was wanted
  /// @{
  [[nodiscard]] const ImageSource& images(DataName data) const { return *shared_images(data); }
  [[nodiscard]] const std::shared_ptr<const ImageSource>& shared_images(DataName data) const {
    return opened_.at(data).images;
  }
  /// Of one that is held in memory. Throws std::logic_error for others.
  [[nodiscard]] const Dataset& of(DataName data) const;
  /// @}
  [[nodiscard]] std::set<DataName> names() const;
  /// Images of the largest of them.
  [[nodiscard]] std::int64_t largest() const;

 private:
  struct Opened {
    std::shared_ptr<const Dataset> in_memory;  ///< null where it is not
    std::shared_ptr<const ImageSource> images;
  };

  std::map<DataName, Opened> opened_;
};

}  // namespace relu0
