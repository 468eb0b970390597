#include "reports/store/run_lock.hpp"

#include "reports/store/store.hpp"
#include "reports/store/store_failure.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace relu0 {
namespace {

constexpr mode_t lock_mode = 0644;

int open_for_writing(const std::filesystem::path& file) {
  // O_CLOEXEC: a program that the run starts must not keep the lock alive.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, lock_mode);
  if (descriptor >= 0) {
    return descriptor;
  }
  const int error = errno;
  throw store_failure(file, "cannot be opened for writing (" + std::generic_category().message(error) + ")",
                      error == ENOSPC ? StoreRemedy::free_space : StoreRemedy::permission);
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& file) : descriptor_(open_for_writing(file)) {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
    return;
  }
  const int error = errno;
  ::close(descriptor_);
  if (error == EWOULDBLOCK) {
    throw store_failure(file, "is in use by another run", StoreRemedy::wait_for_other_run);
  }
  throw store_failure(file, "cannot be locked (" + std::generic_category().message(error) + ")",
                      StoreRemedy::other_folder);
}

RunLock::~RunLock() { ::close(descriptor_); }

}  // namespace relu0
