// The readers of files on damaged ones, as ci/fuzz runs them, but on a fixed list: the seeds, each damaged in
// some 400 ways, and the inputs in corpus/ that libFuzzer has found.
#include "suites/tests/fuzz/readers.hpp"
#include "suites/tests/fuzz/seeds.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::test {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::Not;

const fs::path corpus = RELU0_FUZZ_CORPUS_FOLDER;

class FuzzReplay : public testing::TestWithParam<const FuzzedReader*> {
 protected:
  [[nodiscard]] static const FuzzedReader& reader() { return *GetParam(); }
  [[nodiscard]] static std::map<std::string, Bytes> seeds_of_reader() {
    return seeds().at(std::string(reader().name));
  }
};

TEST_P(FuzzReplay, TakesTheSeeds) {
  EXPECT_THAT(seeds_of_reader(), Not(IsEmpty()));
  for (const auto& [name, seed] : seeds_of_reader()) {
    EXPECT_TRUE(reader().read(seed)) << name;
  }
}

TEST_P(FuzzReplay, TakesOrRefusesDamagedSeeds) {
  for (const auto& [name, seed] : seeds_of_reader()) {
    const std::vector<Bytes> inputs = damaged(seed);
    std::size_t refused = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_NO_THROW(refused += reader().read(inputs[i]) ? 0 : 1) << name << ", damage " << i;
    }
    EXPECT_GT(refused, 0U) << name;
  }
}

TEST_P(FuzzReplay, TakesOrRefusesWhatWasFound) {
  const fs::path folder = corpus / reader().name;
  ASSERT_TRUE(fs::is_directory(folder)) << folder;
  for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
    EXPECT_NO_THROW(static_cast<void>(reader().read(content_of(file.path())))) << file.path();
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, FuzzReplay,
                         testing::ValuesIn(fuzzed_readers().begin(), fuzzed_readers().end()),
                         [](const auto& of_reader) { return std::string(of_reader.param->name); });

TEST(FuzzCorpus, BelongsToReaders) {
  std::set<std::string> readers;
  for (const FuzzedReader* reader : fuzzed_readers()) {
    readers.emplace(reader->name);
  }
  std::set<std::string> folders;
  for (const fs::directory_entry& entry : fs::directory_iterator(corpus)) {
    folders.insert(entry.path().filename().string());
  }
  EXPECT_EQ(folders, readers);
}

}  // namespace
}  // namespace relu0::test
