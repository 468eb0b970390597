#include "analysis/machine/kernels.hpp"

#include "analysis/machine/onednn.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <ATen/Context.h>
#include <gmock/gmock.h>

namespace relu0 {
namespace {

std::map<std::string, std::string> kernels() {
  std::map<std::string, std::string> result;
  for (const KernelInUse& kernel : kernels_in_use()) {
    result[kernel.operation] = kernel.library;
  }
  return result;
}

/// LibTorch's switch for oneDNN, off while an object lives.
class WithoutOneDnn {
 public:
  WithoutOneDnn() { at::globalContext().setUserEnabledMkldnn(false); }
  ~WithoutOneDnn() { at::globalContext().setUserEnabledMkldnn(before_); }
  WithoutOneDnn(const WithoutOneDnn&) = delete;
  WithoutOneDnn& operator=(const WithoutOneDnn&) = delete;

 private:
  bool before_ = at::globalContext().userEnabledMkldnn();
};

TEST(KernelsInUse, FollowLibTorchsSwitchForOneDnn) {
  if (!onednn_info().built_in || !onednn_info().enabled) {
    GTEST_SKIP() << "this LibTorch has no oneDNN";
  }
  const auto with = kernels();
  EXPECT_EQ(with.at("convolution fp32"), "oneDNN");
  const WithoutOneDnn off;
  EXPECT_FALSE(onednn_info().enabled);
  const auto without = kernels();
  // Official builds have NNPACK too, which comes next.
  EXPECT_THAT(without.at("convolution fp32"),
              testing::AnyOf("LibTorch's im2col, then a matrix product", "NNPACK"));
  EXPECT_EQ(without.at("convolution fp64"), with.at("convolution fp64"));
}

// LibTorch hands oneDNN floats only, and convolves 1×1 filters on fewer than 16 images itself.
TEST(KernelsInUse, KnowWhatLibTorchComputesItself) {
  const auto found = kernels();
  for (const char* operation : {"convolution fp64", "convolution fp64, 1×1 filters, few images",
                                "convolution fp32, 1×1 filters, few images"}) {
    EXPECT_EQ(found.at(operation), "LibTorch's im2col, then a matrix product") << operation;
  }
}

TEST(KernelsInUse, AreTheSameWheneverAsked) { EXPECT_EQ(kernels(), kernels()); }

TEST(KernelsInUse, AgreeWithThemselvesOnProducts) {
  const auto found = kernels();
  const bool blas = products_run_on_process_blas();
  const auto runs_on_blas = [&](const char* operation) { return found.at(operation).starts_with("BLAS "); };
  EXPECT_EQ(blas, runs_on_blas("matrix product fp32") && runs_on_blas("matrix product fp64"));
}

TEST(OneDnnInfo, NamesItsVersionAndInstructionSet) {
  const OneDnnInfo info = onednn_info();
  if (!info.built_in || info.version.empty()) {
    GTEST_SKIP() << "this LibTorch has no oneDNN, or hides it";
  }
  EXPECT_THAT(info.version, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(info.instruction_set, testing::AnyOf("default", testing::MatchesRegex("[a-z0-9_]+")));
}

}  // namespace
}  // namespace relu0
