#pragma once
#include <cstdint>
#include <memory>

namespace relu0::reference {

/// Doubles that are written before they are read: room for them is neither cleared nor copied when it grows.
class Buffer {
 public:
  /// Makes room for `size` doubles; what was there is lost. Returns the first.
  double* make_room(std::int64_t size) {
    if (size > capacity_) {
      values_.reset();
      // NOLINTNEXTLINE(modernize-avoid-c-arrays)
      values_ = std::make_unique_for_overwrite<double[]>(static_cast<std::size_t>(size));
      capacity_ = size;
    }
    return values_.get();
  }
  [[nodiscard]] double* data() { return values_.get(); }
  [[nodiscard]] const double* data() const { return values_.get(); }

 private:
  std::unique_ptr<double[]> values_;  // NOLINT(modernize-avoid-c-arrays)
  std::int64_t capacity_ = 0;
};

}  // namespace relu0::reference
