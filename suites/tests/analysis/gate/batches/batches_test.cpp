// Mini-batches from files of torch.save() and NumPy, and what is wrong with others.
#include "analysis/gate/batches/batches.hpp"

#include "suites/tests/input_error.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <fstream>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <torch/csrc/jit/serialization/pickle.h>

namespace relu0::gate {
namespace {

using relu0::test::input_error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Batches : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& bytes) {
    const std::filesystem::path file = folder_.path() / name;
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }
  std::filesystem::path write(const std::string& name, const c10::IValue& value) {
    const std::vector<char> bytes = torch::jit::pickle_save(value);
    return write(name, std::string(bytes.begin(), bytes.end()));
  }
  static std::vector<ScriptBatch> read(const BatchFiles& files, bool needs_target = true) {
    return read_batches(files, {"x", "mask"}, needs_target);
  }
  static std::string refusal(const BatchFiles& files, bool needs_target = true) {
    return input_error_of([&] { (void)read(files, needs_target); });
  }

  relu0::test::TemporaryFolder folder_;
  const at::Tensor x_ = at::arange(10, at::kFloat).view({5, 2});
  const at::Tensor labels_ = at::arange(5);
};

TEST_F(Batches, AreCutFromATensorAndItsTargets) {
  const BatchFiles files{.inputs = write("x.pt", x_), .targets = write("y.pt", labels_), .batch_size = 2};
  const std::vector<ScriptBatch> batches = read(files);
  ASSERT_THAT(batches, SizeIs(3));
  EXPECT_TRUE(at::equal(batches[1].inputs.at(0).toTensor(), x_.slice(0, 2, 4)));
  EXPECT_TRUE(at::equal(batches[1].target, labels_.slice(0, 2, 4)));
  EXPECT_EQ(batches[2].inputs.at(0).toTensor().size(0), 1) << "the last one is smaller";
  BatchFiles first_two = files;
  first_two.most = 2;
  EXPECT_THAT(read(first_two), SizeIs(2));
}

TEST_F(Batches, AreNamedInADictionary) {
  c10::impl::GenericDict dictionary(c10::StringType::get(), c10::TensorType::get());
  dictionary.insert("target", labels_);
  dictionary.insert("mask", x_ + 1);
  dictionary.insert("x", x_);
  const std::vector<ScriptBatch> batches = read({.inputs = write("all.pt", dictionary)});
  ASSERT_THAT(batches, SizeIs(1));
  EXPECT_TRUE(at::equal(batches[0].inputs.at(0).toTensor(), x_));
  EXPECT_TRUE(at::equal(batches[0].inputs.at(1).toTensor(), x_ + 1));
  EXPECT_TRUE(at::equal(batches[0].target, labels_));
  dictionary.insert("z", x_);
  EXPECT_THAT(refusal({.inputs = write("more.pt", dictionary)}),
              AllOf(HasSubstr("more.pt"), HasSubstr("'z' is no argument"), HasSubstr("x, mask")));
}

TEST_F(Batches, StandInAListAsTheyAre) {
  const c10::IValue pair = c10::ivalue::Tuple::create({x_, labels_});
  c10::impl::GenericList list(c10::AnyType::get());
  list.push_back(pair);
  list.push_back(pair);
  const std::vector<ScriptBatch> batches = read({.inputs = write("list.pt", c10::IValue(list))});
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_TRUE(at::equal(batches[1].target, labels_));
  EXPECT_THAT(batches[1].inputs, SizeIs(1));
  EXPECT_THAT(read({.inputs = folder_.path() / "list.pt"}, /*needs_target=*/false).at(0).inputs, SizeIs(2));
}

TEST_F(Batches, NeedATargetWhereTheLossDoes) {
  const BatchFiles files{.inputs = write("x.pt", x_)};
  EXPECT_THAT(refusal(files), AllOf(HasSubstr("x.pt"), HasSubstr("has no target"), HasSubstr("--targets")));
  EXPECT_THAT(read(files, /*needs_target=*/false), SizeIs(1));
}

