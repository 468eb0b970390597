#include "analysis/machine/cuda_determinism.hpp"

#include "fixtures/error.hpp"

#include <cstdlib>
#include <optional>
#include <string>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

constexpr const char* variable = "CUBLAS_WORKSPACE_CONFIG";

std::optional<std::string> value() {
  const char* const set = std::getenv(variable);
  return set == nullptr ? std::nullopt : std::optional<std::string>(set);
}

/// The variable is as it was after each test.
class DeterminismOfGpus : public testing::Test {
 protected:
  DeterminismOfGpus() : before_(value()) { unsetenv(variable); }
  ~DeterminismOfGpus() override {
    if (before_) {
      setenv(variable, before_->c_str(), 1);
    } else {
      unsetenv(variable);
    }
  }

 private:
  std::optional<std::string> before_;
};

TEST_F(DeterminismOfGpus, SetsTheWorkspaceWhereItIsAbsent) {
  prepare_process(Device::cuda);
  EXPECT_EQ(value(), ":4096:8");
  EXPECT_EQ(describe_determinism(Device::cuda),
            "cuBLAS with the workspace :4096:8, cuDNN's deterministic kernels");
}

TEST_F(DeterminismOfGpus, KeepsTheOtherValueWithWhichBitsArePromised) {
  setenv(variable, ":16:8", 1);
  prepare_process(Device::cuda);
  EXPECT_EQ(value(), ":16:8");
  EXPECT_THAT(describe_determinism(Device::cuda), testing::HasSubstr("workspace :16:8"));
}

TEST_F(DeterminismOfGpus, RefusesOtherValues) {
  for (const char* other : {"", ":0:0", ":4096:2:16:8", "4096:8"}) {
    setenv(variable, other, 1);
    EXPECT_THAT([] { prepare_process(Device::cuda); },
                testing::ThrowsMessage<InputError>(testing::AllOf(
                    testing::HasSubstr("CUBLAS_WORKSPACE_CONFIG is '" + std::string(other) + "'"),
                    testing::HasSubstr(":4096:8 or :16:8, or give --device cuda:nondeterministic"))));
    EXPECT_EQ(value(), other);
  }
}

TEST_F(DeterminismOfGpus, AsksNothingOfOtherDevices) {
  for (const Device device : {Device::cpu, Device::cuda_nondeterministic}) {
    prepare_process(device);
    EXPECT_EQ(value(), std::nullopt) << name(device);
  }
  setenv(variable, ":0:0", 1);
  EXPECT_NO_THROW(prepare_process(Device::cpu));
  EXPECT_NO_THROW(prepare_process(Device::cuda_nondeterministic));
}

TEST(DeviceNames, AreAllDifferentAndRefuseOthers) {
  EXPECT_EQ(parse_device("cpu"), Device::cpu);
  EXPECT_EQ(name(Device::cpu), "cpu");
  EXPECT_EQ(name(Device::cuda), "cuda");
  EXPECT_EQ(name(Device::cuda_nondeterministic), "cuda:nondeterministic");
  EXPECT_FALSE(is_cuda(Device::cpu));
  EXPECT_TRUE(is_cuda(Device::cuda_nondeterministic));
  for (const char* unknown : {"", "gpu", "cuda:0", "cuda:"}) {
    EXPECT_THROW(parse_device(unknown), InputError) << unknown;
  }
}

}  // namespace
}  // namespace relu0
