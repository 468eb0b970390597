#pragma once
#include <string>

#include <dlfcn.h>

namespace relu0 {

/// The function that the running process has loaded under this name, or null. LibTorch decides which
/// libraries there are, so they are looked up rather than linked.
template <typename Function>
Function* process_symbol(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/// The file of the library that provides the symbol; empty where none does.
inline std::string library_of_symbol(const char* name) {
  Dl_info info{};
  const void* address = dlsym(RTLD_DEFAULT, name);
  if (address == nullptr || dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  return info.dli_fname;
}

}  // namespace relu0
