#include "analysis/machine/blas.hpp"
#include "analysis/machine/processor.hpp"
#include "analysis/machine/steering_variables.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

TEST(ProcessorInfo, KnowsThisMachine) {
  const ProcessorInfo info = processor_info();
  EXPECT_GE(info.cores, 1);
  EXPECT_FALSE(info.model.empty());
#if defined(__x86_64__)
  // The compiler's own test of the processor is the oracle.
  const std::string sets = " " + info.instruction_sets + " ";
  EXPECT_EQ(sets.find(" avx2 ") != std::string::npos, __builtin_cpu_supports("avx2") != 0) << sets;
  EXPECT_EQ(sets.find(" avx512f ") != std::string::npos, __builtin_cpu_supports("avx512f") != 0) << sets;
  EXPECT_EQ(sets.find(" fma ") != std::string::npos, __builtin_cpu_supports("fma") != 0) << sets;
#endif
}

TEST(SteeringVariables, AreNamedOnce) {
  std::set<std::string> names;
  for (const SteeringVariable& variable : steering_variables()) {
    EXPECT_TRUE(names.insert(variable.name).second) << variable.name;
    EXPECT_FALSE(variable.steers.empty());
  }
  for (const char* name :
       {"DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "ATEN_CPU_CAPABILITY", "OPENBLAS_CORETYPE", "MKL_CBWR"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(SteeringVariables, AnEmptyValueIsNotAbsent) {
  const SteeringVariable variable{"RELU0_TEST_VARIABLE", "nothing"};
  ASSERT_EQ(unsetenv(variable.name.c_str()), 0);
  EXPECT_EQ(value_of(variable), "absent");
  ASSERT_EQ(setenv(variable.name.c_str(), "", 1), 0);
  EXPECT_EQ(value_of(variable), "");
  ASSERT_EQ(setenv(variable.name.c_str(), "AVX2", 1), 0);
  EXPECT_EQ(value_of(variable), "AVX2");
  ASSERT_EQ(unsetenv(variable.name.c_str()), 0);
}

TEST(BlasInfo, NamesALibrary) { EXPECT_FALSE(blas_info().library.empty()); }

}  // namespace
}  // namespace relu0
