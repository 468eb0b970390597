// The data of a run: found below a folder, or embedded.
#include "suites/run/data_sets.hpp"

#include "suites/run/environment_facts.hpp"
#include "suites/tests/suites/run/process.hpp"
#include "suites/tests/suites/run/temporary_folder.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;

/// A grey PNG of two by two pixels.
constexpr std::array<unsigned char, 71> small_png{
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
    0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00, 0x00, 0x00, 0x57,
    0xdd, 0x52, 0xf8, 0x00, 0x00, 0x00, 0x0e, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x10,
    0x50, 0x60, 0x30, 0x70, 0x00, 0x00, 0x01, 0x76, 0x00, 0xa1, 0xec, 0x30, 0x8a, 0xf4, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

void write_image(const std::filesystem::path& file) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << std::string(small_png.begin(), small_png.end());
}

TEST(DataSets, TakeImageNetsTrainingImagesOrElseThoseOfValidation) {
  const TemporaryFolder folder;
  const auto split = [&] {
    return DataSets(folder.path(), {datasets::imagenet}, 1).images(datasets::imagenet).facts().split;
  };
  write_image(folder.path() / "imagenet" / "val" / "a" / "1.png");
  EXPECT_EQ(split(), Split::test);
  write_image(folder.path() / "imagenet" / "train" / "a" / "1.png");
  EXPECT_EQ(split(), Split::train);
}

TEST(DataSets, AreEmbeddedWhereThereAreNone) {
  const DataSets data(std::nullopt, {datasets::svhn, datasets::imagenet}, 1);
  EXPECT_TRUE(data.images(datasets::svhn).facts().embedded);
  EXPECT_EQ(data.images(datasets::svhn).facts().split, Split::extra);
  EXPECT_TRUE(data.images(datasets::imagenet).facts().embedded);
  EXPECT_EQ(data.of(datasets::svhn).size(), data.images(datasets::svhn).size());
  EXPECT_THROW(static_cast<void>(data.of(datasets::imagenet)), std::logic_error) << "not held in memory";
  EXPECT_EQ(data.largest(), data.images(datasets::imagenet).size());
}

TEST(Doctor, NamesTheImageFilesThatARunWouldLeaveOut) {
  const TemporaryFolder folder;
  write_image(folder.path() / "train" / "a" / "1.png");
  std::ofstream(folder.path() / "train" / "a" / "2.JPEG") << "no image";
  const auto end = testing::run_relu0({"doctor", "--data", folder.path()});
  EXPECT_THAT(end.output, HasSubstr("ImageNet: ImageNet images train, 1 images"));
  EXPECT_THAT(end.output, HasSubstr("refused: a/2.JPEG: "));
}

}  // namespace
}  // namespace relu0
