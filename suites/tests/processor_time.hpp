#pragma once

namespace relu0::test {

/// Adds what a process took of the processors, in seconds, to the time that is reported of the suite that
/// runs: one that this process did not start itself, and whose time it could not know otherwise.
void note_processor_seconds(double seconds);

}  // namespace relu0::test
