#include "suites/run/progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace relu0 {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view long_name =
    "mlp-3x256 on MNIST, fp16, batch 128: trained by SGD, momentum 0.9, with s = 0, chain-rule";

DrawPlace place(double made, double before = 0) {
  return {.draw = std::string(long_name) + ", network 1",
          .state = "epoch 1 of 2, step 17, training accuracy 0.961",
          .made = made,
          .before = before};
}

std::ptrdiff_t columns(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; });
}

/// A terminal that standard error goes to while the object lives.
class Terminal {
 public:
  explicit Terminal(unsigned short columns) : kept_(dup(STDERR_FILENO)) {
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    if (openpty(&mine_, &its_, nullptr, nullptr, &size) != 0) {
      throw std::runtime_error("openpty failed");
    }
    std::fflush(stderr);
    dup2(its_, STDERR_FILENO);
  }
  ~Terminal() {
    dup2(kept_, STDERR_FILENO);
    for (const int descriptor : {kept_, its_, mine_}) {
      close(descriptor);
    }
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  Terminal(Terminal&&) = delete;
  Terminal& operator=(Terminal&&) = delete;

  void resize(unsigned short columns) const {
    const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
    ioctl(mine_, TIOCSWINSZ, &size);
  }
  /// What was written since it was last asked for, which is something, behind what clears the line.
  [[nodiscard]] std::string line() const {
    constexpr std::string_view clear = "\r\033[K";
    std::array<char, 4096> buffer{};
    const ssize_t size = read(mine_, buffer.data(), buffer.size());
    std::string text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    EXPECT_THAT(text, StartsWith(std::string(clear)));
    return text.substr(std::min(clear.size(), text.size()));
  }

 private:
  int kept_;
  int mine_ = -1;
  int its_ = -1;
};

/// A run of one draw that is shown on a terminal, by a clock of its own.
class ProgressOnTerminal : public testing::Test {
 protected:
  ProgressOnTerminal() {
    task_ = progress_.add({.name = std::string(long_name), .cost_of_draw = 7, .networks = 1, .pending = 1});
  }

  double now_ = 0;
  Terminal terminal_{80};
  Progress progress_{"networks", [this] { return now_; }};
  std::size_t task_ = 0;
};

TEST_F(ProgressOnTerminal, IsOneLineOfItsWidthWhateverThatIs) {
  now_ = 30;
  progress_.note(task_, 0, place(0.25));
  const std::string line = terminal_.line();
  EXPECT_EQ(columns(line), 79) << line;
  EXPECT_THAT(line, StartsWith("0/1 networks, 0.5 a minute, about 1 min 30 s left; epoch 1 of 2"));
  EXPECT_TRUE(line.ends_with("…")) << line;
  terminal_.resize(40);
  now_ = 60;
  progress_.note(task_, 0, place(0.5));
  EXPECT_EQ(columns(terminal_.line()), 39);
  terminal_.resize(300);
  now_ = 61;
  progress_.note(task_, 0, place(0.5));
  EXPECT_TRUE(terminal_.line().ends_with(place(0).state + "; " + place(0).draw));
}

TEST_F(ProgressOnTerminal, CountsWhatIsMadeOfDrawsInHand) {
  progress_.note(task_, 0, place(0));
  EXPECT_THAT(terminal_.line(), HasSubstr("time left not known"));
  now_ = 40;
  // Half was made by an earlier run: this one took 40 s for a quarter.
  progress_.note(task_, 0, place(0.25, 0.5));
  EXPECT_THAT(terminal_.line(), HasSubstr("about 40 s left"));
  now_ = 80;
  progress_.done(task_, 0);
  EXPECT_THAT(terminal_.line(), StartsWith("1/1 networks, 0.4 a minute, about 0 s left; mlp-3x256 on MNIST"));
}

TEST(ProgressLines, AreWholeInALogAndInTheOrderOfTheirImportanceOnATerminal) {
  ProgressLine line{.count = "3/40 networks", .task = "a: 1/12", .pace = "1.2 a second, about 30 s left"};
  EXPECT_EQ(whole(line), "3/40 networks (a: 1/12), 1.2 a second, about 30 s left");
  EXPECT_EQ(fitted(line, 80), "3/40 networks, 1.2 a second, about 30 s left; a: 1/12");
  line.place = {.draw = "a, network 2", .state = "epoch 1 of 2"};
  EXPECT_EQ(whole(line),
            "3/40 networks (a: 1/12), 1.2 a second, about 30 s left; a, network 2: epoch 1 of 2");
  EXPECT_EQ(fitted(line, 80), "3/40 networks, 1.2 a second, about 30 s left; epoch 1 of 2; a, network 2");
  EXPECT_EQ(fitted(line, 65), "3/40 networks, 1.2 a second, about 30 s left; epoch 1 of 2; a, n…");
}

TEST(ProgressLines, AreCutBetweenCodePoints) {
  EXPECT_EQ(shortened("3×256 ≈ ∞", 9), "3×256 ≈ ∞");
  EXPECT_EQ(shortened("3×256 ≈ ∞", 8), "3×256 ≈…");
  EXPECT_EQ(shortened("3×256 ≈ ∞", 2), "3…");
  EXPECT_EQ(shortened("3×256 ≈ ∞", 1), "…");
  EXPECT_EQ(shortened("3×256 ≈ ∞", 0), "");
}

}  // namespace
}  // namespace relu0
