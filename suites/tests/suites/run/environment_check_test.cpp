#include "suites/run/environment_check.hpp"

#include "suites/command_line/exit_code.hpp"
#include "suites/run/environment_facts.hpp"

#include <cfenv>
#include <set>
#include <thread>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string mismatch_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const EnvironmentMismatch& mismatch) {
    return mismatch.what();
  }
  return "none";
}

const Environment complete{{"oneDNN", "avx512"},
                           {"processor cores", "64"},
                           {"relu0", "0.1.0"},
                           {"relu0 revision", "b"},
                           {"rounding", "to nearest"}};

TEST(ContinuedEnvironment, IsTheFirstWhereNothingIsNew) {
  EXPECT_EQ(continued_environment(complete, complete, UnrecordedFacts::refuse), complete);
}

TEST(ContinuedEnvironment, NotesEachLaterOneOnce) {
  Environment now = complete;
  now["processor cores"] = "2";
  Environment result = continued_environment(complete, now, UnrecordedFacts::refuse);
  EXPECT_EQ(result.at("processor cores"), "64") << "the first measurements' value stays";
  EXPECT_EQ(result.at("continued 1"), "processor cores 2");
  result = continued_environment(result, now, UnrecordedFacts::refuse);
  EXPECT_FALSE(result.contains("continued 2")) << "the same once more is nothing new";
  now["relu0 revision"] = "c";
  result = continued_environment(result, now, UnrecordedFacts::refuse);
  EXPECT_EQ(result.at("continued 2"), "processor cores 2; relu0 revision c");
}

TEST(ContinuedEnvironment, RefusesAnotherValueByName) {
  Environment now = complete;
  now["oneDNN"] = "avx2";
  for (const UnrecordedFacts unrecorded : {UnrecordedFacts::refuse, UnrecordedFacts::accept}) {
    EXPECT_THAT(mismatch_of([&] { (void)continued_environment(complete, now, unrecorded); }),
                HasSubstr("oneDNN was 'avx512' and is 'avx2'"));
  }
}

TEST(ContinuedEnvironment, TakesAStoreThatNamesNoKernelForOneOfTheNativeKernel) {
  Environment now = complete;
  now["kernel"] = "native";
  EXPECT_FALSE(continued_environment(complete, now, UnrecordedFacts::refuse).contains("continued 1"));
  now["kernel"] = "portable";
  EXPECT_THAT(mismatch_of([&] { (void)continued_environment(complete, now, UnrecordedFacts::accept); }),
              HasSubstr("kernel was 'native' and is 'portable'"));
  EXPECT_THAT(mismatch_of([&] { (void)continued_environment(now, complete, UnrecordedFacts::accept); }),
              HasSubstr("kernel was 'portable' and is 'native'"));
  EXPECT_THAT(difference(complete, now, {}).differing, ElementsAre("kernel"));
}

TEST(ContinuedEnvironment, DoesNotAskForWhatWasNotUsed) {
  const auto not_using = [](const char* value) {
    Environment environment = complete;
    environment.erase("oneDNN");
    environment["not used: oneDNN"] = value;
    return environment;
  };
  Environment other = complete;
  other["oneDNN"] = "avx2";
  // Another library that is not used either, a first use of it, and none after one.
  Environment result = continued_environment(not_using("avx512"), not_using("avx2"), UnrecordedFacts::refuse);
  EXPECT_EQ(result.at("not used: oneDNN"), "avx512");
  EXPECT_EQ(result.at("continued 1"), "not used: oneDNN avx2");
  result = continued_environment(not_using("avx512"), other, UnrecordedFacts::refuse);
  EXPECT_EQ(result.at("oneDNN"), "avx2");
  EXPECT_FALSE(result.contains("not used: oneDNN"));
  result = continued_environment(complete, not_using("avx2"), UnrecordedFacts::refuse);
  EXPECT_EQ(result.at("oneDNN"), "avx512");
  EXPECT_FALSE(result.contains("not used: oneDNN"));
  EXPECT_THAT(mismatch_of([&] { (void)continued_environment(result, other, UnrecordedFacts::refuse); }),
              HasSubstr("oneDNN was 'avx512' and is 'avx2'"));
  EXPECT_TRUE(difference(not_using("avx512"), not_using("avx2"), {"oneDNN"}).none());
}

