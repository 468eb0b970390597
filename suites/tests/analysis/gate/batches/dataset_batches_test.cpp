// Mini-batches of the data sets that the toolkit reads.
#include "analysis/gate/batches/dataset_batches.hpp"

#include "fixtures/data/sets/datasets.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <fstream>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gmock/gmock.h>

namespace relu0::gate {
namespace {

using relu0::test::input_error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

/// A model that only says which samples it takes.
class TakingSamples : public RunnableModel {
 public:
  explicit TakingSamples(std::optional<Shape> sample) : RunnableModel("taking.onnx") {
    info_.sample = std::move(sample);
  }
  [[nodiscard]] std::unique_ptr<RunnableInstance> prepare(at::ScalarType /*type*/) const override {
    throw std::logic_error("is not run");
  }
};

DatasetBatches read(const std::string& text, const DatasetCut& cut = {}, std::optional<Shape> sample = {},
                    bool labels_as_input = false) {
  return read_dataset_batches(parse_dataset_inputs(text).value(), std::nullopt, cut,
                              TakingSamples(std::move(sample)), labels_as_input);
}

TEST(DatasetInputs, AreASetASplitAndANumber) {
  const auto all = parse_dataset_inputs("mnist");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->set, &datasets::mnist);
  EXPECT_EQ(all->split, Split::test);
  EXPECT_FALSE(all->images);
  const auto some = parse_dataset_inputs("cifar10:train:320");
  ASSERT_TRUE(some);
  EXPECT_EQ(some->set, &datasets::cifar10);
  EXPECT_EQ(some->split, Split::train);
  EXPECT_EQ(some->images, 320);
  EXPECT_FALSE(parse_dataset_inputs("batches.npz"));
  EXPECT_FALSE(parse_dataset_inputs("mnist.npz"));
  EXPECT_FALSE(parse_dataset_inputs(""));
}

TEST(DatasetInputs, AreAFileWhereOneIsCalledSo) {
  const relu0::test::TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::ofstream("mnist:test") << "x";
  EXPECT_FALSE(parse_dataset_inputs("mnist:test"));
  EXPECT_TRUE(parse_dataset_inputs("mnist"));
  std::filesystem::current_path(before);
}

TEST(DatasetInputs, AreRefusedInWordsThatHelp) {
  const auto error = [](const char* text) {
    return input_error_of([text] { (void)parse_dataset_inputs(text); });
  };
  EXPECT_THAT(error("mnist:validation"),
              AllOf(HasSubstr("MNIST has no split 'validation'"), HasSubstr("train or test")));
  for (const char* bad : {"mnist:test:0", "mnist:test:-3", "mnist:test:many", "mnist:test:3x",
                          "mnist:test:3:4", "mnist:test:99999999999999999999"}) {
    EXPECT_THAT(error(bad), AllOf(HasSubstr(bad), HasSubstr("mnist:test:320"))) << bad;
  }
}

TEST(DatasetBatches, HoldImagesAndLabelsInTheirOrder) {
  const DatasetBatches all = read("mnist:test:70");
  ASSERT_THAT(all.batches, SizeIs(3));
  EXPECT_EQ(all.batches[0].inputs.at(0).toTensor().sizes(), (at::IntArrayRef{32, 1, 28, 28}));
  EXPECT_EQ(all.batches[2].target.sizes(), at::IntArrayRef{6});
  const Dataset dataset = *open_dataset(datasets::mnist, std::nullopt, Split::test).in_memory;
  const Batch second = make_batch(dataset, 32, 32);
  const at::Tensor x = all.batches[1].inputs.at(0).toTensor();
  EXPECT_TRUE(std::equal(second.inputs.begin(), second.inputs.end(), x.data_ptr<float>()));
  EXPECT_TRUE(
      std::equal(second.labels.begin(), second.labels.end(), all.batches[1].target.data_ptr<std::int64_t>()));
  EXPECT_THAT(all.notes.at(0), AllOf(HasSubstr("No MNIST was found"), HasSubstr("embedded digits")));

  const DatasetBatches alone = read("mnist:test:70", {.only = 1});
  ASSERT_THAT(alone.batches, SizeIs(1));
  EXPECT_TRUE(at::equal(alone.batches[0].inputs[0].toTensor(), x));
  EXPECT_THAT(read("mnist:test:70", {.most = 2}).batches, SizeIs(2));
  EXPECT_EQ(all.sha256, read("mnist:test:70").sha256);
  EXPECT_NE(all.sha256, read("mnist:test:69").sha256);
}

TEST(DatasetBatches, AreRowsForModelsThatTakeRows) {
  const DatasetBatches rows = read("mnist:test:3", {}, Shape{784});
  EXPECT_EQ(rows.batches.at(0).inputs.at(0).toTensor().sizes(), (at::IntArrayRef{3, 784}));
  const DatasetBatches with_labels = read("mnist:test:3", {}, {}, true);
  EXPECT_THAT(with_labels.batches.at(0).inputs, SizeIs(2));
  EXPECT_FALSE(with_labels.batches[0].target.defined());
}

TEST(DatasetBatches, AreRefusedInWordsThatHelp) {
  const auto error = [](const std::string& text, const DatasetCut& cut = {},
                        std::optional<Shape> sample = {}) {
    return input_error_of([&] { (void)read(text, cut, sample); });
  };
  EXPECT_THAT(error("mnist:test:8", {}, Shape{3, 224, 224}),
              AllOf(HasSubstr("taking.onnx: takes samples of 3x224x224"), HasSubstr("MNIST are 1x28x28")));
  EXPECT_THAT(error("mnist:test:8", {.batch_size = 4, .only = 2}),
              HasSubstr("there is no mini-batch 2: the images make 2 mini-batches, numbered from 0"));
  EXPECT_THAT(error("mnist:test:10001"), HasSubstr("10001 images asked for"));
  EXPECT_THAT(error("imagenet:test"), AllOf(HasSubstr("memory"), HasSubstr("imagenet:test:320")));
  EXPECT_THAT(input_error_of([] {
                (void)read_dataset_batches({.set = &datasets::mnist}, "/nowhere", {}, TakingSamples({}),
                                           false);
              }),
              HasSubstr("/nowhere"));
}

}  // namespace
}  // namespace relu0::gate
