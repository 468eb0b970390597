#pragma once
// Private to analysis.
#include <cstdint>
#include <memory>
#include <new>
#include <span>

namespace relu0::kernels {

/// Memory for `count` numbers, not initialised, at an address that no vector of a processor straddles.
template <typename T>
class AlignedArray {
 public:
  explicit AlignedArray(std::int64_t count)
      : count_(static_cast<std::size_t>(count)),
        memory_(static_cast<T*>(::operator new(count_ * sizeof(T), alignment))) {}

  [[nodiscard]] T* data() const { return memory_.get(); }
  [[nodiscard]] std::span<T> all() const { return {memory_.get(), count_}; }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Free {
    void operator()(T* memory) const { ::operator delete(memory, alignment); }
  };
  std::size_t count_;
  std::unique_ptr<T, Free> memory_;
};

}  // namespace relu0::kernels
