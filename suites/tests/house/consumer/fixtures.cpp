#include <iostream>

#include <relu0/fixtures/data/files/image_folder.hpp>
#include <relu0/fixtures/data/sets/svhn.hpp>
#include <relu0/fixtures/error.hpp>
#include <relu0/fixtures/network/architectures/mlp.hpp>
#include <relu0/fixtures/network/relu_at_zero.hpp>

namespace {

template <typename Action>
bool is_refused(Action action) {
  try {
    action();
  } catch (const relu0::InputError&) {
    return true;
  }
  return false;
}

}  // namespace

int main() {
  const relu0::Network network = relu0::build(relu0::Mlp{});
  // 784·256 + 256 + 2·(256·256 + 256) + 256·10 + 10
  constexpr std::int64_t parameters = 335'114;
  // The readers link the libraries that stand behind them: one that the package does not find is missed here.
  const bool refused = is_refused([] { relu0::parse_relu_at_zero("nan"); }) &&
                       is_refused([] { relu0::load_svhn("absent", relu0::Split::train); }) &&
                       is_refused([] { relu0::open_image_folder({.folder = "absent"}); });
  std::cout << network.name() << ": " << network.parameter_count() << " parameters\n";
  return network.parameter_count() == parameters && refused ? 0 : 1;
}
