#pragma once
// Private to analysis: includes LibTorch.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include <caffe2/serialize/read_adapter_interface.h>

namespace relu0 {

/// An archive in memory, as LibTorch's reader asks for it.
class MemoryArchive final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit MemoryArchive(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::size_t size() const override { return bytes_->size(); }
  std::size_t read(std::uint64_t position, void* buffer, std::size_t count,
                   const char* /*what*/) const override {
    if (position >= bytes_->size()) {
      return 0;
    }
    const std::size_t available = std::min(count, bytes_->size() - static_cast<std::size_t>(position));
    std::memcpy(buffer, bytes_->data() + position, available);
    return available;
  }

 private:
  std::shared_ptr<const std::string> bytes_;
};

}  // namespace relu0
