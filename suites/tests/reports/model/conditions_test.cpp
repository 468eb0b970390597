// What findings are held against each other by.
#include "reports/model/conditions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

auto differs(const char* field, const char* a, const char* b) {
  return AllOf(Field(&OtherCondition::field, field), Field(&OtherCondition::a, a),
               Field(&OtherCondition::b, b));
}

TEST(Conditions, AreTheFieldsOfTheKeysWithoutTheSeed) {
  EXPECT_THAT(conditions_of({R"({"images":2048,"network":"mlp","s":[0.0,1.0],"seed":7})"}),
              UnorderedElementsAre(Pair("images", "2048"), Pair("network", "mlp"), Pair("s", "[0.0,1.0]")));
  EXPECT_EQ(conditions_of({R"({"images":2048,"seed":7})"}), conditions_of({R"({"images":2048,"seed":8})"}));
  EXPECT_THAT(conditions_of({}), IsEmpty());
  EXPECT_THAT(conditions_of({"no JSON"}), ElementsAre(Pair("measurement", "no JSON")));
}

TEST(Conditions, OfSeveralKeysAreTheirValuesTogetherInOneOrder) {
  const std::vector<std::string> keys{R"({"batch_size":256,"seed":1})", R"({"batch_size":16,"seed":1})",
                                      R"({"batch_size":1024,"seed":1})", R"({"batch_size":16,"seed":1})"};
  EXPECT_THAT(conditions_of(keys), ElementsAre(Pair("batch_size", "16, 256, 1024")));
}

TEST(Conditions, ThatOnlySomeKeysNameAreTheUsualOnesInTheOthers) {
  EXPECT_THAT(conditions_of({R"({"batch_size":16})", R"({"batch_size":16,"kernel":"portable"})"}),
              UnorderedElementsAre(Pair("batch_size", "16"), Pair("kernel", "native, portable")));
  EXPECT_THAT(conditions_of({R"({"batch_size":16})", R"({"batch_size":16,"libraries":"x"})"}),
              UnorderedElementsAre(Pair("batch_size", "16"), Pair("libraries", "x, usual")));
}

TEST(Conditions, TellInWhatTwoSidesDiffer) {
  const Conditions a{{"images", "60000"}, {"network", "mlp"}};
  const Conditions b{{"images", "2048"}, {"network", "mlp"}, {"kernel", "portable"}};
  EXPECT_THAT(other_conditions(a, b),
              ElementsAre(differs("images", "60000", "2048"), differs("kernel", "native", "portable")));
  EXPECT_THAT(other_conditions(a, a), IsEmpty());
}

TEST(Conditions, AreTheSameOnlyWhereBothSidesRecordThem) {
  const Conditions some{{"images", "60000"}};
  EXPECT_TRUE(are_same(some, some));
  EXPECT_FALSE(are_same(some, {{"images", "2048"}}));
  EXPECT_FALSE(are_same(some, {}));
  EXPECT_FALSE(are_same({}, {}));
}

}  // namespace
}  // namespace relu0
