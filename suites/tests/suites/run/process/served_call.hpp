#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace relu0::test {

/// A run of relu0 that a Relu0Server is asked for.
struct ServedCall {
  std::string folder;                    ///< in which it runs
  std::string output;                    ///< the file that stdout and stderr are appended to
  std::vector<std::string> arguments;    ///< the first one is the program's name
  std::vector<std::string> environment;  ///< all of it, "NAME=VALUE"
};

/// How it ended.
struct ServedEnd {
  int status;  ///< as waitpid() has it
  double processor_seconds;
};

/// The descriptor of the server's socket, in the server.
inline constexpr int server_descriptor = 9;
/// The exit code of a run whose folder or output could not be opened.
inline constexpr int not_started = 127;
/// In bytes. Sockets of this kind hold some 200 kB.
inline constexpr std::size_t largest_message = 131'072;

/// Pointers to the texts and a null behind them, as main() and exec() take them.
inline std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

/// A call as one message: texts, each followed by a zero; the number of the arguments stands before them.
inline std::string encode_call(const ServedCall& call) {
  std::string message;
  const auto append = [&message](std::string_view text) { (message += text) += '\0'; };
  append(call.folder);
  append(call.output);
  append(std::to_string(call.arguments.size()));
  for (const auto* texts : {&call.arguments, &call.environment}) {
    for (const std::string& text : *texts) {
      append(text);
    }
  }
  return message;
}

/// The call of a message that encode_call() made.
inline ServedCall decode_call(std::string_view message) {
  std::vector<std::string> texts;
  while (!message.empty()) {
    const std::size_t end = message.find('\0');
    texts.emplace_back(message.substr(0, end));
    message.remove_prefix(end + 1);
  }
  const auto first_argument = texts.begin() + 3;
  const auto first_variable = first_argument + std::stol(texts.at(2));
  return {texts.at(0), texts.at(1), {first_argument, first_variable}, {first_variable, texts.end()}};
}

}  // namespace relu0::test
