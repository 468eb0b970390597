#include "suites/tests/command_output.hpp"

#include <array>
#include <cstdio>
#include <map>
#include <memory>

namespace relu0::test {

std::string output_of(const std::string& command) {
  struct Close {
    void operator()(std::FILE* pipe) const { pclose(pipe); }
  };
  const std::unique_ptr<std::FILE, Close> pipe(popen(command.c_str(), "r"));
  std::string text;
  std::array<char, 256> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    text += buffer.data();
  }
  return text;
}

bool python_imports(const std::string& modules) {
  // The tests of a suite ask the same, and importing torchvision takes seconds.
  static std::map<std::string, bool> answers;
  const auto known = answers.find(modules);
  if (known != answers.end()) {
    return known->second;
  }
  const std::string said =
      output_of(std::string(python) + " -c 'import " + modules + "; print(1)' 2>/dev/null");
  return answers[modules] = said == "1\n";
}

}  // namespace relu0::test
