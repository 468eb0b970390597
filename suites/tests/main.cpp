#include "suites/tests/processor_time.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

bool all_tests_ran = false;
pid_t tested_process = 0;
double noted_processor_seconds = 0;

/// A test that calls exit(0) would end the process, and with it the tests that follow, as if all had passed.
/// A child that a test forked may end as it likes.
void fail_unless_all_tests_ran() {
  if (!all_tests_ran && getpid() == tested_process) {
    (void)std::fputs("The process ended before all tests had run: one of them called exit().\n", stderr);
    std::_Exit(EXIT_FAILURE);
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// What this process has taken of all processors so far, its children that have ended, and what was noted.
double processor_seconds() {
  double sum = noted_processor_seconds;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    (void)getrusage(who, &usage);
    sum += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  return sum;
}

/// Notes in GoogleTest's report what each suite took of the processors: unlike its duration, this hardly
/// depends on what else the machine does. record_durations.cmake reads it.
class ProcessorTime : public testing::EmptyTestEventListener {
 public:
  void OnTestSuiteStart(const testing::TestSuite& /*suite*/) override { begin_ = processor_seconds(); }
  void OnTestSuiteEnd(const testing::TestSuite& /*suite*/) override {
    testing::Test::RecordProperty("processor_seconds", std::to_string(processor_seconds() - begin_));
  }

 private:
  double begin_ = 0;
};

}  // namespace

void relu0::test::note_processor_seconds(double seconds) { noted_processor_seconds += seconds; }

int main(int argument_count, char** arguments) {
  testing::InitGoogleMock(&argument_count, arguments);
  testing::UnitTest::GetInstance()->listeners().Append(new ProcessorTime);  // which GoogleTest deletes
  tested_process = getpid();
  if (std::atexit(fail_unless_all_tests_ran) != 0) {
    return EXIT_FAILURE;
  }
  const int result = RUN_ALL_TESTS();
  all_tests_ran = true;
  return result;
}
