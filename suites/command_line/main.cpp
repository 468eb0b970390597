#include "suites/command_line/command_line.hpp"
#include "suites/command_line/standard_streams.hpp"

int main(int argument_count, char** arguments) {
  relu0::open_standard_streams();
  return relu0::command_line(argument_count, arguments);
}
