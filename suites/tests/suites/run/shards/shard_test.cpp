#include "suites/run/shards/shard.hpp"

#include "suites/run/shards/file_system.hpp"
#include "suites/tests/input_error.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::input_error_of;
using testing::HasSubstr;

TEST(Shard, EveryDrawBelongsToExactlyOneShard) {
  for (const std::int64_t count : {1, 2, 3, 8, 1000}) {
    for (const std::string key : {"", "a", R"({"network":"VGG11"})"}) {
      for (std::int64_t draw = 0; draw < 50; ++draw) {
        int holders = 0;
        for (std::int64_t number = 1; number <= count; ++number) {
          holders += Shard{number, count}.holds(key, draw) ? 1 : 0;
        }
        EXPECT_EQ(holders, 1) << key << " " << draw << " of " << count;
      }
    }
  }
}

TEST(Shard, ConsecutiveDrawsFallToConsecutiveShards) {
  for (std::int64_t draw = 0; draw < 20; ++draw) {
    EXPECT_EQ(shard_of("key", draw + 1, 8), shard_of("key", draw, 8) % 8 + 1);
  }
}

TEST(Shard, BelongsToTheSameDrawsInEveryVersion) {
  // Stores of shards are continued and merged by later versions. CRC-32 of "123456789" is 0xCBF43926, the
  // check value of its specification; modulo 1000 it is 262.
  EXPECT_EQ(shard_of("123456789", 0, 1000), 263);
  EXPECT_EQ(shard_of("123456789", 999, 1000), 262);
}

TEST(Shard, MeasurementsOfOneDrawDoNotAllFallToOneShard) {
  // If keys fell independently and evenly, all 100 would miss some shard of 4 with probability below
  // 4 · 0.75^100 < 2e-12; the keys are fixed, so that the test does not vary.
  std::set<std::int64_t> seen;
  for (int i = 0; i < 100; ++i) {
    seen.insert(shard_of("measurement " + std::to_string(i), 0, 4));
  }
  EXPECT_EQ(seen.size(), 4U);
}

TEST(Shard, IsReadAsItIsWritten) {
  EXPECT_EQ(parse_shard("2/8"), (Shard{2, 8}));
  EXPECT_EQ(parse_shard(name(Shard{17, 100})), (Shard{17, 100}));
}

TEST(Shard, RefusesWhatMakesNoSense) {
  for (const std::string text :
       {"", "2", "2/", "/8", "0/8", "9/8", "-1/8", "2/0", "1.5/8", "2/8/3", "2/8 "}) {
    EXPECT_THAT(input_error_of([&] { (void)parse_shard(text); }), HasSubstr("--shard")) << text;
  }
}

TEST(NetworkFileSystem, KnowsThoseThatMachinesShare) {
  EXPECT_EQ(network_file_system(0x6969), "NFS");
  EXPECT_EQ(network_file_system(0x0BD00BD0), "Lustre");
  EXPECT_EQ(network_file_system(0xEF53), "") << "ext4";
  EXPECT_EQ(network_file_system(0x01021994), "") << "tmpfs";
}

}  // namespace
}  // namespace relu0
