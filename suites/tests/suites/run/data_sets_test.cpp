// The data of a run: found below a folder, or embedded.
#include "suites/run/data_sets.hpp"

#include "fixtures/error.hpp"
#include "suites/run/environment_facts.hpp"
#include "suites/tests/fixtures/data/stripes.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/suites/run/image_folder.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::stripes;
using test::TemporaryFolder;
using test::write_image;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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

TEST(DataSets, ThatNetworksAreTrainedOnAreNotThoseThatScoreThem) {
  const TemporaryFolder folder;
  write_image(folder.path() / "imagenet" / "val" / "a" / "1.png");
  const auto open = [&] {
    return DataSets(folder.path(), {datasets::imagenet}, 1, {datasets::imagenet})
        .images(datasets::imagenet)
        .facts()
        .split;
  };
  EXPECT_THAT(
      test::input_error_of([&] { (void)open(); }),
      AllOf(HasSubstr("for the split 'train'"), HasSubstr((folder.path() / "imagenet" / "train").string())));
  write_image(folder.path() / "imagenet" / "train" / "a" / "1.png");
  EXPECT_EQ(open(), Split::train);
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

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

TEST(DataSets, OpenWhateverHasADescription) {
  const TemporaryFolder folder;
  write_text(folder.path() / "stripes.bin", "12345678");
  const DataSets data(folder.path(), {stripes}, 1);
  EXPECT_EQ(data.of(stripes).size(), 2);
  EXPECT_EQ(data.facts().at(stripes).images, 2);
  // md5sum of "12345678".
  const std::string identity = "Stripes train, stripes.bin md5 25d55ad283aa400af464c76d713c07ad";
  EXPECT_EQ(data.facts().at(stripes).identity, identity);
  EXPECT_EQ(data.facts().at(stripes).name, "Stripes train");
  EXPECT_EQ(describe_environment(data, Device::cpu).at("data Stripes"), identity);
  EXPECT_THAT(data_notes(data, 2), ElementsAre("Measured on " + identity + "."));
  EXPECT_THAT(data_notes(data, 1), ElementsAre("Measured on " + identity + ".",
                                               "Only the first 1 of 2 images of Stripes were used."));
}

TEST(DataSets, SayWhatTrainedNetworksAreScoredOn) {
  const DataSets data(std::nullopt, {datasets::mnist}, 1, {datasets::mnist});
  const DataFacts facts = data.facts().at(datasets::mnist);
  EXPECT_THAT(data_notes(data, 3),
              Contains(fmt::format("Trained networks are scored on 3 of the {} images of {}.",
                                   facts.test_images, facts.test_identity)));
  EXPECT_THAT(data_notes(DataSets(std::nullopt, {datasets::mnist}, 1), 3),
              Not(Contains(HasSubstr("scored on"))));
}

TEST(DataSets, SayThatAStandInWasMeasuredOnAndWhatLooksLikeTheDataSet) {
  const TemporaryFolder folder;
  write_text(folder.path() / "stripes.txt", "1");
  EXPECT_THAT(data_notes(DataSets(std::nullopt, {stripes}, 1), std::nullopt),
              ElementsAre("No Stripes was found: measured on the embedded stripes (a loop), drawn by a "
                          "generator with Stripes-like statistics. Set RELU0_DATA_DIR or --data to a folder "
                          "with the Stripes files to measure on them."));
  EXPECT_THAT(data_notes(DataSets(folder.path(), {stripes}, 1), std::nullopt),
              ElementsAre(AllOf(StartsWith("No Stripes was found"),
                                HasSubstr((folder.path() / "stripes.txt").string() +
                                          " was not used: it is text; convert it."))));
}

TEST(DataSets, NameTheFileThatCannotBeUsed) {
  const TemporaryFolder folder;
  write_text(folder.path() / "stripes.bin", "12345");
  try {
    const DataSets data(folder.path(), {stripes}, 1);
    FAIL() << "no InputError was thrown";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("stripes.bin: at byte 5"), HasSubstr("draw it again")));
  }
}

TEST(DataNames, AreOrderedAsTheListIsAndOthersFollow) {
  const std::set<DataName> names{stripes, datasets::imagenet, datasets::mnist, datasets::svhn,
                                 datasets::cifar10};
  EXPECT_THAT(names, ElementsAre(DataName(datasets::mnist), DataName(datasets::cifar10),
                                 DataName(datasets::svhn), DataName(datasets::imagenet), DataName(stripes)));
}

TEST(Doctor, ListsEveryDataSetThoseThatCannotBeUsedWithTheErrorAndTheRemedy) {
  const TemporaryFolder folder;
  write_text(folder.path() / "train-images-idx3-ubyte", "damaged");
  write_text(folder.path() / "data_batch_1.bin", "damaged");
  const auto end = test::run_relu0({"doctor", "--data", folder.path()});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.output, HasSubstr("MNIST: cannot be used\n  -> " +
                                    (folder.path() / "train-labels-idx1-ubyte").string() +
                                    ": no such file, nor one with .gz; get it with ci/fetch-data mnist"));
  EXPECT_THAT(end.output,
              HasSubstr("CIFAR-10: cannot be used\n  -> " + (folder.path() / "data_batch_1.bin").string() +
                        ": at byte 7: the file ends within image 0"));
  EXPECT_THAT(end.output, HasSubstr("SVHN: embedded images extra, 73257 images"));
  EXPECT_THAT(end.output, HasSubstr("get it with ci/fetch-data svhn"));
  EXPECT_THAT(end.output, HasSubstr("ImageNet: embedded images train, 1281167 images"));
}

TEST(Doctor, NamesWhatLooksLikeADataSetAndTheImageFilesThatARunWouldLeaveOut) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "cifar-10-batches-py");
  write_image(folder.path() / "train" / "a" / "1.png");
  std::ofstream(folder.path() / "train" / "a" / "2.JPEG") << "no image";
  const auto end = test::run_relu0({"doctor", "--data", folder.path()});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(end.output, HasSubstr("not used: " + (folder.path() / "cifar-10-batches-py").string() +
                                    ": it is the layout for Python; get the binary one"));
  EXPECT_THAT(end.output, HasSubstr("ImageNet: ImageNet images train, 1 images"));
  EXPECT_THAT(end.output, HasSubstr("refused: a/2.JPEG: "));
}

}  // namespace
}  // namespace relu0
