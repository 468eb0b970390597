#include <iostream>

#include <relu0/fixtures/data/files/image_folder.hpp>
#include <relu0/fixtures/data/sets/svhn.hpp>
#include <relu0/fixtures/error.hpp>

namespace {

template <typename Action>
bool is_refused(Action action) {
  try {
    action();
  } catch (const relu0::InputError& error) {
    std::cout << error.what() << '\n';
    return true;
  }
  return false;
}

}  // namespace

int main() {
  // The readers link the libraries that stand behind them: one that the package does not find is missed here.
  const bool refused = is_refused([] { relu0::load_svhn("absent", relu0::Split::train); }) &&
                       is_refused([] { relu0::open_image_folder({.folder = "absent"}); });
  return refused ? 0 : 1;
}
