#include "reports/model/environment.hpp"

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Environment, BitsDependOnEveryFactButAFew) {
  for (const char* fact :
       {"processor cores", "MPFR", "relu0 revision", "continued 1", "not recorded at first"}) {
    EXPECT_FALSE(decides_bits(fact)) << fact;
  }
  for (const char* fact :
       {"processor", "BLAS", "oneDNN", "rounding", "flush-to-zero", "variable DNNL_MAX_CPU_ISA", "relu0",
        "compiler", "data MNIST", "a fact of a later version"}) {
    EXPECT_TRUE(decides_bits(fact)) << fact;
  }
}

TEST(EnvironmentDifference, NamesWhatBothRecordOtherwise) {
  const Environment a{{"BLAS", "x"}, {"oneDNN", "avx2"}, {"processor cores", "2"}, {"relu0 revision", "1"}};
  const Environment b{
      {"BLAS", "x"}, {"oneDNN", "avx512"}, {"processor cores", "64"}, {"relu0 revision", "2"}};
  const EnvironmentDifference found = difference(a, b, {});
  EXPECT_THAT(found.differing, ElementsAre("oneDNN"));
  EXPECT_THAT(found.unrecorded_a, IsEmpty());
  EXPECT_THAT(found.unrecorded_b, IsEmpty());
  EXPECT_FALSE(found.none());
}

TEST(EnvironmentDifference, IsNoneWhereOnlyHarmlessFactsDiffer) {
  const Environment a{{"BLAS", "x"}, {"processor cores", "2"}, {"MPFR", "4.1"}};
  const Environment b{{"BLAS", "x"}, {"processor cores", "64"}, {"continued 1", "MPFR 4.2"}};
  EXPECT_TRUE(difference(a, b, {"BLAS", "MPFR"}).none());
}

TEST(EnvironmentDifference, TellsUnrecordedFromDifferent) {
  const Environment older{{"BLAS", "x"}};
  const Environment newer{{"BLAS", "x"}, {"oneDNN", "avx2"}};
  EXPECT_THAT(difference(older, newer, {}).unrecorded_a, ElementsAre("oneDNN"));
  EXPECT_THAT(difference(older, newer, {}).unrecorded_b, IsEmpty());
  EXPECT_THAT(difference(newer, older, {}).unrecorded_b, ElementsAre("oneDNN"));
  EXPECT_THAT(difference(older, newer, {}).differing, IsEmpty());
}

TEST(EnvironmentDifference, IsUnknownWhereBothLackAnExpectedFact) {
  const Environment older{{"BLAS", "x"}};
  const EnvironmentDifference found = difference(older, older, {"BLAS", "oneDNN", "processor cores"});
  EXPECT_THAT(found.unrecorded_a, ElementsAre("oneDNN"));
  EXPECT_THAT(found.unrecorded_b, ElementsAre("oneDNN"));
  EXPECT_FALSE(found.none());
}

TEST(EnvironmentDifference, CountsFactsRecordedLaterAsUnrecorded) {
  const Environment continued{
      {"oneDNN", "avx2"}, {"rounding", "to nearest"}, {"not recorded at first", "oneDNN; rounding"}};
  const Environment complete{{"oneDNN", "avx2"}, {"rounding", "to nearest"}};
  const EnvironmentDifference found = difference(continued, complete, {});
  EXPECT_THAT(found.unrecorded_a, ElementsAre("oneDNN", "rounding"));
  EXPECT_THAT(found.unrecorded_b, IsEmpty());
  EXPECT_THAT(found.differing, IsEmpty());
}

TEST(EnvironmentDifference, ADataSetThatOneLacksIsNone) {
  const Environment a{{"data MNIST", "md5 1"}};
  const Environment b{{"data CIFAR-10", "md5 2"}};
  EXPECT_TRUE(difference(a, b, {}).none());
  EXPECT_THAT(difference(a, {{"data MNIST", "md5 3"}}, {}).differing, ElementsAre("data MNIST"));
}

}  // namespace
}  // namespace relu0
