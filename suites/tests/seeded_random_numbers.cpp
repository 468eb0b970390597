// For tests that draw from LibTorch's default generator, which begins with another seed in each process:
// every test begins with the same one, whatever ran before it.
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

namespace {

class SeededRandomNumbers : public testing::EmptyTestEventListener {
 public:
  void OnTestStart(const testing::TestInfo& /*test*/) override {
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    generator.set_current_seed(2021);
  }
};

// GoogleTest deletes it.
const bool random_numbers_are_seeded =
    (testing::UnitTest::GetInstance()->listeners().Append(new SeededRandomNumbers), true);

}  // namespace
