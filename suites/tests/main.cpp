#include <cstdio>
#include <cstdlib>

#include <gmock/gmock.h>
#include <unistd.h>

namespace {

bool all_tests_ran = false;
pid_t tested_process = 0;

/// A test that calls exit(0) would end the process, and with it the tests that follow, as if all had passed.
/// A child that a test forked may end as it likes.
void fail_unless_all_tests_ran() {
  if (!all_tests_ran && getpid() == tested_process) {
    (void)std::fputs("The process ended before all tests had run: one of them called exit().\n", stderr);
    std::_Exit(EXIT_FAILURE);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  testing::InitGoogleMock(&argument_count, arguments);
  tested_process = getpid();
  if (std::atexit(fail_unless_all_tests_ran) != 0) {
    return EXIT_FAILURE;
  }
  const int result = RUN_ALL_TESTS();
  all_tests_ran = true;
  return result;
}