TEST_F(Batches, FitTheirTargets) {
  BatchFiles files{.inputs = write("x.pt", x_), .targets = write("y.pt", at::arange(4))};
  EXPECT_THAT(refusal(files), AllOf(HasSubstr("y.pt"), HasSubstr("fewer targets")));
  files.targets = write("more.pt", at::arange(6));
  EXPECT_THAT(refusal(files), HasSubstr("6 targets for 5 samples"));
}

/// A .npy file of version 1.
std::string npy(const std::string& header, const std::string& data) {
  std::string bytes = "\x93NUMPY";
  bytes += {'\x01', '\x00', static_cast<char>(header.size()), '\x00'};
  return bytes + header + data;
}

std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

TEST_F(Batches, AreReadFromNumpyInBothOrders) {
  const std::string data = bytes_of({0, 1, 2, 3, 4, 5});
  const auto c = read(
      {.inputs = write("c.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", data))},
      false);
  EXPECT_TRUE(at::equal(c.at(0).inputs.at(0).toTensor(), at::arange(6, at::kFloat).view({2, 3})));
  const auto f = read(
      {.inputs = write("f.npy", npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n", data))},
      false);
  EXPECT_TRUE(at::equal(f.at(0).inputs.at(0).toTensor(), at::arange(6, at::kFloat).view({3, 2}).t()));
}

TEST_F(Batches, RefuseDamagedNumpyFiles) {
  const std::string data = bytes_of({0, 1, 2, 3, 4, 5});
  struct Damaged {
    std::string header;
    std::string message;
  };
  for (const auto& [header, message] :
       {Damaged{"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }", "cut off"},
        Damaged{"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", "24 bytes where its shape"},
        Damaged{
            "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999, 999999999999999999), }",
            "cut off"},
        Damaged{"{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,), }",
                "out of range"},
        Damaged{"{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", "'>f4' are not read"},
        Damaged{"{'descr': '|O', 'fortran_order': False, 'shape': (6,), }", "'|O' are not read"},
        Damaged{"{'descr': '<f4', 'shape': (6,), }", "no 'fortran_order'"}, Damaged{"", "no 'descr'"}}) {
    EXPECT_THAT(refusal({.inputs = write("x.npy", npy(header, data))}, false),
                AllOf(HasSubstr("x.npy"), HasSubstr(message)));
  }
  for (std::size_t length = 0; length < 12; ++length) {
    EXPECT_NE(refusal({.inputs = write("x.npy", npy("{}", "").substr(0, length))}, false), "") << length;
  }
}

TEST_F(Batches, RefuseFilesOfOtherKindsByName) {
  EXPECT_THAT(refusal({.inputs = folder_.path() / "absent.pt"}), HasSubstr("absent.pt"));
  EXPECT_THAT(refusal({.inputs = folder_.path()}), HasSubstr(folder_.path().string()));
  EXPECT_THAT(refusal({.inputs = write("empty.pt", std::string())}), HasSubstr("is empty"));
  EXPECT_THAT(refusal({.inputs = write("text.pt", std::string("hello"))}), HasSubstr("torch.save()"));
  const std::vector<char> whole = torch::jit::pickle_save(x_);
  for (const std::size_t length : {std::size_t{4}, whole.size() / 2, whole.size() - 1}) {
    EXPECT_THAT(refusal({.inputs = write("cut.pt",
                                         std::string(whole.begin(),
                                                     whole.begin() + static_cast<std::ptrdiff_t>(length)))}),
                HasSubstr("cut.pt"));
  }
  EXPECT_THAT(refusal({.inputs = write("number.pt", c10::IValue(3))}),
              AllOf(HasSubstr("number.pt"), HasSubstr("no tensor")));
  EXPECT_THAT(refusal({.inputs = write("none.pt", at::zeros({0, 3}))}, false),
              HasSubstr("holds no mini-batch"));
}

}  // namespace
}  // namespace relu0::gate
