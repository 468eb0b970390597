#pragma once
#include "suites/tests/suites/run/process/served_call.hpp"

namespace relu0::test {

/// A process of relu0 with its libraries loaded, from which runs of relu0 are forked. Each run has its own
/// process, whose state is that of relu0 before main(), but for what was set while libraries were loaded:
/// variables that these read then, and the signal handlers of the executable's own beginning.
class Relu0Server {
 public:
  /// Whether there can be one: the address sanitizer must be loaded first of all.
  static constexpr bool can_serve =
#ifdef __SANITIZE_ADDRESS__
      false;
#else
      true;
#endif

  /// Starts it. Throws std::runtime_error where that fails.
  Relu0Server();
  /// Ends it, when its last run has ended.
  ~Relu0Server();
  Relu0Server(const Relu0Server&) = delete;
  Relu0Server& operator=(const Relu0Server&) = delete;
  Relu0Server(Relu0Server&&) = delete;
  Relu0Server& operator=(Relu0Server&&) = delete;

  /// Runs relu0 and waits for its end. Throws std::runtime_error where the server has ended.
  [[nodiscard]] ServedEnd run(const ServedCall& call) const;

 private:
  int socket_ = -1;
  int process_ = 0;
};

}  // namespace relu0::test
