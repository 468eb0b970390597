// Writes a TorchScript model and mini-batches for it, both as Python's torch would.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

#include <ATen/ops/linspace.h>
#include <ATen/ops/sin.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/pickle.h>

int main(int argument_count, char** arguments) {
  if (argument_count != 3) {
    std::cerr << "usage: write_model MODEL BATCHES\n";
    return 2;
  }
  // Weights without a pattern that sums could cancel in.
  at::Tensor weight = at::sin(at::linspace(1, 40, 8 * 4)).view({8, 4});
  if (std::getenv("RELU0_EXAMPLE_BROKEN") != nullptr) {
    weight[0] = 0;
  }
  torch::jit::Module model("Model");
  model.register_parameter("weight", weight.requires_grad_(true), /*is_buffer=*/false);
  model.register_parameter("head", at::sin(at::linspace(2, 9, 3 * 8)).view({3, 8}).requires_grad_(true),
                           /*is_buffer=*/false);
  model.define(R"(
def forward(self, x):
    return torch.matmul(torch.relu(torch.matmul(x, self.weight.t())), self.head.t())
)");
  model.save(arguments[1]);

  c10::impl::GenericDict batches(c10::StringType::get(), c10::TensorType::get());
  batches.insert("x", at::sin(at::linspace(3, 90, 80 * 4)).view({80, 4}));
  batches.insert("target", at::sin(at::linspace(5, 60, 80 * 3)).view({80, 3}));
  const std::vector<char> bytes = torch::jit::pickle_save(batches);
  std::ofstream(arguments[2], std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
