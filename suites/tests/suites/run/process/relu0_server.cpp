#include "suites/tests/suites/run/process/relu0_server.hpp"

#include <array>
#include <stdexcept>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace relu0::test {

Relu0Server::Relu0Server() {
  std::array<int, 2> sockets{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
    throw std::runtime_error("socketpair failed");
  }
  process_ = fork();
  if (process_ == 0) {
    // A copy of the descriptor stays open in the new program; one onto itself would not.
    if (sockets[1] == server_descriptor) {
      (void)fcntl(sockets[1], F_SETFD, 0);
    } else {
      (void)dup2(sockets[1], server_descriptor);
    }
    (void)setenv("LD_PRELOAD", RELU0_SERVE_MAIN, 1);
    (void)execl(RELU0_EXECUTABLE, RELU0_EXECUTABLE, nullptr);
    _exit(not_started);
  }
  close(sockets[1]);
  socket_ = sockets[0];
  if (process_ < 0) {
    close(socket_);
    throw std::runtime_error("fork failed");
  }
}

Relu0Server::~Relu0Server() {
  close(socket_);
  (void)waitpid(process_, nullptr, 0);
}

ServedEnd Relu0Server::run(const ServedCall& call) const {
  const std::string message = encode_call(call);
  ServedEnd end{};
  if (send(socket_, message.data(), message.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(message.size()) ||
      recv(socket_, &end, sizeof end, 0) != sizeof end) {
    throw std::runtime_error("the server of " RELU0_EXECUTABLE " has ended");
  }
  return end;
}

}  // namespace relu0::test
