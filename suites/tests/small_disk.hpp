#pragma once
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>

#include <sys/mount.h>

namespace relu0::test {

/// A file system of so many bytes, mounted while the object lives, where that is permitted.
class SmallDisk {
 public:
  SmallDisk(std::filesystem::path at, std::uintmax_t bytes) : at_(std::move(at)) {
    std::filesystem::create_directory(at_);
    mounted_ = mount(bytes, 0);
    why_not_ = mounted_ ? "" : std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) {
      ::umount(at_.c_str());
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  SmallDisk(SmallDisk&&) = delete;
  SmallDisk& operator=(SmallDisk&&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::string& why_not() const { return why_not_; }

  /// Gives it another size; what it holds stays. Returns whether that could be done.
  [[nodiscard]] bool resize(std::uintmax_t bytes) const { return mount(bytes, MS_REMOUNT); }

 private:
  [[nodiscard]] bool mount(std::uintmax_t bytes, unsigned long flags) const {
    return ::mount("relu0-test", at_.c_str(), "tmpfs", flags, ("size=" + std::to_string(bytes)).c_str()) == 0;
  }

  std::filesystem::path at_;
  bool mounted_ = false;
  std::string why_not_;
};

}  // namespace relu0::test