TEST(ContinuedEnvironment, RefusesAStoreThatRecordsTooLittleUnlessAccepted) {
  Environment older = complete;
  older.erase("oneDNN");
  older.erase("rounding");
  EXPECT_THAT(mismatch_of([&] { (void)continued_environment(older, complete, UnrecordedFacts::refuse); }),
              HasSubstr("did not record oneDNN; rounding"));
  const Environment result = continued_environment(older, complete, UnrecordedFacts::accept);
  EXPECT_EQ(result.at("not recorded at first"), "oneDNN; rounding");
  EXPECT_EQ(result.at("oneDNN"), "avx512");
  EXPECT_EQ(result.at("continued 1"), "the same as far as it was recorded");
  EXPECT_THAT(environment_notes(result), Contains(HasSubstr("oneDNN; rounding")));
  EXPECT_EQ(continued_environment(result, complete, UnrecordedFacts::refuse), result)
      << "what was accepted once needs no accepting again";
  Environment other = complete;
  other["oneDNN"] = "avx2";
  EXPECT_THAT(mismatch_of([&] { (void)continued_environment(result, other, UnrecordedFacts::accept); }),
              HasSubstr("oneDNN"));
}

TEST(ContinuedEnvironment, RefusesAStoreThatRecordsMoreThanThisVersion) {
  Environment newer = complete;
  newer["quantum noise"] = "low";
  EXPECT_THAT(mismatch_of([&] { (void)continued_environment(newer, complete, UnrecordedFacts::accept); }),
              HasSubstr("quantum noise"));
}

TEST(ContinuedEnvironment, KeepsTheDataSetsOfBoth) {
  Environment then = complete;
  then["data MNIST"] = "md5 1";
  Environment now = complete;
  now["data CIFAR-10"] = "md5 2";
  const Environment result = continued_environment(then, now, UnrecordedFacts::refuse);
  EXPECT_EQ(result.at("data MNIST"), "md5 1");
  EXPECT_EQ(result.at("data CIFAR-10"), "md5 2");
  EXPECT_FALSE(result.contains("continued 1"));
}

TEST(EnvironmentNotes, SayThatSubnormalNumbersWereFlushed) {
  EXPECT_THAT(environment_notes(complete), IsEmpty());
  EXPECT_THAT(environment_notes({{"flush-to-zero", "on"}, {"denormals-are-zero", "off"}}),
              ElementsAre(HasSubstr("flush-to-zero on")));
}

TEST(ListFacts, CountsManyVariables) {
  EXPECT_EQ(list_facts({"oneDNN", "variable A"}), "oneDNN; variable A");
  EXPECT_EQ(list_facts({"oneDNN", "variable A", "variable B", "variable C"}),
            "oneDNN; 3 variables that steer libraries");
}

TEST(RecordedRounding, IsRequiredOfTheCallingThread) {
  const Environment recorded = describe_machine(Device::cpu);
  EXPECT_NO_THROW(require_recorded_rounding(recorded));
  std::thread([&] {
    ASSERT_EQ(std::fesetround(FE_DOWNWARD), 0);
    EXPECT_THAT(mismatch_of([&] { require_recorded_rounding(recorded); }),
                AllOf(HasSubstr("'to nearest'"), HasSubstr("'downward'"), HasSubstr("not kept")));
    EXPECT_NO_THROW(require_recorded_rounding({}))
        << "a store of an earlier version records nothing to hold it against";
  }).join();
}

TEST(DescribedMachine, HasAllThatBitsDependOn) {
  const Environment machine = describe_machine(Device::cpu);
  for (const char* fact : {"BLAS",
                           "oneDNN",
                           "LibTorch",
                           "matrix product fp32",
                           "matrix product fp64",
                           "convolution fp32",
                           "convolution fp64",
                           "all other operations",
                           "rounding",
                           "flush-to-zero",
                           "denormals-are-zero",
                           "variable DNNL_MAX_CPU_ISA",
                           "variable ONEDNN_MAX_CPU_ISA",
                           "variable ATEN_CPU_CAPABILITY",
                           "variable OPENBLAS_CORETYPE",
                           "variable MKL_CBWR",
                           "processor",
                           "processor caches",
                           "processor instruction sets",
                           "C library"}) {
    ASSERT_TRUE(machine.contains(fact)) << fact;
    EXPECT_FALSE(machine.at(fact).empty() && !std::string_view(fact).starts_with("variable ")) << fact;
    EXPECT_TRUE(decides_bits(fact)) << fact;
  }
  EXPECT_EQ(describe_machine(Device::cpu), machine) << "a fact that changes from call to call is none";
}

}  // namespace
}  // namespace relu0
