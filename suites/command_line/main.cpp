#include "suites/command_line/command_line.hpp"

int main(int argument_count, char** arguments) { return relu0::command_line(argument_count, arguments); }
