#include "analysis/gate/self_test/sample_files.hpp"

#include "analysis/gate/batches/saved_values.hpp"
#include "fixtures/error.hpp"

#include <limits>
#include <string>
#include <vector>

#include <ATen/core/Dict.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <torch/csrc/jit/api/module.h>

namespace relu0::gate {

namespace {

constexpr std::int64_t inputs = 4;
constexpr std::int64_t outputs = 2;
/// A number of a sample that SampleModel::endless waits for; others are at most 4.
constexpr float endless_mark = 64;

at::Tensor matrix(const std::vector<float>& values, std::int64_t columns) {
  return at::tensor(values).view({-1, columns});
}

std::string code_of(SampleModel model) {
  std::string code = "def forward(self, x):\n";
  if (model == SampleModel::endless) {
    code += fmt::format("  while bool(x[0, 0] == {}):\n    x = x + 0\n", endless_mark);
  }
  code += "  hidden = torch.linear(x, self.w1, self.b1)\n";
  if (model != SampleModel::smooth) {
    code += "  hidden = torch.relu(hidden)\n";
  }
  code += "  output = torch.linear(hidden, self.w2, self.b2)\n";
  return code + (model == SampleModel::zero ? "  return output * 0\n" : "  return output\n");
}

/// The numbers of one sample. The first two differ, but for the sample that meets the kink.
std::vector<float> sample(int index, bool meets_the_kink) {
  constexpr int values = 8;
  const int first = index % values;
  const int second = meets_the_kink ? first : (first + 1 + index / values % (values - 1)) % values;
  std::vector<float> result;
  for (const int number : {first, second, (3 * index + 2) % values, (5 * index + 1) % values}) {
    result.push_back(static_cast<float>(1 + number) / 2);
  }
  return result;
}

}  // namespace

void write_sample_model(SampleModel model, const std::filesystem::path& file) {
  // What the unit that is met on its kink adds to the two outputs.
  const float used = model == SampleModel::unimpacted || model == SampleModel::endless ? 0 : 1;
  torch::jit::Module module("sample");
  const auto add = [&module](const std::string& name, const at::Tensor& values) {
    module.register_parameter(name, values.clone().set_requires_grad(true), /*is_buffer=*/false);
  };
  add("w1", matrix({0.5F, 0.5F, 0.5F, 0.5F, 1, -1, 0, 0, -1, 0.5F, -0.5F, 1}, inputs));
  // The third unit lies 1/8 beside the multiples of 1/4 that its weights give.
  add("b1", at::tensor({0.25F, 0.0F, 0.125F}));
  add("w2", matrix({1, used, 0.5F, -0.5F, -used, 1}, outputs + 1));
  add("b2", at::tensor({0.5F, -1.0F}));
  module.define(code_of(model));
  try {
    module.save(file.string());
  } catch (const c10::Error&) {
    throw InputError(fmt::format("{}: cannot be written", file.string()));
  }
}

void write_sample_batches(SampleBatches batches, const std::filesystem::path& file) {
  std::vector<float> samples;
  std::vector<float> targets;
  constexpr int kink_sample = sample_kink_mini_batch * sample_batch_size;
  for (int i = 0; i < sample_mini_batches * sample_batch_size; ++i) {
    std::vector<float> one = sample(i, i == kink_sample && batches != SampleBatches::without_zero);
    if (batches == SampleBatches::with_nan && i == kink_sample) {
      one.front() = std::numeric_limits<float>::quiet_NaN();
    }
    if (batches == SampleBatches::endless && i == sample_batch_size) {
      one.front() = endless_mark;
    }
    samples.insert(samples.end(), one.begin(), one.end());
    targets.push_back(static_cast<float>(i % 5));
    targets.push_back(static_cast<float>(i % 3));
  }
  c10::Dict<std::string, at::Tensor> dictionary;
  dictionary.insert("x", matrix(samples, inputs));
  dictionary.insert("target", matrix(targets, outputs));
  write_saved_values(dictionary, file);
}

}  // namespace relu0::gate
