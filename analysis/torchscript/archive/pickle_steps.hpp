#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relu0 {

/// One opcode of a pickle and what it does to the stack. Names: Python's pickletools.py.
struct PickleStep {
  char code = 0;
  std::size_t begin = 0;  ///< offset of the opcode
  std::size_t end = 0;    ///< offset behind its argument
  /// A text without the length in front of it; the two lines of a GLOBAL; a number's bytes, little-endian.
  std::string_view argument;
  std::size_t takes = 0;  ///< topmost values
  bool to_mark = false;   ///< takes all down to the last mark, and the mark, instead
  bool puts = false;      ///< puts a value on the stack
};

/// @name Opcodes that readers have to tell apart
/// @{
namespace pickle {
inline constexpr char mark = '(';
inline constexpr char append = 'a';
inline constexpr char appends = 'e';
inline constexpr char set_item = 's';
inline constexpr char set_items = 'u';
inline constexpr char empty_list = ']';
inline constexpr char empty_dict = '}';
inline constexpr char empty_tuple = ')';
inline constexpr char binput = 'q';
inline constexpr char long_binput = 'r';
inline constexpr char binget = 'h';
inline constexpr char long_binget = 'j';
inline constexpr char binint1 = 'K';
inline constexpr char binint2 = 'M';
inline constexpr char binint = 'J';
inline constexpr char long1 = '\x8a';
inline constexpr char binunicode = 'X';
inline constexpr char global = 'c';
inline constexpr char binpersid = 'Q';
inline constexpr char tuple = 't';
inline constexpr char tuple1 = '\x85';
inline constexpr char tuple2 = '\x86';
inline constexpr char tuple3 = '\x87';
inline constexpr char reduce = 'R';
inline constexpr char newobj = '\x81';
}  // namespace pickle
/// @}

/// Goes through the opcodes of a pickle that torch.save() or torch.jit.save() wrote. Nothing is carried out.
class PickleSteps {
 public:
  /// `pickle` outlives the object.
  explicit PickleSteps(std::string_view pickle) : pickle_(pickle) {}

  /// The next one; absent behind the last. Throws InputError, whose message begins with "its pickle", where
  /// the pickle ends early or has an opcode that these functions do not write.
  std::optional<PickleStep> next();

 private:
  std::string_view pickle_;
  std::size_t at_ = 0;
};

/// A number of at most eight bytes, little-endian and without a sign.
std::uint64_t little_endian(std::string_view bytes);

/// Throws InputError: "its pickle " and `what`.
[[noreturn]] void refuse_pickle(const std::string& what);

}  // namespace relu0
