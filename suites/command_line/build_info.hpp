#pragma once

/// Facts about this build, filled in by CMake.
namespace relu0::build_info {

extern const char* const version;
extern const char* const
    revision;  ///< git commit, "-dirty" when files differed from it; "unknown" outside a checkout
extern const char* const compiler;
extern const char* const build_type;

}  // namespace relu0::build_info
