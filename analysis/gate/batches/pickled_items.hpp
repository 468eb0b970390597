#pragma once
#include <string>

namespace relu0::gate {

/// A pickle that gives the same value and adds items to lists and dictionaries in groups only (opcodes
/// APPENDS and SETITEMS behind a MARK). Python writes other opcodes, APPEND and SETITEM, where a list or
/// dictionary, or the last thousand of its items, is a single one; LibTorch 1.13 does not read those.
///
/// The text itself where there is none of them, where it ends early and where it has an opcode that
/// torch.save() does not write: reading it says what is wrong. Nothing of the pickle is carried out. Opcodes:
/// Python's pickletools.py.
std::string with_grouped_items(const std::string& pickle);

}  // namespace relu0::gate
