#include <iostream>

#include <relu0/fixtures/error.hpp>
#include <relu0/fixtures/network/architectures/mlp.hpp>
#include <relu0/fixtures/network/kinks.hpp>

int main() {
  const relu0::Network network = relu0::build(relu0::Mlp{});
  // 784·256 + 256 + 2·(256·256 + 256) + 256·10 + 10
  constexpr std::int64_t parameters = 335'114;
  bool refused = false;
  try {
    relu0::parse_relu_at_zero("nan");
  } catch (const relu0::InputError&) {
    refused = true;
  }
  std::cout << network.name() << ": " << network.parameter_count() << " parameters\n";
  return network.parameter_count() == parameters && refused ? 0 : 1;
}
