#pragma once

#include <cstdio>
#include <cstdlib>

/// A bug in this program, never a judgement on input: stays on in release builds,
/// says what was expected, and stops before damage spreads to somebody's files.
#define PLAIT_ASSERT(condition, expectation)                                             \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      std::fprintf(stderr, "%s:%d: expected %s (%s)\n", __FILE__, __LINE__, expectation, \
                   #condition);                                                          \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
