#include "suites/tests/fuzz/seeds.hpp"

#include <fstream>
#include <iostream>

/// Usage: fuzz_seeds FOLDER: writes FOLDER/<reader>/<seed>, from which libFuzzer starts.
int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: fuzz_seeds FOLDER\n";
    return 2;
  }
  for (const auto& [reader, files] : relu0::test::seeds()) {
    const std::filesystem::path folder = std::filesystem::path(arguments[1]) / reader;
    std::filesystem::create_directories(folder);
    for (const auto& [name, content] : files) {
      std::ofstream stream(folder / name, std::ios::binary);
      stream.write(reinterpret_cast<const char*>(content.data()),
                   static_cast<std::streamsize>(content.size()));
    }
  }
  return 0;
}
