#pragma once
#include <stdexcept>

namespace relu0 {

/// A result store cannot be used, or not written any more: foreign, truncated, of a newer schema, locked by
/// another run, no permission, disk full, content that is not what was asked for. The message names the file
/// or the place in it, what is wrong and the remedy. The file is left as it was (a full disk: as it was after
/// the last measurement).
class StoreError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace relu0
