/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "terminal.h"

#include <cstdlib>
#include <string>
#include <unistd.h>

namespace base
{

bool
ShowsProgress()
{
    const char* const terminal = std::getenv("TERM");
    return terminal != nullptr && std::string(terminal) != "dumb" && isatty(STDERR_FILENO) != 0;
}

} // namespace base
